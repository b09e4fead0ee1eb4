"""`GET /document/<sha256>`: what authorities have adopted on the ledger, for members who keep a whole copy of it."""

from __future__ import annotations

import re
from hashlib import sha256

from lotchain.service.exchange import FOR_EVER_PRIVATE, Answer, Asked, Endpoint, content
from lotchain.service.problems import not_found
from lotchain.service.readers import Readers
from lotchain.service.signed import Doorkeeper

MEDIA_TYPE = "application/json"
_PATH = "/document/"
_DIGEST = re.compile(r"[0-9a-f]{64}")


class DocumentPages:
    """The endpoint of adopted documents. Openings of hidden fields lie beside them and are never given here."""

    def __init__(self, readers: Readers, door: Doorkeeper) -> None:
        self._readers = readers
        self._door = door

    def endpoints(self) -> tuple[Endpoint, ...]:
        """The route."""
        return (Endpoint(f"{_PATH}*", self.document),)

    def document(self, asked: Asked) -> Answer:
        """The bytes of which the path names the SHA-256."""
        self._door.admit(asked)
        name = asked.path.removeprefix(_PATH)
        if asked.query or _DIGEST.fullmatch(name) is None:
            raise not_found(asked.path)
        with self._readers.reader() as reader:
            data = reader.opening(bytes.fromhex(name))
        # The digest of an opening is not the SHA-256 of its bytes: whatever is kept, only documents leave here.
        if data is None or sha256(data).hexdigest() != name:
            raise not_found(asked.path)
        return content(asked, data, MEDIA_TYPE, FOR_EVER_PRIVATE, compress=True)
