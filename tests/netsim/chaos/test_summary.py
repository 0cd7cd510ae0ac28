"""What people read says what is wrong, and how to have it again."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from netsim.chaos.summary import print_many, print_one
from tests.netsim.chaos.test_outcome import outcome


def _console() -> tuple[Console, StringIO]:
    out = StringIO()
    return Console(file=out, width=160), out


def test_a_good_one_says_so() -> None:
    console, out = _console()
    print_one(console, outcome(unreproduced=("up: loss",)).as_json(), "tocsin-netsim chaos")
    assert "published 4, delivered 6 of 6" in out.getvalue()
    assert "Nothing was lost, shown twice, or falsely acknowledged." in out.getvalue()
    assert "not reproduced: up: loss" in out.getvalue()
    assert "repeat" not in out.getvalue()


def test_a_bad_one_says_what_and_how_to_repeat_it() -> None:
    console, out = _console()
    bad = outcome({"lost": (("amina", "a,1"),)}, crashed=("hub at 3 s: boom",), settled_s=None)
    print_one(console, bad.as_json(), "tocsin-netsim chaos --seed 7")
    for words in ("WRONG lost: amina a,1", "CRASHED hub at 3 s: boom", "NOT SETTLED", "--seed 7"):
        assert words in out.getvalue()


def test_many_are_a_table_with_what_is_wrong_below() -> None:
    console, out = _console()
    bad = outcome({"doubled": (("amina", "a,1"),)}, profile="edge", deliveries_ms=[])
    print_many(console, [outcome().as_json(), bad.as_json()])
    assert "gprs" in out.getvalue() and "edge" in out.getvalue()
    assert "WRONG doubled: amina a,1" in out.getvalue()
