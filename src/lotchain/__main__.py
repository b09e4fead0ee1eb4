"""`python -m lotchain`: the command line."""

from __future__ import annotations

import sys

from lotchain.cli.entry import main

sys.exit(main())
