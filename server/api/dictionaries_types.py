"""What the list of dictionaries answers."""

from __future__ import annotations

from alerts.dictionary.shipped import shipped
from server.api.types import Moment, Said, time_of
from server.store.dictionaries import Trained


class DictionaryAnswer(Said):
    """A dictionary that devices may have from this hub. What was measured is null for the one that ships."""

    address: str
    """What its bytes hash to, in hexadecimal digits."""
    bytes: int
    in_use: bool
    """Whether connections made from now on use it."""
    shipped: bool
    """Whether every device has it already."""
    trained_at: Moment | None
    alerts: int | None
    """How many alerts it was trained on."""
    transfer: int | None
    """Bytes that a device fetches once."""
    bytes_an_alert: int | None
    """The median size of an alert with it."""
    bytes_an_alert_shipped: int | None
    """The same with the dictionary that ships."""

    @classmethod
    def of(cls, one: Trained) -> DictionaryAnswer:
        """One that was trained here."""
        return cls(
            address=one.address.hex(),
            bytes=one.size,
            in_use=one.is_in_use,
            shipped=False,
            trained_at=time_of(one.trained_at),
            alerts=one.measured.alerts,
            transfer=one.measured.transfer,
            bytes_an_alert=one.measured.lean,
            bytes_an_alert_shipped=one.measured.plain,
        )

    @classmethod
    def of_shipped(cls, *, in_use: bool) -> DictionaryAnswer:
        """The one that ships."""
        return cls(
            address=shipped().address.hex(),
            bytes=len(shipped().data),
            in_use=in_use,
            shipped=True,
            **dict.fromkeys(("trained_at", "alerts", "transfer", "bytes_an_alert", "bytes_an_alert_shipped")),
        )


class DictionaryList(Said):
    """All dictionaries: those that were trained here, the last ones in use first, and the one that ships."""

    dictionaries: tuple[DictionaryAnswer, ...]

    @classmethod
    def of(cls, trained: list[Trained], in_use: bytes) -> DictionaryList:
        """From the store's."""
        ships = DictionaryAnswer.of_shipped(in_use=in_use == shipped().address)
        return cls(dictionaries=(*(DictionaryAnswer.of(one) for one in trained), ships))
