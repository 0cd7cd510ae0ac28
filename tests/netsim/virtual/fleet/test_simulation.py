"""The model against what can be reckoned by hand, and against the same restart played with the real objects."""

from __future__ import annotations

import numpy as np
import pytest

from alerts import limits
from alerts.session.goodbye import FAREWELLS, Reason
from client.backoff import CAP_SECONDS
from client.patience import PATIENCE_SECONDS_MIN
from netsim.profiles import Nat, Outage
from netsim.virtual.fleet.gate import told_when_busy
from netsim.virtual.fleet.habits import ALWAYS_ON
from netsim.virtual.fleet.population import TRYING, UP, WAITING
from netsim.virtual.fleet.scenario import Costs, Cut, Tree
from netsim.virtual.fleet.simulation import Run, Simulation
from server.settings import Limits
from tests.netsim.virtual.fleet.played import play_restart
from tests.netsim.virtual.fleet.worlds import profile_with, run, scenario, sizes

RESTART_S = 30.0
CLEAN_TRIP_S = 0.1
QUICK = Costs(goodbye_s=0.0)


def back_after(done: Run) -> list[float]:
    """When each device was connected again, in seconds after the restart."""
    return sorted((done.people.up_at - RESTART_S).tolist())


# -- played with the real objects -------------------------------------------------------------------------------------


@pytest.mark.parametrize("says_goodbye", [True, False])
@pytest.mark.parametrize(("devices", "rate"), [(200, 200.0), (200, 5.0), (600, 20.0)])
def test_a_restart_goes_as_one_that_is_played_with_the_real_objects(
    devices: int, rate: float, says_goodbye: bool
) -> None:
    played = np.mean(
        [play_restart(devices, rate, 10.0, CLEAN_TRIP_S, seed, says_goodbye=says_goodbye) for seed in range(6)], axis=0
    )
    ran = [
        back_after(
            run(
                devices=devices,
                restart_s=RESTART_S,
                stopping="told" if says_goodbye else "killed",
                limits=Limits(connects_per_second=rate),
                costs=QUICK,
                seed=seed,
            )
        )
        for seed in range(6)
    ]
    model = np.mean(ran, axis=0)
    for share in (0.1, 0.5, 0.9, 0.99):
        at = int(share * devices) - 1
        assert model[at] == pytest.approx(played[at], rel=0.1, abs=1.5), share  # a second is as fine as the model sees


# -- reckoned by hand -------------------------------------------------------------------------------------------------


def test_all_are_back_after_their_number_over_the_rate() -> None:
    done = run(devices=2000, restart_s=RESTART_S, limits=Limits(connects_per_second=10))
    after = back_after(done)
    assert (done.people.state == UP).all()
    assert after[-1] == pytest.approx(2000 / 10, rel=0.15)
    assert after[999] == pytest.approx(1000 / 10, rel=0.1)
    assert done.seconds.admitted.max() <= 20
    assert 10 <= done.hubs.admitted_max[0] <= 20


def test_who_is_refused_asks_again_after_what_it_is_told() -> None:
    """A device that waits told + up to told/10 + 1 s each time, for half of N/r on average, asks so many times."""
    done = run(devices=2000, restart_s=RESTART_S, limits=Limits(connects_per_second=10))
    low, high = told_when_busy()
    mean_s = (low + high) / 2 * 1.05 + 0.5 + 2 * CLEAN_TRIP_S
    assert done.ledger.kinds["refusal"].count == pytest.approx(2000 * (2000 / 10 / 2) / mean_s, rel=0.1)


def test_the_goodbye_alone_spreads_a_restart_over_little_more_than_a_second() -> None:
    done = run(devices=2000, restart_s=RESTART_S, down_s=0.0, admission="off", cores=1000.0, costs=QUICK)
    told = FAREWELLS[Reason.STOPPING].retry_after
    assert told is not None
    after = np.array(back_after(done)) - told
    assert after.min() >= 0
    assert after.max() <= 1 + told / 10 + 4 * CLEAN_TRIP_S + 1
    assert done.seconds.asked.max() >= 2000 / 2


def test_booked_turns_leave_nobody_refused_twice_on_average_and_take_as_long() -> None:
    limits_10 = Limits(connects_per_second=10)
    told = run(devices=2000, restart_s=RESTART_S, limits=limits_10)
    booked = run(devices=2000, restart_s=RESTART_S, limits=limits_10, stopping="booked", admission="booked")
    assert booked.ledger.kinds["refusal"].count < told.ledger.kinds["refusal"].count / 20
    assert back_after(booked)[1979] < 1.35 * back_after(told)[1979]
    assert booked.seconds.asked.max() < told.seconds.asked.max() / 20


def test_without_a_backoff_each_failure_is_followed_by_the_next_attempt() -> None:
    full = run(devices=500, restart_s=RESTART_S, limits=Limits(connects_per_second=10))
    none = run(devices=500, restart_s=RESTART_S, limits=Limits(connects_per_second=10), backoff="none")
    assert none.seconds.asked.sum() > 4 * full.seconds.asked.sum()


def test_a_hub_without_room_lets_in_as_many_as_it_has_room_for() -> None:
    done = run(devices=500, restart_s=RESTART_S, limits=Limits(connects_per_second=100, device_connections_max=300))
    assert done.seconds.connected[-1] == 300
    assert (done.people.state == UP).sum() == 300


def test_a_run_begins_with_no_more_connections_than_there_is_room_for() -> None:
    done = run(devices=500, limits=Limits(connects_per_second=100, device_connections_max=300), alerts_s=(100.0,))
    assert done.seconds.connected.tolist() == [300] * 360
    assert np.isfinite(done.people.has_at[0]).sum() == 300
    assert done.seconds.refused.sum() == pytest.approx(200 * 360 / 65, rel=0.25)  # told 30 to 90 s each time


def test_a_busy_core_answers_no_more_than_it_can() -> None:
    costs = Costs(upgrade_s=0.01, refusal_s=0.01, goodbye_s=0.0)
    done = run(devices=2000, restart_s=RESTART_S, costs=costs, cores=1.0, down_s=0.0)
    assert done.seconds.answered.max() == 100
    assert done.hubs.needed_max[0] > 5
    assert (done.people.state == UP).all()


# -- alerts -----------------------------------------------------------------------------------------------------------


def test_an_alert_reaches_all_in_the_time_that_writing_and_the_way_take() -> None:
    done = run(devices=1000, alerts_s=(100.0,), costs=Costs(alert_s=0.01), cores=1.0)
    arrived = np.sort(done.people.has_at[0]) - 100
    assert arrived == pytest.approx(np.arange(1000) * 0.01 + CLEAN_TRIP_S / 2, abs=0.01)
    assert done.ledger.kinds["live"].count == 1000
    assert done.ledger.kinds["live"].down == 1000 * sizes().exchange.live[0]


def test_an_alert_that_is_published_while_the_hub_restarts_comes_with_the_resume() -> None:
    done = run(devices=1000, alerts_s=(RESTART_S + 1,), restart_s=RESTART_S, limits=Limits(connects_per_second=20))
    assert done.published_s[0] == pytest.approx(RESTART_S + 10, abs=1.2)
    assert (done.people.has_at[0] >= done.people.up_at - 0.01).all()
    assert done.people.has_at[0].max() - RESTART_S == pytest.approx(10 + 1000 / 20, rel=0.15)
    assert done.ledger.kinds["catch-up"].count + done.ledger.kinds["live"].count == 1000


def test_who_was_off_has_all_that_was_missed_when_it_comes_back() -> None:
    phone = (ALWAYS_ON.__class__("phone", "by day", 1.0, 8.0, 20.0, 0.5, 1.0),)
    done = run(devices=500, habits=phone, begin_s=18_000, hours=5.5, alerts_s=(18_060.0, 18_120.0, 10 * 3600.0))
    people = done.people
    assert np.isfinite(people.has_at).all()
    assert (people.has_at[0] >= people.up_at - 0.01).all()
    assert people.has_at[:2].min() > 5 * 3600
    assert not people.is_reachable[0].any()
    assert people.is_reachable[2].all()
    assert done.ledger.kinds["catch-up"].count == 500


def test_the_same_seed_gives_the_same_run_and_another_one_another() -> None:
    parts = {"devices": 300, "restart_s": RESTART_S, "alerts_s": (100.0,), "links": ((profile_with(OFTEN), 1.0),)}
    first, again, other = run(**parts, seed=3), run(**parts, seed=3), run(**parts, seed=4)
    assert np.array_equal(first.people.has_at, again.people.has_at)
    assert np.array_equal(first.people.bytes, again.people.bytes)
    assert not np.array_equal(first.people.bytes, other.people.bytes)


# -- links that fail --------------------------------------------------------------------------------------------------

OFTEN = Outage(every_s=600, lasts_s=60)


def test_an_outage_ends_a_connection_when_an_answer_is_overdue_and_the_hub_hears_of_it_later() -> None:
    blackout = Outage(every_s=1e8, lasts_s=90_000, distribution="fixed")
    simulation = Simulation(scenario(links=((profile_with(blackout), 1.0),), hours=0.5), sizes())
    people = simulation._people
    people.outage_at[:] = 100.0
    begun = int(people.is_held.sum())
    connected = simulation.run().seconds.connected
    noticed = limits.KEEPALIVE_SECONDS + limits.ANSWER_SECONDS
    assert (people.state == TRYING).sum() + (people.state == WAITING).sum() == 1000
    assert people.began_at.min() > 100 + noticed
    assert connected[int(100 + limits.SILENT_SECONDS - limits.KEEPALIVE_SECONDS)] == begun
    assert connected[int(100 + limits.SILENT_SECONDS + noticed)] == 0


def test_short_outages_end_no_connection() -> None:
    done = run(devices=500, links=((profile_with(Outage(every_s=100, lasts_s=10, distribution="fixed")), 1.0),))
    assert done.seconds.asked.sum() == 0


def test_a_translator_that_forgets_sooner_than_a_keepalive_costs_a_connection_each_time() -> None:
    forgetful = profile_with(nat=Nat(idle_s=30, forgets="drop"))
    done = run(devices=200, links=((forgetful, 1.0),), hours=0.5)
    life_s = limits.KEEPALIVE_SECONDS + limits.ANSWER_SECONDS
    assert done.ledger.kinds["upgrade"].count == pytest.approx(200 * 1800 / life_s, rel=0.1)


def test_after_a_power_cut_all_come_back_within_their_longest_wait() -> None:
    done = run(cut=Cut(30.0, 0.5, 240.0), limits=Limits(connects_per_second=1000), hours=0.15)
    again = done.people.up_at > 30
    assert again.mean() == pytest.approx(0.5, abs=0.05)
    assert done.seconds.asked[:270].sum() == 0
    since = done.people.up_at[again] - 270
    assert since.max() < PATIENCE_SECONDS_MIN + CAP_SECONDS + 1
    assert np.median(since) > 5


# -- relays -----------------------------------------------------------------------------------------------------------


def test_below_relays_the_top_sees_relays_only() -> None:
    done = run(devices=900, tree=Tree(2, 3), alerts_s=(100.0,))
    assert done.seconds.connected[0] == 900 + 12
    assert done.hubs.held.tolist() == [3, 3, 3, 3] + [100] * 9
    assert np.isfinite(done.people.has_at).all()
    relays = done.people.has_at[0, 900:]
    assert relays[:3].max() < relays[3:].min() < done.people.has_at[0, :900].min()
    assert done.ledger.relay_kinds["live"].count == 12


def test_a_restart_at_the_top_is_not_noticed_by_devices() -> None:
    done = run(devices=900, tree=Tree(1, 3), restart_s=RESTART_S, alerts_s=(RESTART_S + 1,))
    assert done.ledger.kinds["upgrade"].count == 0
    assert done.ledger.relay_kinds["upgrade"].count == 3
    assert done.people.has_at[0].max() < RESTART_S + 30


def test_a_restart_of_all_comes_back_on_each_relay_at_its_own_rate() -> None:
    done = run(devices=900, tree=Tree(1, 3), restart_s=RESTART_S, restarted="all", limits=Limits(connects_per_second=3))
    assert (done.people.state == UP).all()
    assert np.sort(done.people.up_at[:900])[-9] - RESTART_S == pytest.approx(300 / 3, rel=0.25)


def test_a_restart_of_one_relay_moves_its_devices_only() -> None:
    done = run(devices=900, tree=Tree(1, 3), restart_s=RESTART_S, restarted="one", alerts_s=(RESTART_S + 1,))
    assert done.ledger.kinds["upgrade"].count == 300
    assert done.ledger.relay_kinds["upgrade"].count == 1
    assert np.isfinite(done.people.has_at).all()
