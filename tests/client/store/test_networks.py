"""What is known of networks, from one process to the next."""

from __future__ import annotations

from pathlib import Path

from alerts.session.keepalive import RUNGS_S, Reach
from client.store import models
from client.store.database import Database
from client.store.networks import NETWORKS_MAX, read_reach, write_reach


def test_each_network_has_its_own_and_the_oldest_is_forgotten(tmp_path: Path) -> None:
    database = Database(tmp_path / "field.sqlite")
    for number in range(NETWORKS_MAX + 3):
        with database.transaction():
            write_reach(database, f"n{number}", Reach(number % len(RUNGS_S), 4), number)
    assert read_reach(database, "n2") is None
    assert read_reach(database, "n3") == Reach(3, 4)
    assert database.run(models.Network.select()).count() == NETWORKS_MAX


def test_what_is_learned_anew_takes_the_place_of_what_was_known(tmp_path: Path) -> None:
    database = Database(tmp_path / "field.sqlite")
    for at, reach in enumerate((Reach(2, 1), Reach(3, 4))):
        with database.transaction():
            write_reach(database, "n", reach, at)
    assert read_reach(database, "n") == Reach(3, 4)


def test_a_row_that_another_version_wrote_is_used_as_far_as_it_goes(tmp_path: Path) -> None:
    database = Database(tmp_path / "field.sqlite")
    with database.transaction():
        database.run(models.Network.insert(name="n", rung=99, needed=0, at=0)).execute()
    assert read_reach(database, "n") == Reach(len(RUNGS_S) - 1, 1)
