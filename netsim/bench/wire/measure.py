"""Bytes an alert, by encoding: the message itself, and what delivering it to one device takes on the link."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from statistics import fmean, median
from typing import Any

from alerts.dictionary.shipped import shipped
from alerts.wire.dictionary import Dictionary
from netsim.bench.peers import centrifugo, mqtt, ntfy
from netsim.bench.wire import plain, tocsin
from netsim.bench.wire.carriage import delivered, frame_bytes
from netsim.bench.wire.corpus import EARLIER_EPOCH, Measured, Row, in_log
from netsim.bench.wire.reconnect import CatchUp, Empty, measure_reconnects
from netsim.bench.wire.speed import Speed, measure_speed

LENGTHS = (300, 1000, 3000)
"""Where a class of length ends, in characters of headline, description and instruction."""

Encode = Callable[[Sequence[Measured]], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Encoding:
    """One way to say alerts to a device that is connected.

    `encode` makes the messages in order, each of which may lean on earlier ones; `carried` says how many bytes a message
    has with its frame; `answer` is what the device says to it, with its frame: None where it says nothing.
    """

    name: str
    encode: Encode
    carried: Callable[[int], int] = frame_bytes
    answer: Callable[[Measured], int] | None = None


def encodings(dictionary: Dictionary | None) -> list[Encoding]:
    """All of them. `dictionary`: a trained one."""

    def stored(one: Measured) -> int:
        return frame_bytes(len(tocsin.stored(one.entry)), is_masked=True)

    def acknowledged(_: Measured) -> int:
        return frame_bytes(len(mqtt.PUBACK), is_masked=True)

    return [
        Encoding("cap_xml", lambda them: plain.cap_xml(one.alert for one in them)),
        Encoding("json", _json),
        Encoding("json_permessage_deflate", lambda them: plain.permessage_deflate(_json(them))),
        Encoding("brotli", lambda them: plain.brotli(_json(them))),
        Encoding("msgpack_zstd", lambda them: plain.msgpack_zstd(one.alert for one in them)),
        Encoding("tocsin_shipped", lambda them: _tocsin(them, shipped()), answer=stored),
        Encoding("tocsin_trained", lambda them: _tocsin(them, dictionary or shipped()), answer=stored),
        Encoding("mqtt5_ws", _mqtt, answer=acknowledged),
        Encoding("centrifugo_json", lambda them: _centrifugo(them, centrifugo.push_json)),
        Encoding("centrifugo_protobuf", lambda them: _centrifugo(them, centrifugo.push_protobuf)),
        Encoding("ntfy", lambda them: (ntfy.line(one.alert, one.entry.expires) for one in them), ntfy.chunk_bytes),
    ]


def _json(them: Iterable[Measured]) -> Iterator[bytes]:
    return (plain.as_json(one.alert) for one in them)


def _tocsin(them: Iterable[Measured], dictionary: Dictionary) -> Iterator[bytes]:
    return tocsin.messages((one.entry for one in them), dictionary)


def _mqtt(them: Iterable[Measured]) -> Iterator[bytes]:
    return (mqtt.publish(mqtt.topic_of(one.alert), plain.as_json(one.alert), turn) for turn, one in enumerate(them))


def _centrifugo(them: Iterable[Measured], push: Callable[[str, bytes, int], bytes]) -> Iterator[bytes]:
    return (push(centrifugo.channel_of(one.alert), plain.as_json(one.alert), one.entry.number) for one in them)


# -- what came out ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sizes:
    """One encoding: bytes of each alert, in order, as a message and delivered."""

    message: tuple[int, ...]
    delivered: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that was measured. `trained_on`: how many alerts the dictionary was trained on; None: they were too few for one."""

    alerts: tuple[Measured, ...]
    trained_on: int | None
    sizes: Mapping[str, Sizes]
    catch_up: CatchUp
    empty: Empty
    speed: Speed

    def as_json(self) -> dict[str, Any]:
        """The form that machines read."""
        return {
            "alerts": len(self.alerts),
            "short_alerts": len(self._where(lambda one: one.is_short)),
            "trained_on": self.trained_on,
            "encodings": {name: self._figures(sizes.message) for name, sizes in self.sizes.items()},
            "delivered": {name: self._figures(sizes.delivered) for name, sizes in self.sizes.items()},
            "catch_up_20_bytes_per_alert": round(self.catch_up.to_ip, 1),
            "catch_up": {
                name: round(value, 1) if isinstance(value, float) else value
                for name, value in asdict(self.catch_up).items()
            },
            "reconnect_empty_bytes": self.empty.payload,
            "reconnect_empty": asdict(self.empty),
            "speed": {name: round(value, 3) for name, value in asdict(self.speed).items()},
            "by_source": self._medians(lambda one: one.source),
            "by_length": self._medians(lambda one: length_class(one.chars), [*_CLASSES]),
        }

    def _where(self, fits: Callable[[Measured], bool]) -> list[int]:
        return [index for index, one in enumerate(self.alerts) if fits(one)]

    def _figures(self, sizes: Sequence[int]) -> dict[str, float | None]:
        short = self._where(lambda one: one.is_short)
        return {
            "median": median(sizes),
            "mean": round(fmean(sizes), 1),
            "short_median": median(sizes[index] for index in short) if short else None,
        }

    def _medians(self, kind: Callable[[Measured], str], order: Sequence[str] = ()) -> dict[str, Any]:
        """Medians of the messages, by a kind of alert; the kinds in this order, or sorted."""
        members: defaultdict[str, list[int]] = defaultdict(list)
        for index, one in enumerate(self.alerts):
            members[kind(one)].append(index)
        return {
            name: {
                "alerts": len(members[name]),
                "encodings": {
                    encoding: median(sizes.message[index] for index in members[name])
                    for encoding, sizes in self.sizes.items()
                },
            }
            for name in (order or sorted(members))
            if name in members
        }


def length_class(chars: int) -> str:
    """The class of length that an alert of so many characters belongs to."""
    return next((name for end, name in zip(LENGTHS, _CLASSES, strict=False) if chars < end), _CLASSES[-1])


_CLASSES = (
    f"under {LENGTHS[0]}",
    *(f"{low} to {high - 1}" for low, high in pairwise(LENGTHS)),
    f"{LENGTHS[-1]} and more",
)


def report(
    measured: Sequence[Row], training: Sequence[Row], *, done: Callable[[str], None] = lambda what: None
) -> Report:
    """Measure; `done` hears of each thing that is done. Both in order of `sent`; there must be something to measure."""
    alerts = in_log(measured)
    dictionary = tocsin.train_on(in_log(training, EARLIER_EPOCH))
    done("training")
    sizes = {}
    for encoding in encodings(dictionary):
        sizes[encoding.name] = _sizes(encoding, alerts)
        done(encoding.name)
    speed = measure_speed(alerts, dictionary or shipped())
    done("speed")
    empty, catch_up = measure_reconnects(alerts, dictionary or shipped())
    return Report(tuple(alerts), None if dictionary is None else len(training), sizes, catch_up, empty, speed)


def _sizes(encoding: Encoding, alerts: Sequence[Measured]) -> Sizes:
    messages = [len(message) for message in encoding.encode(alerts)]
    assert len(messages) == len(alerts), "one message for each alert"
    answers = [None if encoding.answer is None else encoding.answer(one) for one in alerts]
    costs = (delivered(encoding.carried(message), answer) for message, answer in zip(messages, answers, strict=True))
    return Sizes(tuple(messages), tuple(cost.total for cost in costs))
