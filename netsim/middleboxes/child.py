"""`python -m netsim.middleboxes.child SETTINGS`: a middlebox as a process of its own, in whatever network namespace.

SETTINGS (JSON): kind, upstream, host, port, seed, options. Says {"said": "listening", "address": …}; obeys `stop`, and of a TLS
front `show` (which).
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from netsim.middleboxes.kinds import KINDS
from netsim.middleboxes.tls_front import TlsFront
from netsim.middleboxes.upstream import Upstream
from netsim.site.child import Child, Message, obey, settings_of, tell

if TYPE_CHECKING:
    from pathlib import Path

    from netsim.packet.namespaces import Namespace

START_SECONDS_MAX = 30.0


class MiddleboxChild:
    """Such a process, as its owner holds it; it dies with the thread that made it."""

    def __init__(
        self,
        kind: str,
        upstream: str,
        *,
        seed: int,
        log: Path,
        host: str,
        place: Namespace | None,
        port: int = 0,
        **options: Any,
    ) -> None:
        """Start it, and wait until it listens. Raises UserError: it does not."""
        settings = {"kind": kind, "upstream": upstream, "host": host, "port": port, "seed": seed, "options": options}
        self._child = Child("netsim.middleboxes.child", settings, log=log, place=place)
        try:
            self.address = str(self._child.wait_for("listening", START_SECONDS_MAX)["address"])
        except BaseException:
            self._child.kill()
            raise

    def show(self, which: str) -> None:
        """Show another certificate: a TLS front."""
        self._child.say("show", which=which)

    def stop(self) -> None:
        """Break what is open, and end."""
        self._child.kill()


async def _serve(asked: Message) -> None:
    kind = KINDS[asked["kind"]]
    middlebox = kind(Upstream.parse(asked["upstream"]), random.Random(asked["seed"]), **asked["options"])
    tell("listening", address=await middlebox.start(asked["host"], asked["port"]))

    def show(command: Message) -> None:
        assert isinstance(middlebox, TlsFront), "only that shows certificates"
        middlebox.show(command["which"])

    await obey({"show": show})
    await middlebox.stop()


def main(arguments: Sequence[str]) -> int:
    """One argument: the settings."""
    asyncio.run(_serve(settings_of(arguments)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
