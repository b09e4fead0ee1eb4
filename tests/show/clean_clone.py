"""`make demo` and `make test` on a clean clone of what is committed, with an empty home."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]


def make_on_a_clone(*targets: str, limit_s: int = 1_800) -> tuple[bool, str]:
    """Clone the repository's last commit elsewhere and make the targets there, one after the other.

    Nothing of this process's environment goes along but the search path and what `pip` needs to reach its index.
    """
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return False, "this is no git repository: nothing can be cloned"
    with TemporaryDirectory(prefix="lotchain-clone-") as place:
        clone, home = Path(place) / "clone", Path(place) / "home"
        home.mkdir()
        subprocess.run([git, "clone", "--quiet", "--local", "--no-hardlinks", str(ROOT), str(clone)], check=True)
        shared = ROOT.parent / "shared"
        if shared.is_dir():  # vectors of others, where they lie beside the repository
            (Path(place) / "shared").symlink_to(shared)
        kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "REQUESTS_"))}
        kept |= {name: os.environ[name] for name in os.environ if name.lower().endswith("_proxy")}
        environment = {**kept, "HOME": str(home), "PATH": _path_of_the_python()}
        for target in targets:
            command = ["make", "--directory", str(clone), target]
            done = subprocess.run(command, env=environment, capture_output=True, timeout=limit_s, check=False)
            last = done.stdout.decode(errors="replace").strip().rpartition("\n")[2]
            if done.returncode:
                return (
                    False,
                    f"make {target} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-300:]}",
                )
        return True, f"make {' and make '.join(targets)} on a clean clone with an empty home: {last.strip('= ')}"


def _path_of_the_python() -> str:
    """A search path on which `python3` is the one that made this environment."""
    base = Path(sys.base_prefix) / "bin"
    return os.pathsep.join([str(base), "/usr/local/bin", "/usr/bin", "/bin"])
