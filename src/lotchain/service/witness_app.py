"""A plain witness over HTTP: `add-checkpoint` and the latest checkpoint of each log (C2SP tlog-witness v1.0.0).

The witness itself says what it answers; here it is only carried. What is wrong with HTTP itself (another path, another
method, a body that is too large or too slow) is told as everywhere in this service, by a problem document.
"""

from __future__ import annotations

import re
from typing import Protocol

from lotchain.core import add_checkpoint
from lotchain.core.add_checkpoint import MAX_REQUEST, TEXT_TYPE
from lotchain.errors import UsageError
from lotchain.service.exchange import ASK_AGAIN, Answer, Asked, Endpoint, content
from lotchain.service.problems import not_found, problem

_CHECKPOINT = re.compile(r"/([0-9a-f]{64})/checkpoint")


class Witness(Protocol):
    """What a witness answers; `lotchain.witness.growing.GrowthWitness` is one."""

    def add_checkpoint(self, body: bytes) -> add_checkpoint.Answer:
        """The answer to one request."""

    def latest_note(self, origin_hash: str) -> bytes | None:
        """The latest cosigned checkpoint of a log, by the SHA-256 of its origin."""


def witness_endpoints(witness: Witness) -> tuple[Endpoint, ...]:
    """The routes of a witness: `POST /add-checkpoint`, and `GET /<origin hash>/checkpoint`.

    Submission and monitoring prefix are the same.
    """

    def submitted(asked: Asked) -> Answer:
        said = witness.add_checkpoint(asked.body)
        headers = (
            ("content-type", said.media_type),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("content-length", str(len(said.body))),
        )
        return Answer(said.status, headers, said.body)

    def shown(asked: Asked) -> Answer:
        if asked.path == f"/{add_checkpoint.PATH}":  # below `/*` it would be a path like any other
            refused = UsageError("method-not-allowed", "this is not done here", expected="POST", found=asked.method)
            return problem(refused, (("allow", "POST"),))
        named = _CHECKPOINT.fullmatch(asked.path)
        note = witness.latest_note(named[1]) if named is not None else None
        if note is None:
            raise not_found(asked.path)
        return content(asked, note, TEXT_TYPE, ASK_AGAIN)

    return (
        Endpoint(f"/{add_checkpoint.PATH}", submitted, methods=("POST",), max_body=MAX_REQUEST),
        Endpoint("/*", shown),
    )
