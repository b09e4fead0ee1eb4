"""Where the processes of the network live: network namespaces of their own, or ports of this machine.

With namespaces (Linux, root) every country has a link of its own to the operator, and cutting it off is pulling that
link. Without, a country that is cut off is a process that is stopped: nobody hears it, and it hears nobody.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

OPERATOR = "operator"


class Ports:
    """Everybody on 127.0.0.1."""

    kind = "ports of this machine"
    speaks_when_cut = False

    def __init__(self, countries: Sequence[str]) -> None:
        self._ports = {name: free_port() for name in (OPERATOR, *countries)}

    def address(self, name: str) -> tuple[str, int]:
        """Host and port at which somebody listens."""
        return "127.0.0.1", self._ports[name]

    def command(self, name: str, command: Sequence[str]) -> list[str]:
        """How a process of theirs is started."""
        return list(command)

    def cut(self, name: str, process: subprocess.Popen[str]) -> None:
        """Nobody reaches them, they reach nobody."""
        process.send_signal(signal.SIGSTOP)

    def heal(self, name: str, process: subprocess.Popen[str]) -> None:
        """Back again."""
        process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """Nothing was made."""


class Namespaces:
    """One network namespace for the operator and one for each country, with a link of its own to the operator's."""

    kind = "network namespaces, a link for each country"
    speaks_when_cut = True

    def __init__(self, countries: Sequence[str]) -> None:
        self._number = {name: n for n, name in enumerate(countries, 1)}
        self._made: list[str] = []
        try:
            self._make(OPERATOR)
            _ip("-n", self._space(OPERATOR), "address", "add", "10.77.0.1/32", "dev", "lo")
            for name in countries:
                self._join(name)
        except BaseException:
            self.close()
            raise

    def _space(self, name: str) -> str:
        return f"lotchain-{os.getpid()}-{name}"

    def _make(self, name: str) -> None:
        _ip("netns", "add", self._space(name))
        self._made.append(self._space(name))
        _ip("-n", self._space(name), "link", "set", "lo", "up")

    def _join(self, name: str) -> None:
        self._make(name)
        centre, there, number = self._space(OPERATOR), self._space(name), self._number[name]
        _ip("-n", centre, "link", "add", f"to-{name}", "type", "veth", "peer", "name", "home", "netns", there)
        _ip("-n", centre, "address", "add", f"10.77.{number}.1/30", "dev", f"to-{name}")
        _ip("-n", centre, "link", "set", f"to-{name}", "up")
        _ip("-n", there, "address", "add", f"10.77.{number}.2/30", "dev", "home")
        _ip("-n", there, "link", "set", "home", "up")
        _ip("-n", there, "route", "add", "default", "via", f"10.77.{number}.1")

    def address(self, name: str) -> tuple[str, int]:
        """Host and port at which somebody listens."""
        return ("10.77.0.1", 8080) if name == OPERATOR else (f"10.77.{self._number[name]}.2", 8090)

    def command(self, name: str, command: Sequence[str]) -> list[str]:
        """How a process of theirs is started."""
        return ["ip", "netns", "exec", self._space(name), *command]

    def cut(self, name: str, process: subprocess.Popen[str]) -> None:
        """The link is down."""
        _ip("-n", self._space(OPERATOR), "link", "set", f"to-{name}", "down")

    def heal(self, name: str, process: subprocess.Popen[str]) -> None:
        """The link is up; the country's own route went with its carrier."""
        _ip("-n", self._space(OPERATOR), "link", "set", f"to-{name}", "up")

    def close(self) -> None:
        """Take away what was made; links go with their namespaces."""
        for space in self._made:
            with suppress(subprocess.CalledProcessError):
                _ip("netns", "delete", space)
        self._made.clear()


Places = Ports | Namespaces


@contextmanager
def places(countries: Sequence[str], *, namespaces: bool) -> Iterator[Places]:
    """Namespaces where they are wanted and permitted, else ports."""
    made: Places = _namespaces(countries) if namespaces else Ports(countries)
    try:
        yield made
    finally:
        made.close()


def _namespaces(countries: Sequence[str]) -> Places:
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("ip") is None:
        return Ports(countries)
    try:
        return Namespaces(countries)
    except (subprocess.CalledProcessError, OSError):
        return Ports(countries)  # a container may be root and still not permit it


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
