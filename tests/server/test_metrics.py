"""Metrics: one registry for each hub, and the words of the table of states."""

from __future__ import annotations

from server.delivery import DeliveryState
from server.metrics import Metrics


def test_two_hubs_in_one_process_do_not_share_numbers() -> None:
    one, two = Metrics(), Metrics()
    one.answered("GET", "/v1/alerts", 200, 0.1)
    assert b'route="/v1/alerts"' in one.page("")[0] and b'route="/v1/alerts"' not in two.page("")[0]


def test_states_use_the_words_of_the_table() -> None:
    metrics = Metrics()
    metrics.set_states({DeliveryState.NOT_REACHED: 3})
    page = metrics.page("")[0].decode()
    assert 'tocsin_alert_devices{state="not reached"} 3.0' in page
    assert all(f'state="{state}"' in page for state in DeliveryState)


def test_a_method_that_somebody_made_up_makes_no_new_series() -> None:
    metrics = Metrics()
    metrics.answered("BREW", "/v1/alerts", 405, 0.1)
    page = metrics.page("")[0].decode()
    assert 'method="other"' in page and "BREW" not in page
