"""`python -m netsim.site.hub_child SETTINGS`: a hub whose wall clock can be set from outside.

SETTINGS (JSON): data, host, port, api_socket, clock_offset_s. Its API is also served on the Unix socket `api_socket`, which
can be reached from any network namespace. Says {"said": "listening", "port": …}; obeys `clock` (offset_s) and `stop`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tornado.netutil import bind_unix_socket

from netsim.site.child import Message, obey, run_or_refuse, settings_of, tell
from netsim.site.shifted_clock import ShiftedClock
from server.clock import HubClock
from server.logs import set_up_logs
from server.process import HubProcess, raise_file_limit
from server.settings import load_settings


async def _serve(asked: Message) -> None:
    clock = ShiftedClock(asked["clock_offset_s"])
    clock.take_over()

    def set_clock(command: Message) -> None:
        clock.offset_s = float(command["offset_s"])

    flags = {"data": Path(asked["data"]), "host": asked["host"], "port": asked["port"], "log_level": "warning"}
    flags["second_person"] = "never"  # Extreme alerts of a campaign go out at once, as all others
    settings = load_settings(flags, os.environ)
    set_up_logs(settings.log_format, settings.log_level)
    process = HubProcess(settings, HubClock(wall=clock.wall))
    await process.start()
    process.server.add_socket(bind_unix_socket(asked["api_socket"]))
    tell("listening", port=process.port)
    await obey({"clock": set_clock})
    await process.stop()


def main(arguments: Sequence[str]) -> int:
    """One argument: the settings."""
    raise_file_limit()
    return run_or_refuse(_serve(settings_of(arguments)))


if __name__ == "__main__":
    sys.exit(main(sys.argv))
