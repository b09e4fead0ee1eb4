"""`GET /bundle?lot=…`: the one file that proves a lot's history, for members."""

from __future__ import annotations

from urllib.parse import unquote

from lotchain.core.ids import check
from lotchain.errors import Malformed
from lotchain.ledger.bundles import make_bundle
from lotchain.service.exchange import ASK_AGAIN, Answer, Asked, Endpoint, content
from lotchain.service.readers import Readers
from lotchain.service.signed import Doorkeeper

MEDIA_TYPE = "application/vnd.lotchain.lotproof"


class BundlePages:
    """The endpoint of bundles. Without openings: who may read hidden fields is not for a key to say."""

    def __init__(self, readers: Readers, door: Doorkeeper) -> None:
        self._readers = readers
        self._door = door

    def endpoints(self) -> tuple[Endpoint, ...]:
        """The route."""
        return (Endpoint("/bundle", self.bundle),)

    def bundle(self, asked: Asked) -> Answer:
        """The bundle of one lot under the published checkpoint."""
        self._door.admit(asked)
        name, equals, value = asked.query.partition("=")
        if name != "lot" or not equals or "&" in value:
            raise Malformed(
                "query-format", "a bundle is asked for by one lot", expected="?lot=lot:…", found=asked.query
            )
        lot = check(unquote(value, errors="replace"), "lot", "lot")
        with self._readers.reader() as reader:
            data = make_bundle(reader, lot, with_openings=False)
        return content(asked, data, MEDIA_TYPE, f"private, {ASK_AGAIN}")
