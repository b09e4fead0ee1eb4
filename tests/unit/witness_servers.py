"""Witnesses on this machine, over real HTTP: honest ones, and ones that lie, hang, drip, redirect or talk too much."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.unit.ledgers import SetClock

from lotchain.core.notes import VerifierKey
from lotchain.service.app import application
from lotchain.service.running import bind, url_of
from lotchain.service.witness_app import witness_endpoints
from lotchain.signing import MLDSA44Signer, SoftwareSigner
from lotchain.witness.cosigners import Cosigner, ed25519_cosigner, mldsa_cosigner
from lotchain.witness.growing import GrowthWitness

Reaction = Callable[[BaseHTTPRequestHandler, bytes], None]


class Memory:
    """What a witness keeps, in a dict; begun for every log that is asked about."""

    def __init__(self) -> None:
        self.notes: dict[str, bytes] = {}
        self.lock = threading.Lock()

    def read(self, origin: str) -> bytes:
        return self.notes.get(origin, b"")

    def exchange(self, origin: str, expected: bytes, note: bytes) -> bool:
        with self.lock:
            if self.read(origin) != expected:
                return False
            self.notes[origin] = note
            return True


class Honest:
    """A plain witness of one log, with keys from a seed."""

    def __init__(self, name: str, log_keys: tuple[VerifierKey, ...], clock: SetClock, *, mldsa: bool = False) -> None:
        seed = name.encode().ljust(32, b".")[:32]
        own: list[Cosigner] = [ed25519_cosigner(name, SoftwareSigner.from_seed(seed))]
        if mldsa:
            own.append(mldsa_cosigner(name, MLDSA44Signer.from_seed(seed)))
        self.name = name
        self.memory = Memory()
        self.witness = GrowthWitness(tuple(own), {log_keys[0].name: log_keys}, self.memory, clock)
        self.keys = self.witness.keys

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Its submission prefix, while it serves."""
        import uvicorn

        config = uvicorn.Config(
            application(witness_endpoints(self.witness)), log_config=None, access_log=False, lifespan="off", ws="none"
        )
        server, listening = uvicorn.Server(config), bind("127.0.0.1", 0)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield url_of(listening)
        finally:
            server.should_exit = True
            thread.join(10)


@contextmanager
def stub(react: Reaction) -> Iterator[tuple[str, list[bytes]]]:
    """A server that does with each POST what it is told; its URL, and every body that came."""
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["content-length"])))
            react(self, bodies[-1])

        def do_GET(self) -> None:
            bodies.append(b"GET " + self.path.encode())
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", bodies
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def says(status: int, body: bytes = b"", media_type: str = "text/plain", **headers: str) -> Reaction:
    """Answers always the same."""

    def react(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", media_type)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return react
