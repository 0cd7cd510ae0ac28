"""A campaign in virtual time, under the same options and with the same JSON as one of real processes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alerts.errors import UserError
from netsim.chaos.alerts import pace_of
from netsim.chaos.options import Options
from netsim.profiles.library import load_profile
from netsim.virtual.timed_campaign import run_virtual

TRACE = "trace.txt"
_NOT_HAD: dict[str, Any] = {"confirmed": None, "excused": None, "acknowledged": None, "crashed": [], "acts": {}}
"""Fields of the JSON that the model has nothing to say about."""


def run_one_virtual(options: Options, folder: Path | None) -> dict[str, Any]:
    """The `--json` object; what happened goes into `folder`, if there is one. Raises UserError."""
    if options.only is not None:
        raise UserError("--only is for campaigns of real processes", "A virtual one repeats exactly from its seed.", 2)
    result = run_virtual(
        load_profile(options.profile),
        options.minutes,
        options.seed,
        options.devices,
        list(options.fault_menu()),
        pace_a_minute=pace_of(load_profile(options.profile)),
        is_traced=folder is not None,
    )
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / TRACE).write_text(result.trace, encoding="utf-8")
        except OSError as error:
            raise UserError(f"{folder} cannot be written: {error.strerror}", "Choose another with --keep.") from error
    wrong: dict[str, list[list[str]]] = {f"promise {words}": [] for words in result.violations}
    return _NOT_HAD | result.as_json() | {"wrong": wrong, "unreproduced": [], "repeat": options.command}
