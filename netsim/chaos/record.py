"""What happened in a campaign, second by second: one SQLite file, written while it runs, read by reports.

Times (`…_s`) are seconds since the campaign began; `began_at` in `meta` is that moment in seconds since 1970. Devices go by their
names ("amina"; a clone is "amina-clone-1"); the hub is "hub". Bytes and connections are counted from the beginning on, so the
last row of a device is its total.

    meta        name, value            JSON values: profile, title, via, seed, minutes, devices (names in order), began_at,
                                       unreproduced (words), and once it is over `summary`, the object of `--json`
    sample      at_s, device, has, due, connection, link
                                       once a second: alerts in its inbox; alerts that were published for it by then; what its
                                       client says (CONNECTED, CONNECTING, WAITING, OFF, STARTING); what is wrong with its link
                                       (open, cut, outage, stalled, black hole)
    traffic     at_s, device, connections, up_bytes, down_bytes
                                       once a second, where the link meets the hub; up is towards the hub
    kind        at_s, device, kind, bytes
                                       every few seconds: "up connecting", "down alerts", … as far as the link can tell
    hub         at_s, state            once a second: up, starting, off
    fault       id, name, target, words, began_s, ended_s
                                       ended_s is null while it lasts, and for what is over at once (a kill, a reset)
    act         at_s, kind, target, words, outcome
                                       what people did: publish, update, cancel, acknowledge, languages, move; outcome: done, or
                                       why not
    published   key, number, severity, for_count, at_s
                                       answered by the hub with 201
    delivery    device, key, number, published_s, arrived_s
                                       written at the end: when an alert was first stored on a device
    finding     name, device, key      written at the end: what the verdict found (`netsim.judge.stores`), excused ones too
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

FILE = "record.sqlite"
_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE sample (at_s REAL, device TEXT, has INTEGER, due INTEGER, connection TEXT, link TEXT);
CREATE TABLE traffic (at_s REAL, device TEXT, connections INTEGER, up_bytes INTEGER, down_bytes INTEGER);
CREATE TABLE kind (at_s REAL, device TEXT, kind TEXT, bytes INTEGER);
CREATE TABLE hub (at_s REAL, state TEXT);
CREATE TABLE fault (id INTEGER PRIMARY KEY, name TEXT, target TEXT, words TEXT, began_s REAL, ended_s REAL);
CREATE TABLE act (at_s REAL, kind TEXT, target TEXT, words TEXT, outcome TEXT);
CREATE TABLE published (key TEXT, number INTEGER, severity TEXT, for_count INTEGER, at_s REAL);
CREATE TABLE delivery (device TEXT, key TEXT, number INTEGER, published_s REAL, arrived_s REAL);
CREATE TABLE finding (name TEXT, device TEXT, key TEXT);
"""


class Sample(NamedTuple):
    """A row of `sample`."""

    at_s: float
    device: str
    has: int
    due: int
    connection: str
    link: str


class TrafficRow(NamedTuple):
    """A row of `traffic`."""

    at_s: float
    device: str
    connections: int
    up_bytes: int
    down_bytes: int


class KindRow(NamedTuple):
    """A row of `kind`."""

    at_s: float
    device: str
    kind: str
    bytes: int


class HubRow(NamedTuple):
    """A row of `hub`."""

    at_s: float
    state: str


class FaultRow(NamedTuple):
    """A row of `fault`."""

    id: int
    name: str
    target: str
    words: str
    began_s: float
    ended_s: float | None


class ActRow(NamedTuple):
    """A row of `act`."""

    at_s: float
    kind: str
    target: str
    words: str
    outcome: str


class PublishedRow(NamedTuple):
    """A row of `published`."""

    key: str
    number: int
    severity: str
    for_count: int
    at_s: float


class DeliveryRow(NamedTuple):
    """A row of `delivery`."""

    device: str
    key: str
    number: int
    published_s: float
    arrived_s: float


class FindingRow(NamedTuple):
    """A row of `finding`."""

    name: str
    device: str
    key: str


class Recorder:
    """Writes the file, from one thread; every call is one commit."""

    def __init__(self, file: Path) -> None:
        """A new file."""
        self.file = file
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;" + _TABLES)

    def meta(self, **values: object) -> None:
        """Keep these under their names; a name that is there is overwritten."""
        rows = [(name, json.dumps(value)) for name, value in values.items()]
        self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)

    def sampled(self, rows: Iterable[Sample], hub: HubRow) -> None:
        """What everybody has now."""
        self._put("sample", rows)
        self._put("hub", [hub])

    def traffic(self, rows: Iterable[TrafficRow]) -> None:
        """What links have carried by now."""
        self._put("traffic", rows)

    def kinds(self, at_s: float, device: str, kinds: Mapping[str, int]) -> None:
        """What a link has carried by now, by kind."""
        self._put("kind", [KindRow(at_s, device, kind, count) for kind, count in sorted(kinds.items())])

    def fault_began(self, name: str, target: str, words: str, at_s: float) -> int:
        """A fault has begun; its id."""
        row = (None, name, target, words, at_s, None)
        return int(self._db.execute("INSERT INTO fault VALUES (?,?,?,?,?,?)", row).lastrowid or 0)

    def fault_ended(self, identity: int, at_s: float) -> None:
        """It has ended."""
        self._db.execute("UPDATE fault SET ended_s = ? WHERE id = ?", (at_s, identity))

    def act(self, row: ActRow) -> None:
        """Somebody did something."""
        self._put("act", [row])

    def published(self, row: PublishedRow) -> None:
        """The hub has answered."""
        self._put("published", [row])

    def deliveries(self, rows: Iterable[DeliveryRow]) -> None:
        """When alerts came."""
        self._put("delivery", rows)

    def findings(self, rows: Iterable[FindingRow]) -> None:
        """What the verdict found."""
        self._put("finding", rows)

    def _put(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        listed = list(rows)
        if listed:
            marks = ",".join("?" * len(listed[0]))
            with self._db:
                self._db.execute("BEGIN")
                self._db.executemany(f"INSERT INTO {table} VALUES ({marks})", listed)  # noqa: S608 - names of our own

    def close(self) -> None:
        """Close the file; it is whole in one piece then."""
        self._db.execute("PRAGMA journal_mode = DELETE")
        self._db.close()


@dataclass(frozen=True)
class Record:
    """The whole of it, read."""

    meta: Mapping[str, Any]
    samples: tuple[Sample, ...]
    traffic: tuple[TrafficRow, ...]
    kinds: tuple[KindRow, ...]
    hub: tuple[HubRow, ...]
    faults: tuple[FaultRow, ...]
    acts: tuple[ActRow, ...]
    published: tuple[PublishedRow, ...]
    deliveries: tuple[DeliveryRow, ...]
    findings: tuple[FindingRow, ...]


def read_record(file: Path) -> Record:
    """Raises sqlite3.Error: the file is no record."""
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as db:

        def rows(table: str) -> Iterable[tuple[Any, ...]]:
            return db.execute(f"SELECT * FROM {table} ORDER BY rowid")  # noqa: S608 - names of our own

        return Record(
            {name: json.loads(value) for name, value in db.execute("SELECT name, value FROM meta")},
            tuple(map(Sample._make, rows("sample"))),
            tuple(map(TrafficRow._make, rows("traffic"))),
            tuple(map(KindRow._make, rows("kind"))),
            tuple(map(HubRow._make, rows("hub"))),
            tuple(map(FaultRow._make, rows("fault"))),
            tuple(map(ActRow._make, rows("act"))),
            tuple(map(PublishedRow._make, rows("published"))),
            tuple(map(DeliveryRow._make, rows("delivery"))),
            tuple(map(FindingRow._make, rows("finding"))),
        )
