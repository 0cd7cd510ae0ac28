"""`tocsin-hub feed`: the CAP feeds that the hub reads, what became of their alerts, and the decision about those that wait."""

from __future__ import annotations

import json as json_text
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Group, Parameter

from alerts.errors import UserError
from server.commands.alert_pages import words_of
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.hub_api import part
from server.commands.output import Json, answer, answer_rows, say
from server.commands.publishing import audience_words

app = App(name="feed", help="CAP feeds that the hub reads: add, change, poll; approve or reject what they bring.")

Several = Annotated[list[str] | None, Parameter(negative=())]
GROUP = Group("What is read, and for whom", sort_key=1)
ANY = "any"
FILTERS = {
    "status": "statuses",
    "msg_type": "msg_types",
    "category": "categories",
    "event": "events",
    "language": "languages",
}
LEAST = {"severity": "severity_at_least", "urgency": "urgency_at_least", "certainty": "certainty_at_least"}


@Parameter(name="*", group=GROUP)
@dataclass(frozen=True)
class Flags:
    """What can be said of a feed.

    Parameters
    ----------
    interval
        Seconds between two polls (30 to 86400).
    policy
        hold: alerts wait for approval; pass: they are published at once.
    paused
        Poll it only when asked.
    geocode
        A geocode that names areas, as NAME=PREFIX (NAME= where the value is the code itself); repeat it for more; none: no more.
    area
        An area for alerts whose geocodes name none; repeat it for more.
    role
        A role of those who get the alerts; repeat it for more.
    everyone
        Alerts whose geocodes name no area are for everyone.
    status
        Only alerts of this status (Actual, Exercise, …); repeat it for more; any: all.
    msg_type
        Only alerts of this msgType (Alert, Update, Cancel, …); repeat it for more; any: all.
    category
        Only alerts of this category (Health, Met, …); repeat it for more; any: all.
    severity
        Only alerts at least so severe (Extreme, Severe, …); any: all.
    urgency
        Only alerts at least so urgent (Immediate, Expected, …); any: all.
    certainty
        Only alerts at least so certain (Observed, Likely, …); any: all.
    event
        Only alerts whose event has this word in it; repeat it for more; any: all.
    language
        Only alerts with an info in this language; repeat it for more; any: all.
    signatures
        ignore, report what is found, or require one by somebody who is trusted.
    trusted
        A file (PEM) with certificates or public keys of those who are trusted.
    authorization_file
        A file whose first line is the header Authorization for this feed; - is standard input.
    """

    interval: int | None = None
    policy: Literal["hold", "pass"] | None = None
    paused: bool | None = None
    geocode: Several = None
    area: Several = None
    role: Several = None
    everyone: bool | None = None
    status: Several = None
    msg_type: Several = None
    category: Several = None
    severity: str | None = None
    urgency: str | None = None
    certainty: str | None = None
    event: Several = None
    language: Several = None
    signatures: Literal["ignore", "report", "require"] | None = None
    trusted: Path | None = None
    authorization_file: Annotated[Path | None, Parameter(allow_leading_hyphen=True)] = None

    def body(self, before: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the API takes; what is not given is left out, or stays as `before` has it. Raises UserError."""
        said: dict[str, Any] = {
            "interval_seconds": self.interval,
            "policy": self.policy,
            "paused": self.paused,
            "signatures": self.signatures,
            "geocodes": None if self.geocode is None else _geocodes(self.geocode),
            "trusted": None if self.trusted is None else _read(self.trusted, "--trusted"),
            "authorization": None
            if self.authorization_file is None
            else _read(self.authorization_file, "--authorization-file").partition("\n")[0].strip(),
            "filter": self._filter(dict((before or {}).get("filter", {}))),
            "audience": self._audience(dict((before or {}).get("audience", {}))),
        }
        return {name: value for name, value in said.items() if value is not None}

    def _filter(self, before: dict[str, Any]) -> dict[str, Any] | None:
        lists = {member: getattr(self, flag) for flag, member in FILTERS.items()}
        least = {member: getattr(self, flag) for flag, member in LEAST.items()}
        given = {member: [] if ANY in words else words for member, words in lists.items() if words is not None}
        given |= {member: None if word == ANY else word for member, word in least.items() if word is not None}
        return {**before, **given} if given else None

    def _audience(self, before: dict[str, Any]) -> dict[str, Any] | None:
        given = {"areas": self.area, "roles": self.role, "everyone": self.everyone}
        changed = {name: value for name, value in given.items() if value is not None}
        return {**before, **changed} if changed else None


NOTHING = Flags()


def _geocodes(written: list[str]) -> dict[str, str]:
    if written == ["none"]:
        return {}
    wrong = next((one for one in written if "=" not in one), None)
    if wrong is not None:
        raise UserError(f"--geocode {wrong!r} is no NAME=PREFIX", "Write --geocode P-code= or --geocode county=KE-.", 2)
    return {name: prefix for name, _, prefix in (one.partition("=") for one in written)}


def _read(file: Path, flag: str) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        words = getattr(error, "strerror", None) or "it is not text"
        raise UserError(f"{flag} {file} cannot be read: {words}") from None


# -- feeds ------------------------------------------------------------------------------------------------------------


@app.command
def add(name: str, address: str, *, flags: Flags = NOTHING, where: Where = HERE, json: Json = False) -> None:
    """Read a feed from now on. Unless told otherwise, what it brings waits for approval.

    Parameters
    ----------
    name
        A name of your own, in small letters.
    address
        Where the feed is: Atom, RSS, or CAP itself.
    """
    with at_hub(where) as api:
        added = api.post("/v1/feeds-in", {"name": name, "address": address, **flags.body()})
    answer(added, lambda _: say(f"The feed {name!r} is read from now on."), json=json)


@app.command
def change(
    name: str,
    *,
    address: str | None = None,
    flags: Flags = NOTHING,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Change settings of a feed; what is not given stays. The feed is then read from its beginning.

    Parameters
    ----------
    name
        The feed's name.
    address
        Where it is now.
    """
    with at_hub(where) as api:
        before = api.get(f"/v1/feeds-in/{part(name)}")
        body = flags.body(before) | ({} if address is None else {"address": address})
        if not body:
            raise UserError("nothing is to be changed", "tocsin-hub feed change --help shows what can be.", 2)
        changed = api.patch(f"/v1/feeds-in/{part(name)}", body)
    answer(changed, lambda _: say(f"The feed {name!r} is changed."), json=json)


@app.command(name="list")
def list_(*, where: Where = HERE, json: Json = False) -> None:
    """List the feeds, how they do, and how many of their alerts have which outcome."""
    with at_hub(where) as api:
        listed = api.get("/v1/feeds-in")["feeds"]
    answer_rows(listed, ("name", "policy", "read", "alerts", "problem", "address"), _feed_cells, json=json)


def _feed_cells(feed: dict[str, Any]) -> tuple[str, ...]:
    policy = feed["policy"] + (", paused" if feed["paused"] else "")
    return feed["name"], policy, feed["read_at"] or "never", _counts(feed), feed["problem"], feed["address"]


@app.command(name="show")
def show_(name: str, *, where: Where = HERE) -> None:
    """Show a feed with all its settings, as JSON.

    Parameters
    ----------
    name
        The feed's name.
    """
    with at_hub(where) as api:
        feed = api.get(f"/v1/feeds-in/{part(name)}")
    sys.stdout.write(json_text.dumps(feed, ensure_ascii=False, indent=2) + "\n")


@app.command
def remove(name: str, *, where: Where = HERE) -> None:
    """Read a feed no more. What it holds is forgotten with it; what was published stays.

    Parameters
    ----------
    name
        The feed's name.
    """
    with at_hub(where) as api:
        api.delete(f"/v1/feeds-in/{part(name)}")
    sys.stdout.write(f"The feed {name!r} is read no more.\n")


@app.command
def poll(name: str, *, where: Where = HERE, json: Json = False) -> None:
    """Ask a feed now, and wait until everything in it has its outcome.

    Parameters
    ----------
    name
        The feed's name.
    """
    with at_hub(where) as api:
        polled = api.post(f"/v1/feeds-in/{part(name)}/poll")
    if polled["failures"] and not json:
        raise UserError(f"the feed {name!r} cannot be read: {polled['problem']}")
    words = f"The feed {name!r} was read: {_counts(polled) or 'no alerts'}."
    answer(polled, lambda _: say(words), json=json)


# -- what became of alerts --------------------------------------------------------------------------------------------


@app.command
def items(
    *, feed: str | None = None, outcome: Several = None, held: bool = False, where: Where = HERE, json: Json = False
) -> None:
    """List what became of the alerts in feeds.

    Parameters
    ----------
    feed
        Only those of this feed.
    outcome
        Only those with this outcome, like filtered; repeat it for more. docs/feeds.md lists them.
    held
        Only those that wait for approval.
    """
    wanted = [*(outcome or ()), *(["held"] if held else ())]
    with at_hub(where) as api:
        listed = list(api.pages("/v1/feed-items", "items", feed=feed, outcome=wanted, limit=1000))
    if not json:
        listed.sort(key=lambda item: not item["urgent"])
    answer_rows(listed, ("item", "feed", "outcome", "alert", "severity", "what", "why"), _item_cells, json=json)


def _item_cells(item: dict[str, Any]) -> tuple[str, ...]:
    outcome = item["outcome"] + (", urgent" if item["urgent"] and item["outcome"] == "held" else "")
    what = item["headline"] or item["event"] or item["title"]
    why = "; ".join(part for part in (item["words"], _signature(item)) if part)
    return str(item["item"]), item["feed"], outcome, item["identifier"], item["severity"], what, why


@app.command
def item(item: int, *, where: Where = HERE, json: Json = False) -> None:
    """Show what became of an alert in a feed, and while it waits the alert itself.

    Parameters
    ----------
    item
        Its number in the list of items.
    """
    with at_hub(where) as api:
        found = api.get(f"/v1/feed-items/{item}")
    answer(found, _say_item, json=json)


def _say_item(found: dict[str, Any]) -> None:
    lines = [f"{found['item']}  {found['sender']},{found['identifier']}", f"{found['outcome']}, from {found['feed']}"]
    lines += [f"{found['status']} {found['msgType']}, {found['severity']}"]
    lines += [f"for {audience_words(found['audience'])}"] if found["audience"] else []
    lines += [words for words in (found["words"], _signature(found)) if words]
    lines += [f"{found['outcome']} by {found['decided_by']}"] if found["decided_by"] else []
    say("\n".join([*lines, *words_of(found["alert"] or {})]))


@app.command
def approve(
    item: int,
    *,
    area: Several = None,
    role: Several = None,
    everyone: bool = False,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Publish an alert that waits, as its sender wrote it.

    Parameters
    ----------
    item
        Its number in the list of items.
    area
        An area that it is for, in the place of what the feed's settings say; repeat it for more.
    role
        A role that it is for; repeat it for more.
    everyone
        It is for everyone.
    """
    audience = {"areas": area or [], "roles": role or [], "everyone": everyone}
    with at_hub(where) as api:
        body = {"audience": audience} if any(audience.values()) else {}
        approved = api.post(f"/v1/feed-items/{item}/approve", body)
    words = f"{approved['identifier']} is published as number {approved['number']}."
    answer(approved, lambda _: say(words), json=json)


@app.command
def reject(item: int, *, words: str = "", where: Where = HERE, json: Json = False) -> None:
    """Do not publish an alert that waits.

    Parameters
    ----------
    item
        Its number in the list of items.
    words
        Why, for others who ask.
    """
    with at_hub(where) as api:
        rejected = api.post(f"/v1/feed-items/{item}/reject", {"words": words})
    answer(rejected, lambda _: say(f"{rejected['identifier']} is rejected."), json=json)


def _counts(feed: dict[str, Any]) -> str:
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(feed["counts"].items()))


def _signature(item: dict[str, Any]) -> str:
    is_suspect = item["signature"] in ("broken", "untrusted")
    return f"signature {item['signature']}: {item['signature_words']}" if is_suspect else ""
