"""A child for tests: repeats what it is told."""

from __future__ import annotations

import asyncio
import sys

from netsim.site.child import obey, settings_of, tell


async def main() -> None:
    asked = settings_of(sys.argv)
    if "dies" in asked:
        sys.exit(asked["dies"])
    tell("hello", words=asked["words"])
    await obey({"repeat": lambda command: tell("echo", words=command["words"]), "mark": lambda _: tell("mark")})


if __name__ == "__main__":
    asyncio.run(main())
