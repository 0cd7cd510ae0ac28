"""One hub as one process: makes its parts, starts them in order, and stops them in the reverse order.

start   the store · the parts of the push · the API · the sockets · then the ready file
stop    no new connections · what was begun is answered · goodbye to devices · positions are written · the store is closed
"""

from __future__ import annotations

import asyncio
import errno
import json
import os
import random
import resource
import signal
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from tornado.netutil import bind_sockets
from tornado.web import RequestHandler

from alerts.cap.model import Alert
from alerts.dictionary.shipped import shipped
from alerts.errors import StoreError, UserError
from alerts.wire.codec import Codec
from server import local_access
from server.accounts.accounts import Accounts
from server.api.handler import Api, log_request, may_publish
from server.api.http_server import LimitedServer
from server.api.rate import Rate
from server.api.routes import body_of, make_application
from server.audit_head import AuditHeadKeeper
from server.bridges.cap_feed_in import FeedsIn
from server.bridges.cap_feed_kept import FeedsOut
from server.bridges.stomp_socket import Stomp
from server.bridges.streams import Streams
from server.clock import HubClock
from server.dictionary.self_training import SelfTraining
from server.hub import Hub, HubOptions
from server.live.live import Live
from server.live.live_socket import LiveSockets
from server.local_key import LocalKey
from server.metrics import Metrics
from server.ops.counting import EventCounting
from server.ops.parts import Operations
from server.ops.webhooks import Webhooks
from server.outbound.client import Outbound
from server.outbound.policy import Policy
from server.places.parts import Places
from server.push.admission import Admission
from server.push.connected import Connected
from server.push.device_socket import Push
from server.push.dictionaries import Dictionaries
from server.push.fanout import Fanout, Pushed
from server.push.lean import LeanEncoders
from server.push.variants import Variants
from server.reading import Reading
from server.service import Service, Services
from server.settings import Settings
from server.signing.signer import Signer, load_signer
from server.watch.watch import Watch

_logger = structlog.get_logger("server.process")

TICK_S = 0.5
"""How often the hub looks at its clock and for devices revoked by a command: within a second such a connection is closed."""

EXIT_PORT = 3


class HubProcess:
    """A hub with its sockets. Lives on the event loop that starts it.

    `command_key`: the hub stands in the process of a command, which alone has this key, and only for that long.
    """

    def __init__(self, settings: Settings, clock: HubClock | None = None, *, command_key: str | None = None) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.hub: Hub
        self.server: LimitedServer
        self.port = 0
        self._clock = clock or HubClock()
        self._command_key = command_key
        self._fanout: Fanout
        self.dictionaries: Dictionaries
        self.feeds_in: FeedsIn
        self.outbound = Outbound(Policy(settings.outbound_networks))
        self.webhooks: Webhooks
        self.ops: Operations
        self.accounts: Accounts
        self.audit_head: AuditHeadKeeper
        self._api: Api
        self._streams: Streams
        self._stomp: Stomp
        self._live: LiveSockets
        self._watching: Watch
        self._training: SelfTraining | None = None
        self._services = Services(())
        self._ticking: asyncio.Task[None] | None = None
        self._stopped: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the store and listen. Raises UserError: the port is taken, a certificate cannot be read, …"""
        tls, signer = tls_context(self.settings), signer_of(self.settings)
        sockets = _bind(self.settings.host, self.settings.port)
        try:
            options = HubOptions(default_life_s=self.settings.default_life_seconds)
            self.hub = await Hub.open(self.settings.data, options, self._clock)
        except BaseException:
            for one in sockets:
                one.close()
            raise
        local_access.take_away(self.settings.data)  # what a hub that was killed has left
        self.audit_head = AuditHeadKeeper(self.hub)
        await self._begin_audit()
        connected: Connected[Pushed] = Connected()
        self._make_server(connected, tls, signer)
        self._watch(connected)
        await self._look()
        if self.settings.dictionary_training == "auto":
            self._training = SelfTraining(self.hub)
        self._ticking = asyncio.create_task(self._tick())
        if self._command_key is None:  # a command is over before feeds are due, and nobody waits for what they bring
            self._services = Services(self._make_services())
        self._services.start()
        self.server.add_sockets(sockets)
        self.port = sockets[0].getsockname()[1]
        self._admit_commands()
        _logger.info("listening", address=self.address, data=str(self.settings.data))

    def _admit_commands(self) -> None:
        """Leave a key for commands on this machine; without it they need a token, and the hub serves all the same."""
        if self._command_key is not None:
            self.hub.local_key = LocalKey(self._command_key)
            return
        chain = self.settings.tls_cert
        try:
            certificate = None if chain is None else local_access.fingerprint(chain)
            self.hub.local_key = LocalKey(local_access.leave(self.settings.data, self.address, certificate))
        except (OSError, ValueError) as error:
            _logger.warning("commands on this machine will need a token", error=str(error))

    def _make_server(self, connected: Connected[Pushed], tls: ssl.SSLContext | None, signer: Signer | None) -> None:
        limits, monotonic, codec = self.settings.limits, self._clock.monotonic, Codec()
        admission = Admission(
            limits.connects_per_second,
            max(1, int(limits.connects_per_second)),
            limits.device_connections_max,
            random.SystemRandom(),
            monotonic(),
        )
        self._fanout = Fanout(connected, lambda: self.hub.log, self.hub.now)
        self.hub.subscribe(self._fanout)
        variants = Variants(codec)
        lean = LeanEncoders([shipped()], variants, lambda: self.hub.log)
        self.dictionaries = Dictionaries(self.hub, lean)
        push = Push(
            *(self.hub, connected, self._fanout, variants, lean, self.dictionaries, codec, admission),
            frozenset(self.settings.origins),
        )
        failing_s_max = self.settings.webhook_failing_days * 86_400
        self.webhooks = Webhooks(self.hub, self.outbound, self.metrics, failing_s_max=failing_s_max)

        def is_connected(device: str) -> bool:
            return bool(connected.of(device))

        self.ops = Operations.of(self.hub, self.settings, is_connected, told=self._count_published)
        self.feeds_in = FeedsIn(
            *(self.hub, self.outbound, limits, random.Random(), self._count_published),  # noqa: S311
            check=self.ops.approval.check_feed_item,
        )
        reading = Reading(self.hub)
        self._watching = Watch(self.hub)
        live = Live(self.hub, self._watching, self.ops.silence)
        self.accounts = Accounts.of(self.hub, self.settings)
        self._streams = Streams(limits.streams_max, limits.streams_per_token_max)
        self._api = Api(
            self.hub,
            self.settings,
            self.metrics,
            Rate(limits.publishes_per_second, limits.publishes_burst),
            Rate(limits.enrolment_tries_per_second, limits.enrolment_tries_burst),
            is_connected,
            self.dictionaries,
            reading,
            self._streams,
            self.outbound,
            self.feeds_in,
            self.webhooks,
            FeedsOut(signer),
            self.ops,
            Places.of(self.hub, reading, is_connected),
            live,
            self.accounts,
        )
        self._stomp = Stomp(self._api)
        self._live = LiveSockets(self._api, live)
        application = make_application(self._api, push, self._stomp, self._live, log_function=self._log)
        self.server = LimitedServer(
            application,
            limits,
            self.metrics,
            self._body_max,
            lambda headers: may_publish(self.hub, self.accounts.sessions, headers),
            tls,
        )

    def _make_services(self) -> list[Service]:
        """The work beside answering, in the order in which it is begun."""
        return [
            self.feeds_in,
            EventCounting(self.hub.events, self.metrics),
            self.webhooks,
            self.ops.escalation,
            self.ops.silence,
            self._watching,
            self.ops.schedule,
        ]

    def _count_published(self, alert: Alert) -> None:
        self.metrics.published.labels(str(alert.severity)).inc()

    def _body_max(self, method: str, path: str) -> int:
        limits = self.settings.limits
        body = body_of(method, path)
        if body is not None and body.is_import:
            return limits.import_bytes_max
        return limits.body_bytes_max if body is not None and body.is_large else limits.small_body_bytes_max

    def _log(self, handler: RequestHandler) -> None:
        log_request(handler)
        self.server.ended(handler.request.server_connection)

    def _watch(self, connected: Connected[Pushed]) -> None:
        watch = self.metrics.watch
        watch("tocsin_devices_connected", "Devices' connections.", lambda: connected.count)
        watch("tocsin_devices_enrolled", "Devices that were enrolled.", lambda: len(self.hub.log.enrolled))
        watch("tocsin_streams", "Programs that follow alerts or events.", lambda: self._streams.count)
        watch("tocsin_log_head", "The number of the log's newest entry.", lambda: self.hub.log.head)
        watch("tocsin_http_connections", "Connections that speak HTTP.", lambda: self.server.connection_count)

    @property
    def address(self) -> str:
        """Where the hub listens, as a browser writes it; of a wildcard, the loopback."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(self.settings.host, self.settings.host)  # noqa: S104
        scheme = "https" if self.settings.tls_cert else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"

    async def _look(self) -> None:
        """The dictionaries, before the first device connects; without them it is sent more bytes, not fewer alerts."""
        try:
            await self.dictionaries.look()
        except StoreError as error:
            _logger.error("the dictionaries cannot be read", error=str(error))

    async def _begin_audit(self) -> None:
        try:
            await self.audit_head.begin()
        except StoreError as error:
            _logger.error("the audit log cannot be read", error=str(error))

    async def _end_audit(self) -> None:
        try:
            await self.audit_head.end()
        except StoreError as error:
            _logger.error("the audit log cannot be read", error=str(error))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            try:
                await self.hub.tick()
                await self.audit_head.look()
                if await self.dictionaries.look():
                    self._fanout.offer()
                if self._training is not None:
                    await self._training.look()
            except StoreError as error:
                _logger.error("the store failed", error=str(error))

    def stop(self) -> asyncio.Task[None]:
        """Stop in order. Whoever calls it again waits for the same end."""
        self._stopped = self._stopped or asyncio.create_task(self._stop())
        return self._stopped

    async def _stop(self) -> None:
        seconds = self.settings.limits.stop_seconds
        _logger.info("stopping")
        local_access.take_away(self.settings.data)
        self.server.stop()
        self._stomp.stop()
        self._live.stop()
        await self._streams.stop()
        await self.server.finish(seconds)
        await self._services.stop()
        await self.feeds_in.stop()
        self.outbound.close()
        await self._fanout.stop(seconds)
        await self.accounts.stop()
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.wait([self._ticking])
        if self._training is not None:
            await self._training.stop()
        await self._end_audit()
        await self.hub.close()
        _logger.info("stopped")


# -- sockets ----------------------------------------------------------------------------------------------------------


def _bind(host: str, port: int) -> list[socket.socket]:
    where = f"{host}:{port}"
    try:
        return bind_sockets(port, host)
    except socket.gaierror as error:
        raise UserError(f"{host} is no address of this machine: {error.strerror}", "Check --host.", EXIT_PORT) from None
    except OSError as error:
        hints = {
            errno.EADDRINUSE: (
                f"port {port} on {host} is taken",
                "Is a hub running already? Otherwise give another port with --port (make run: PORT=); 0 takes a free one.",
            ),
            errno.EACCES: (f"{where} may not be listened at", "Ports below 1024 need a right; give one above."),
            errno.EADDRNOTAVAIL: (f"{host} is no address of this machine", "Check --host; 0.0.0.0 is every address."),
        }
        words, hint = hints.get(error.errno or 0, (f"{where} cannot be listened at: {error.strerror}", ""))
        raise UserError(words, hint, EXIT_PORT) from None


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """What the hub answers TLS with, if its settings name a certificate. Raises UserError: it cannot be used."""
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.num_tickets = 1  # a device makes one connection at a time; each ticket more costs some 250 bytes
    for name, file in (("--tls-cert", settings.tls_cert), ("--tls-key", settings.tls_key)):
        if not os.access(file, os.R_OK):
            raise UserError(f"{name} {file} cannot be read", "Is it there, and may this user read it?", EXIT_PORT)
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key, password=_no_password)
    except (ssl.SSLError, OSError, ValueError) as error:
        words = f"{settings.tls_cert} and {settings.tls_key} cannot be used: {error}"
        raise UserError(
            words, "Both are PEM, the key without a password, and they belong together.", EXIT_PORT
        ) from None
    return context


def signer_of(settings: Settings) -> Signer | None:
    """What signs the alerts in the hub's feeds, if its settings name a key. Raises UserError: it cannot be used."""
    if settings.signing_key is None or settings.signing_cert is None:
        return None
    return load_signer(settings.signing_key, settings.signing_cert)


def _no_password() -> str:
    raise ValueError("the key is protected by a password")


def raise_file_limit() -> None:
    """Allow as many open files, sockets among them, as this user may have."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else max(soft, 65536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (ValueError, OSError) as error:
            _logger.warning("the limit of open files stays as it is", limit=soft, error=str(error))


# -- running ----------------------------------------------------------------------------------------------------------


async def run(
    settings: Settings,
    *,
    ready_file: Path | None = None,
    started: Callable[[HubProcess], Any] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT. `started` (awaited) is told when the hub listens; then the ready file is written."""
    process, asked = HubProcess(settings), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _on_signal, asked)
    await process.start()
    try:
        if started is not None:
            await started(process)
        if ready_file is not None:
            write_ready_file(ready_file, process)
        await asked.wait()
    finally:
        if ready_file is not None:
            remove_ready_file(ready_file)
        await process.stop()


def _on_signal(asked: asyncio.Event) -> None:
    if asked.is_set():
        _logger.warning("stopped at once")
        os._exit(130)  # everything that was answered is durable; a device that hears no goodbye comes back by itself
    asked.set()


def write_ready_file(path: Path, process: HubProcess) -> None:
    """Say to a waiting program where the hub listens: JSON, complete as soon as the file is there."""
    said = {
        "address": process.address,
        "host": process.settings.host,
        "port": process.port,
        "pid": os.getpid(),
        "data": str(process.settings.data.resolve()),
    }
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_text(json.dumps(said) + "\n", encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        raise UserError(f"the ready file {path} cannot be written: {error.strerror}", "Check --ready-file.") from None


def remove_ready_file(path: Path) -> None:
    """Say that the hub no longer listens."""
    path.unlink(missing_ok=True)
