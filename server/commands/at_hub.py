"""Where a command finds its hub: the one of a data folder, running or not, or one elsewhere. It is spoken to by the API, always.

    --hub ADDRESS     a hub elsewhere, with a token from --token-file or the environment
    --data FOLDER     the hub that runs on this folder, by the key that it leaves there for commands (server/local_access.py);
                      if none runs, the command opens the hub itself, for as long as it takes

The variables are TOCSIN_API, TOCSIN_API_TOKEN, TOCSIN_API_TOKEN_FILE and TOCSIN_API_CA: those named TOCSIN_HUB_… are the
settings of `serve`, which warns of any that it does not know.
"""

from __future__ import annotations

import ipaddress
import os
import ssl
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import httpx
from cyclopts import Group, Parameter

from alerts.errors import UserError
from server.commands.data import DEFAULT, VARIABLE
from server.commands.hub_api import ANSWER_S, CONNECT_S, HubApi, hub_address
from server.local_access import LocalHub, PinnedContext, find
from server.store.folder import DATABASE, Folder, FolderInUseError

PATIENCE_S = 10.0
"""How long a command waits for a hub that is just starting or stopping, or for another command."""
LOOK_S = 0.05
EXIT_USAGE = 2

GROUP = Group("Which hub", sort_key=9)
HUB_VARIABLE = "TOCSIN_API"
TOKEN_VARIABLE = "TOCSIN_API_TOKEN"  # noqa: S105 - a variable's name
TOKEN_FILE_VARIABLE = "TOCSIN_API_TOKEN_FILE"  # noqa: S105
CA_VARIABLE = "TOCSIN_API_CA"


@Parameter(name="*")
@dataclass(frozen=True)
class Where:
    """The flags that say which hub is meant."""

    data: Annotated[
        Path | None,
        Parameter(
            group=GROUP, help=f"The data folder of a hub on this machine. [env var: {VARIABLE}] [default: {DEFAULT}]"
        ),
    ] = None
    hub: Annotated[
        str | None,
        Parameter(
            group=GROUP, help=f"The address of a hub elsewhere, like https://hub.example. [env var: {HUB_VARIABLE}]"
        ),
    ] = None
    token_file: Annotated[
        Path | None,
        Parameter(
            group=GROUP,
            allow_leading_hyphen=True,
            help=f"A file with the token for that hub; - is standard input. [env var: {TOKEN_FILE_VARIABLE}, or the token "
            f"itself in {TOKEN_VARIABLE}]",
        ),
    ] = None
    ca: Annotated[
        Path | None,
        Parameter(group=GROUP, help=f"Certificates (PEM) to trust that hub's by. [env var: {CA_VARIABLE}]"),
    ] = None


HERE = Where()


@contextmanager
def at_hub(where: Where = HERE, *, make: bool = False, running: bool = False) -> Iterator[HubApi]:
    """The hub that is meant, to be asked by its API.

    `make`: where there is no hub's data yet, make some. `running`: a hub that is opened for this command will not do, because
    nothing would happen at it. Raises UserError.
    """
    environment = os.environ
    address = _address(where, environment)
    with ExitStack() as stack:
        if address is not None:
            token = _token(where, environment)
            _warn_if_readable(address)
            api = HubApi(lambda: _client(address, token, _trust(where, environment)))
        else:
            folder = where.data or Path(environment.get(VARIABLE) or DEFAULT)
            _check_folder(folder, make=make)
            api = HubApi(_AtFolder(folder, stack, running=running).open)
        yield stack.enter_context(api)


# -- a hub elsewhere --------------------------------------------------------------------------------------------------


def _address(where: Where, environment: Mapping[str, str]) -> str | None:
    if where.hub is not None and where.data is not None:
        raise UserError("--hub and --data name two hubs; which is meant?", "Leave one out.", EXIT_USAGE)
    if where.hub is None and where.data is not None:
        return None
    written = where.hub or environment.get(HUB_VARIABLE)
    return hub_address(written) if written else None


def _token(where: Where, environment: Mapping[str, str]) -> str:
    said = environment.get(TOKEN_VARIABLE, "")
    named = environment.get(TOKEN_FILE_VARIABLE)
    file = where.token_file or (Path(named) if named and not said else None)
    token = said if file is None else _read_token(file)
    token = token.strip()
    if not token:
        raise UserError(
            "a hub elsewhere asks for a token",
            f"Name a file with it by --token-file, or set {TOKEN_VARIABLE}. (As an argument others would see it.)",
            EXIT_USAGE,
        )
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UserError("the token is none: it has spaces, or characters that no token has", "", EXIT_USAGE)
    return token


def _read_token(file: Path) -> str:
    try:
        return sys.stdin.readline() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        words = getattr(error, "strerror", None) or "it is not text"
        raise UserError(f"the token cannot be read from {file}: {words}", "Check --token-file.", EXIT_USAGE) from None


def _trust(where: Where, environment: Mapping[str, str]) -> ssl.SSLContext:
    named = environment.get(CA_VARIABLE)
    file = where.ca or (Path(named) if named else None)
    try:
        return ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as error:
        words = error.strerror if isinstance(error, FileNotFoundError) else f"no certificates (PEM): {error}"
        raise UserError(f"--ca {file} cannot be used: {words}", "Give a file with certificates.", EXIT_USAGE) from None


def _warn_if_readable(address: str) -> None:
    url = httpx.URL(address)
    if url.scheme == "http" and not _is_loopback(url.host):
        sys.stderr.write(
            f"Note: {address} is not encrypted; what is sent there can be read on the way, the token too.\n"
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _client(address: str, token: str, verify: ssl.SSLContext, *, is_local: bool = False) -> httpx.Client:
    return httpx.Client(
        base_url=address,
        headers={"Authorization": f"Bearer {token}", "User-Agent": "tocsin-hub"},
        timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
        verify=verify,
        trust_env=not is_local,
    )


# -- the hub of a data folder -----------------------------------------------------------------------------------------


def _check_folder(folder: Path, *, make: bool) -> None:
    try:
        is_hubs = (folder / DATABASE).is_file()
    except PermissionError:
        raise _not_allowed(folder) from None
    if not is_hubs and not make:
        raise UserError(
            f"there is no hub's data in {folder}",
            "Name the data folder of a hub with --data, or a hub elsewhere with --hub.",
        )


def _not_allowed(folder: Path) -> UserError:
    return UserError(
        f"this user may not read the hub's data folder {folder}",
        "Run the command as the user that the hub runs as, or name the hub with --hub and give a token.",
    )


class _AtFolder:
    """Connections to the hub of a folder. `stack` ends a hub that was opened for them."""

    def __init__(self, folder: Path, stack: ExitStack, *, running: bool) -> None:
        self._folder = folder
        self._stack = stack
        self._running = running

    def open(self) -> httpx.Client:
        """A connection to the hub that is there now. Raises UserError."""
        end = time.monotonic() + PATIENCE_S
        while True:
            found = self._find()
            if found is not None and (client := _answering(found)) is not None:
                return client
            if time.monotonic() > end:
                raise UserError(
                    f"a hub, or another command, holds {self._folder} and does not answer",
                    "Is it starting, or stopped half way? Look at its log, or try again.",
                )
            time.sleep(LOOK_S)

    def _find(self) -> LocalHub | None:
        """The running hub, or our own; None: look again."""
        place = Folder(self._folder)
        if not place.try_lock():
            try:
                return find(self._folder)
            except PermissionError:
                raise _not_allowed(self._folder) from None
        place.unlock()
        if self._running:
            raise UserError(
                f"no hub runs on {self._folder}",
                "Start it with tocsin-hub serve; this command shows what happens at a running hub.",
            )
        return self._open_own()

    def _open_own(self) -> LocalHub | None:
        from server.commands.own_hub import own_hub  # a running hub is asked without loading one

        try:
            return self._stack.enter_context(own_hub(self._folder))
        except FolderInUseError:
            return None  # somebody was quicker


def _answering(hub: LocalHub) -> httpx.Client | None:
    """A connection to a hub on this machine; None: it does not answer (any more, or yet), or not to this key: what was found may
    be what a hub that was killed has left, and the one that follows it at the same address has not written its own yet."""
    client = _client(hub.address, hub.bearer, PinnedContext.of(hub.certificate or "none"), is_local=True)
    try:
        client.get("/v1/session").raise_for_status()
    except httpx.HTTPError:
        client.close()
        return None
    return client
