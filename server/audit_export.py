"""An export of the audit log: one row a line as JSON, its head in the last line; and what a later log is compared with it.

{"number": 1, "at": 1798723200, "by": "wanjiru", "action": "session.began", "subject": "wanjiru", "members": {…}, "hash": "…"}
…
{"head": 812, "hash": "5f0c…"}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from server.audit import AuditHead, AuditRow
from server.store.audit import Verified, verify


def line_of(row: AuditRow) -> str:
    """A row as a line."""
    said = {
        "number": row.number,
        "at": row.at,
        "by": row.by,
        "action": row.action,
        "subject": row.subject,
        "members": row.members,
        "hash": row.hash.hex(),
    }
    return json.dumps(said, ensure_ascii=False) + "\n"


def line_of_head(head: AuditHead) -> str:
    """The last line."""
    return json.dumps({"head": head.number, "hash": head.hash.hex()}) + "\n"


@dataclass(frozen=True, slots=True)
class Export:
    """An export that was read: its rows, and the head that its last line tells."""

    rows: tuple[AuditRow, ...]
    head: AuditHead

    def verify(self) -> Verified:
        """Whether it is one chain up to its own head."""
        return verify(self.rows, [("its last line", self.head)])


def read_export(lines: Iterable[str]) -> Export:
    """Read an export. Raises ValueError: a line is none of an export's, or the last one is missing, which tells the head."""
    rows: list[AuditRow] = []
    head: AuditHead | None = None
    for number, said in _objects(lines):
        try:
            if head is not None:
                raise ValueError("there is more after the head")
            if "head" in said:
                head = AuditHead(int(str(said["head"])), bytes.fromhex(str(said["hash"])))
            else:
                rows.append(_row(said))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"line {number} is none of an export of the audit log: {error}") from None
    if head is None:
        raise ValueError("the last line, which tells the head, is missing: the export was cut off")
    return Export(tuple(rows), head)


def _objects(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, object]]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
        except ValueError as error:
            raise ValueError(f"line {number} is no JSON: {error}") from None
        if not isinstance(said, dict):
            raise ValueError(f"line {number} is no JSON object")  # noqa: TRY004 - what was read is wrong, not what was passed
        yield number, said


def _row(said: dict[str, object]) -> AuditRow:
    members = said["members"]
    if not isinstance(members, dict):
        raise TypeError("members is no object")
    words = str(said["by"]), str(said["action"]), str(said["subject"])
    return AuditRow(int(str(said["number"])), int(str(said["at"])), *words, members, bytes.fromhex(str(said["hash"])))
