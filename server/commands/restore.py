"""`tocsin-hub restore`: put a backup in the place of the hub's database, without letting in who was shut out since."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.console import Console
from rich.prompt import Confirm

from alerts.errors import UserError
from server import audit_head
from server.audit import AuditHead
from server.commands import data
from server.local_access import plain_name, user_name
from server.store import audit
from server.store.credentials import LOCAL
from server.store.database import open_database
from server.store.folder import Folder
from server.store.restoring import Forgotten, Restoring

app = App(name="restore", help="Put a backup in the place of the hub's database. The hub must not run.")

EXIT_UNDECIDED = 2


@app.default
def restore(
    file: Path,
    /,
    *,
    revoke_again: Annotated[bool, Parameter(negative=())] = False,
    keep: Annotated[bool, Parameter(negative=())] = False,
    data_dir: Annotated[Path, data.PARAMETER] = data.DEFAULT,
) -> None:
    """Put the backup FILE in the place of the hub's database; what stood there is kept beside it.

    Tokens and devices that were revoked after the backup was made are valid in it. They are listed, and you are asked
    whether to revoke them again. At its next start the hub begins a new epoch: devices that come back compare what they hold
    and report what the backup does not know.

    Parameters
    ----------
    file
        A file that `tocsin-hub backup` made.
    revoke_again
        Revoke again what was revoked since, without asking.
    keep
        Leave what was revoked since valid, as it is in the backup, without asking.
    data_dir
        The hub's data folder.
    """
    if revoke_again and keep:
        raise UserError("--revoke-again and --keep contradict each other", "Give one of them.", EXIT_UNDECIDED)
    console = Console(soft_wrap=True, highlight=False)
    folder = Folder(data_dir)
    folder.lock(wait_s=0)
    try:
        restoring = Restoring(folder, file)
        try:
            forgotten = restoring.compare()
            _tell(console, forgotten)
            if forgotten and _is_revoking(console, forgotten, revoke_again=revoke_again, keep=keep):
                restoring.revoke_again(forgotten)
            kept = restoring.finish(forgotten, f"{LOCAL}{plain_name(user_name())}")
            audit_head.keep(folder.path, head_of(folder.database))
        except BaseException:
            restoring.discard()
            raise
    finally:
        folder.unlock()
    console.print(f"restored {folder.database} from {file}", markup=False)
    if kept:
        console.print(f"what stood there is kept as {kept}", markup=False)


def _tell(console: Console, forgotten: Forgotten | None) -> None:
    """What the backup does not know."""
    if forgotten is None:
        console.print("The present database cannot be read: check yourself who was revoked since the backup was made.")
        return
    if forgotten.head > forgotten.copy_head:
        console.print(
            f"Not in the backup: numbers {forgotten.copy_head + 1} to {forgotten.head} of the log "
            "(devices that hold those alerts will say so)."
        )
    for what, names in (("tokens", forgotten.tokens_made), ("devices", forgotten.devices_enrolled)):
        if names:
            console.print(f"Not in the backup, to be made anew: {what} {', '.join(names)}.", markup=False)
    for name, at in forgotten.tokens_revoked:
        console.print(f"Revoked since: token {name} ({_time(at)})", markup=False)
    for device, name, at in forgotten.devices_revoked:
        console.print(f"Revoked since: device {device}, {name} ({_time(at)})", markup=False)
    for name, at in forgotten.people_closed:
        console.print(f"Closed since: the account of {name} ({_time(at)})", markup=False)
    console.print("Passwords, roles and areas of people are as the backup has them; everybody has to sign in again.")


def head_of(database: Path) -> AuditHead:
    """How far the audit log of a database goes that nobody uses."""
    db = open_database(database)
    try:
        return audit.head(db)
    finally:
        db.close()


def _is_revoking(console: Console, forgotten: Forgotten, *, revoke_again: bool, keep: bool) -> bool:
    """Whether to revoke again; asks if it was not said. Raises UserError: there is nobody to ask."""
    count = len(forgotten.tokens_revoked) + len(forgotten.devices_revoked) + len(forgotten.people_closed)
    if not count or revoke_again or keep:
        return bool(count) and revoke_again
    if not sys.stdin.isatty():
        raise UserError(
            f"{count} tokens, devices and accounts were revoked or closed after the backup was made; nothing was restored",
            "Say --revoke-again to revoke them again, or --keep to leave them valid.",
            EXIT_UNDECIDED,
        )
    return Confirm.ask("Revoke them again?", console=console, default=True)


def _time(seconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))
