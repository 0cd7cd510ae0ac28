"""`tocsin-netsim fault`: one fault in front of any service that speaks TCP, to see what its clients make of it."""

from __future__ import annotations

import inspect
import json
import random
import secrets
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.types import NonNegativeFloat, PositiveFloat, PositiveInt

from alerts.errors import UserError
from netsim.faults.in_front import InFront
from netsim.faults.link_fault import LinkFault
from netsim.faults.service_front import ServiceFront, Via
from netsim.faults.table import FAULTS, make
from netsim.faults.timed import After, Every, play
from netsim.middleboxes.kinds import KINDS
from netsim.profiles.library import load_profile
from netsim.signal_handling import on_signal

_OF_EVERY_MIDDLEBOX = ("self", "upstream", "chance")


def fault(
    name: Annotated[str, Parameter(name="NAME")],
    /,
    *,
    hub: Annotated[str, Parameter(name=("--hub", "--service"))],
    listen: str = "127.0.0.1:0",
    after: NonNegativeFloat = 0.0,
    lasts: Annotated[PositiveFloat | None, Parameter(name="--for")] = None,
    every: PositiveFloat | None = None,
    times: PositiveInt | None = None,
    profile: str | None = None,
    via: Via = "embedded",
    tls: Annotated[bool, Parameter(negative="")] = False,
    authority_file: Path | None = None,
    seed: int | None = None,
    option: Annotated[list[str] | None, Parameter(name="--option", negative="")] = None,
) -> None:
    """Put a fault between a service and its clients, until Ctrl-C: clients connect to the address that is printed.

    Parameters
    ----------
    name
        One of the first table of `tocsin-netsim faults`.
    hub
        The service: HOST:PORT, or a URL. Any that speaks TCP.
    listen
        HOST:PORT where clients connect; port 0 takes a free one.
    after
        Seconds before it begins.
    lasts
        Seconds that it lasts; without this, until the end.
    every
        Begin again every so many seconds; needs --for.
    times
        How often, with --every; without this, until the end.
    profile
        The link is like this profile all the while.
    via
        What makes the link: the Toxiproxy that comes with this, a real one, or IP packets between network namespaces.
    tls
        Speak TLS to clients, with a certificate made for this; the service is spoken to without.
    authority_file
        Where to write the certificate of the authority that clients have to trust, with --tls.
    seed
        Where all chance comes from; without it a random one, printed.
    option
        NAME=VALUE, an option of the fault (docs/faults.md); may be repeated.
    """
    _check_listen(listen)
    chosen = _link_fault(name, _options(name, option or []))
    when = _when(after, lasts, every, times)
    shape = load_profile(profile) if profile else None
    number = secrets.randbits(32) if seed is None else seed
    over = threading.Event()
    is_tls = tls or authority_file is not None or name == "expired-certificate"
    with (
        on_signal(over.set, signal.SIGTERM, signal.SIGINT),
        ServiceFront(hub, listen=listen, seed=number, via=via, tls=is_tls, authority_file=authority_file) as front,
    ):
        unreproduced = front.apply(shape) if shape is not None else ()
        _say(f"In front of {hub}: connect to {front.address} (seed {number})")
        for words in unreproduced:
            _say(f"  {words}")
        chance, began_at = random.Random(number), time.monotonic()

        def begin() -> None:
            chosen.begin_on(front, chance)
            _say(f"{_clock()} {name} begins: {chosen.words}")

        def end() -> None:
            chosen.end_on(front)
            _say(f"{_clock()} {name} has ended")

        def wait_until(seconds: float) -> bool:
            left = began_at + seconds - time.monotonic()
            return not over.wait(None if seconds == float("inf") else max(0.0, left))

        play(when, begin, end, wait_until)
        over.wait()


def _check_listen(listen: str) -> None:
    host, _, port = listen.rpartition(":")
    if not (host and port.isascii() and port.isdecimal() and int(port) < 65536):
        hint = "Expected HOST:PORT, for example --listen 127.0.0.1:8401; port 0 takes a free one."
        raise UserError(f"--listen {listen}: no address to listen at", hint, exit_code=2)


def _link_fault(name: str, options: dict[str, Any]) -> LinkFault:
    found = make(name, **options)
    if not isinstance(found, LinkFault):
        possible = ", ".join(name for name, kind in FAULTS.items() if issubclass(kind, LinkFault))
        raise UserError(
            f"{name} acts on a hub or a device, of which this command has only the address",
            f"In front of any service there are {possible}. The others are for campaigns and tests.",
            exit_code=2,
        )
    return found


def _options(name: str, written: list[str]) -> dict[str, Any]:
    possible = options_of(name)
    found: dict[str, Any] = {}
    for one in written:
        key, equals, text = one.partition("=")
        if not equals or key not in possible:
            hint = f"It has {', '.join(possible)}." if possible else "It has none."
            raise UserError(f"--option {one}: {name} has no such option", hint, exit_code=2)
        try:
            found[key] = _value(text, possible[key])
        except ValueError:
            words = ", ".join(possible[key]) or "a number"
            raise UserError(f"--option {one}: not a value of it", f"{key} takes {words}.", exit_code=2) from None
    return found


def _value(text: str, choices: tuple[str, ...]) -> str | float | int | None:
    if text in choices:
        return text
    value: object = json.loads(text)
    if choices or isinstance(value, bool) or not isinstance(value, float | int | None) or (value or 0) < 0:
        raise ValueError
    return value


def options_of(name: str) -> dict[str, tuple[str, ...]]:
    """The options of a fault, each with the words that it takes (empty: a number)."""
    kind = FAULTS.get(name)
    if kind is None:
        return {}
    made = KINDS[kind.kind] if issubclass(kind, InFront) else kind
    found = {}
    for key, parameter in inspect.signature(made, eval_str=True).parameters.items():
        if key not in _OF_EVERY_MIDDLEBOX and parameter.kind is not inspect.Parameter.VAR_POSITIONAL:
            found[key] = _choices(parameter.annotation)
    return found


def _choices(annotation: Any) -> tuple[str, ...]:
    arguments = getattr(annotation, "__args__", ())
    words = tuple(one for one in arguments if isinstance(one, str))
    return words or tuple(word for one in arguments for word in _choices(one))


def _when(after: float, lasts: float | None, every: float | None, times: int | None) -> After | Every:
    if every is None:
        if times is not None:
            raise UserError("--times says how often, and --every is missing", "Add --every SECONDS.", exit_code=2)
        return After(after, lasts)
    if lasts is None:
        raise UserError("--every needs --for: how long it lasts each time", "Add --for SECONDS.", exit_code=2)
    return Every(every, lasts, after, times)


def _clock() -> str:
    return time.strftime("%H:%M:%S")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
