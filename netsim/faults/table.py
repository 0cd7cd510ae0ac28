"""All faults by name: a new one is a file, and one line here."""

from __future__ import annotations

from typing import Any

from alerts.errors import UserError
from netsim.faults.buffering_proxy import BufferingProxy
from netsim.faults.captive_portal import CaptivePortal
from netsim.faults.clock_jump import DeviceClockJump, HubClockJump
from netsim.faults.cut import Cut
from netsim.faults.database_locked import DeviceDatabaseLocked, HubDatabaseLocked
from netsim.faults.device_cloned import DeviceCloned
from netsim.faults.device_moved import DeviceMoved
from netsim.faults.disk_full import DeviceDiskFull, HubDiskFull
from netsim.faults.expired_certificate import ExpiredCertificate
from netsim.faults.fault import Fault
from netsim.faults.half_open import HalfOpen
from netsim.faults.kill import DeviceKill, HubKill
from netsim.faults.log_replaced import LogReplaced
from netsim.faults.old_backup import DeviceRestored, HubRestored
from netsim.faults.reset import Reset
from netsim.faults.second_connection import DuplicatedConnection
from netsim.faults.slow_reader import SlowReader
from netsim.faults.stall import Stall
from netsim.faults.stripped_upgrade import StrippedUpgrade

FAULTS: dict[str, type[Fault]] = {
    kind.name: kind
    for kind in (
        *(Cut, HalfOpen, Reset, Stall, SlowReader),
        *(CaptivePortal, BufferingProxy, StrippedUpgrade, ExpiredCertificate),
        *(HubClockJump, DeviceClockJump),
        *(HubDiskFull, DeviceDiskFull, HubDatabaseLocked, DeviceDatabaseLocked),
        *(HubKill, DeviceKill),
        *(HubRestored, LogReplaced, DeviceRestored, DeviceCloned, DeviceMoved, DuplicatedConnection),
    )
}


def make(name: str, **options: Any) -> Fault:
    """A new fault of this name. Raises UserError: there is none."""
    kind = FAULTS.get(name)
    if kind is None:
        raise UserError(f"there is no fault {name!r}", f"There are {', '.join(FAULTS)}.", exit_code=2)
    return kind(**options)
