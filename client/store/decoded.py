"""Items that were decoded before the transaction that takes them up, one at a time."""

from __future__ import annotations

from alerts.errors import InvalidAlertError, RemoteProtocolError
from alerts.session.inbox import Decoder
from alerts.wire.items import Arrival


class Decoded:
    """A decoder (alerts.session.inbox.Decoder) that gives again what decoding gave, be it an alert or a refusal."""

    def __init__(self, decode: Decoder) -> None:
        self._decode = decode
        self._found: dict[tuple[int, int], Arrival | RemoteProtocolError | InvalidAlertError] = {}

    def decode(self, raw: bytes, epoch: int, number: int) -> None:
        """Decode an item now; whatever happens that is no refusal is the caller's."""
        try:
            self._found[epoch, number] = self._decode(raw, epoch, number)
        except (RemoteProtocolError, InvalidAlertError) as refusal:
            self._found[epoch, number] = refusal

    def __call__(self, raw: bytes, epoch: int, number: int) -> Arrival:
        """What decoding this item gave."""
        found = self._found[epoch, number]
        if isinstance(found, Arrival):
            return found
        raise found
