"""The feeds of a hub, asked as readers and caches ask: what is in them, who may see it, and what is not sent twice."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from email.utils import formatdate, parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
import requests

from alerts.audience import Audience
from alerts.cap.from_xml import from_xml
from server.hub import Credential, Role
from server.signing.verifying import Verdict, read_trusted, verify
from server.store.models import Token
from tests.support.cap_feeds import SENDER, cap
from tests.support.hub import RunningHub, running_hub
from tests.support.signing_keys import make_identity

PATHS = ("/v1/feeds/alerts.atom", "/v1/feeds/alerts.rss")
HUB = make_identity("This hub")


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    folder = tmp_path_factory.mktemp("public")
    key, certificate = HUB.save(folder)
    with running_hub(folder / "hub", public_feeds=True, signing_key=key, signing_cert=certificate) as running:
        yield running


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("closed"), public_address="https://alerts.example") as running:
        yield running


def publish(hub: RunningHub, xml: bytes, **query: Any) -> str:
    """Publish an alert; its identity."""
    alert = from_xml(xml).alert
    headers = {"Content-Type": "application/cap+xml"}
    hub.ask("POST", "/v1/alerts", params=query or {"everyone": "true"}, data=xml, headers=headers).raise_for_status()
    return alert.key


def read(hub: RunningHub, path: str = PATHS[0], **options: Any) -> Any:
    said = hub.ask("GET", path, role=options.pop("role", None), **options)
    assert said.status_code == 200, said.text
    found = feedparser.parse(io.BytesIO(said.content))
    assert not found.bozo
    return found


def names(found: Any) -> list[str]:
    return [entry.cap_identifier for entry in found.entries]


def link_of(found: Any, identifier: str) -> str:
    (entry,) = [one for one in found.entries if one.cap_identifier == identifier]
    return str(next(link.href for link in entry.links if link.get("type") == "application/cap+xml"))


# -- what is in them --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_whoever_reads_the_feed_finds_the_cap(public: RunningHub, path: str) -> None:
    name = f"found-{path[-4:]}"
    xml = cap(name)
    publish(public, xml)
    found = read(public, path)
    assert names(found)[0] == name
    got = requests.get(link_of(found, name), timeout=30)
    assert (got.status_code, got.headers["Content-Type"]) == (200, "application/cap+xml")
    assert from_xml(got.content).alert == from_xml(xml).alert
    assert verify(got.content, read_trusted(HUB.certificate), int(time.time())).verdict is Verdict.VALID


def test_an_alert_that_was_written_as_json_is_signed_too(public: RunningHub) -> None:
    alert = from_xml(cap("json-1")).alert
    public.ask("POST", "/v1/alerts", json={"alert": alert.to_json(), "audience": {"everyone": True}}).raise_for_status()
    got = requests.get(link_of(read(public), "json-1"), timeout=30).content
    assert from_xml(got).alert == alert
    assert verify(got, read_trusted(HUB.certificate), int(time.time())).verdict is Verdict.VALID


def test_an_alert_that_was_passed_on_is_what_came(public: RunningHub) -> None:
    signed = make_identity("Its sender").signer().sign(cap("passed-1"))
    unsigned = cap("passed-2")
    by = Credential("feed:met", Role.AUTHOR)
    for xml in (signed, unsigned):
        reading = from_xml(xml)
        public.do(public.hub.publish(reading.alert, Audience(everyone=True), by=by, original=xml))
    found = read(public)
    assert requests.get(link_of(found, "passed-1"), timeout=30).content == signed
    assert requests.get(link_of(found, "passed-2"), timeout=30).content == unsigned


def test_only_what_is_public_and_actual_is_open(public: RunningHub) -> None:
    publish(public, cap("open-1"))
    hidden = [
        publish(public, cap("exercise-1", status="Exercise", note="x")),
        publish(public, cap("restricted-1", scope="Restricted", restriction="x"), area="KE"),
        publish(public, cap("private-1", scope="Private", addresses="x"), device=public.enrol()[0]),
    ]
    assert "open-1" in names(read(public))
    assert not {key.partition(",")[2] for key in hidden} & set(names(read(public)))
    for key in hidden:
        assert public.ask("GET", f"/v1/feeds/alerts/{key}.xml", role=None).status_code == 404


def test_updates_and_cancels_stay_with_what_they_replace(public: RunningHub) -> None:
    publish(public, cap("chain-1", sent_ago_s=500))
    publish(public, cap("chain-2", sent_ago_s=400, replaces=["chain-1"]))
    publish(public, cap("chain-3", sent_ago_s=300, replaces=["chain-2"], msgType="Cancel", has_info=False))
    assert [name for name in names(read(public)) if name.startswith("chain")] == ["chain-3", "chain-2", "chain-1"]


def test_areas_filter(public: RunningHub) -> None:
    for name, area in (("in-ke", "KE-047"), ("in-ug", "UG-1"), ("in-all", "")):
        publish(public, cap(name), **({"area": area} if area else {"everyone": "true"}))
    of_ke = set(names(read(public, f"{PATHS[0]}?area=KE")))
    assert {"in-ke", "in-all"} <= of_ke
    assert "in-ug" not in of_ke
    assert {"in-ke", "in-ug"} <= set(names(read(public, f"{PATHS[0]}?area=UG-1-2&area=KE")))
    assert read(public).feed.id != read(public, f"{PATHS[0]}?area=KE").feed.id
    assert public.ask("GET", f"{PATHS[0]}?area=no area", role=None).status_code == 400


# -- who may ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PATHS, "/v1/feeds/alerts/x.xml"])
def test_without_the_setting_a_token_is_needed(closed: RunningHub, path: str) -> None:
    said = closed.ask("GET", path, role=None)
    assert (said.status_code, said.headers["Cache-Control"]) == (401, "no-store")


def test_a_viewer_sees_exercises_too_and_only_what_reaches_its_areas(closed: RunningHub) -> None:
    publish(closed, cap("exercise-1", status="Exercise", note="x"))
    publish(closed, cap("in-ke"), area="KE-047")
    publish(closed, cap("in-ug"), area="UG-1")
    assert {"exercise-1", "in-ke", "in-ug"} <= set(names(read(closed, role=Role.VIEWER)))
    token = closed.do(closed.hub.make_token(Role.VIEWER, "of-ke", ("KE",)))
    assert set(names(read(closed, token=token))) == {"exercise-1", "in-ke"}
    assert closed.ask("GET", f"/v1/feeds/alerts/{SENDER},in-ug.xml", token=token).status_code == 404
    assert closed.ask("GET", f"/v1/feeds/alerts/{SENDER},in-ke.xml", token=token).status_code == 200


def test_addresses_are_those_that_the_settings_say(closed: RunningHub) -> None:
    publish(closed, cap("addressed-1"))
    found = read(closed, role=Role.VIEWER)
    assert link_of(found, "addressed-1").startswith("https://alerts.example/v1/feeds/alerts/")
    said = closed.ask("GET", PATHS[0], role=Role.VIEWER)
    assert said.headers["Cache-Control"] == "private, no-cache"


# -- what is not sent twice -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PATHS, "cap"])
def test_what_somebody_has_is_not_sent_again(public: RunningHub, path: str) -> None:
    publish(public, cap(f"kept-{path[-4:]}"))
    path = path if path != "cap" else f"/v1/feeds/alerts/{SENDER},kept-cap.xml"
    first = public.ask("GET", path, role=None)
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert first.headers["Cache-Control"].startswith("public, max-age=")
    has = [
        {"If-None-Match": tag},
        {"If-None-Match": f'"other", {tag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": modified},
        {"If-None-Match": tag, "If-Modified-Since": formatdate(0, usegmt=True)},
    ]
    for headers in has:
        said = public.ask("GET", path, role=None, headers=headers)
        assert (said.status_code, said.content, said.headers["ETag"]) == (304, b"", tag), headers
    has_not = [
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": modified},
        {"If-Modified-Since": formatdate(parsedate_to_datetime(modified).timestamp() - 10, usegmt=True)},
        {"If-Modified-Since": "yesterday"},
    ]
    for headers in has_not:
        assert public.ask("GET", path, role=None, headers=headers).status_code == 200, headers
    head = public.ask("HEAD", path, role=None)
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", tag)
    assert head.headers["Content-Length"] == first.headers["Content-Length"]


def test_a_new_alert_changes_the_tag(public: RunningHub) -> None:
    tag = public.ask("GET", PATHS[0], role=None).headers["ETag"]
    publish(public, cap("news-1"))
    said = public.ask("GET", PATHS[0], role=None, headers={"If-None-Match": tag})
    assert said.status_code == 200
    assert said.headers["ETag"] != tag


def test_a_restart_changes_no_id_and_no_tag(tmp_path: Path) -> None:
    said = []
    for start in range(2):
        with running_hub(tmp_path / "hub", public_feeds=True, public_address="https://alerts.example") as hub:
            if start == 0:
                publish(hub, cap("lasting-1"))
            said.append(hub.ask("GET", PATHS[0], role=None))
            hub.do(hub.hub.write(lambda db: Token.delete().execute(db)))
    assert said[0].content == said[1].content
    assert said[0].headers["ETag"] == said[1].headers["ETag"]
