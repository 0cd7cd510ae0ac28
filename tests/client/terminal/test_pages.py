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
from tests.support.device_store import item, keep, open_store
from tests.support.questions import NUMBER, ONE_OF
from tests.support.small_hub import NOW, make_alert


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


def test_a_question_is_shown_with_its_choices(tmp_path: Path) -> None:
    page = _page(tmp_path, make_alert("a", question=ONE_OF))
    assert "? How is the road? 1 open 2 flooded 3 closed" in page
    assert "to answer tocsin-field answer 1 …" in page


def test_the_own_answer_is_shown(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a", question=NUMBER)))
    out = io.StringIO()
    Console(file=out, width=200).print(alert_page(store.give_answer("a", 12), NOW))
    page = " ".join(out.getvalue().split())
    assert "you answered 12 doses (queued)" in page
    assert "? How many doses are left? (doses from 0 to 500)" in page
    assert "tocsin-field answer" not in page
