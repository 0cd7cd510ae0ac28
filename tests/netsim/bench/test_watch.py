"""The arithmetic of the measurement, and the store that it begins with."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.bench.watch import COUNTIES, lags_ms, longest_cpu_ms, prepare
from server.clock import HubClock
from server.hub import Hub, HubOptions


def test_a_lag_is_from_the_commit_until_the_page_shows_as_much_or_more() -> None:
    committed = [(10.0, 1), (10.2, 5), (10.5, 9)]
    shown = [(9.0, 0), (10.1, 3), (10.4, 6), (11.0, 9)]
    assert lags_ms(committed, shown) == pytest.approx([100, 200, 500])


def test_a_page_that_was_quicker_than_the_look_at_the_store_is_not_behind() -> None:
    assert lags_ms([(10.0, 1)], [(9.99, 1)]) == [0]


def test_a_page_that_never_shows_it_is_an_error() -> None:
    with pytest.raises(UserError, match="never showed 2"):
        lags_ms([(10.0, 2)], [(10.0, 1)])


def test_of_a_trace_the_script_thread_counts() -> None:
    def task(tid: int, microseconds: int) -> dict[str, object]:
        return {"name": "RunTask", "pid": 1, "tid": tid, "tdur": microseconds}

    names = [{"name": "thread_name", "pid": 1, "tid": 7, "args": {"name": "CrRendererMain"}}]
    assert longest_cpu_ms({"traceEvents": [*names, task(7, 9000), task(7, 12_500), task(8, 99_000)]}) == 12.5
    assert longest_cpu_ms({"traceEvents": names}) == 0


def test_a_hub_opens_what_was_prepared(tmp_path: Path) -> None:
    prepared = prepare(tmp_path, devices=100, clients=3)

    async def look() -> None:
        hub = await Hub.open(tmp_path, HubOptions(), HubClock())
        try:
            assert len(hub.log.enrolled) == 100 == hub.log.head
            for device, token in prepared.devices:
                assert await hub.authenticate_device(token) == device
            assert len({code for row in await hub.devices() for code in row.areas}) == 100
            assert len(await hub.areas()) > COUNTIES
        finally:
            await hub.close()

    asyncio.run(look())
    assert len(prepared.devices) == 3
