"""Where a device's data lies, for all commands."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Annotated

import platformdirs
from cyclopts import Parameter

from alerts.errors import UserError
from client.clocks import system_clocks
from client.dictionaries import Dictionaries
from client.exits import ExitCode
from client.store import Store
from client.store.store import FILE

DATA_VARIABLE = "TOCSIN_FIELD_DATA"
DICTIONARIES_VARIABLE = "TOCSIN_FIELD_DICTIONARIES"

Data = Annotated[
    Path | None,
    Parameter(name="--data", env_var=DATA_VARIABLE, help="The device's data folder; each device has one of its own."),
]
DictionariesSetting = Annotated[Dictionaries, Parameter(name="--dictionaries", env_var=DICTIONARIES_VARIABLE)]
Json = Annotated[bool, Parameter(name="--json", negative=(), help="For machines: JSON, one object a line.")]


def data_folder(given: Path | None) -> Path:
    """The data folder: the one given, or this user's own."""
    return given.expanduser() if given else Path(platformdirs.user_data_dir("tocsin-field", appauthor=False))


def open_store(given: Path | None) -> Store:
    """The store of a device that has joined, beside a link that another process may run.

    Raises UserError: there is none.
    """
    folder = data_folder(given)
    if not (folder / FILE).is_file():
        raise not_joined(folder)
    store = Store(folder, system_clocks(), random.SystemRandom())
    if store.identity() is None:
        store.close()
        raise not_joined(folder)
    return store


def not_joined(folder: Path) -> UserError:
    """There is no device in this folder."""
    return UserError(
        f"the store in {folder} has not joined a hub",
        "Ask your hub's operators for a one-time code, then: tocsin-field join ADDRESS CODE",
        exit_code=ExitCode.NOT_JOINED,
    )
