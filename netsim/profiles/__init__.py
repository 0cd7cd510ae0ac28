"""Links of the field as files: what each is like, and where each figure comes from."""

from netsim.profiles.bursts import Bursts, Losses
from netsim.profiles.library import load_profile, profile_names
from netsim.profiles.outages import Outage, draw_outages
from netsim.profiles.profile import Nat, Profile, Source, Way
from netsim.profiles.trace import Step, Trace, Track

__all__ = [
    "Bursts",
    "Losses",
    "Nat",
    "Outage",
    "Profile",
    "Source",
    "Step",
    "Trace",
    "Track",
    "Way",
    "draw_outages",
    "load_profile",
    "profile_names",
]
