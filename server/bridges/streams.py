"""Who follows a hub at once: streams, waiting polls, STOMP connections. Bounded, counted, and ended when the hub stops."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from server.api.operation import VIEWERS
from server.api.problems import ProblemError
from server.hub import Credential, Hub, Revoked

RECHECKED_AFTER_S = 1.0
"""A token is looked up again before something is sent, if this has passed since: one that was revoked is sent nothing new."""

RETRY_AFTER_S = 30

Result = TypeVar("Result")


class Streams:
    """All that follow, together. Lives on the event loop."""

    def __init__(self, total_max: int, per_token_max: int) -> None:
        self._total_max = total_max
        self._per_token_max = per_token_max
        self._by_token: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._is_stopping = False
        self.count = 0

    @contextmanager
    def place(self, name: str) -> Iterator[None]:
        """A place for somebody who holds the token of this name. Raises ProblemError: there is none."""
        retry = {"Retry-After": str(RETRY_AFTER_S)}
        if self._is_stopping:
            raise ProblemError("stopping", headers={"Retry-After": "5"})
        if self.count >= self._total_max:
            words = f"{self._total_max} programs follow this hub, and no more can (limits.streams_max)"
            raise ProblemError("overloaded", words, headers=retry)
        if self._by_token[name] >= self._per_token_max:
            words = (
                f"{self._per_token_max} programs follow with this token, and no more can (limits.streams_per_token_max)"
            )
            raise ProblemError("rate-limited", words, headers=retry)
        self.count += 1
        self._by_token[name] += 1
        try:
            yield
        finally:
            self.count -= 1
            self._by_token[name] -= 1
            if not self._by_token[name]:
                del self._by_token[name]

    def begin(self, work: Coroutine[Any, Any, Result]) -> asyncio.Task[Result]:
        """Do something that ends, at the latest, when the hub stops: the task is cancelled then."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def stop(self) -> None:
        """End all."""
        self._is_stopping = True
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


async def follower_of(hub: Hub, secret: str, *, not_a_device: str, no_token: str) -> Credential:
    """Whose token this is that wants to follow over a connection. Raises ProblemError: a device's (`not_a_device` says what it
    does not open), unknown, or none came (`no_token` says where it would stand)."""
    found = await hub.authenticate(secret) if secret else None
    if found is not None and found.role in VIEWERS:
        return found
    device = await hub.authenticate_device(secret) if secret else None
    if isinstance(device, Revoked):
        raise ProblemError("credential-revoked", "the token is that of a device, and was revoked")
    if device is not None:
        raise ProblemError("forbidden", f"the token is a device's: it opens /v1/connect, not {not_a_device}")
    raise ProblemError("unauthorized", "the token is unknown here, or was revoked" if secret else no_token)


class Holder:
    """Who holds a token (or what else `authenticate` knows), as it is now: a stream outlives what it began with."""

    def __init__(
        self,
        hub: Hub,
        secret: str,
        credential: Credential,
        authenticate: Callable[[str], Awaitable[Credential | None]] | None = None,
    ) -> None:
        self._hub = hub
        self._authenticate = authenticate or hub.authenticate
        self._secret = secret
        self._checked_at = hub.clock.monotonic()
        self.credential = credential

    async def is_valid(self) -> bool:
        """Whether the token still holds; `credential` then is what it allows now. Raises StoreError."""
        now = self._hub.clock.monotonic()
        if now - self._checked_at < RECHECKED_AFTER_S:
            return True
        found = await self._authenticate(self._secret)
        if found is None:
            return False
        self._checked_at, self.credential = now, found
        return True
