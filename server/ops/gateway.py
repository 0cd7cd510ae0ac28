"""The way out to people: Apprise, loaded when it is first needed, in threads of their own, with a limit of time.

Nobody can be asked whether a message arrived: a gateway takes it, refuses it, or does not answer. What is not answered may have
gone out all the same, so it is told apart (`is_uncertain`): whoever tries again may tell somebody twice.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from apprise import AppriseAsset, NotifyBase

SEND_SECONDS_MAX = 40.0
"""For one message; a thread that takes longer is left to itself."""
CONNECT_SECONDS = 10.0
READ_SECONDS = 20.0
AT_ONCE_MAX = 8
"""Messages that are being sent at the same time."""


@dataclass(frozen=True, slots=True)
class GatewayOutcome:
    """What became of a message. `words` name no address and no number."""

    ok: bool
    words: str = ""
    is_uncertain: bool = False


class Gateway(Protocol):
    """What can send a message to an address."""

    def problem_of(self, url: str) -> str | None:
        """What is wrong with an address, without a word of it; None: it can be used. Called in a thread."""
        ...

    async def send(self, url: str, title: str, text: str) -> GatewayOutcome:
        """Send one message."""
        ...


class AppriseGateway:
    """Apprise. Redirects are not followed, nothing is written to the disk, and its log, which has addresses, goes nowhere."""

    def __init__(self) -> None:
        self._asset: AppriseAsset | None = None
        self._loading = threading.Lock()
        self._room = asyncio.Semaphore(AT_ONCE_MAX)

    def problem_of(self, url: str) -> str | None:
        """What is wrong with an address, without a word of it; None: it can be used."""
        plugin = self._plugin(url)
        if plugin is None:
            return f"Apprise cannot read the address: a part that {url.partition('://')[0]} needs is missing or wrong"
        if len(plugin) > 1:
            return "the address has several recipients; make a contact for each, so that each is told once"
        return None

    async def send(self, url: str, title: str, text: str) -> GatewayOutcome:
        """Send one message."""
        async with self._room:
            future: Future[GatewayOutcome] = Future()
            # A daemon thread of its own: one that hangs must keep neither the others nor the end of the hub waiting.
            threading.Thread(target=self._run, args=(future, url, title, text), name="contact", daemon=True).start()
            try:
                return await asyncio.wait_for(asyncio.wrap_future(future), SEND_SECONDS_MAX)
            except TimeoutError:
                return GatewayOutcome(False, f"no answer within {SEND_SECONDS_MAX:g} s", is_uncertain=True)

    def _run(self, future: Future[GatewayOutcome], url: str, title: str, text: str) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            outcome = self._send(url, title, text)
        except Exception as error:  # noqa: BLE001 - a plugin's bug must not end the service; it is recorded
            outcome = GatewayOutcome(False, f"the service failed: {type(error).__name__}", is_uncertain=True)
        future.set_result(outcome)

    def _send(self, url: str, title: str, text: str) -> GatewayOutcome:
        from apprise import NotifyFormat, NotifyType

        plugin = self._plugin(url)
        if plugin is None:
            return GatewayOutcome(False, "Apprise cannot read the address")
        heard = _Heard()
        logger = logging.getLogger("apprise")
        logger.addHandler(heard)
        try:
            shown = title if plugin.title_maxlen > 0 else ""
            ok = plugin.notify(body=text, title=shown, notify_type=NotifyType.WARNING, body_format=NotifyFormat.TEXT)
        finally:
            logger.removeHandler(heard)
        return GatewayOutcome(True) if ok else heard.outcome()

    def _plugin(self, url: str) -> NotifyBase | None:
        asset = self._load()
        from apprise import Apprise

        plugin: Any = Apprise.instantiate(url, asset=asset)
        if plugin is None:
            return None
        # A gateway's answer must not send the hub elsewhere, whatever the address says.
        plugin.redirects = False
        plugin.socket_connect_timeout = CONNECT_SECONDS
        plugin.socket_read_timeout = READ_SECONDS
        found: NotifyBase = plugin
        return found

    def _load(self) -> AppriseAsset:
        with self._loading:
            if self._asset is None:
                logger = logging.getLogger("apprise")
                logger.propagate = False
                logger.setLevel(logging.DEBUG)
                from apprise import AppriseAsset, PersistentStoreMode

                self._asset = AppriseAsset(
                    app_id="Tocsin",
                    app_desc="Tocsin",
                    app_url="",
                    async_mode=False,
                    storage_mode=PersistentStoreMode.MEMORY,
                    http_redirects=False,
                )
            return self._asset


class _Heard(logging.Handler):
    """What Apprise logs in this thread, of which only the kind of failure is kept."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._thread = threading.get_ident()
        self._lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line of this thread."""
        if record.thread == self._thread:
            self._lines.append(record.getMessage())

    def outcome(self) -> GatewayOutcome:
        """What these lines mean."""
        said = "\n".join(self._lines)
        if re.search(
            r"read timed out|readtimeout|timed out waiting|connection (aborted|reset)|RemoteDisconnected", said, re.I
        ):
            return GatewayOutcome(False, "the gateway took the message and did not answer", is_uncertain=True)
        if found := re.search(r"\berror=(\d{3})\b", said):
            return GatewayOutcome(False, f"the gateway refused it with {found[1]}")
        if re.search(r"connection error|socket exception|connect", said, re.I):
            return GatewayOutcome(False, "the gateway could not be reached")
        return GatewayOutcome(False, "the service did not take it")
