"""`tocsin-hub device`: enrolment codes, who there is, where they are, revocation."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import App, Parameter
from cyclopts.validators import Number
from peewee import chunked

from alerts.errors import UserError
from server.commands import importing, output
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.composing import EXIT_USAGE
from server.commands.hub_api import part
from server.commands.output import Flag, Json, Several, Table
from server.commands.sheet_page import write_page

app = App(name="device", help="Devices: import, print enrolment codes, list, show, move, rename, revoke.")

CODES_A_REQUEST = 20
CODES_MAX = 1000

DAYS_MAX = 90
Device = Annotated[str, Parameter(name="DEVICE", help="The device's identifier, as listed.")]


@app.command
def code(
    *,
    area: Several = None,
    role: Several = None,
    language: Several = None,
    name: str = "",
    days: Annotated[int, Parameter(validator=Number(gte=1, lte=DAYS_MAX))] = 7,
    where: Where = HERE,
    json: Json = False,
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
    asked = {"areas": area or [], "roles": role or [], "languages": language, "name": name}
    with at_hub(where, make=True) as api:
        made = api.post("/v1/enrolment-codes", {**asked, "valid_seconds": days * 86_400})
        address = api.address if where.hub else "ADDRESS"

    def tell(made: dict[str, Any]) -> None:
        output.say(made["code"])
        output.note(f"On the device, within {days} days: tocsin-field join {address} {made['code']}")
        output.notes(made["reports"])

    output.answer(made, tell, json=json)


@app.command(name="list")
def list_(
    *, area: Several = None, role: Several = None, text: str | None = None, where: Where = HERE, json: Json = False
) -> None:
    """List all devices, the revoked ones too, with how far they have the log.

    Parameters
    ----------
    area
        Only those in this area; repeat it for more.
    role
        Only those with this role; repeat it for more.
    text
        Only those with this in their name, identifier, reference or phone number.
    """
    with at_hub(where) as api:
        rows = api.get("/v1/devices", area=area, role=role, text=text)["devices"]
    headings = ("device", "name", "areas", "roles", "languages", "last seen", "cursor", "enrolled", "revoked")
    output.answer_rows(rows, headings, _cells, json=json)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        *(row["device"], row["name"], " ".join(row["areas"]), " ".join(row["roles"]), " ".join(row["languages"])),
        *(_seen(row), str(row["cursor"]), output.when(row["enrolled_at"]), output.when(row["revoked_at"])),
    )


@app.command
def show(device: Device, /, *, where: Where = HERE, json: Json = False) -> None:
    """Show one device."""
    with at_hub(where) as api:
        output.answer(api.get(f"/v1/devices/{part(device)}"), _show, json=json)


@app.command
def move(
    *devices: Annotated[str, Parameter(name="DEVICE", help="Devices by their identifiers.")],
    inside: Annotated[list[str] | None, Parameter(name="--in", negative=())] = None,
    having: Annotated[list[str] | None, Parameter(name="--having", negative=())] = None,
    area: Several = None,
    no_area: Flag = False,
    role: Several = None,
    no_role: Flag = False,
    dry_run: Flag = False,
    where: Where = HERE,
    json: Json = False,
) -> int:
    """Move devices to other areas, or give their users other roles.

    What is in force for them there then reaches them; what no longer is for them is marked so on them.

    Parameters
    ----------
    inside
        Instead of naming devices: all that are in this area; repeat it for more.
    having
        Instead of naming devices: all with this role; repeat it for more. With --in both must hold.
    area
        An area that they are in from now on, instead of those before; repeat it for more.
    no_area
        They are in no area from now on.
    role
        A role of their users from now on, instead of those before; repeat it for more.
    no_role
        Their users have no role from now on.
    dry_run
        Say what would be moved, and move nothing.
    """
    change = {"areas": _instead("area", area, no_area), "roles": _instead("role", role, no_role)}
    if change["areas"] is None and change["roles"] is None:
        raise UserError("where to?", "Give --area or --role, which take the place of those before.", EXIT_USAGE)
    is_filter = bool(inside or having)
    if bool(devices) == is_filter:
        raise UserError("which devices?", "Name them, or say --in AREA or --having ROLE, not both.", EXIT_USAGE)
    with at_hub(where) as api:
        if len(devices) == 1 and not dry_run:
            output.answer(api.patch(f"/v1/devices/{part(devices[0])}", change), _show, json=json)
            return 0
        which = {"where": {"areas": inside or [], "roles": having or []}} if is_filter else {"devices": list(devices)}
        found = api.post("/v1/devices/move", {**which, **change}, dry_run=dry_run)
    output.answer(found, partial(_say_moved, dry_run=dry_run), json=json)
    return 1 if found["failed"] else 0


def _say_moved(found: dict[str, Any], *, dry_run: bool) -> None:
    for row in found["devices"]:
        words = row["problem"] or f"{' '.join(row['areas']) or 'no area'}; {', '.join(row['roles']) or 'no role'}"
        output.say(f"{row['outcome']:<9} {row['device']}  {row['name']}: {words}")
    would = "would be " if dry_run else ""
    output.say(f"{found['moved']} {would}moved, {found['unchanged']} unchanged, {found['failed']} cannot be.")


def _instead(name: str, given: list[str] | None, is_none: bool) -> list[str] | None:
    if given and is_none:
        raise UserError(f"--{name} and --no-{name} are both given", "Leave one out.", EXIT_USAGE)
    return [] if is_none else given or None


def _change(device: str, change: dict[str, Any], where: Where, json: bool) -> None:
    with at_hub(where) as api:
        output.answer(api.patch(f"/v1/devices/{part(device)}", change), _show, json=json)


@app.command
def rename(
    device: Device,
    name: Annotated[str, Parameter(name="NAME", help="What ops call it.")],
    /,
    *,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Give a device another name."""
    _change(device, {"name": name}, where, json)


@app.command
def supervisor(
    device: Device,
    contact: Annotated[str, Parameter(name="CONTACT", help="A contact's name; empty: nobody.")],
    /,
    *,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Say which contact rules call a device's supervisor."""
    _change(device, {"supervisor": contact}, where, json)


@app.command
def phone(
    device: Device,
    number: Annotated[str, Parameter(name="NUMBER", help="Where its user is called; empty: not known.")],
    /,
    *,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Say where a device's user is called, when the device cannot be reached."""
    _change(device, {"phone": number}, where, json)


@app.command
def languages(
    device: Device,
    *language: Annotated[str, Parameter(name="LANGUAGE", help="A language (BCP 47), best first; * asks for all.")],
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Set the languages that a device gets alerts in. It is sent the alerts in force again in them, without another alarm."""
    if not language:
        raise UserError("which languages?", "Write them best first, like: sw en", EXIT_USAGE)
    _change(device, {"languages": list(language)}, where, json)


@app.command
def revoke(device: Device, /, *, where: Where = HERE) -> None:
    """Revoke a device's credential. A running hub closes its connections at once."""
    with at_hub(where) as api:
        api.delete(f"/v1/devices/{part(device)}")
    output.say(f"The device {device} is revoked. To come back it must join anew.")


# -- the roster -------------------------------------------------------------------------------------------------------


@app.command(name="import")
def import_(
    file: Annotated[Path, Parameter(name="FILE")],
    /,
    *,
    dry_run: Flag = False,
    where: Where = HERE,
    json: Json = False,
) -> int:
    """Import devices that are expected, and change those that are enrolled: all rows of a table, or none.

    Parameters
    ----------
    file
        CSV in UTF-8 with the column reference (the ministry's own number of each device or user), and any of name, areas,
        facility, roles, languages, supervisor, phone. A column that is missing leaves what there is.
    dry_run
        Say what would change, and change nothing.
    """
    data = importing.read_file(file)
    with at_hub(where, make=True) as api:
        found = importing.import_table(api, "devices", data, dry_run=dry_run)
    return importing.show(found, "devices", json=json)


@app.command
def export(*, where: Where = HERE) -> None:
    """Print all devices, enrolled and expected, as CSV with the headings that an import takes."""
    with at_hub(where) as api:
        importing.print_table(api, "devices")


@app.command
def roster(
    *,
    area: Several = None,
    state: Literal["expected", "printed", "enrolled", "revoked"] | None = None,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """List the devices that were imported: which are expected, which have a printed code, which are enrolled.

    Parameters
    ----------
    area
        Only those in this area; repeat it for more.
    state
        Only those of which it is so far.
    """
    with at_hub(where) as api:
        rows = api.get("/v1/roster", area=area, state=state)["rows"]
    headings = ("reference", "name", "areas", "roles", "phone", "state", "device")
    output.answer_rows(rows, headings, _expected_cells, json=json)


def _expected_cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        *(row["reference"], row["name"], " ".join(row["areas"]), ", ".join(row["roles"]), row["phone"] or ""),
        *(row["state"], row["device"] or ""),
    )


@app.command
def forget(
    reference: Annotated[str, Parameter(name="REFERENCE", help="As the roster has it.")], /, *, where: Where = HERE
) -> None:
    """Take a device that is not expected any more out of the roster. Its code ends; a device that is enrolled stays so."""
    with at_hub(where) as api:
        api.delete(f"/v1/roster/{part(reference)}")
    output.say(f"{reference} is not in the roster any more.")


@app.command
def sheet(
    *reference: Annotated[str, Parameter(name="REFERENCE", help="Rows of the roster; none: see --expected, --count.")],
    expected: Flag = False,
    count: Annotated[int, Parameter(validator=Number(gte=0, lte=CODES_MAX))] = 0,
    area: Several = None,
    role: Several = None,
    language: Several = None,
    address: str = "",
    days: Annotated[int, Parameter(validator=Number(gte=1, lte=DAYS_MAX))] = 30,
    page: Annotated[Path | None, Parameter(name="--page")] = None,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Make fresh enrolment codes, to be printed and handed out. Codes that were made for the same rows before end.

    Parameters
    ----------
    expected
        For all rows of the roster that have no code yet; with --area, those there.
    count
        So many codes for anybody, with the areas, roles and languages that are given.
    area
        With --count, an area of the devices; repeat it for more.
    role
        With --count, a role of their users; repeat it for more.
    language
        With --count, a language (BCP 47), best first; repeat it for more.
    address
        How devices reach the hub; by default the setting public_address, or as this command reaches it.
    days
        How long the codes can be used.
    page
        A file to write the sheet to, as a page for a browser to print: each code with its QR code and what to do.
    """
    if sum((bool(reference), expected, bool(count))) != 1:
        raise UserError("for whom?", "Name rows of the roster, or say --expected, or --count N.", EXIT_USAGE)
    common = {"address": address, "valid_seconds": days * 86_400}
    with at_hub(where) as api:
        if count:
            anonymous = {"areas": area or [], "roles": role or [], "languages": language}
            parts = [min(CODES_A_REQUEST, count - begun) for begun in range(0, count, CODES_A_REQUEST)]
            asked = [{"anonymous": {"count": some, **anonymous}, **common} for some in parts]
        else:
            named = list(reference)
            if expected:
                rows = api.get("/v1/roster", area=area, state="expected")["rows"]
                named = [row["reference"] for row in rows]
            asked = [{"references": some, **common} for some in chunked(named, CODES_A_REQUEST)]
        sheets = [api.post("/v1/enrolment-sheets", body) for body in asked]
    if page is not None:
        write_page(page, sheets)
    entries = [entry for made in sheets for entry in made["entries"]]
    whole = {**(sheets[0] if sheets else {}), "entries": entries}
    output.answer(whole, lambda _: _show_sheets(sheets, entries, page), json=json)


def _show_sheets(sheets: list[dict[str, Any]], entries: list[dict[str, Any]], page: Path | None) -> None:
    if page is not None:
        output.say(f"{len(entries)} codes are in {page}. Whoever has one can enrol a device: print it, and delete it.")
        return
    table = Table("reference", "name", "code", "for tocsin-field join")
    for entry in entries:
        table.add_row(entry["reference"] or "", entry["name"], entry["code"], entry["payload"])
    output.show(table)
    output.notes(report for made in sheets for report in made["reports"])


@app.command
def reach(
    *,
    area: Several = None,
    role: Several = None,
    device: Several = None,
    everyone: Flag = False,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Say how many devices an audience reaches now, where they are and when each was last heard of. Nothing is published.

    Parameters
    ----------
    area
        An area; repeat it for more.
    role
        A role; repeat it for more. With --area both must hold.
    device
        A device; repeat it for more.
    everyone
        All devices.
    """
    asked = {"areas": area or [], "roles": role or [], "devices": device or [], "everyone": everyone}
    with at_hub(where) as api:
        found = api.post("/v1/audiences", asked)
    output.answer(found, _say_reach, json=json)


def _say_reach(found: dict[str, Any]) -> None:
    reached = found["reached"]
    output.say(f"{output.devices(reached['devices'])} of {found['all']:,}; {reached['connected']:,} connected now.")
    output.say(
        f"Heard of within a day: {reached['within_day']:,}; a week: {reached['within_week']:,}; longer ago: "
        f"{reached['longer_ago']:,}; never: {reached['never']:,}."
    )
    for one in found["areas"]:
        output.say(f"  {one['code']}: {one['devices']:,}")
    output.notes(found["reports"])


def _seen(row: dict[str, Any]) -> str:
    return "connected" if row["connected"] else output.when(row["last_seen"], "never")


def _show(row: dict[str, Any]) -> None:
    lines = [f"{row['device']}  {row['name']}"]
    lines += [f"  {name}: {' '.join(row[name]) or 'none'}" for name in ("areas", "roles", "languages")]
    lines += [f"  supervisor: {row['supervisor']}"] if row["supervisor"] else []
    lines += [f"  phone: {row['phone']}"] if row["phone"] else []
    lines += [f"  reference: {row['reference']}"] if row["reference"] else []
    lines += [f"  last seen: {_seen(row)}, with everything up to {row['cursor']}"]
    lines += [f"  enrolled: {output.when(row['enrolled_at'])}"]
    lines += [f"  revoked: {output.when(row['revoked_at'])}"] if row["revoked_at"] else []
    lines += (
        [f"  two copies of its store were seen: {output.when(row['clone_seen_at'])}"] if row["clone_seen_at"] else []
    )
    output.say("\n".join(lines))
