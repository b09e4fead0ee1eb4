"""A ledger's folder as a service over HTTP, wired: readers, the door for members, routes, a socket."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from lotchain.app.clock import SystemClock
from lotchain.app.folder import Folder
from lotchain.app.wiring import open_reader
from lotchain.core.request_profile import check_base_url
from lotchain.errors import UsageError
from lotchain.ledger.members import MemberKey, member_key
from lotchain.ledger.ports import Clock
from lotchain.service.app import application
from lotchain.service.bundles import BundlePages
from lotchain.service.log import LogFacts, LogPages
from lotchain.service.readers import Readers
from lotchain.service.running import bind, require_extra, run, url_of
from lotchain.service.signed import Doorkeeper

_EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - not bound to, but recognised


@dataclass(frozen=True, slots=True)
class Serving:
    """A service that is at work: its log, and the URL under which members sign their requests."""

    origin: str
    url: str


def serve_ledger(
    path: Path | str,
    started: Callable[[Serving], None],
    *,
    host: str = "127.0.0.1",
    port: int = 8080,
    url: str | None = None,
    clock: Clock | None = None,
) -> None:
    """Serve a ledger's published log until the process is told to end. Nothing in the folder is written.

    Args:
        path: the ledger's folder.
        started: told once requests can come.
        host: where to listen.
        port: where to listen; 0 takes a free one.
        url: how clients name the service, where that is not `http://host:port/`: behind a proxy, say.
        clock: whose time requests are judged by; None is this machine's.

    Raises:
        UsageError: `extra-missing`, `address-unusable`, `base-url`, `base-url-needed`.
        StoreError: `ledger-missing`, and those of the store.
        Malformed: those of the configuration.

    """
    require_extra()
    configuration = Folder(Path(path)).read()
    open_reader(path).close()  # what cannot be read is told now, not to whoever asks first
    known_as = check_base_url(url) if url is not None else None
    if known_as is None and host in _EVERYWHERE:
        raise UsageError(
            "base-url-needed",
            "members sign the URL that they ask, and a service on every address has none of its own",
            remedy="say how clients name it: --url https://ledger.example/",
        )
    readers, time = Readers(lambda: open_reader(path)), clock or SystemClock()

    def key_of(subject: str) -> MemberKey | None:
        with readers.reader() as reader:
            return member_key(reader, subject)

    with closing(readers):
        listening = bind(host, port)
        base = known_as or url_of(listening)
        door = Doorkeeper(base, key_of, lambda: time.now() // 1000)
        routes = (*LogPages(lambda: _facts(path), readers, door).endpoints(), *BundlePages(readers, door).endpoints())
        run(application(routes), listening, lambda: started(Serving(configuration.origin, base)))


def _facts(path: Path | str) -> LogFacts:
    configuration = Folder(Path(path)).read()
    return LogFacts(configuration.origin, configuration.log_key, configuration.mldsa_key)
