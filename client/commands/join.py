"""`tocsin-field join`: a one-time code becomes this device's identity."""

from __future__ import annotations

import asyncio
import platform
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from alerts.errors import UserError
from client import joining
from client.address import hub_address, invitation, is_in_the_clear
from client.exits import ExitCode
from client.joining import Application
from client.settings import Data, data_folder


def join(
    address: str,
    code: str = "",
    *,
    name: Annotated[str | None, Parameter(help="What ops call this device; the machine's name if not given.")] = None,
    language: Annotated[
        list[str] | None,
        Parameter(
            help="A language for alerts (BCP 47), best first; repeat it for more. `*` asks for all.", negative=()
        ),
    ] = None,
    ca: Annotated[
        Path | None, Parameter(help="Certificates (PEM) to check the hub's against, for a hub of one's own.")
    ] = None,
    again: Annotated[bool, Parameter(help="Join once more, as a new device; the inbox stays.", negative=())] = False,
    data: Data = None,
) -> None:
    """Join a hub with a one-time code.

    Parameters
    ----------
    address
        The hub, such as https://hub.example; or all that the QR code of an enrolment sheet says.
    code
        The one-time code that the hub's operators gave you; a QR code has it.
    """
    address, code = invitation(address, code)
    if ca is not None and not ca.is_file():
        raise UserError(f"{ca}: no such file", "--ca names a PEM file.", exit_code=ExitCode.USAGE)
    languages = tuple(language or ())
    application = Application(
        address, code, platform.node() if name is None else name, languages, str(ca.resolve()) if ca else None
    )
    folder = data_folder(data)
    identity = asyncio.run(joining.join(folder, application, again=again))
    sys.stdout.write(f"Joined {identity.address} as device {identity.device}. Its store is in {folder}.\n")
    if is_in_the_clear(hub_address(address)):
        sys.stdout.write("Note: this address is not encrypted (http); anyone on the way can read along.\n")
    sys.stdout.write("Now: tocsin-field run\n")
