from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from netsim.toxiproxy import toxics
from netsim.toxiproxy.toxics.toxic import TOXICS, Toxic, register


def test_the_register_has_every_toxic_of_the_package() -> None:
    files = {path.stem for path in Path(toxics.__path__[0]).glob("*.py")}
    assert set(TOXICS) == files - {"__init__", "toxic"}


def test_a_toxic_is_entered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass
    class Other(Toxic):
        amount: int = 3

    monkeypatch.delitem(TOXICS, "noop")
    register("noop")(Other)
    assert TOXICS["noop"]().attributes() == {"amount": 3}
    with pytest.raises(AssertionError, match="two toxics are named noop"):
        register("noop")(Other)


def test_one_without_a_pipe_is_a_mistake() -> None:
    with pytest.raises(NotImplementedError):
        asyncio.run(Toxic().pipe(None))  # type: ignore[arg-type]
