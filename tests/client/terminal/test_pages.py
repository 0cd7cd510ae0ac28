"""One alert in full."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from alerts.cap.from_xml import from_xml
from alerts.cap.model import Alert
from alerts.wire.items import Urgency, pack_full
from client.terminal.pages import alert_page
from netsim.workload import load_samples
from tests.support.device_store import keep, open_store
from tests.support.small_hub import NOW


def _page(folder: Path, alert: Alert) -> str:
    store = open_store(folder)
    raw = pack_full(
        alert, expires=NOW + 60, urgency=Urgency.EXTREME, replaces=frozenset(), languages=("*",), hub_made=False
    )
    outcome = store.execute(keep(store.standing().cursor, raw))
    (entry,) = store.some(outcome.arrived + outcome.changed)
    store.close()
    out = io.StringIO()
    Console(file=out, width=200).print(alert_page(entry, NOW))
    return " ".join(out.getvalue().split())


def test_every_sample_has_a_page_with_all_that_people_need(tmp_path: Path) -> None:
    for sample in load_samples():
        alert = from_xml(sample.xml).alert
        page = _page(tmp_path, alert)
        assert alert.identifier in page
        for info in alert.info:
            for text in (info.headline, info.instruction):
                assert not text or " ".join(text.split()) in page
