"""A running site: one hub, some devices, and a bad link in front of each, all real processes.

    with Site(folder, ToxiproxyLinks("embedded"), people(3)) as site:
        site.apply(load_profile("gprs"), seed=7)
        site.devices[0].link.cut()
        site.hub.kill()
        site.hub.start()
        site.devices[0].link.heal()

Everything blocks, for as long as a process takes to start at most. Call it from the thread that made the site: its processes
die with that thread.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from alerts.errors import UserError
from netsim.profiles.profile import Profile
from netsim.site.device import Person, SiteDevice
from netsim.site.hub import SiteHub
from netsim.site.link import Links, SiteLink

KEEPALIVE_S = 15.0
"""Shorter than a client's own, so that a dead connection is noticed within a campaign of a minute."""

_PEOPLE = (
    Person("amina", ("KE-047-0312",), ("nurse", "cold-chain"), ("sw", "en")),
    Person("tomas", ("MZ-Q-0506", "MZ-S-0203", "MZ-P-0410"), ("logistics",), ("pt",)),
    Person("moussa", ("NE-7-0105", "NG-BO-0117", "NG-KN-0221"), ("chw",), ("fr", "ha", "en")),
    Person("wanjiku", ("KE-001", "KE-047"), ("chw",), ("en",)),
    Person("farida", ("YE",), ("nurse",), ("ar", "en")),
    Person("marie", ("HT", "CD-NK"), ("nurse", "chw"), ("fr",)),
)


def people(count: int) -> list[Person]:
    """So many people with devices, always the same."""
    chosen = []
    for index in range(count):
        one, turn = _PEOPLE[index % len(_PEOPLE)], index // len(_PEOPLE)
        chosen.append(Person(f"{one.name}-{turn + 1}" if turn else one.name, one.areas, one.roles, one.languages))
    return chosen


class Site:
    """A context manager: everybody has joined and runs within; no process is left after it. All files are in `folder`."""

    def __init__(
        self, folder: Path, links: Links, staff: Sequence[Person], *, keepalive_s: float = KEEPALIVE_S
    ) -> None:
        self.folder = folder
        self.links = links
        self.devices: list[SiteDevice] = []
        self.clones: list[SiteDevice] = []
        self.unreproduced: tuple[str, ...] = ()
        """What the links cannot reproduce of the profile, in words."""
        self._keepalive_s = keepalive_s
        self._copies = folder / "copies"
        self._copies.mkdir(parents=True, exist_ok=True)
        self._short = Path(tempfile.mkdtemp(prefix="tocsin-site-"))  # a socket's path has 100 bytes at most
        self.hub = SiteHub(folder / "hub", links, self._short / "api", self._copies)
        self._staff = staff

    @property
    def all_devices(self) -> list[SiteDevice]:
        """The devices and their clones."""
        return [*self.devices, *self.clones]

    def __enter__(self) -> Self:
        try:
            self.hub.start()
            for person in self._staff:
                self.add(person)
            for device in self.devices:
                device.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill what runs, and take the links away."""
        for device in self.all_devices:
            device.kill()
        self.hub.kill()
        self.links.close()
        shutil.rmtree(self._short, ignore_errors=True)

    def add(self, person: Person) -> SiteDevice:
        """A device that has joined, and is switched off. It joins beside its link, which may be bad already."""
        link = self.links.link(person.name)
        device = self._device(person, self.folder / person.name, link)
        asked = {"areas": person.areas, "roles": person.roles, "name": person.name}
        code = self.hub.said("POST", "/v1/enrolment-codes", 201, body=asked)["code"]
        enrolment = {"code": code, "name": person.name, "languages": person.languages}
        answer = self.hub.said("POST", "/v1/enrolments", 201, body=enrolment)
        device.join(answer["device"], answer["token"])
        self.devices.append(device)
        return device

    def clone(self, device: SiteDevice, *, start: bool = True) -> SiteDevice:
        """A second phone with a copy of this device's store as it is now, over the same link."""
        count = sum(one.clone_of is device for one in self.clones) + 1
        person = Person(
            f"{device.name}-clone-{count}", *(device.person.areas, device.person.roles, device.person.languages)
        )
        clone = self._device(person, self.folder / person.name, device.link, device)
        clone.put(device.backup())
        self.clones.append(clone)
        if start:
            clone.start()
        return clone

    def move(self, device: SiteDevice, areas: tuple[str, ...]) -> None:
        """Ops move a device to other areas. Raises SilentError, and UserError where the hub refuses."""
        answer = self.hub.ask("PATCH", f"/v1/devices/{device.device}", body={"areas": areas})
        if answer.status != 200:
            raise UserError(f"the hub does not move {device.name}: {answer.status} {answer.body}")
        device.person = replace(device.person, areas=areas)

    def _device(self, person: Person, folder: Path, link: SiteLink, clone_of: SiteDevice | None = None) -> SiteDevice:
        place = self.links.place_of(link)
        return SiteDevice(
            *(person, folder, link, place, self._copies), keepalive_s=self._keepalive_s, clone_of=clone_of
        )

    def apply(self, profile: Profile, seed: int) -> None:
        """Every link is as this profile says from now on, each with its own chance."""
        chance = random.Random(seed)
        words = [device.link.apply(profile, chance.getrandbits(32)) for device in self.devices]
        self.unreproduced = words[0] if words else ()

    def heal(self) -> None:
        """End whatever faults did to links, start what does not run, and have everybody connect at once."""
        self.hub.begin()
        self.hub.until_listening()
        for device in self.all_devices:
            device.link.divert(None)
            device.link.heal()
            device.start()
            device.connect_now()
