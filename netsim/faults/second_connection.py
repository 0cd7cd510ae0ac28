"""A device's connection is there twice: one is dead, and only the hub does not know that yet; or a client has gone mad.

The second one says truly where the device stands, then only listens: it stores nothing and answers nothing. It runs as a process
(`python -m netsim.faults.second_connection SETTINGS`) where the device is, over the device's own link.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from netsim.faults.fault import CannotError, Fault, Need

if TYPE_CHECKING:
    from netsim.site.child import Child, Message
    from netsim.site.device import SiteDevice
    from netsim.site.site import Site

START_SECONDS_MAX = 60.0


class DuplicatedConnection(Fault):
    """Two connections of one device at the hub, until the fault ends."""

    name = "duplicated-connection"
    summary = "a second connection of the same device, which listens and never answers"
    needs = frozenset({Need.LINK, Need.DEVICE})

    def __init__(self) -> None:
        self._child: Child | None = None

    def begin(self, site: Site, target: SiteDevice, chance: random.Random) -> None:
        """Begin to connect; on a bad link that may take its time."""
        from netsim.site.child import Child

        if not target.database.is_file():
            raise CannotError(f"{target.name} has no store")
        settings = {"folder": str(target.folder), "seed": chance.getrandbits(32)}
        self._child = Child(
            "netsim.faults.second_connection",
            settings,
            log=target.folder.with_name(f"{target.folder.name}.second.log"),
            place=site.links.place_of(target.link),
        )

    def until_connected(self) -> None:
        """Wait until the hub has taken it. Raises UserError: it was refused, or the link lets nobody through."""
        assert self._child is not None, "begin comes first"
        self._child.wait_for("connected", START_SECONDS_MAX)

    def end(self, site: Site, target: SiteDevice) -> None:
        """It goes without a goodbye."""
        if self._child is not None:
            self._child.kill()
            self._child = None


# -- the process ------------------------------------------------------------------------------------------------------


async def _connect(asked: Message) -> None:
    from client.clocks import system_clocks
    from client.connection import ConnectError, connect
    from client.conversation import Conversation
    from client.store import Store
    from netsim.site.child import obey, tell

    clocks = system_clocks()
    store = Store(Path(asked["folder"]), clocks, random.Random(asked["seed"]))
    try:
        identity, hello = store.identity(), Conversation(store, clocks, keepalive_s=60.0).hello
    finally:
        store.close()
    assert identity is not None, "a device of a site has joined"

    async def listen() -> None:
        try:
            connection = await connect(identity, hello, lambda: None)
            tell("connected")
            while await connection.read_message() is not None:
                continue
            tell("ended")
        except ConnectError as error:
            tell("refused", words=error.end.words)

    listening = asyncio.create_task(listen())
    await obey({})
    listening.cancel()


def main(arguments: Sequence[str]) -> int:
    """One argument: the settings."""
    from netsim.site.child import settings_of

    asyncio.run(_connect(settings_of(arguments)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
