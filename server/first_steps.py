"""What `tocsin-hub serve --first-steps` says to somebody who starts a hub for the first time, and what it makes for that."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

from server.hub import Hub, Role

FIRST_TOKEN = "first-author"  # noqa: S105 - the token's name
EXAMPLE = (
    '{"alert": {"sender": "ops@health.example", "status": "Actual", "msgType": "Alert", "scope": "Public", "info": [{"language":'
    ' "en", "category": ["Health"], "event": "Boil water", "urgency": "Immediate", "severity": "Severe", "certainty":'
    ' "Observed", "headline": "Boil all drinking water until further notice", "area": [{"areaDesc": "Everywhere"}]}]},'
    ' "audience": {"everyone": true}}'
)


async def first_steps(hub: Hub, address: str, data: Path, setup_code: str | None = None) -> str:
    """The words. On a fresh data folder an author's token and an enrolment code are made, and shown this once.

    `setup_code`: with which the first account of the console is made, where nobody has one.
    """
    if await hub.tokens():
        return _again(address, data, setup_code)
    token = await hub.make_token(Role.AUTHOR, FIRST_TOKEN)
    code = await hub.make_enrolment_code()
    return _first(address, data, token, code, setup_code)


def _console(address: str, setup_code: str | None) -> str:
    if setup_code is None:
        return f"Sign in to the console: open {address}/"
    return f"""Open the console in a browser, and make your account with this setup code (it holds until the hub stops):

    {address}/

    {setup_code}"""


def _first(address: str, data: Path, token: str, code: str, setup_code: str | None) -> str:
    return f"""
The hub is at {address}, its data in {data}. The API: {address}/v1/docs

{_console(address, setup_code)}

An author's token, shown this once (only its hash is kept):

    {token}

Join a first device, in another terminal (the code works once), and watch what it gets:

    {command("tocsin-field")} join {address} {code}
    {command("tocsin-field")} run

Publish an alert to it:

    curl -sS {address}/v1/alerts -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{EXAMPLE}'

On this machine commands need no token:

{_more(data)}
Ctrl-C stops the hub.
"""


def _again(address: str, data: Path, setup_code: str | None) -> str:
    return f"""
The hub is at {address}, its data in {data} as before. The API: {address}/v1/docs

{_console(address, setup_code)}

Tokens are shown only when they are made. On this machine commands need none:

{_more(data)}
Ctrl-C stops the hub.
"""


def _more(data: Path) -> str:
    hub, folder = command("tocsin-hub"), shlex.quote(str(data))
    words = "--event Test --severity Minor --headline 'Only a test' --sender ops@health.example"
    return f"""    {hub} alert publish --everyone {words} --data {folder}
    {hub} alert watch --data {folder}
    {hub} token make --role author --name NAME --data {folder}
    {hub} device code --data {folder}
"""


def command(name: str) -> str:
    """How a command of this installation is called from here: by its name if that finds it, else by its path."""
    own = Path(sys.executable).parent / name
    found = shutil.which(name)
    if not own.exists() or (found and Path(found).resolve() == own.resolve()):
        return name
    try:
        return shlex.quote(str(own.relative_to(Path.cwd())))
    except ValueError:
        return shlex.quote(str(own))
