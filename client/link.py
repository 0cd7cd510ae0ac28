"""The Tornado shell of a device's session: connects, reads, feeds, writes, and comes back by itself. The core decides the rest.

        ┌─ event loop ──────────────┐         ┌─ the store's thread ──────────────┐
        │ read a message        ────┼────►    │ session.receive, commit, done …   │
        │ write what may leave  ◄───┼────     │ messages that the commits allow   │
        │ one timer, once a second ─┼────►    │ written by others? answer overdue?│
        └───────────────────────────┘         └───────────────────────────────────┘

One message is read when the one before it has been committed, so a slow store slows the hub down, not this machine's memory.
"""

from __future__ import annotations

import asyncio
import logging
import random
from typing import Protocol

from alerts.errors import LeanFrameError, RemoteProtocolError
from alerts.session.goodbye import Reason
from client.backoff import Backoff
from client.clocks import Clocks
from client.connection import ConnectError, HubConnection, connect
from client.conversation import Conversation, Turn
from client.dictionaries import Dictionaries
from client.events import ConnectionChanged, LinkState
from client.fetching import Fetching
from client.network import Paces, network_name
from client.patience import PATIENCE_SECONDS_MIN, Patience
from client.store import Identity, Store, StoreError
from client.tls import HubTls
from client.trouble import End, Trouble, end_of
from client.worker import Worker

POLL_SECONDS = 1.0
"""How often to look whether another process wrote into the store, and whether an answer is overdue."""

LEAN_PAUSE_SECONDS = 1.0
"""What could not be read lean is had whole at once: nobody is better for waiting."""

GOOD_SECONDS = 10.0
"""A connection that lasted so long, or brought anything, was good: the backoff begins anew."""

GOODBYE_SECONDS = 2.0
"""How long a goodbye may take to leave and to be answered."""

_logger = logging.getLogger(__name__)


class Listener(Protocol):
    """Who is told what the link does, on the event loop."""

    def turned(self, turn: Turn) -> None:
        """Something was committed, or a second has passed."""
        ...

    def changed(self, change: ConnectionChanged) -> None:
        """The link is in another state."""
        ...


class Link:
    """The link of one device to its hub. `run` is the whole of its life; the rest may be called meanwhile, on the same loop."""

    def __init__(
        self,
        identity: Identity,
        worker: Worker,
        listener: Listener,
        clocks: Clocks,
        rng: random.Random,
        *,
        keepalive_s: float | None = None,
        dictionaries: Dictionaries = Dictionaries.AUTO,
    ) -> None:
        """`keepalive_s`: silence after which this side asks whether the link lives; None: what the network survives.
        `dictionaries`: what to do with those that the hub offers."""
        self._identity = identity
        self._worker = worker
        self._listener = listener
        self._clocks = clocks
        self._keepalive_s = keepalive_s
        self._paces = Paces()
        self._tls = HubTls(identity.ca_file)
        self._fetching = Fetching(identity, worker, self._tls, clocks, dictionaries)
        self._backoff = Backoff(rng)
        self._patience = Patience()
        self._nudged = asyncio.Event()
        self._heard_at = 0.0
        self._is_stopping = False
        self._is_restarting = False
        self._is_connect_now = False
        self._is_roll_call_asked = False
        self._is_outbox_grown = False
        self._is_whole_once = False

    # -- what others ask for ------------------------------------------------------------------------------------------

    def connect_now(self) -> None:
        """Do not wait any longer. A link that is connected stays so."""
        self._is_connect_now = True
        self._nudged.set()

    def outbox_grew(self) -> None:
        """This process wrote into the outbox."""
        self._is_outbox_grown = True
        self._nudged.set()

    def ask_roll_call(self) -> None:
        """Have the hub list everything that is in force, now or as soon as there is a connection."""
        self._is_roll_call_asked = True
        self._nudged.set()

    def restart(self) -> None:
        """Say anew where this device stands: its languages have changed."""
        self._is_restarting = self._is_connect_now = True
        self._nudged.set()

    def stop(self) -> None:
        """Say goodbye and let `run` return."""
        self._is_stopping = True
        self._nudged.set()

    # -- its life -----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Connect, and come back for as long as nobody says `stop`."""
        while not self._is_stopping:
            self._listener.changed(ConnectionChanged(LinkState.CONNECTING))
            end = await self._attempt()
            if end is not None and not self._is_stopping:
                await self._stay_away(end)
        self._listener.changed(ConnectionChanged(LinkState.STOPPED))

    async def _stay_away(self, end: End) -> None:
        if end.is_final:
            self._listener.changed(ConnectionChanged(LinkState.REVOKED, end.trouble, end.words))
            await self._wait_for_person(None)
        else:
            wait = self._backoff.wait(end.pause_s)
            self._listener.changed(ConnectionChanged(LinkState.WAITING, end.trouble, end.words, wait))
            await self._wait_for_person(wait)

    async def _wait_for_person(self, wait: float | None) -> None:
        """Wait until the time is over or somebody wants to connect now, whichever comes first."""
        try:
            async with asyncio.timeout(wait):
                while not (self._is_connect_now or self._is_stopping):
                    await self._nudged.wait()
                    self._nudged.clear()
            self._backoff.reset()
        except TimeoutError:
            pass

    async def _attempt(self) -> End | None:
        """One connection from its making to its end. None: this side wanted it to end."""
        self._is_connect_now = self._is_restarting = False
        began_at = self._heard_at = self._clocks.monotonic()
        conversation: Conversation | None = None
        connection: HubConnection | None = None
        try:
            conversation = await self._worker.do(self._conversation)
            connection = await self._connect(conversation)
            return await self._converse(connection, conversation) if connection else None
        except Exception as error:  # noqa: BLE001 whatever happens, the device must come back
            end, reason = _end_of_error(error)
            self._is_whole_once = isinstance(error, LeanFrameError)
            if conversation and connection:
                await self._say_goodbye(connection, conversation, reason, end.detail)
            return end
        finally:
            await self._fetching.stop()
            if connection is not None:
                connection.abort()
            if self._clocks.monotonic() - began_at >= GOOD_SECONDS and connection is not None:
                self._backoff.reset()

    def _conversation(self, store: Store) -> Conversation:
        is_whole, self._is_whole_once = self._is_whole_once, False
        return Conversation(store, self._clocks, self._keepalive_s, self._paces, is_whole=is_whole)

    async def _connect(self, conversation: Conversation) -> HubConnection | None:
        """Connect, unless somebody stops it meanwhile, or has waited for long and wants it anew."""
        began_at = self._clocks.monotonic()
        connecting = asyncio.ensure_future(
            connect(self._identity, conversation.hello, self._on_bytes, self._tls, self._patience.seconds)
        )
        stopping = asyncio.ensure_future(self._until_stopping(began_at))
        try:
            await asyncio.wait((connecting, stopping), return_when=asyncio.FIRST_COMPLETED)
            if not connecting.done():
                return None
            connection = connecting.result()
            self._patience.answered(self._clocks.monotonic() - began_at)
            return connection
        except ConnectError as error:
            if error.end.trouble is Trouble.NO_ANSWER:
                self._patience.unanswered()
            raise
        finally:
            for task in (connecting, stopping):
                task.cancel()

    async def _until_stopping(self, began_at: float) -> None:
        while not (self._is_stopping or self._is_restarting or (self._is_connect_now and self._is_long(began_at))):
            await self._nudged.wait()
            self._nudged.clear()

    def _is_long(self, began_at: float) -> bool:
        return self._clocks.monotonic() - began_at >= PATIENCE_SECONDS_MIN

    def _on_bytes(self) -> None:
        self._heard_at = self._clocks.monotonic()

    # -- one connection -----------------------------------------------------------------------------------------------

    async def _converse(self, connection: HubConnection, conversation: Conversation) -> End | None:
        reading = asyncio.ensure_future(connection.read_message())
        was_welcome = False
        deadline = 0.0
        network = network_name(connection.own_address, self._identity.address)
        try:
            await self._worker.do(lambda _: conversation.connected(network))
            while True:
                await self._something_to_do(reading, deadline)
                if self._is_stopping or self._is_restarting:
                    reading.cancel()
                    await self._say_goodbye(connection, conversation, Reason.DONE)
                    return None
                if reading.done():
                    message = reading.result()
                    if message is None:
                        await self._worker.do(lambda _: conversation.broken())
                        return End(Trouble.BROKEN)
                    turn = await self._receive(conversation, message)
                    reading = asyncio.ensure_future(connection.read_message())
                else:
                    turn = await self._poll(conversation)
                if turn.is_welcome and not was_welcome:
                    was_welcome = True
                    self._listener.changed(ConnectionChanged(LinkState.CONNECTED))
                self._listener.turned(turn)
                connection.send(turn.messages)
                self._fetching.turned(turn)
                if turn.ended is not None:
                    return end_of(turn.ended)
                if turn.is_dead:
                    return End(Trouble.SILENT)
                deadline = turn.deadline
        finally:
            reading.cancel()

    async def _something_to_do(self, reading: asyncio.Future[str | bytes | None], deadline: float) -> None:
        """Wait for a message, a nudge, or the timer."""
        if self._nudged.is_set():
            return
        wait = min(max(deadline - self._clocks.monotonic(), 0.0), POLL_SECONDS) if deadline else POLL_SECONDS
        nudge = asyncio.ensure_future(self._nudged.wait())
        try:
            await asyncio.wait((reading, nudge), timeout=wait, return_when=asyncio.FIRST_COMPLETED)
        finally:
            nudge.cancel()

    async def _receive(self, conversation: Conversation, message: str | bytes) -> Turn:
        heard_at = self._heard_at
        turn = await self._worker.do(lambda _: conversation.receive(message, heard_at))
        if turn.events:
            self._backoff.reset()
        return turn

    async def _poll(self, conversation: Conversation) -> Turn:
        self._nudged.clear()
        heard_at, is_grown = self._heard_at, self._is_outbox_grown
        self._is_outbox_grown = self._is_connect_now = False
        turn = await self._worker.do(lambda _: conversation.poll(heard_at, is_nudged=is_grown))
        if self._is_roll_call_asked and turn.is_welcome and not turn.messages:
            self._is_roll_call_asked = False
            turn = await self._worker.do(lambda _: conversation.ask_roll_call())
        return turn

    async def _say_goodbye(
        self, connection: HubConnection, conversation: Conversation, reason: Reason, words: str = ""
    ) -> None:
        connection.send(await self._worker.do(lambda _: conversation.goodbye(reason, words)))
        await connection.closed(GOODBYE_SECONDS)


def _end_of_error(error: Exception) -> tuple[End, Reason]:
    """What an error means for this connection, and the reason to give the hub for ending it."""
    match error:
        case ConnectError():
            return error.end, Reason.DONE
        case LeanFrameError():
            return End(Trouble.PROTOCOL, str(error), LEAN_PAUSE_SECONDS), Reason.PROTOCOL_ERROR
        case RemoteProtocolError():
            return End(Trouble.PROTOCOL, str(error)), Reason.PROTOCOL_ERROR
        case StoreError():
            return End(Trouble.STORE, str(error)), Reason.STORE_FAILED
    _logger.error("the connection to the hub ended by an unexpected error", exc_info=error)
    return End(Trouble.FAILED, type(error).__name__), Reason.STORE_FAILED
