"""A campaign from its options: the links, the site, the schedule, the record, all in one folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alerts.errors import UserError
from netsim.chaos.alerts import pace_of
from netsim.chaos.campaign import run_campaign
from netsim.chaos.options import Options
from netsim.chaos.outcome import Outcome
from netsim.chaos.record import FILE, Recorder
from netsim.chaos.schedule import Schedule, draw
from netsim.profiles.library import load_profile
from netsim.profiles.profile import Profile
from netsim.site.link import Links
from netsim.site.packet_link import PacketLinks
from netsim.site.site import Site, people
from netsim.site.toxiproxy_link import ToxiproxyLinks


def schedule_of(options: Options, profile: Profile) -> Schedule:
    """What these options draw. Raises UserError: an unknown fault, a place that the schedule does not have."""
    schedule = draw(
        options.seed,
        length_s=options.minutes * 60,
        pace_a_minute=pace_of(profile),
        devices=[person.name for person in people(options.devices)],
        faults=options.fault_menu(),
    )
    if options.only is None:
        return schedule
    if unknown := set(options.only) - set(schedule.indexes):
        raise UserError(f"the schedule of seed {options.seed} has no place {min(unknown)}", exit_code=2)
    return schedule.only(options.only)


def open_links(options: Options) -> Links:
    """The links of a site. Raises UserError: this machine cannot have such."""
    if options.via == "packet":
        return PacketLinks(options.devices, seed=options.seed)
    return ToxiproxyLinks(options.toxiproxy, seed=options.seed)


def run_one(options: Options, folder: Path, say: Callable[[str], None]) -> Outcome:
    """Run it, with everything in `folder`, which is made if need be and must hold no other campaign. Raises UserError."""
    profile = load_profile(options.profile)
    schedule = schedule_of(options, profile)
    _make(folder)
    recorder = Recorder(folder / FILE)
    try:
        say(f"{profile.name} via {options.via}: setting up a hub and {options.devices} devices …")
        with Site(folder, open_links(options), people(options.devices)) as site:
            return run_campaign(site, schedule, profile, recorder, say)
    finally:
        recorder.close()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder} cannot be made: {error.strerror}", "Choose another folder with --keep.") from error
    if any(folder.iterdir()):
        raise UserError(f"{folder} is not empty", "Choose another folder with --keep: a campaign replaces nothing.")
