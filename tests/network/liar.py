"""A witness that lies: `python -m tests.network.liar MIRROR HOST PORT MODE`, with the keys of a mirror's folder.

MODE `other-root` cosigns another tree than it is asked for; `blind` cosigns whatever it is asked for, unread.
"""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from lotchain.app.mirror_folder import MirrorFolder
from lotchain.core.add_checkpoint import parse_request
from lotchain.core.checkpoints import parse_checkpoint_text
from lotchain.core.notes import parse_note
from lotchain.witness.cosigners import cosign, ed25519_cosigner


def main() -> None:
    """Serve until told to end."""
    path, host, port, mode = sys.argv[1:]
    folder = MirrorFolder(Path(path))
    configuration, _ = folder.read()
    signer, _ = folder.signers(configuration, None)
    cosigner = ed25519_cosigner(configuration.key.name, signer)

    class Lying(BaseHTTPRequestHandler):
        """Answers every request to cosign."""

        def do_POST(self) -> None:
            """What a witness is asked."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            checkpoint = parse_checkpoint_text(parse_note(parse_request(body).note).text)
            if mode == "other-root":
                checkpoint = checkpoint._replace(root=bytes(32))
            lines = cosign([cosigner], checkpoint, int(time.time()))
            answer = "".join(line.line() for line in lines).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Liars are quiet."""

    server = HTTPServer((host, int(port)), Lying)
    print(json.dumps({"lies": mode, "as": configuration.key.name}), flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
