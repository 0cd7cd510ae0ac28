"""One field end of a packet network, as its owner sees it: its namespace, its link, and what may be done to that."""

from __future__ import annotations

from typing import Any, Literal

from netsim.packet.control import Helper
from netsim.packet.flows import Flow
from netsim.packet.namespaces import Namespace
from netsim.packet.shaping import Counts
from netsim.profiles.profile import Profile, Way

Direction = Literal["up", "down"]
BOTH: tuple[Direction, ...] = ("up", "down")


class Field:
    """`up` leads to the hub. What is said holds for packets that enter from then on, unless it says otherwise."""

    def __init__(self, helper: Helper, index: int, namespace: Namespace) -> None:
        self._helper, self._index = helper, index
        self.namespace = namespace
        self.hub_device = f"tun{index}"
        """The hub's device that leads here; that of the field end is tun0."""

    def _ask(self, question: str, **fields: Any) -> dict[str, Any]:
        return self._helper.ask(question, field=self._index, **fields)

    def shape(self, up: Way, down: Way | None = None) -> None:
        """How the link is, towards the hub and from it; both ways alike with one. No outages, no NAT."""
        self._ask("shape", up=up.model_dump(), down=(down or up).model_dump())

    def apply(self, profile: Profile, seed: str) -> None:
        """The link is as the profile says, its outages and its NAT included; the same seed has the same outages."""
        self._ask("apply", profile=profile.model_dump_json(exclude={"sources"}), seed=seed)

    def cut(self) -> None:
        """The link is broken both ways: what is under way is lost, what comes too, until `heal`."""
        self._ask("cut")

    def black_hole(self, *directions: Direction) -> None:
        """What enters is swallowed, what is under way arrives, until `heal`; both ways if none is named."""
        self._ask("black_hole", directions=directions or BOTH)

    def stall(self, *directions: Direction) -> None:
        """What would arrive is held, and arrives at `heal`; both ways if none is named."""
        self._ask("stall", directions=directions or BOTH)

    def heal(self) -> None:
        """End `cut`, `black_hole` and `stall`."""
        self._ask("heal", directions=BOTH)

    def reset(self) -> None:
        """Break every TCP connection of this field end: both ends get a reset."""
        self._ask("reset")

    def divert(self, port: int, to: int | None) -> None:
        """What dials this port of the hub reaches another port of its namespace; None: its own again. Connections break."""
        self._ask("divert", port=port, to=to)

    @property
    def shaped_by(self) -> Literal["netem", "router"]:
        """Who delays and loses packets since `apply` or `shape`: the kernel's netem, or the router in Python."""
        by: Literal["netem", "router"] = self._ask("shaped_by")["by"]
        return by

    def flows(self) -> list[Flow]:
        """Every TCP connection so far, in the order of their SYNs, counted at the field end."""
        return [Flow.from_json(value) for value in self._ask("flows")["flows"]]

    def counts(self) -> dict[Direction, Counts]:
        """What each direction has done to packets so far."""
        answer = self._ask("counts")
        return {direction: Counts(**answer[direction]) for direction in BOTH}
