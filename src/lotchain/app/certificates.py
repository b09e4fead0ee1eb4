"""Certificates of custody: a bundle, verified anew, and its verdict as a paper."""

from __future__ import annotations

import hashlib

from lotchain.reports.certificate import Made, certificate
from lotchain.reports.paper import MAX_FONT
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import parse_policy
from lotchain.verify.verdict import Verdict

__all__ = ["MAX_FONT", "make_certificate"]


def make_certificate(bundle: bytes, policy: bytes, *, now: int, font: bytes | None) -> tuple[Verdict, str, bytes]:
    """Verify a bundle and put the verdict on paper: the verdict, the bundle's digest (hex), the PDF.

    Args:
        bundle: the file's bytes.
        policy: the trust policy's bytes.
        now: the moment at which the proof's age is judged, ms since 1970; it stands on the paper.
        font: as `reports.certificate.certificate`.

    Raises:
        Malformed: what cannot be read as a bundle or a policy; `font-format`.
        UsageError: `extra-missing`.

    """
    verdict = verify_bundle(bundle, parse_policy(policy), now=now)
    digest = hashlib.sha256(bundle).hexdigest()
    made = Made(digest, hashlib.sha256(policy).hexdigest(), now)
    return verdict, digest, certificate(verdict, made, font=font)
