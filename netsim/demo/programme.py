"""What is published in the demo: the samples that come with it, and the files that somebody adds."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from alerts.audience import Audience
from alerts.cap import times
from netsim.demo.device import Device
from netsim.workload import load_samples, rebase

_CAP = "{*}"


@dataclass(frozen=True, slots=True)
class Item:
    """An alert that is about to be published: where it comes from, its headline, its bytes, and whom it is for."""

    name: str
    headline: str
    xml: bytes
    audience: Audience


class UnreadableError(Exception):
    """A file that cannot even be offered to the hub; the text says why."""


def samples(devices: Sequence[Device], count: int | None) -> list[Item]:
    """The samples as if written now, the first `count` of them; Private ones are for the first device."""
    now = int(time.time())
    private = tuple(device.device for device in devices[:1])
    chosen = load_samples()[:count]
    return [
        _item(
            one.name,
            rebase(one.xml, now),
            replace(one.audience, devices=private) if one.audience.devices else one.audience,
        )
        for one in chosen
    ]


def added(file: Path, devices: Sequence[Device]) -> Item:
    """Somebody's own CAP file, moved so that it is sent now, for all devices of the demo. Raises UnreadableError."""
    try:
        xml = file.read_bytes()
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
        sent, _ = times.read_loosely((root.findtext(f"{_CAP}sent") or "").strip())
        moved = rebase(xml, int(time.time()), sent.seconds)
    except OSError as error:
        raise UnreadableError(f"it cannot be read: {error.strerror}") from error
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableError(f"it is no CAP in XML with a time in <sent>: {error}") from error
    return _item(file.name, moved, _audience(root.findtext(f"{_CAP}scope") or "", devices))


def _audience(scope: str, devices: Sequence[Device]) -> Audience:
    """CAP 1.2 §3.2.1: a Restricted alert names whom, a Private one each single reader."""
    if scope.strip() == "Private":
        return Audience(devices=tuple(device.device for device in devices))
    if scope.strip() == "Restricted":
        return Audience(areas=tuple(area for device in devices for area in device.person.areas))
    return Audience(everyone=True)


def _item(name: str, xml: bytes, audience: Audience) -> Item:
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    words = root.findtext(f"{_CAP}info/{_CAP}headline") or root.findtext(f"{_CAP}info/{_CAP}event") or name
    return Item(name, " ".join(words.split()), xml, audience)
