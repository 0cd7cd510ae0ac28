"""A profile in words, for the screen and for docs/profiles.md: figures with their units, a row of a table, all it states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from netsim.profiles.bursts import Bursts
from netsim.profiles.profile import Profile, Source, Way
from netsim.profiles.trace import Track

HEADINGS = ("profile", "down", "up", "round trip", "loss", "out of reach", "NAT forgets")
"""Of the table of all profiles."""

Direction = Literal["up", "down"]


def row(profile: Profile) -> tuple[str, ...]:
    """A profile under HEADINGS. What begins with “~” is the mean of a trace."""
    return (
        profile.name,
        _rate(profile, "down"),
        _rate(profile, "up"),
        _round_trip(profile),
        _loss(profile),
        _out(profile),
        f"after {duration(profile.nat.idle_s)}" if profile.nat else "–",
    )


def details(profile: Profile) -> Iterator[tuple[str, str, str]]:
    """What each direction states, as (what, down, up); only what one of them has."""
    for what, words in (
        ("rate", _rate),
        ("one-way delay", _delay),
        ("loss", _loss_of),
        ("queue", _queue),
        ("reorder", lambda profile, direction: _share(getattr(profile, direction).reorder)),
        ("duplicate", lambda profile, direction: _share(getattr(profile, direction).duplicate)),
        ("corrupt", lambda profile, direction: _share(getattr(profile, direction).corrupt)),
    ):
        down, up = words(profile, "down"), words(profile, "up")
        if (down, up) != ("–", "–"):
            yield what, down, up


def both_directions(profile: Profile) -> Iterator[tuple[str, str]]:
    """What holds for the link as a whole, as (what, sentence)."""
    for outage in profile.outages:
        how = "always the same" if outage.distribution == "fixed" else "exponential"
        yield (
            "outage",
            f"{duration(outage.lasts_s)} every {duration(outage.every_s)} in the mean, {how}: "
            f"{share(outage.share)} of the time",
        )
    if profile.nat is not None:
        then = (
            "what comes then is dropped" if profile.nat.forgets == "drop" else "what comes then is answered by a reset"
        )
        yield "NAT", f"forgets a connection that is silent for {duration(profile.nat.idle_s)}; {then}"
    if profile.trace is not None:
        for direction, track in _tracks(profile):
            yield (
                "trace",
                f"{track.file}, {direction}: {len(track.steps):,} steps in {duration(track.lasts_s)}, then anew",
            )


def grouped_sources(profile: Profile) -> list[tuple[list[str], Source]]:
    """Each source with the figures that it is for, in the order of the file."""
    groups: list[tuple[list[str], Source]] = []
    for path, source in profile.sources.items():
        if groups and groups[-1][1] == source:
            groups[-1][0].append(path)
        else:
            groups.append(([path], source))
    return groups


def unsourced(profile: Profile) -> list[str]:
    """The paths of the figures without a source."""
    return [path for path in profile.figures() if profile.source_of(path) is None]


def rate(rate_bit_s: float) -> str:
    """Bits in a second."""
    for unit, size in (("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3)):
        if rate_bit_s >= size:
            return f"{rate_bit_s / size:.3g} {unit}"
    return f"{rate_bit_s:.3g} bit/s"


def duration(seconds: float) -> str:
    """A time in the unit that fits it: 6.6 h, but 124 min."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size and (seconds % size == 0 or seconds >= 5 * size):
            return f"{seconds / size:.3g} {unit}"
    if seconds >= 1:
        return f"{seconds:.3g} s"
    return f"{seconds * 1000:.3g} ms"


def share(value: float) -> str:
    """A share as a percentage, in two digits."""
    return f"{value * 100:.2g} %" if value < 0.995 else "100 %"


def size(size_bytes: int) -> str:
    """Bytes, in thousands."""
    return f"{size_bytes / 1e6:.3g} MB" if size_bytes >= 1e6 else f"{size_bytes / 1e3:.3g} kB"


def _way(profile: Profile, direction: Direction) -> Way:
    return profile.up if direction == "up" else profile.down


def _track(profile: Profile, direction: Direction) -> Track | None:
    if profile.trace is None:
        return None
    return profile.trace.up if direction == "up" else profile.trace.down


def _tracks(profile: Profile) -> Iterator[tuple[str, Track]]:
    assert profile.trace is not None
    if profile.trace.up == profile.trace.down:
        yield "both ways", profile.trace.up
        return
    for direction, track in (("down", profile.trace.down), ("up", profile.trace.up)):
        if track.file:
            yield direction, track


def _rate(profile: Profile, direction: Direction) -> str:
    rate_bit_s = _way(profile, direction).rate_bit_s
    if rate_bit_s is not None:
        return rate(rate_bit_s)
    track = _track(profile, direction)
    mean_bit_s = track.mean("rate_bit_s") if track else None
    return "no limit" if mean_bit_s is None else f"~{rate(mean_bit_s)}"


def _delay_ms(profile: Profile, direction: Direction) -> tuple[float, bool]:
    """The one-way delay, and whether it is the mean of a trace."""
    track = _track(profile, direction)
    mean_ms = track.mean("delay_ms") if track else None
    return (_way(profile, direction).delay_ms, False) if mean_ms is None else (mean_ms, True)


def _delay(profile: Profile, direction: Direction) -> str:
    delay_ms, is_mean = _delay_ms(profile, direction)
    spread_ms = _way(profile, direction).delay_spread_ms
    shown = f"~{delay_ms:.0f}" if is_mean else f"{delay_ms:,g}"
    return f"{shown}{f' ± {spread_ms:g}' if spread_ms else ''} ms"


def _round_trip(profile: Profile) -> str:
    (up_ms, is_up_mean), (down_ms, is_down_mean) = _delay_ms(profile, "up"), _delay_ms(profile, "down")
    return f"{'~' if is_up_mean or is_down_mean else ''}{duration((up_ms + down_ms) / 1000)}"


def _mean_loss(profile: Profile, direction: Direction) -> tuple[float, bool]:
    track = _track(profile, direction)
    mean = track.mean("loss") if track else None
    if mean is not None:
        return mean, True
    loss = _way(profile, direction).loss
    return (0.0 if loss is None else loss.mean_loss), False


def _loss(profile: Profile) -> str:
    (up, is_up_mean), (down, is_down_mean) = _mean_loss(profile, "up"), _mean_loss(profile, "down")
    worse = max(up, down)
    return f"{'~' if is_up_mean or is_down_mean else ''}{share(worse)}" if worse else "–"


def _loss_of(profile: Profile, direction: Direction) -> str:
    mean, is_mean = _mean_loss(profile, direction)
    loss = _way(profile, direction).loss
    if is_mean or loss is None:
        return f"~{share(mean)}" if is_mean else "–"
    return f"{share(mean)}{_burst(loss)}"


def _burst(loss: Bursts) -> str:
    if loss.good_loss == loss.bad_loss:
        return ""
    rest = f", {share(loss.good_loss)} between" if loss.good_loss else ""
    return (
        f": {share(loss.bad_loss)} in bursts of {loss.bad_packets:g} of {loss.good_packets + loss.bad_packets:g}{rest}"
    )


def _queue(profile: Profile, direction: Direction) -> str:
    way = _way(profile, direction)
    if way.queue_bytes is None:
        return "–"
    lasts = f" ({duration(way.queue_bytes * 8 / way.rate_bit_s)})" if way.rate_bit_s else ""
    return f"{size(way.queue_bytes)}{lasts}"


def _out(profile: Profile) -> str:
    gaps = _track(profile, "down")
    if gaps is not None and gaps.out_share:
        return f"~{share(gaps.out_share)}"
    if not profile.outages:
        return "–"
    total = 1.0
    for outage in profile.outages:
        total *= 1 - outage.share
    lengths = [outage.lasts_s for outage in profile.outages]
    return f"{share(1 - total)}, {_span(min(lengths), max(lengths))}"


def _span(least_s: float, most_s: float) -> str:
    least, most = duration(least_s), duration(most_s)
    if least == most:
        return most
    number, unit = least.split()
    return f"{number if unit == most.split()[1] else least} to {most}"


def _share(value: float) -> str:
    return share(value) if value else "–"
