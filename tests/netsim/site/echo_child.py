"""A child for tests: repeats what it is told."""

from __future__ import annotations

import sys

from alerts.errors import UserError
from netsim.site.child import obey, run_or_refuse, settings_of, tell


async def main() -> None:
    asked = settings_of(sys.argv)
    if "dies" in asked:
        sys.exit(asked["dies"])
    if "refuses" in asked:
        raise UserError(asked["refuses"], "make room")
    tell("hello", words=asked["words"])
    await obey({"repeat": lambda command: tell("echo", words=command["words"]), "mark": lambda _: tell("mark")})


if __name__ == "__main__":
    sys.exit(run_or_refuse(main()))
