"""Real field clients, many in one process, at a real hub."""

from __future__ import annotations

import asyncio
from pathlib import Path

from netsim.bench.crowd_end import Crowd
from server.hub import Role
from tests.server.api.test_problems import alert
from tests.support.hub import running_hub


def test_all_get_the_alert_and_all_acknowledge_it(tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub") as hub:
        devices = [hub.enrol() for _ in range(3)]

        async def run() -> None:
            crowd = Crowd(tmp_path / "crowd")
            await crowd.start(hub.address, devices)
            body = alert() | {"audience": {"everyone": True}}
            said = (await asyncio.to_thread(hub.ask, "POST", "/v1/alerts", json=body, role=Role.AUTHOR)).json()
            began, ended = await crowd.acknowledge(f"{said['sender']},{said['identifier']}")
            assert began <= ended
            found = (await asyncio.to_thread(hub.ask, "GET", f"/v1/alerts/{said['number']}/delivery")).json()
            assert found["counts"]["acknowledged"] == 3
            await crowd.stop()

        asyncio.run(run())
