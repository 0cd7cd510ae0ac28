"""A hub in the process of a command, for a data folder on which no hub runs: on the loopback, for as long as the command.

It is the hub itself, so that a command does the same whether the service is stopped or not. Devices and other programs do not
find it.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path

import structlog

from server.local_access import LocalHub, make_key
from server.logs import set_up_logs
from server.process import HubProcess
from server.settings import Settings, load_settings


@contextmanager
def own_hub(data: Path) -> Iterator[LocalHub]:
    """Open the folder, serve it on a free port, and stop. Raises UserError: another hub has the folder, …"""
    if not structlog.is_configured():
        set_up_logs("console", "error")
    started: Future[LocalHub] = Future()
    loop = asyncio.new_event_loop()
    enough = asyncio.Event()
    thread = threading.Thread(target=_serve, args=(loop, _settings(data), enough, started), name="hub")
    thread.start()
    try:
        yield started.result()
    finally:
        loop.call_soon_threadsafe(enough.set)
        thread.join()
        loop.close()


def _settings(data: Path) -> Settings:
    """What the service would have, so far as the environment says it, on the loopback."""
    found = load_settings({"data": data}, os.environ)
    loopback = {"host": "127.0.0.1", "port": 0, "tls_cert": None, "tls_key": None}
    return found.model_copy(update={**loopback, "dictionary_training": "off"})


def _serve(
    loop: asyncio.AbstractEventLoop, settings: Settings, enough: asyncio.Event, started: Future[LocalHub]
) -> None:
    async def serve() -> None:
        key = make_key()
        process = HubProcess(settings, command_key=key)
        try:
            await process.start()
            started.set_result(LocalHub(process.address, key))
        except BaseException as error:  # noqa: BLE001 - it is raised where it was asked for
            started.set_exception(error)
            return
        await enough.wait()
        await process.stop()

    loop.run_until_complete(serve())
