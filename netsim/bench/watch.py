"""How far behind the store a live page is, and how long its script keeps the browser busy, while many acknowledge at once.

    a hub     `tocsin-hub serve`, with so many devices enrolled                     one process
    a crowd   real field clients on real sockets, which acknowledge at once         one process
    a page    the live page of the alert in headless Chromium, signed in            the browser's own processes
    here      the hub's database, read every few milliseconds

All stand on one machine, so one clock tells when an acknowledgement was committed and when the page showed it.
"""

from __future__ import annotations

import importlib
import json
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from peewee import chunked

from alerts.errors import UserError
from netsim.bench.hub_end import alerts_in_force
from server.commands.beside import now, opened
from server.hub import Role
from server.store import areas as area_rows
from server.store import credentials, log, people, sessions
from server.store.folder import DATABASE
from server.store.models import AudienceEntry, Device, LogEntry
from server.store.texts import pack_words

GOAL_LAG_MS = 1000
GOAL_TASK_MS = 100
LOOK_S = 0.005
SHOWN_SECONDS_MAX = 60.0
READY_SECONDS_MAX = 120.0
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
WATCHER = "bench"
COUNTIES, WARDS = 47, 6

OBSERVE = """
window.__shown = []; window.__tasks = [];
const clock = () => performance.timeOrigin + performance.now();
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.__tasks.push([performance.timeOrigin + task.startTime, task.duration]);
}).observe({ type: "longtask", buffered: true });
let last = "";
const look = () => {
  const places = document.querySelectorAll(".figures-large .figure-acted .figure-number");
  const text = places.length ? places[0].textContent : "";
  if (text !== last) { last = text; window.__shown.push([clock(), Number(text.replace(/[^0-9]/g, ""))]); }
};
new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
"""
"""Runs in the page before its own script: notes when the number of acknowledgements changes, and each task above 50 ms."""


@dataclass(frozen=True, slots=True)
class Report:
    """One run. Times in milliseconds; a lag is from the commit of the n-th acknowledgement until the page shows n or more.
    `tasks_ms`: the page's tasks above 50 ms while the acknowledgements came, by the clock; `task_cpu_max_ms`: the most that one
    computed, which is less where other processes had the processor meanwhile."""

    devices: int
    clients: int
    committed_ms: float
    lag_median_ms: float
    lag_max_ms: float
    tasks_ms: tuple[float, ...]
    task_cpu_max_ms: float
    updates: int

    @property
    def task_max_ms(self) -> float:
        """The longest; 0 where none was above 50."""
        return max(self.tasks_ms, default=0.0)

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {**asdict(self), "task_max_ms": self.task_max_ms}


def lags_ms(committed: Sequence[tuple[float, int]], shown: Sequence[tuple[float, int]]) -> list[float]:
    """For each count that was seen in the store (at seconds): how long until the page showed it or more.

    Raises UserError: it never did.
    """
    found, place = [], 0
    for at, count in committed:
        while place < len(shown) and shown[place][1] < count:
            place += 1
        if place == len(shown):
            raise UserError(f"the page never showed {count} acknowledgements")
        found.append(max(0.0, (shown[place][0] - at) * 1000))
    return found


TRACED = ["toplevel", "disabled-by-default-devtools.timeline"]


def longest_cpu_ms(trace: dict[str, Any]) -> float:
    """The processor time of the longest task of a page's script thread, in Chromium's own trace."""
    events = trace["traceEvents"]
    mains = {
        (one["pid"], one["tid"])
        for one in events
        if one.get("name") == "thread_name" and one["args"].get("name") == "CrRendererMain"
    }
    tasks = (one for one in events if one.get("name") == "RunTask" and (one["pid"], one["tid"]) in mains)
    return max((one.get("tdur", 0) / 1000 for one in tasks), default=0.0)


# -- the hub ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was put into a hub's store before it starts: the devices that will connect with their tokens, and who watches."""

    devices: list[tuple[str, str]]
    publisher: str
    session: str


def prepare(folder: Path, devices: int, clients: int) -> Prepared:
    """Enrol so many devices, in the areas of a country; the first of them get clients."""
    folder.mkdir(parents=True, exist_ok=True)
    at, epoch = now(), 1
    counties = [f"KE-{number:03}" for number in range(1, COUNTIES + 1)]
    wards = [f"{county}-{ward}" for county in counties for ward in range(1, WARDS + 1)]
    tokens = [(f"d-{number:05}", credentials.make_device_secret()) for number in range(devices)]
    publisher, session = credentials.make_secret(), credentials.make_secret()
    with opened(folder, make=True) as db:
        area_rows.import_areas(db, [("KE", "Kenya"), *((code, f"Area {code}") for code in (*counties, *wards))])
        log.begin_epoch(db, epoch, at, "bench")
        rows = [
            _rows(number, device, token, wards[number % len(wards)], at, epoch)
            for number, (device, token) in enumerate(tokens, 1)
        ]
        for model, which in ((LogEntry, 0), (AudienceEntry, 1), (Device, 2)):
            for some in chunked((row[which] for row in rows), 60):
                model.insert_many(some).execute(db)
        credentials.make_token(db, Role.AUTHOR, "bench-publisher", publisher, at)
        people.add(db, WATCHER, Role.VIEWER, (), None, "none", at, "bench")
        people.set_password(db, WATCHER, "none", at)
        sessions.begin(db, WATCHER, session, at, "127.0.0.1", "bench")
    return Prepared(tokens[:clients], publisher, session)


def _rows(number: int, device: str, token: str, area: str, at: int, epoch: int) -> tuple[dict[str, Any], ...]:
    audience = {"device": device, "areas": pack_words([area]), "roles": pack_words(["chw"])}
    return (
        {"number": number, "epoch": epoch, "kind": int(log.EntryKind.AUDIENCE), "made_at": at},
        {"number": number, "epoch": epoch, "made_at": at, **audience},
        {**audience, "name": device, "token_hash": credentials.hash_secret(token), "entry": number, "enrolled_at": at},
    )


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The hub on this folder; its address. Raises UserError: it does not start."""
    ready = folder / "ready.json"
    command = [
        sys.executable,
        "-c",
        "from server.cli import main; main()",
        "serve",
        "--port",
        "0",
        "--data",
        str(folder),
    ]
    with (folder / "hub.log").open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*command, "--ready-file", str(ready), "--log-level", "warning"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
    try:
        deadline = time.monotonic() + READY_SECONDS_MAX
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise UserError("the hub did not start", (folder / "hub.log").read_text(errors="replace")[-1500:])
            time.sleep(0.05)
        yield str(json.loads(ready.read_text())["address"])
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Crowd:
    """The process of the field clients."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "netsim.bench.crowd_end", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read()

    def ask(self, **message: Any) -> dict[str, Any]:
        """Tell it something, and wait for the answer. Raises UserError."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        said: dict[str, Any] = json.loads(self._process.stdout.readline() or '{"error": "the crowd ended"}')
        if "error" in said:
            raise UserError(str(said["error"]))
        return said

    def end(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()


class StoreWatch:
    """Reads from the database how many acknowledgements of an alert are committed, and notes when that changes."""

    def __init__(self, database: Path, number: int) -> None:
        self._database, self._number = database, number
        self._is_over = threading.Event()
        self.seen: list[tuple[float, int]] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        connection = sqlite3.connect(f"file:{self._database}?mode=ro", uri=True, timeout=30)
        query = "SELECT COUNT(*) FROM receipt WHERE alert_number = ? AND state = 2"
        last = 0
        while not self._is_over.is_set():
            (count,) = connection.execute(query, (self._number,)).fetchone()
            if count != last:
                last = count
                self.seen.append((time.time(), count))
            time.sleep(LOOK_S)
        connection.close()

    def end(self) -> list[tuple[float, int]]:
        """What was seen: (seconds, count)."""
        self._is_over.set()
        self._thread.join()
        return self.seen


# -- the measurement --------------------------------------------------------------------------------------------------


def report(folder: Path, *, devices: int, clients: int, chromium: str | None = None) -> Report:
    """Measure. Raises UserError: something that is needed is not there."""
    api = _playwright()
    found = chromium or next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        raise UserError("there is no Chromium on this machine", "Install it, or name one with --chromium.")
    hub_folder = folder / "hub"
    prepared = prepare(hub_folder, devices, clients)
    with serving(hub_folder) as address:
        crowd = Crowd(folder / "crowd")
        try:
            crowd.ask(address=address, devices=prepared.devices)
            key, number = _publish(address, prepared.publisher)
            with api.sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
                page = _open(browser, address, prepared.session, number)
                watch = StoreWatch(hub_folder / DATABASE, number)
                browser.start_tracing(page=page, categories=TRACED)
                began = time.time()
                crowd.ask(acknowledge=key)
                page.wait_for_function(
                    f"window.__shown.some(([, n]) => n >= {clients})", timeout=SHOWN_SECONDS_MAX * 1000
                )
                committed = watch.end()
                shown = [(at / 1000, count) for at, count in page.evaluate("window.__shown")]
                tasks = [ms for at, ms in page.evaluate("window.__tasks") if at / 1000 >= began]
                cpu_max = longest_cpu_ms(json.loads(browser.stop_tracing()))
                browser.close()
        finally:
            crowd.end()
    lags = lags_ms(committed, shown)
    updates = sum(at >= began for at, _ in shown)
    took = (committed[-1][0] - committed[0][0]) * 1000
    return Report(devices, clients, took, median(lags), max(lags), tuple(tasks), cpu_max, updates)


def _playwright() -> Any:
    try:
        return importlib.import_module("playwright.sync_api")
    except ImportError:
        raise UserError(
            "Playwright is not installed", "It is one of the development requirements: make setup."
        ) from None


def _publish(address: str, token: str) -> tuple[str, int]:
    """An alert to everybody: its identity, and its number."""
    import requests

    answer = requests.post(
        f"{address}/v1/alerts?everyone=true",
        data=next(alerts_in_force(1, now())),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/cap+xml"},
        timeout=60,
    )
    said = answer.json()
    if answer.status_code != 201:
        raise UserError(f"the alert was not published: {said.get('detail', answer.status_code)}")
    return f"{said['sender']},{said['identifier']}", int(said["number"])


def _open(browser: Any, address: str, session: str, number: int) -> Any:
    """The live page of the alert, once it shows figures."""
    context = browser.new_context(bypass_csp=True)
    context.add_cookies([{"name": "tocsin_session", "value": session, "url": address}])
    page = context.new_page()
    page.add_init_script(OBSERVE)
    page.goto(f"{address}/console/alerts/{number}/watch")
    page.wait_for_selector(".figures-large", timeout=SHOWN_SECONDS_MAX * 1000)
    page.wait_for_timeout(2000)  # the chart is loaded
    return page
