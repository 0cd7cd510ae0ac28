"""`python -m server.dictionary.by_itself FOLDER`: the hub trains by itself, in a process of its own that gives way to all others.

It reads the history in one moment, tries the sizes, and puts the best in use if a device that has the one in use now earns back
the transfer in time. It ends when its standard input does: with the hub, however that ends. Says what came of it in one line.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from alerts.dictionary.shipped import shipped
from alerts.dictionary.training import NotEnoughError
from alerts.wire.dictionary import Dictionary
from alerts.wire.transfer import pack_transfer
from server.dictionary import payback
from server.dictionary.history import History, of_store
from server.dictionary.trial import SIZES, Outcome, try_out
from server.store import dictionaries
from server.store.database import open_database, transaction

PAYBACK_DAYS = 60
"""By then the transfer is earned back, at the rate of this hub; else the one in use stays."""

LOWEST_PRIORITY = 19
STDIN = 0


def train(folder_database: Path, now: int, sizes: Sequence[int] = SIZES) -> str:
    """Train, and put the best in use if that is worth it. What came of it, in words."""
    db = open_database(folder_database)
    try:
        with transaction(db):
            count, before = dictionaries.alerts(db), dictionaries.last_training(db)
            dictionaries.note_training(db, before[1], now)  # should this process die, tomorrow is early enough
        with transaction(db, "DEFERRED"):
            history, in_use = of_store(db, now), dictionaries.read(db, dictionaries.in_use(db))
        words, best = _best(history, in_use, sizes)
        with transaction(db):
            if best is not None:
                dictionaries.keep(db, best.best.dictionary, best.best.measured, now)
            dictionaries.note_training(db, count, now)
        return words
    finally:
        db.close()


def _best(history: History, in_use: Dictionary, sizes: Sequence[int]) -> tuple[str, Outcome | None]:
    try:
        outcome = try_out(history, sizes, made=history.now, beside=in_use)
    except NotEnoughError as error:
        return f"nothing trained: {error}", None
    best = outcome.best
    saves = outcome.beside - best.measured.lean
    transfer = len(pack_transfer(best.dictionary, in_use))
    days = payback.days_until(transfer, saves, outcome.daily)
    said = (
        f"{len(history.entries)} alerts: {best.measured.lean} bytes an alert instead of {outcome.beside}, a transfer of "
        f"{transfer} bytes, {outcome.daily:.2g} alerts a day"
    )
    if days > PAYBACK_DAYS or not outcome.is_worth_it:
        return f"{said}: not earned back in {PAYBACK_DAYS} days, the one in use stays", None
    name = best.dictionary.address.hex()
    return f"{said}: earned back in {days:.0f} days, {name} is in use instead of {_name(in_use)}", outcome


def _name(dictionary: Dictionary) -> str:
    return "the one that ships" if dictionary is shipped() else dictionary.address.hex()


def _end_with_the_hub() -> None:
    while os.read(STDIN, 1):  # not sys.stdin, whose lock would be held at the orderly end
        pass
    os._exit(1)


def main(arguments: Sequence[str]) -> None:
    """One argument: the database."""
    os.nice(LOWEST_PRIORITY)
    threading.Thread(target=_end_with_the_hub, daemon=True).start()
    sys.stdout.write(train(Path(arguments[0]), int(time.time())) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
