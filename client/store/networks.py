"""How long the networks that a device has been on let a connection be quiet."""

from __future__ import annotations

from alerts.session.keepalive import NEEDED_MAX, RUNGS_S, Reach
from client.store import models
from client.store.database import Database

NETWORKS_MAX = 32
"""Networks that are remembered; the one that was learned about longest ago is forgotten first."""


def read_reach(database: Database, network: str) -> Reach | None:
    """What is known of a network; None: nothing."""
    found = database.run(models.Network.select().where(models.Network.name == network)).first()
    if found is None:
        return None
    return Reach(min(max(found.rung, 0), len(RUNGS_S) - 1), min(max(found.needed, 1), NEEDED_MAX))


def write_reach(database: Database, network: str, reach: Reach, at: int) -> None:
    """Remember it."""
    row = {"name": network, "rung": reach.rung, "needed": reach.needed, "at": at}
    database.run(models.Network.insert(**row).on_conflict_replace()).execute()
    newest = models.Network.select(models.Network.name).order_by(models.Network.at.desc()).limit(NETWORKS_MAX)
    names = [kept.name for kept in database.run(newest)]
    database.run(models.Network.delete().where(models.Network.name.not_in([network, *names]))).execute()
