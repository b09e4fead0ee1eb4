"""Another's log over HTTP, wired: a server, the log's keys, a member's key that signs requests for entries."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence

from lotchain.app.clock import SystemClock
from lotchain.core.notes import VerifierKey
from lotchain.ledger.ports import Clock, Signer
from lotchain.remote.fetching import Fetcher, Patience
from lotchain.remote.source import HttpLogSource
from lotchain.signing.requests import sign_request


def http_source(
    url: str,
    log_key: VerifierKey,
    *,
    mldsa_key: VerifierKey | None = None,
    more_keys: Sequence[VerifierKey] = (),
    member: Signer | None = None,
    allow_http: bool = False,
    tls: ssl.SSLContext | None = None,
    patience: Patience | None = None,
    clock: Clock | None = None,
) -> HttpLogSource:
    """A source over the server at `url`.

    Args:
        url: under which the service knows itself, since members sign it.
        log_key: the log's Ed25519 key.
        mldsa_key: the log's ML-DSA-44 key, where its checkpoints must bear that signature.
        more_keys: while the log changes its keys, the others.
        member: a key that is enrolled on the ledger; without one a service gives no entries, files may.
        allow_http: plain http to other machines, where the network is protected otherwise.
        tls: which certificates are believed; None is what this machine believes.
        patience: limits of time and tries.
        clock: when requests are signed; None is this machine's.

    Raises:
        UsageError: `base-url`, `source-http`.

    """
    time = clock or SystemClock()

    def sign(method: str, target: str) -> Mapping[str, str]:
        if member is None:  # never called then: the fetcher is given no way to sign
            return {}
        return sign_request(member, method, target, created_s=time.now() // 1000)

    fetcher = Fetcher(url, patience=patience, sign=sign if member is not None else None, allow_http=allow_http, tls=tls)
    return HttpLogSource(fetcher, log_key, mldsa_key=mldsa_key, more_keys=more_keys)
