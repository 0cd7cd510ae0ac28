"""Faults that are a server in the service's place: what `netsim.middleboxes` has, for as long as the fault lasts."""

from __future__ import annotations

import random
from typing import Any, ClassVar

from netsim.faults.fault import Need
from netsim.faults.front import Front
from netsim.faults.link_fault import LinkFault


class InFront(LinkFault):
    """A middlebox of this kind is put in front; what is open breaks at the beginning and at the end."""

    needs = frozenset({Need.LINK, Need.FRONT})
    kind: ClassVar[str]

    def __init__(self, **options: Any) -> None:
        """`options` are the middlebox's; what is not given is drawn when it begins, where there is a choice."""
        super().__init__()
        self._options = options
        self._drawn: dict[str, Any] = {}

    def draw(self, chance: random.Random) -> dict[str, Any]:
        """Options that are not left to the middlebox."""
        return {}

    def begin_on(self, front: Front, chance: random.Random) -> None:
        """Put it there."""
        self._drawn = self.draw(chance) | self._options
        front.put_in_front(self.kind, chance.getrandbits(32), **self._drawn)

    def end_on(self, front: Front) -> None:
        """Take it away."""
        front.take_away()

    @property
    def words(self) -> str:
        """With the options."""
        options = ", ".join(f"{name} {value}" for name, value in self._drawn.items())
        return f"{self.summary} ({options})" if options else self.summary
