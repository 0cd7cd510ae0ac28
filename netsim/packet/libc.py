"""The few calls of Linux that Python 3.11 does not offer: unshare, setns, prctl, and capset by way of it.

Each raises OSError as the calls of the standard library do. See namespaces(7), unshare(2), setns(2), prctl(2), capabilities(7).
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Sequence
from typing import Any

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
CAP_NET_ADMIN, CAP_NET_RAW = 12, 13
_PR_SET_PDEATHSIG = 1
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 47, 2
_CAPABILITY_HEADER = struct.pack("Ii", 0x20080522, 0)  # version 3, this thread

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: Any) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def unshare(kinds: int) -> None:
    """Leave the namespaces of these kinds for new ones. A user namespace asks that the process has one thread."""
    _call("unshare", kinds)


def setns(descriptor: int, kind: int) -> None:
    """Enter the namespace behind an open /proc/…/ns/… file; `kind` guards against passing the wrong one."""
    _call("setns", descriptor, kind)


def die_with_parent(signal_number: int) -> None:
    """Ask the kernel to send this process a signal when the thread that started it ends."""
    _call("prctl", _PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def set_capabilities(sets: Sequence[int]) -> None:
    """Those of this thread, as bits: effective, permitted, inheritable; then the same for those from 32 on."""
    _call("capset", _CAPABILITY_HEADER, (ctypes.c_uint32 * 6)(*sets))


def keep_over_exec(capabilities: Sequence[int]) -> None:
    """Have these capabilities, below 32, also in the command that this process becomes, whoever its user is.

    A user other than root loses them else, in a user namespace too.
    """
    sets = (ctypes.c_uint32 * 6)()
    _call("capget", _CAPABILITY_HEADER, sets)
    inheritable = sum(1 << capability for capability in capabilities)
    set_capabilities([*sets[:2], sets[2] | inheritable, *sets[3:]])
    for capability in capabilities:
        _call("prctl", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0)
