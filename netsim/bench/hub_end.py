"""`python -m netsim.bench.hub_end FOLDER HOST`: a real hub with its data in FOLDER, and a publisher beside it.

What it says and is asked: netsim.bench.ends. `join` is a one-time code.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from lxml import etree

from alerts.errors import UserError
from netsim.bench.lines import Message, answer_all, say
from netsim.packet.namespaces import start
from netsim.workload import load_samples, rebase
from server.desk import Desk
from server.settings import PREFIX
from server.store.records import Role

_HUB = [sys.executable, "-c", "from server.cli import main; main()", "serve", "--port", "0"]
_SETTINGS = {f"{PREFIX}LIMITS__PUBLISHES_BURST": "1000000", f"{PREFIX}LOG_LEVEL": "warning"}
_SETTINGS |= {f"{PREFIX}SECOND_PERSON": "never"}  # Extreme samples go out at once, as all others
_READY_SECONDS_MAX, _LOOK_SECONDS = 60.0, 0.02
_ANSWER_SECONDS_MAX = 60.0
_END_SECONDS_MAX = 8.0  # less than what the measurement gives this process itself


def alerts_in_force(count: int, now: int) -> Iterator[bytes]:
    """So many alerts as CAP XML, each in force at `now` (seconds since 1970) and with an identifier of its own.

    They are the samples in turn: those that replace nothing and may be addressed to a device (CAP 1.2 §3.2.1, scope).
    """
    samples = [etree.fromstring(rebase(sample.xml, now)) for sample in load_samples()]
    fit = [
        alert
        for alert in samples
        if alert.findtext("{*}msgType") == "Alert" and alert.findtext("{*}scope") != "Restricted"
    ]
    for turn, alert in enumerate(itertools.islice(itertools.cycle(fit), count)):
        identifier = alert.find("{*}identifier")
        assert identifier is not None, "the samples are valid CAP"
        written, identifier.text = identifier.text, f"{identifier.text}-{turn}"
        yield etree.tostring(alert, encoding="UTF-8", xml_declaration=True)
        identifier.text = written


@dataclass(frozen=True, slots=True)
class Published:
    """An alert that stands in the hub's log, and when that was answered, as `time.monotonic()`."""

    key: str
    epoch: int
    number: int
    answered_at: float


class HubEnd:
    """A hub that runs, for as long as the block lasts. Raises UserError where it does not start."""

    def __init__(self, folder: Path, host: str) -> None:
        self._folder, self._host, self._published = folder, host, 0
        with Desk(folder) as desk:
            self._token = desk.make_token(Role.AUTHOR, "bench")
            self.code = desk.make_enrolment_code(name="bench")
        ready_file = folder.with_name(f"{folder.name}-ready.json")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        self._process = start(
            [*_HUB, "--data", str(folder), "--host", host, "--ready-file", str(ready_file)],
            env=inherited | _SETTINGS,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )
        try:
            self.port = self._wait_until_ready(ready_file)
        except BaseException:
            self.close()
            raise

    def _wait_until_ready(self, ready_file: Path) -> int:
        deadline = time.monotonic() + _READY_SECONDS_MAX
        while not ready_file.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise UserError(f"the hub is not ready (exit code {self._process.poll()})")
            time.sleep(_LOOK_SECONDS)
        return int(json.loads(ready_file.read_text(encoding="utf-8"))["port"])

    def publish(self, count: int, every_s: float = 0.0) -> dict[str, float]:
        """Publish so many alerts to every device that has joined, one every so many seconds, each answered 201.

        The alert → when it was answered, as `time.monotonic()`. Raises UserError: one was not.
        """
        first, self._published = self._published, self._published + count
        xmls = itertools.islice(alerts_in_force(self._published, int(time.time())), first, None)
        return {one.key: one.answered_at for one in self.publish_these(xmls, every_s)}

    def publish_these(self, xmls: Iterable[bytes], every_s: float = 0.0) -> list[Published]:
        """Publish alerts in CAP XML in the same way. Raises UserError: one was not."""
        with Desk(self._folder) as desk:
            query = urlencode([("device", device.device) for device in desk.devices()])
        connection = http.client.HTTPConnection(self._host, self.port, timeout=_ANSWER_SECONDS_MAX)
        began, published = time.monotonic(), list[Published]()
        try:
            for turn, xml in enumerate(xmls):
                time.sleep(max(0.0, began + turn * every_s - time.monotonic()))
                published.append(self._post(connection, f"/v1/alerts?{query}", xml))
        finally:
            connection.close()
        return published

    def _post(self, connection: http.client.HTTPConnection, path: str, xml: bytes) -> Published:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/cap+xml"}
        connection.request("POST", path, xml, headers)
        answer = connection.getresponse()
        words = answer.read().decode(errors="replace")
        if answer.status != http.client.CREATED:
            raise UserError(f"an alert was not published: status {answer.status}, expected 201: {words}")
        said, now = json.loads(words), time.monotonic()
        return Published(f"{said['sender']},{said['identifier']}", said["epoch"], said["number"], now)

    def close(self) -> None:
        """Stop the hub; kill it if it does not stop."""
        self._process.terminate()
        try:
            self._process.wait(_END_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def main(folder: str, host: str) -> None:
    """Run the hub until the input closes."""

    def answer(asked: Message) -> Message:
        if "alerts" in asked:
            published = hub.publish_these((xml.encode() for xml in asked["alerts"]), asked["every_s"])
            return {"numbers": [(one.epoch, one.number) for one in published]}
        answered_at = hub.publish(asked["publish"], asked.get("every_s", 0.0))
        return {"published": asked["publish"]} | ({"answered_at": answered_at} if "every_s" in asked else {})

    try:
        with HubEnd(Path(folder), host) as hub:
            say(port=hub.port, join=hub.code)
            answer_all(answer)
    except UserError as error:
        say(error=str(error))


if __name__ == "__main__":
    main(*sys.argv[1:])
