from __future__ import annotations

from pathlib import Path

from tests.support.hub import running_hub


def test_a_hub_has_them_and_its_services_run(tmp_path: Path) -> None:
    with running_hub(tmp_path, contact_services=("json",)) as hub:
        assert hub.process.ops.contacts.services == {"json"}
        names = [service.name for service in hub.process._make_services()]
        assert {"escalation", "silence", "schedule"} <= set(names)
