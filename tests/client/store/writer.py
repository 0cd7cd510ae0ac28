"""A process that writes into a store until it is killed, and says what it has committed."""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from alerts.wire.uplink import ReceiptState
from tests.support.device_store import item, keep, open_store


def main(folder: Path, seed: int) -> None:
    """Receive, acknowledge, raise alarms, in an order that the seed decides."""
    chance = random.Random(seed)
    store = open_store(folder, seed=seed)
    severities = ("Moderate", "Severe", "Extreme")
    while True:
        cursor = store.standing().cursor
        numbers = range(cursor + 1, cursor + 1 + chance.randrange(1, 5))
        store.execute(keep(cursor, *(item(f"n{number}", chance.choice(severities)) for number in numbers)))
        _say("cursor", numbers[-1])
        due = store.alarms_due()
        if due and chance.random() < 0.5:
            store.set_raised([due[0].key])
            _say("raised", due[0].key)
        entry = store.find(f"n{chance.randint(1, numbers[-1])}")
        if entry.receipt is None:
            store.give_receipt(entry.key, ReceiptState.ACKNOWLEDGED)
            _say("receipt", entry.key, entry.number)


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
