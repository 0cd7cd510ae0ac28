"""What a toxic is, and the register of their names.

A new toxic is a new file beside this one and one line in `__init__`: a dataclass whose fields are its attributes in
Toxiproxy's API (whole numbers that fit 64 bits, or floats), with a `pipe`:

    @register("slow")
    @dataclass
    class Slow(Toxic):
        delay: int = 0  # milliseconds

        async def pipe(self, stub: Stub) -> None:
            async for chunk in stub.chunks():
                await stub.pause(self.delay / 1000)
                await stub.send(chunk)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TypeVar

if TYPE_CHECKING:
    from netsim.toxiproxy.stub import Stub

Direction = Literal["upstream", "downstream"]
DIRECTIONS: tuple[Direction, Direction] = ("upstream", "downstream")


@dataclass
class Toxic:
    """A fault. One object serves all connections of its proxy: what belongs to one of them stands in the stub."""

    chunks_max: ClassVar[int] = 1
    """How many chunks may wait before it."""
    closes_when_removed: ClassVar[bool] = False
    """Whether taking it away closes the connections on which it acts (because it has dropped what they carried)."""
    resets: ClassVar[bool] = False
    """Whether the connections on which it acts end with a TCP reset, however they end."""

    async def pipe(self, stub: Stub) -> None:
        """Carry chunks from `stub.receive` to `stub.send` until the end or an interruption, then return.

        A toxic that ends the stream itself calls `stub.close`. A chunk in hand is sent before returning.
        """
        raise NotImplementedError

    def attributes(self) -> dict[str, float]:
        """Its attributes, as in the API."""
        return asdict(self)


@dataclass
class PlacedToxic:
    """A toxic on a proxy: its name there, the direction it acts on, and on what share of connections (0 to 1)."""

    name: str
    type: str
    stream: str
    toxicity: float
    direction: Direction
    toxic: Toxic


TOXICS: dict[str, type[Toxic]] = {}
"""Every toxic by the name of its type."""

SomeToxic = TypeVar("SomeToxic", bound=type[Toxic])


def register(type_name: str) -> Callable[[SomeToxic], SomeToxic]:
    """Make a toxic known under `type_name`."""

    def enter(toxic: SomeToxic) -> SomeToxic:
        assert type_name not in TOXICS, f"two toxics are named {type_name}"
        TOXICS[type_name] = toxic
        return toxic

    return enter
