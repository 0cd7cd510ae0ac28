"""What each device has, as the hub last heard it: one row a device, written for many devices at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from peewee import EXCLUDED, SqliteDatabase, chunked

from alerts.session.claim import Claim
from alerts.session.spans import Spans
from server.store.models import DeviceClaim
from server.store.numbers import pack_numbers, unpack_numbers
from server.store.texts import pack_words, unpack_words


@dataclass(frozen=True, slots=True)
class Heard:
    """A device's claim, the languages that it stated, and when it was last heard (None: never)."""

    claim: Claim = field(default_factory=Claim)
    languages: tuple[str, ...] = ()
    at: int | None = None


def read_claims(db: SqliteDatabase) -> dict[str, Heard]:
    """The row of each device."""
    return {
        row.device: Heard(
            Claim(
                row.opening,
                row.epoch,
                row.cursor,
                row.as_of,
                tuple(sorted(unpack_numbers(bytes(row.held)))),
                Spans.of(unpack_numbers(bytes(row.spared))),
                row.hub_time,
            ),
            unpack_words(row.languages),
            row.heard_at,
        )
        for row in DeviceClaim.select().execute(db)
    }


def write_claims(db: SqliteDatabase, heard: Mapping[str, Heard]) -> None:
    """Write the rows of some devices. A claim may go down: it is what was stated, not a maximum."""
    rows = [_row(device, one) for device, one in heard.items()]
    fields = [field for field in DeviceClaim._meta.sorted_fields if field is not DeviceClaim.device]
    update = {field: getattr(EXCLUDED, field.name) for field in fields}
    for some in chunked(rows, 50):
        DeviceClaim.insert_many(some).on_conflict(conflict_target=[DeviceClaim.device], update=update).execute(db)


def _row(device: str, heard: Heard) -> dict[str, object]:
    claim = heard.claim
    return {
        "device": device,
        "opening": claim.opening,
        "epoch": claim.epoch,
        "cursor": claim.cursor,
        "as_of": claim.as_of,
        "held": pack_numbers(claim.held),
        "spared": pack_numbers(claim.spared),
        "hub_time": claim.heard,
        "languages": pack_words(heard.languages),
        "heard_at": heard.at,
    }
