"""Events as numbers."""

from __future__ import annotations

import asyncio
from pathlib import Path

from server.metrics import Metrics
from server.ops.counting import EventCounting
from tests.support.stores import EVERYONE, PUBLISHER, make_alert, opened_hub
from tests.support.waiting import until


def test_each_event_counts_once_under_its_kind(tmp_path: Path) -> None:
    async def main() -> None:
        metrics = Metrics()

        def count(kind: str) -> float | None:
            return metrics.registry.get_sample_value("tocsin_events_total", {"kind": kind})

        async with opened_hub(tmp_path) as hub:
            await hub.publish(make_alert("before"), EVERYONE, by=PUBLISHER)
            await hub.events.look()
            counting = asyncio.create_task(EventCounting(hub.events, metrics).run())
            for number in range(3):
                await hub.publish(make_alert(f"a{number}"), EVERYONE, by=PUBLISHER)
            await hub.make_enrolment_code()
            await hub.events.look()
            await until(lambda: count("alert.published") == 3, "what was published since is counted")
            assert count("device.enrolled") is None
            counting.cancel()

    asyncio.run(main())
