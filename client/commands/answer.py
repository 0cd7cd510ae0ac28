"""`tocsin-field answer`: a person answers what an alert asks, online or not."""

from __future__ import annotations

import sys

from client.answers import read_answer
from client.settings import Data, open_store
from client.terminal import words


def answer(alert: str, value: str, *more: str, data: Data = None) -> None:
    """Answer the question of an alert. Offline that is queued, and sent once when there is a link.

    A later answer takes the place of an earlier one.

    Parameters
    ----------
    alert
        Its number as `inbox` shows it, its identifier, or "sender,identifier".
    value
        Yes or no; the number of a choice, or its name; a number, with its unit or without; or words of your own.
    more
        More words.
    """
    store = open_store(data)
    try:
        entry = store.find(alert)
        done = store.give_answer(entry.key, read_answer(entry, " ".join((value, *more))))
        sys.stdout.write(f"{done.number} {done.identifier}: {words.answer(done)}\n")
    finally:
        store.close()
