"""`tocsin-hub serve`: run the hub."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import structlog
from cyclopts import Parameter

from server.first_steps import first_steps as words_of_first_steps
from server.logs import set_up_logs
from server.process import HubProcess, raise_file_limit, run
from server.settings import Settings, load_settings, unknown_variables

Flag = Annotated[bool, Parameter(negative=())]


def serve(
    *,
    data: Path | None = None,
    host: str | None = None,
    port: int | None = None,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    config: Path | None = None,
    log_format: Literal["console", "json"] | None = None,
    log_level: Literal["debug", "info", "warning", "error"] | None = None,
    ready_file: Path | None = None,
    first_steps: Flag = False,
) -> None:
    """Run the hub until SIGTERM or Ctrl-C. A second one stops it at once.

    Every setting can also stand in the environment (TOCSIN_HUB_PORT=8400) and in a TOML file; flags go before the
    environment, the environment before the file. docs/hub.md lists them all, the limits too.

    Parameters
    ----------
    data
        The data folder. [default: .tocsin]
    host
        The address to listen at. [default: 127.0.0.1]
    port
        The port; 0 takes a free one. [default: 8400]
    tls_cert
        A certificate chain (PEM); with --tls-key the hub speaks TLS.
    tls_key
        The certificate's key (PEM).
    config
        A TOML file with settings; also TOCSIN_HUB_CONFIG.
    log_format
        How the log is written to standard error. [default: console]
    log_level
        What is logged. [default: info]
    ready_file
        A file that is there as long as the hub listens: JSON with its address, port and process.
    first_steps
        On a fresh data folder make an author's token and an enrolment code, and say what to do with them. While nobody has an
        account, show the setup code with which the first is made on the console.
    """
    flags = {
        "data": data,
        "host": host,
        "port": port,
        "tls_cert": tls_cert,
        "tls_key": tls_key,
        "log_format": log_format,
        "log_level": log_level,
    }
    settings = load_settings(flags, os.environ, config)
    set_up_logs(settings.log_format, settings.log_level)
    for name in unknown_variables(os.environ):
        structlog.get_logger("server").warning("a variable names no setting", variable=name)
    raise_file_limit()
    asyncio.run(_run(settings, ready_file, first_steps))


async def _run(settings: Settings, ready_file: Path | None, with_first_steps: bool) -> None:
    async def started(process: HubProcess) -> None:
        if with_first_steps:
            setup_code = await process.accounts.signing_in.setup_code()
            sys.stdout.write(await words_of_first_steps(process.hub, process.address, settings.data, setup_code))
        else:
            sys.stdout.write(f"tocsin-hub listening on {process.address}\n")
        sys.stdout.flush()

    await run(settings, ready_file=ready_file, started=started)
