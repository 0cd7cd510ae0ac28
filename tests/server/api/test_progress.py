"""`/progress` and `/calls` on a real hub."""

from __future__ import annotations

import csv
import io

from alerts.session.commits import TakeUplink
from alerts.wire.uplink import Receipt, ReceiptState, pack_uplink
from server.hub import Role
from tests.server.api.test_answers import answer, publish
from tests.support.hub import RunningHub
from tests.support.questions import YES_NO


def acknowledge(
    hub: RunningHub, device: str, number: int, epoch: int, state: ReceiptState = ReceiptState.ACKNOWLEDGED
) -> None:
    """A device says so."""
    item = pack_uplink(Receipt(hub.hub.now(), state, epoch, number))
    outcome = hub.do(hub.hub.take_uplink(device, TakeUplink(9, 0, 1, ((1, item),))))
    assert not outcome.refusals


def test_progress_agrees_with_the_delivery(hub: RunningHub) -> None:
    said = publish(hub, YES_NO)
    path = f"/v1/alerts/{said['number']}"
    first, _ = hub.enrol(areas=("KE-1-5",), name="First")
    hub.enrol(areas=("KE-1",))
    acknowledge(hub, first, said["number"], said["epoch"])
    answer(hub, "KE-2", said, True)
    found = hub.ask("GET", f"{path}/progress", role=Role.VIEWER).json()
    assert found["counts"] == hub.ask("GET", f"{path}/delivery").json()["counts"]
    by_area = {row["area"]: row for row in found["areas"]}
    assert by_area["KE"]["name"] == "Kenya" and by_area["KE"]["counts"] == found["counts"]
    assert by_area["KE-1"]["counts"]["acknowledged"] == by_area["KE-1-5"]["counts"]["acknowledged"] == 1
    assert found["points"][-1]["acknowledged"] == 1 and found["points"][-1]["answered"] == 1
    assert found["ended_at"] is None


def test_who_is_bound_to_areas_sees_these(hub: RunningHub) -> None:
    said = publish(hub, None)
    here, _ = hub.enrol(areas=("KE-9-1",))
    hub.enrol(areas=("UG",))
    token = hub.do(hub.hub.make_token(Role.VIEWER, "ninth", ("KE-9",)))
    found = hub.ask("GET", f"/v1/alerts/{said['number']}/progress", token=token).json()
    assert [row["area"] for row in found["areas"]] == ["KE-9", "KE-9-1"]
    assert sum(found["counts"].values()) == 1
    calls = hub.ask("GET", f"/v1/alerts/{said['number']}/calls", token=token).json()
    assert [one["device"] for one in calls["calls"]] == [here]


def test_whom_to_call_as_json_and_as_a_sheet(hub: RunningHub) -> None:
    said = publish(hub, YES_NO)
    silent, _ = hub.enrol(areas=("KE-7",), name="=cmd|' /C calc'!A0")
    waits, _ = hub.enrol(areas=("KE-7",), name="Waits")
    acknowledge(hub, waits, said["number"], said["epoch"])
    path = f"/v1/alerts/{said['number']}/calls?area=KE-7"
    found = hub.ask("GET", path).json()
    assert [(one["device"], one["missing"]) for one in found["calls"]] == [(silent, "delivery"), (waits, "answer")]
    assert found["counts"] == {"delivery": 1, "acknowledgement": 0, "answer": 1}
    only = hub.ask("GET", f"{path}&missing=answer&limit=1").json()
    assert [one["device"] for one in only["calls"]] == [waits]
    sheet = hub.ask("GET", path, headers={"Accept": "text/csv"})
    assert sheet.headers["Content-Type"] == "text/csv; charset=utf-8"
    sheet.encoding = "utf-8"
    rows = list(csv.DictReader(io.StringIO(sheet.text, newline="")))
    assert [row["device"] for row in rows] == [silent, waits]
    assert rows[0]["name"] == "'=cmd|' /C calc'!A0" and rows[0]["last seen"] == ""


def test_an_alert_that_is_not_there(hub: RunningHub) -> None:
    for what in ("progress", "calls"):
        response = hub.ask("GET", f"/v1/alerts/nowhere/{what}")
        assert response.status_code == 404 and response.json()["type"] == "/v1/docs#unknown-alert"
