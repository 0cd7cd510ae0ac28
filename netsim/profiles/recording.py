"""The `[trace]` table of a profile: `both = FILE`, or `up = FILE` and `down = FILE`, or one of these two.

A file is found from the folder of the profile. What ends in `.csv` is read as CSV (`csv_trace`), all else in the format of
Mahimahi (`mahimahi`). A direction without a file stays as the profile says.
"""

from __future__ import annotations

from importlib.resources.abc import Traversable
from typing import Any

from alerts.errors import UserError
from netsim.profiles.csv_trace import HINT, parse_csv
from netsim.profiles.mahimahi import parse_mahimahi
from netsim.profiles.trace import Step, Trace, Track


def read_trace(table: Any, folder: Traversable) -> Trace:
    """What the table names. Raises UserError: a table that is wrong, a file that cannot be read or is wrong."""
    names = set(table) if isinstance(table, dict) else set()
    if names not in ({"both"}, {"up"}, {"down"}, {"up", "down"}) or not all(
        isinstance(file, str) for file in table.values()
    ):
        raise UserError(f"trace: expected both = FILE, or up = FILE and down = FILE, found {table!r}", HINT, 2)
    if names == {"both"}:
        track = _read_track(folder, table["both"])
        return Trace(up=track, down=track)
    tracks = {name: _read_track(folder, table[name]) for name in names}
    other = next(iter(tracks.values()))
    idle = Track(file="", steps=(Step(0.0),), lasts_s=other.lasts_s)
    return Trace(up=tracks.get("up", idle), down=tracks.get("down", idle))


def _read_track(folder: Traversable, file: str) -> Track:
    try:
        text = (folder / file).read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"trace: cannot read {file}: {error.strerror}", "It is looked for beside the profile.", 2
        ) from None
    except UnicodeDecodeError as error:
        raise UserError(f"trace: {file} is not text in UTF-8: {error}", HINT, 2) from None
    track = parse_csv(text, file) if file.endswith(".csv") else parse_mahimahi(text, file)
    if all(step.rate_bit_s == 0 for step in track.steps):
        raise UserError(f"trace: {file}: expected a rate above 0 in one step at least, found none", HINT, 2)
    return track
