"""A hub that reads a feed of another service: each alert there gets its outcome, and whoever misbehaves stops nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alerts.cap.from_xml import from_xml
from netsim.workload import sample_folder
from server.bridges.cap_feed_in import FAILING_AFTER, TRIES_MAX, is_due
from server.events import EventKind
from server.hub import Role
from server.store.feed_records import Feed, FeedSettings, FeedStanding
from server.store.models_feeds import FeedItemRow
from tests.support.cap_feeds import SENDER, Elsewhere, atom, cancel, cap, entry
from tests.support.corpus_files import Accepted, Refused, cap_files, classify
from tests.support.hub import RunningHub, running_hub
from tests.support.other_server import Exchange, answer, endless, gzip_bomb, other_server, redirect
from tests.support.signing_keys import make_identity


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    with running_hub(tmp_path / "hub", outbound_networks=("127.0.0.1/32",)) as running:
        running.do(running.hub.import_areas([("KE", "Kenya"), ("UG", "Uganda")]))
        yield running


@pytest.fixture
def met(hub: RunningHub) -> Iterator[Elsewhere]:
    with other_server() as server:
        yield Elsewhere(server, hub)


def events(hub: RunningHub, *kinds: EventKind) -> list[dict[str, Any]]:
    found = hub.do(hub.hub.events.after(0, limit=1000))
    return [{"kind": event.kind, "alert": event.alert, **event.members} for event in found if event.kind in kinds]


def in_force(met: Elsewhere) -> list[str]:
    said = met.hub.ask("GET", "/v1/alerts", params={"in_force": "true"})
    return [one["identifier"] for one in said.json()["alerts"]]


# -- passing on -------------------------------------------------------------------------------------------------------


def test_an_alert_is_passed_on_as_it_is(met: Elsewhere) -> None:
    xml = cap("a-1")
    met.offers(a=xml)
    met.read()
    told = met.poll()
    assert (told["failures"], told["title"], told["counts"]) == (0, "Elsewhere", {"published": 1})
    (item,) = met.items()
    assert (item["outcome"], item["identifier"], item["sender"]) == ("published", "a-1", SENDER)
    stored = met.hub.do(met.hub.hub.alert(str(item["number"])))
    assert stored.original == xml
    assert stored.alert == from_xml(xml).alert
    assert stored.published_by == "feed:met"
    assert stored.audience.areas == ("KE-047",)
    (event,) = events(met.hub, EventKind.FEED_PUBLISHED)
    assert (event["feed"], event["item"], event["alert"]) == ("met", item["item"], item["number"])


def test_what_was_looked_at_is_not_fetched_again(met: Elsewhere) -> None:
    met.offers(a=cap("a-1"))
    met.read()
    met.poll()
    met.has("b", cap("b-1"))
    met.lists("b", "a")
    met.poll()
    assert len(met.server.asked_for("/a.cap")) == 1
    assert met.outcomes() == {"a": "published", "b": "published"}


def test_a_feed_is_asked_whether_it_has_changed(met: Elsewhere) -> None:
    met.has("a", cap("a-1"))
    met.publishes(atom(entry("a")), etag='"one"')
    met.read()
    met.poll()
    told = met.poll()
    first, second = met.server.asked_for("/feed.atom")
    assert "If-None-Match" not in first.headers
    assert second.headers["If-None-Match"] == '"one"'
    assert (told["failures"], told["counts"]) == (0, {"published": 1})


def test_alerts_that_stand_in_the_feed_are_taken(met: Elsewhere) -> None:
    met.publishes(atom(entry("a", inside=cap("a-1")), entry("b", inside=b"<?xml version='1.0'?><alert xmlns='x'/>")))
    met.read()
    met.poll()
    assert met.outcomes() == {"a": "published", "b": "no-alert"}


def test_another_version_of_an_entry_is_looked_at(met: Elsewhere) -> None:
    met.offers(a=cap("a-1"))
    met.read()
    met.poll()
    met.has("a", cap("a-2", replaces=["a-1"]))
    met.publishes(atom(entry("a", updated="2026-03-01T09:00:00Z")))
    met.poll()
    assert met.published() == ["a-1", "a-2"]


def test_a_feed_that_renames_its_entries_fills_no_table(met: Elsewhere) -> None:
    met.offers(a=cap("a-1"))
    met.read()
    for hour in range(10, 14):
        met.publishes(atom(entry("a", updated=f"2026-03-01T{hour}:00:00Z")))
        met.poll()
    assert [item["outcome"] for item in met.items()] == ["published"]


def test_an_audience_of_the_feed_is_for_what_names_no_area(met: Elsewhere) -> None:
    met.offers(a=cap("a-1", code=None), b=cap("b-1", code=("P-code", "XX-1")), c=cap("c-1"))
    met.read(audience={"areas": ["UG"], "roles": ["nurse"]})
    met.poll()
    audiences = {item["identifier"]: item["audience"] for item in met.items()}
    assert {name: one["areas"] for name, one in audiences.items()} == {"a-1": ["UG"], "b-1": ["UG"], "c-1": ["KE-047"]}
    assert all(one["roles"] == ["nurse"] for one in audiences.values())


# -- holding ----------------------------------------------------------------------------------------------------------


def test_what_is_held_is_published_when_somebody_approves(met: Elsewhere) -> None:
    met.offers(a=cap("a-1"), b=cap("b-1", code=None), c=cap("c-1"))
    met.read(policy="hold")
    met.poll()
    a, b, c = (item["item"] for item in met.items(outcome="held"))
    assert [event["item"] for event in events(met.hub, EventKind.FEED_HELD)] == [a, b, c]
    assert met.hub.ask("GET", f"/v1/feed-items/{a}").json()["alert"]["identifier"] == "a-1"

    approved = met.hub.ask("POST", f"/v1/feed-items/{a}/approve", json={}, role=Role.AUTHOR).json()
    assert (approved["outcome"], approved["decided_by"]) == ("published", "the-author")
    assert met.hub.ask("POST", f"/v1/feed-items/{b}/approve", json={}).json()["type"].endswith("audience-invalid")
    met.hub.ask("POST", f"/v1/feed-items/{b}/approve", json={"audience": {"areas": ["UG"]}}).raise_for_status()
    rejected = met.hub.ask("POST", f"/v1/feed-items/{c}/reject", json={"words": "not here"}).json()
    assert (rejected["outcome"], rejected["words"], rejected["decided_by"]) == (
        "rejected",
        "not here",
        "the-administrator",
    )

    assert met.published() == ["a-1", "b-1"]
    assert met.hub.do(met.hub.hub.alert("b-1")).audience.areas == ("UG",)
    again = met.hub.ask("POST", f"/v1/feed-items/{c}/approve", json={})
    assert (again.status_code, again.json()["type"]) == (409, "/v1/docs#already-decided")
    assert met.hub.ask("GET", f"/v1/feed-items/{a}").json()["alert"] is None
    met.poll()
    assert met.outcomes() == {"a": "published", "b": "published", "c": "rejected"}


def test_a_held_cancel_is_urgent(met: Elsewhere) -> None:
    met.offers(a=cap("a-1"))
    met.read()
    met.poll()
    met.hub.ask("PATCH", "/v1/feeds-in/met", json={"policy": "hold"}).raise_for_status()
    met.offers(a=cap("a-1"), x=cancel("x-1", "a-1"))
    met.poll()
    (held,) = met.items(outcome="held")
    assert (held["identifier"], held["urgent"]) == ("x-1", True)
    assert "urgent" in events(met.hub, EventKind.FEED_HELD)[-1]["words"]


def test_a_cancel_of_what_waits_withdraws_it(met: Elsewhere) -> None:
    met.offers(a=cap("a-1"), b=cap("b-1"))
    met.read(policy="hold")
    met.poll()
    met.offers(a=cap("a-1"), b=cap("b-1"), x=cancel("x-1", "a-1"), u=cap("b-2", replaces=["b-1"]))
    met.poll()
    assert met.outcomes() == {"a": "withdrawn", "b": "withdrawn", "x": "nothing-to-cancel", "u": "held"}


# -- updates and cancels ----------------------------------------------------------------------------------------------


def test_a_cancel_that_references_three_alerts(met: Elsewhere) -> None:
    met.offers(a=cap("a-1"), b=cap("b-1"), mild=cap("mild-1", info={"severity": "Minor"}))
    met.read(filter={"severity_at_least": "Severe"})
    met.poll()
    assert met.outcomes() == {"a": "published", "b": "published", "mild": "filtered"}
    met.has("some", cancel("some-1", "a-1", "mild-1", "never-1", sent_ago_s=500))
    met.has("none", cancel("none-1", "mild-1", "never-1", "never-2"))
    met.lists("none", "some", "mild", "b", "a")
    met.poll()
    assert in_force(met) == ["b-1"]
    met.has("all", cancel("all-1", "b-1", "a-1", sent_ago_s=400))
    met.lists("all", "none", "some", "mild", "b", "a")
    met.poll()
    assert met.outcomes() == {
        "a": "published",
        "b": "published",
        "mild": "filtered",
        "some": "published",
        "none": "nothing-to-cancel",
        "all": "published",
    }
    assert in_force(met) == []


def test_a_milder_update_of_what_was_passed_on_is_passed_on(met: Elsewhere) -> None:
    met.offers(a=cap("a-1"))
    met.read(filter={"severity_at_least": "Severe"})
    met.poll()
    milder = {"severity": "Minor"}
    met.offers(a=cap("a-1"), b=cap("a-2", replaces=["a-1"], info=milder), c=cap("c-2", replaces=["c-1"], info=milder))
    met.poll()
    assert met.outcomes() == {"a": "published", "b": "published", "c": "filtered"}


def test_who_has_the_old_one_hears_that_it_is_about_elsewhere_now(met: Elsewhere) -> None:
    met.offers(a=cap("a-1"))
    met.read()
    met.poll()
    met.offers(
        a=cap("a-1"), b=cap("a-2", replaces=["a-1"], code=("P-code", "XX-1")), c=cap("c-2", code=("P-code", "XX-1"))
    )
    met.poll()
    assert met.outcomes() == {"a": "published", "b": "published", "c": "not-addressed"}
    assert met.hub.do(met.hub.hub.alert("a-2")).audience.areas == ("KE-047",)
    assert in_force(met) == ["a-2"]


def test_an_update_of_what_is_not_known_here_counts_as_an_alert(met: Elsewhere) -> None:
    met.offers(b=cap("a-2", replaces=["a-1"]))
    met.read()
    met.poll()
    assert met.outcomes() == {"b": "published"}
    met.offers(b=cap("a-2", replaces=["a-1"]), a=cap("a-1"))
    met.poll()
    assert met.outcomes() == {"b": "published", "a": "superseded"}


def test_updates_that_name_only_the_first_of_a_chain_follow_one_another(met: Elsewhere) -> None:
    met.offers(
        a=cap("a-1", sent_ago_s=600),
        b=cap("a-2", sent_ago_s=500, replaces=["a-1"]),
        c=cap("a-3", sent_ago_s=400, replaces=["a-1"]),
        late=cap("a-4", sent_ago_s=450, replaces=["a-1"]),
        end=cancel("a-5", "a-1", sent_ago_s=300),
    )
    met.read()
    met.poll()
    assert met.outcomes() == {
        "a": "published",
        "b": "published",
        "c": "published",
        "late": "superseded",
        "end": "published",
    }
    assert in_force(met) == []


def test_an_alert_that_comes_after_its_cancel_is_not_published(met: Elsewhere) -> None:
    """It could not be fetched at first, and was cancelled before it could."""
    met.offers(a=answer(b"", 503), b=answer(b"", 503))
    met.read(filter={"severity_at_least": "Severe"})
    met.poll()
    met.offers(
        a=answer(b"", 503),
        b=answer(b"", 503),
        x=cancel("x-1", "a-1"),
        y=cap("b-2", replaces=["b-1"], info={"severity": "Minor"}),
        z=cap("c-2", replaces=["c-1"], info={"severity": "Minor"}, status="Exercise", note="x"),
    )
    met.poll()
    assert met.outcomes() == {
        "a": "failing",
        "b": "failing",
        "x": "nothing-to-cancel",
        "y": "filtered",
        "z": "filtered",
    }
    met.offers(a=cap("a-1"), b=cap("b-1"), c=cap("c-1"), x=cancel("x-1", "a-1"))
    met.poll()
    found = met.outcomes()
    assert (found["a"], found["b"], found["c"]) == ("superseded", "superseded", "published")


def test_a_feed_does_not_cancel_what_came_from_elsewhere_by_itself(met: Elsewhere) -> None:
    own = met.hub.ask(
        "POST", "/v1/alerts", params={"area": "KE"}, data=cap("ours-1"), headers={"Content-Type": "text/xml"}
    )
    own.raise_for_status()
    met.offers(x=cancel("x-1", "ours-1"))
    met.read()
    met.poll()
    (item,) = met.items()
    assert (item["outcome"], item["urgent"]) == ("held", True)
    assert "the-administrator" in item["words"]


# -- what is not published --------------------------------------------------------------------------------------------


def test_each_kind_of_trouble_has_its_outcome_and_stops_nobody(met: Elsewhere) -> None:
    """What the page docs/feeds.md lists, in one feed."""
    met.hub.ask(
        *("POST", "/v1/alerts"), params={"area": "KE"}, data=cap("own-1"), headers={"Content-Type": "text/xml"}
    ).raise_for_status()
    bomb = (sample_folder() / "feeds" / "bomb.atom.xml").read_bytes()
    met.offers(
        good=cap("good-1"),
        own=cap("own-1"),
        expired=cap("expired-1", sent_ago_s=7200, expires_in_s=-60),
        old=cap("old-1", sent_ago_s=30 * 86_400, expires_in_s=None),
        lasting=cap("lasting-1", expires_in_s=None),
        loopback=redirect("http://127.0.0.2/secret"),
        metadata=redirect("http://169.254.169.254/latest/meta-data/"),
        huge=endless(b"<?xml version='1.0'?><alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'>"),
        packed=gzip_bomb(64 * 1024**2),
        entities=answer(bomb),
        invalid=cap("invalid-1").replace(b"<status>Actual", b"<status>Actuel"),
        page=answer(b"<html><body>Not here</body></html>"),
        exercise=cap("exercise-1", status="Exercise", note="an exercise"),
        elsewhere=cap("elsewhere-1", code=("P-code", "XX-9")),
        gone=answer(b"", 404),
        nothing=cancel("nothing-1", "never-1", "never-2", "never-3"),
        last=cap("last-1"),
    )
    met.read()
    assert met.poll()["failures"] == 0
    assert met.outcomes() == {
        "good": "published",
        "own": "own",
        "expired": "expired",
        "old": "expired",
        "lasting": "published",
        "loopback": "refused-address",
        "metadata": "refused-address",
        "huge": "too-large",
        "packed": "too-large",
        "entities": "no-alert",
        "invalid": "not-valid",
        "page": "no-alert",
        "exercise": "filtered",
        "elsewhere": "not-addressed",
        "gone": "failing",
        "nothing": "nothing-to-cancel",
        "last": "published",
    }
    assert met.published() == ["own-1", "good-1", "lasting-1", "last-1"]
    lasting = met.hub.ask("GET", "/v1/alerts/lasting-1").json()
    assert lasting["in_force"]


def test_what_cannot_be_fetched_is_tried_five_times(met: Elsewhere) -> None:
    met.publishes(atom(entry("a")), etag='"one"')
    met.server.routes["/a.cap"] = answer(b"", 503)
    met.read()
    for _ in range(TRIES_MAX - 1):
        met.poll()
        assert met.outcomes() == {"a": "failing"}
    met.poll()
    assert met.outcomes() == {"a": "failed"}
    met.poll()
    assert len(met.server.asked_for("/a.cap")) == TRIES_MAX
    assert met.server.asked_for("/feed.atom")[-1].headers["If-None-Match"] == '"one"'


def test_what_comes_right_is_published(met: Elsewhere) -> None:
    met.offers(a=answer(b"", 500))
    met.read()
    met.poll()
    met.has("a", cap("a-1"))
    met.poll()
    assert [(item["outcome"], item["identifier"]) for item in met.items()] == [("published", "a-1")]


def test_the_same_alert_from_two_feeds_is_published_once(met: Elsewhere) -> None:
    met.offers(a=cap("a-1"))
    met.read()
    met.poll()
    body = {"name": "other", "address": met.address, "policy": "pass", "audience": {"everyone": True}, "paused": True}
    met.hub.ask("POST", "/v1/feeds-in", json=body).raise_for_status()
    met.hub.ask("POST", "/v1/feeds-in/other/poll").raise_for_status()
    (item,) = met.hub.ask("GET", "/v1/feed-items", params={"feed": "other"}).json()["items"]
    assert item["outcome"] == "duplicate"
    assert "feed:met" in item["words"]
    assert met.published() == ["a-1"]


def test_what_waits_in_one_feed_and_is_published_from_another_waits_no_more(met: Elsewhere) -> None:
    met.offers(a=cap("a-1"))
    met.read(policy="hold")
    met.poll()
    body = {"name": "other", "address": met.address, "policy": "pass", "audience": {"everyone": True}, "paused": True}
    met.hub.ask("POST", "/v1/feeds-in", json=body).raise_for_status()
    met.hub.ask("POST", "/v1/feeds-in/other/poll").raise_for_status()
    (item,) = met.items()
    assert (item["outcome"], item["number"], item["decided_by"]) == ("duplicate", 1, None)


@pytest.mark.needs("corpus")
def test_each_real_alert_gets_its_outcome_and_none_stops_the_others(met: Elsewhere) -> None:
    files = cap_files()
    met.offers(**{f"f{number}": path.read_bytes() for number, path in enumerate(files)}, last=cap("last-1"))
    met.read(filter={"statuses": []}, audience={"everyone": True})
    assert met.poll()["failures"] == 0
    found = {item["identifier"] or item["entry"]: item["outcome"] for item in met.items()}
    assert found.pop("last-1") == "published"
    judged = [classify(path) for path in files]
    accepted = {one.reading.alert.identifier for one in judged if isinstance(one, Accepted)}
    refused = {f"urn:x:f{number}" for number, one in enumerate(judged) if isinstance(one, Refused)}
    assert set(found) == accepted | refused
    assert {name for name, outcome in found.items() if outcome == "not-valid"} == refused
    assert {found[name] for name in accepted} <= {"expired", "filtered", "nothing-to-cancel"}


def test_an_alert_that_was_published_before_its_outcome_was_written_is_known(met: Elsewhere) -> None:
    """As after kill -9 between the two."""
    met.offers(a=cap("a-1"))
    met.read()
    met.poll()
    met.hub.ask("PATCH", "/v1/feeds-in/met", json={"interval_seconds": 60}).raise_for_status()
    met.hub.do(met.hub.hub.write(lambda db: FeedItemRow.delete().execute(db)))
    met.poll()
    assert met.outcomes() == {"a": "published"}
    assert met.published() == ["a-1"]


# -- signatures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["require", "report", "ignore"])
def test_signatures_decide_as_the_feed_says(met: Elsewhere, policy: str) -> None:
    ministry, somebody = make_identity("Ministry"), make_identity("Somebody")
    signed = ministry.signer().sign(cap("signed-1"))
    met.offers(
        signed=signed,
        broken=ministry.signer().sign(cap("broken-1")).replace(b"Boil", b"Drink"),
        untrusted=somebody.signer().sign(cap("untrusted-1")),
        unsigned=cap("unsigned-1"),
    )
    met.read(signatures=policy, trusted=ministry.certificate)
    met.poll()
    found = {item["identifier"]: (item["outcome"], item["signature"]) for item in met.items()}
    refused = policy == "require"
    assert found == {
        "signed-1": ("published", "" if policy == "ignore" else "valid"),
        "broken-1": ("signature-broken" if refused else "published", "" if policy == "ignore" else "broken"),
        "untrusted-1": ("signature-untrusted" if refused else "published", "" if policy == "ignore" else "untrusted"),
        "unsigned-1": ("signature-missing" if refused else "published", "" if policy == "ignore" else "unsigned"),
    }
    told = {event["identifier"]: event.get("words", "") for event in events(met.hub, EventKind.FEED_PUBLISHED)}
    if policy == "report":
        assert "broken" in told["broken-1"]
        assert not told["signed-1"]
    assert met.hub.do(met.hub.hub.alert("signed-1")).original == signed


# -- feeds that fail --------------------------------------------------------------------------------------------------


def _redirected(met: Elsewhere) -> None:
    met.server.routes["/feed.atom"] = redirect("http://127.0.0.2:80/inner")


def _huge(met: Elsewhere) -> None:
    met.server.routes["/feed.atom"] = endless(b"<feed xmlns='http://www.w3.org/2005/Atom'>")


def _bomb(met: Elsewhere) -> None:
    met.publishes((sample_folder() / "feeds" / "bomb.atom.xml").read_bytes())


def _not_there(met: Elsewhere) -> None:
    met.server.routes["/feed.atom"] = answer(b"", 404)


@pytest.mark.parametrize(
    ("make", "words"),
    [(_redirected, "address-refused"), (_huge, "too-large"), (_bomb, "DOCTYPE"), (_not_there, "404")],
)
def test_a_feed_that_cannot_be_read_says_why(met: Elsewhere, make: Any, words: str) -> None:
    make(met)
    met.read()
    told = met.poll()
    assert told["failures"] == 1
    assert words in told["problem"]
    assert told["read_at"] is None


def test_a_feed_that_fails_is_said_to_be_failing_and_to_have_recovered(met: Elsewhere) -> None:
    _not_there(met)
    met.read()
    for _ in range(FAILING_AFTER + 1):
        met.poll()
    (failing,) = events(met.hub, EventKind.FEED_FAILING)
    assert failing["feed"] == "met"
    assert "404" in failing["words"]
    met.offers(a=cap("a-1"))
    assert met.poll()["failures"] == 0
    assert len(events(met.hub, EventKind.FEED_RECOVERED)) == 1


def test_who_asks_for_a_pause_is_given_it(met: Elsewhere) -> None:
    met.server.routes["/feed.atom"] = answer(b"", 429, Retry_After="7200")
    met.read()
    met.poll()
    feed = met.hub.do(met.hub.process.feeds_in.feed("met"))
    assert feed.standing.next_at - met.hub.hub.now() > 7000


def test_a_feed_is_asked_by_itself_and_right_away(met: Elsewhere, hub: RunningHub) -> None:
    met.offers(a=cap("a-1"))
    met.read(paused=False)
    wait_for = hub.hub.events
    found: list[Any] = []
    while not any(event.kind is EventKind.FEED_PUBLISHED for event in found):
        found = hub.do(wait_for.after(0, limit=1000))
        hub.do(wait_for.wait(found[-1].id if found else 0, 20.0))
    assert met.outcomes() == {"a": "published"}


def test_a_secret_stays_at_its_origin(met: Elsewhere) -> None:
    with other_server() as third:
        third.routes["/b.cap"] = answer(cap("b-1"))
        met.has("a", cap("a-1"))
        met.publishes(atom(entry("a"), entry("b", f"{third.address}/b.cap")))
        met.read(authorization="Basic c2VjcmV0")
        met.poll()
        assert met.outcomes() == {"a": "published", "b": "published"}
        assert all(asked.headers["Authorization"] == "Basic c2VjcmV0" for asked in met.server.asked)
        assert "Authorization" not in third.asked[0].headers


def test_a_change_looks_again_at_what_it_may_change(met: Elsewhere) -> None:
    met.offers(a=cap("a-1"), b=cap("b-1", info={"severity": "Minor"}))
    met.read(filter={"severity_at_least": "Severe"})
    met.poll()
    assert met.outcomes() == {"a": "published", "b": "filtered"}
    met.hub.ask("PATCH", "/v1/feeds-in/met", json={"filter": {}}).raise_for_status()
    met.poll()
    assert met.outcomes() == {"a": "published", "b": "published"}


def test_a_feed_that_drips_does_not_keep_the_hub_from_stopping(tmp_path: Path) -> None:
    def drip(exchange: Exchange) -> None:
        exchange.say(200, {"Content-Length": "1000000"})
        exchange.wfile.write(b"<")

    with other_server() as server, running_hub(tmp_path / "hub", outbound_networks=("127.0.0.1/32",)) as hub:
        server.routes["/feed.atom"] = drip
        Elsewhere(server, hub).read(paused=False)


def test_a_time_far_off_was_noted_under_another_clock() -> None:
    def feed(next_at: int, **settings: Any) -> Feed:
        return Feed(1, "met", FeedSettings("http://x/", **settings), FeedStanding(next_at=next_at), 0, "x")

    assert is_due(feed(100), 100)
    assert not is_due(feed(101), 100)
    assert not is_due(feed(100, is_paused=True), 100)
    assert is_due(feed(10_000_000), 100)
