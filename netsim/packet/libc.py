"""The few calls of Linux that Python 3.11 does not offer: unshare, setns, prctl(PR_SET_PDEATHSIG).

Each raises OSError as the calls of the standard library do. See namespaces(7), unshare(2), setns(2), prctl(2).
"""

from __future__ import annotations

import ctypes
import os

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: int) -> None:
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
