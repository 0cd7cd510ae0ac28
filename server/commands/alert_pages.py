"""An alert, its delivery and its answers as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from server.commands import output
from server.commands.output import Table
from server.commands.publishing import audience_words

INDENT = "  "


def page_of(row: Mapping[str, Any]) -> str:
    """An alert as the API answers it, in lines."""
    alert = row["alert"]
    over = f"replaced by {row['replaced_by']}" if row["replaced_by"] is not None else "over"
    lines = [
        f"{row['number']}  {alert['sender']},{alert['identifier']}",
        f"{status_words(alert['status'])} {alert['msgType']}, {row['severity']}, {'in force' if row['in_force'] else over}",
        f"for {audience_words(row['audience'])}, until {output.when(row['expires'])}",
        f"published {output.when(row['published_at'])} by {row['published_by']}",
    ]
    lines += [f"note: {alert['note']}"] if alert.get("note") else []
    return "\n".join([*lines, *words_of(alert)])


def status_words(status: str) -> str:
    """CAP's status; what is not real cannot be overlooked."""
    return status if status == "Actual" else f"*** {status.upper()} ***"


def graded(row: Mapping[str, Any]) -> str:
    """The severity of an alert in a list, with its status where that is not Actual."""
    return (
        str(row["severity"])
        if row.get("status", "Actual") == "Actual"
        else f"{status_words(row['status'])} {row['severity']}"
    )


def words_of(alert: Mapping[str, Any]) -> list[str]:
    """What an alert says, in each language, in lines."""
    return [line for info in alert.get("info", []) for line in ("", *_info_lines(info))]


def _info_lines(info: Mapping[str, Any]) -> list[str]:
    areas = ", ".join(area["areaDesc"] for area in info.get("area", []))
    lines = [f"[{info.get('language', 'en-US')}] {info['event']}: {info.get('headline', '')}".rstrip(": ")]
    graded = f"{info['urgency']}, {info['severity']}, {info['certainty']}"
    lines.append(f"{INDENT}{graded}{f'; {areas}' if areas else ''}")
    for name in ("description", "instruction", "web", "contact"):
        if info.get(name):
            lines += [
                f"{INDENT}{name}: {text}" if not at else f"{INDENT}{text}" for at, text in enumerate(_lines(info[name]))
            ]
    lines += [f"{INDENT}{one['valueName']}: {one['value']}" for one in info.get("parameter", [])]
    return lines


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()] or [""]


def counts_words(counts: Mapping[str, int]) -> str:
    """How many devices are in each state: `12 addressed, 30 delivered`."""
    return ", ".join(f"{count:,} {state}" for state, count in counts.items() if count) or "no device"


def delivery_tables(found: Mapping[str, Any]) -> list[Table]:
    """The counts, and the devices that were asked for."""
    counts = Table("state", "devices", title=f"Alert {found['number']}", title_justify="left")
    for state, count in found["counts"].items():
        counts.add_row(state, f"{count:,}")
    devices = Table("device", "name", "state", "seen", "acknowledged", "answered")
    for row in found["devices"]:
        times = (output.when(row.get(name)) for name in ("seen_at", "acknowledged_at", "answered_at"))
        devices.add_row(row["device"], row["name"], row["state"], *times)
    return [counts, devices] if found["devices"] else [counts]


# -- answers ----------------------------------------------------------------------------------------------------------


def answers_page(found: Mapping[str, Any]) -> tuple[str, list[Table]]:
    """The question with the count of all, then the same by area, and the devices."""
    if not found["questions"]:
        return f"Alert {found['number']} asks nothing.", []
    question = found["questions"][0]
    late = found["tally"]["late"]
    words = "\n".join(
        [
            f"Alert {found['number']}: {question['text']}",
            f"{INDENT}{output.devices(found['tally']['count'])} answered{f', {late:,} of them late' if late else ''}",
            *(f"{INDENT}{line}" for line in _tally_lines(found["tally"], question)),
        ]
    )
    if not found["devices"]:
        return words, []
    tables = [_area_table(found["areas"], question), _device_table(found["devices"], question)]
    return words, [table for table in tables if table.row_count]


def _tally_lines(tally: Mapping[str, Any], question: Mapping[str, Any]) -> list[str]:
    if tally["yes"] is not None:
        return [f"yes {tally['yes']:,}, no {tally['no']:,}"]
    if tally["choices"] is not None:
        return [f"{choice}: {count:,}" for choice, count in zip(question["choices"], tally["choices"], strict=True)]
    numbers = tally["numbers"]
    if numbers is not None and numbers["median"] is not None:
        unit = f" {question['unit']}" if question["unit"] else ""
        return [
            f"from {numbers['min']:,} to {numbers['max']:,}{unit}, median {numbers['median']:,}, together {numbers['sum']:,}"
        ]
    return []


def _area_table(areas: Sequence[Mapping[str, Any]], question: Mapping[str, Any]) -> Table:
    table = Table("area", "answered", "what")
    for one in areas:
        table.add_row(one["area"], f"{one['count']:,}", "; ".join(_tally_lines(one, question)))
    return table


def _device_table(devices: Sequence[Mapping[str, Any]], question: Mapping[str, Any]) -> Table:
    table = Table("device", "name", "areas", "answer", "answered", "late")
    for one in devices:
        table.add_row(
            *(one["device"], one["name"], " ".join(one["areas"]), _value(one["value"], question)),
            *(output.when(one["answered_at"]), "late" if one["late"] else ""),
        )
    return table


def _value(value: Any, question: Mapping[str, Any]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if question["answer"] == "one-of" and isinstance(value, int) and value < len(question["choices"]):
        return str(question["choices"][value])
    return f"{value} {question['unit']}" if question["answer"] == "number" and question["unit"] else str(value)
