"""`tocsin-hub device`: enrolment codes, the list of devices, revocation."""

from __future__ import annotations

import json as json_text
import sys
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number
from rich.table import Table

from alerts.cap.language import ALL, is_well_formed
from alerts.errors import UserError
from server.api.types import DeviceAnswer, maybe_time_of, time_of
from server.commands.beside import Data, Json, now, opened, show
from server.commands.data import DEFAULT
from server.publish import check_roles
from server.store import areas, codes, devices
from server.store.codes import Grant

app = App(name="device", help="Devices: make an enrolment code, list, revoke. Also while the hub runs.")

Several = Annotated[list[str] | None, Parameter(negative=())]
DAYS_MAX = 90


@app.command
def code(
    *,
    area: Several = None,
    role: Several = None,
    language: Several = None,
    name: str = "",
    days: Annotated[int, Parameter(validator=Number(gte=1, lte=DAYS_MAX))] = 7,
    data: Data = DEFAULT,
) -> None:
    """Make a code that enrols one device, once.

    Parameters
    ----------
    area
        An area that the device is in; repeat it for more. Without any it gets what is for everyone, or for it by name.
    role
        A role of its user; repeat it for more.
    language
        A language (BCP 47), best first; repeat it for more. Without any the device chooses.
    name
        What ops call the device; if empty, what it calls itself.
    days
        How long the code can be used.
    """
    for tag in language or ():
        if tag != ALL and not is_well_formed(tag):
            raise UserError(f"{tag!r} is no language tag", "Write BCP 47 tags, like sw or pt-MZ; * asks for all.")
    grant = Grant(name, tuple(area or ()), tuple(role or ()), tuple(language) if language else None)
    made = codes.make_code()
    with opened(data, make=True) as db:
        check_roles(grant.roles)
        reports = areas.check_areas(db, grant.areas)
        codes.store_code(db, codes.hash_code(made, codes.ensure_salt(db)), grant, now(), days * 86_400)
    sys.stdout.write(f"{made}\n")
    sys.stderr.write(f"On the device, within {days} days: tocsin-field join ADDRESS {made}\n")
    for report in reports:
        sys.stderr.write(f"Note: {report}\n")


@app.command(name="list")
def list_(*, data: Data = DEFAULT, json: Json = False) -> None:
    """List all devices, the revoked ones too, with how far they have the log."""
    with opened(data) as db:
        rows = devices.devices(db)
    if json:
        listed = [DeviceAnswer.of(row, connected=False).model_dump(mode="json", exclude={"connected"}) for row in rows]
        sys.stdout.write(json_text.dumps(listed, ensure_ascii=False) + "\n")
        return
    table = Table("device", "name", "areas", "roles", "languages", "last seen", "cursor", "enrolled", "revoked")
    for row in rows:
        said = DeviceAnswer.of(row, connected=False)
        table.add_row(
            *(row.device, row.name, " ".join(row.areas), " ".join(row.roles), " ".join(said.languages)),
            *(
                said.last_seen or "never",
                str(row.cursor),
                time_of(row.enrolled_at),
                maybe_time_of(row.revoked_at) or "",
            ),
        )
    show(table)


@app.command
def revoke(device: str, *, data: Data = DEFAULT) -> None:
    """Revoke a device's credential. A running hub closes its connections within a second.

    Parameters
    ----------
    device
        The device's identifier, as listed.
    """
    with opened(data) as db:
        devices.revoke(db, device, now())
    sys.stdout.write(f"The device {device} is revoked. To come back it must join anew.\n")
