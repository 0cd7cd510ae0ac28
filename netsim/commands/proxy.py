"""`tocsin-netsim proxy`: the embedded Toxiproxy server, for any Toxiproxy client."""

from __future__ import annotations

import asyncio
import random
import secrets
import signal
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from alerts.errors import UserError
from netsim.toxiproxy.address import join
from netsim.toxiproxy.server import EmbeddedServer


def proxy(
    *,
    listen: Annotated[str, Parameter(help="HOST:PORT of the HTTP API; port 0 takes a free one.")] = "127.0.0.1:8474",
    seed: Annotated[
        int | None, Parameter(help="Where all chance comes from; without it a random one, printed.")
    ] = None,
    config: Annotated[Path | None, Parameter(help="JSON file of proxies to create, as Toxiproxy's own.")] = None,
    proxy_metrics: Annotated[
        bool,
        Parameter(negative="", show_default=False, help="Show on /metrics, for Prometheus, the bytes that passed."),
    ] = False,
    runtime_metrics: Annotated[
        bool, Parameter(negative="", show_default=False, help="Show on /metrics how this process is doing.")
    ] = False,
) -> None:
    """Run a server that speaks Toxiproxy's HTTP API, until SIGTERM or SIGINT."""
    host, port = _parse(listen)
    body = _read(config)
    seed = secrets.randbits(32) if seed is None else seed
    server = EmbeddedServer(random.Random(seed), proxy_metrics=proxy_metrics, runtime_metrics=runtime_metrics)
    asyncio.run(_serve(server, host, port, seed, body, str(config)))


async def _serve(server: EmbeddedServer, host: str, port: int, seed: int, config: bytes | None, where: str) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    try:
        address = await server.start(host, port)
        if config is not None:
            await server.populate(config, where)
        _say(f"Toxiproxy's API is on http://{join(address)} (seed {seed})")
        for each in server.proxies.proxies.values():
            _say(f"  {each.name}: {each.listen} -> {each.upstream}{'' if each.enabled else ' (disabled)'}")
        await stopping.wait()
    finally:
        await server.stop()


def _parse(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not (colon and host and port.isdecimal() and int(port) < 65536):
        raise UserError(
            f"--listen {listen}: expected HOST:PORT", hint="For example --listen 127.0.0.1:8474", exit_code=2
        )
    return host.strip("[]"), int(port)


def _read(config: Path | None) -> bytes | None:
    try:
        return config.read_bytes() if config else None
    except OSError as error:
        raise UserError(
            f"cannot read {config}: {error.strerror}", hint="--config names a JSON file of proxies."
        ) from error


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
