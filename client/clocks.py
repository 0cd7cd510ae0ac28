"""The clocks of this machine that the client uses: none of them is the wall clock, which a person may set to any year."""

from __future__ import annotations

import ctypes
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Clocks:
    """`monotonic` counts seconds since some moment of this boot, sleep included; `boot` names the boot ("": not known)."""

    monotonic: Callable[[], float]
    boot: str


def system_clocks() -> Clocks:
    """The clocks of this machine."""
    return Clocks(_monotonic_through_sleep(), _boot())


def _monotonic_through_sleep() -> Callable[[], float]:
    """A phone or laptop that slept for four days must not believe that no time has passed."""
    if sys.platform == "linux":
        return lambda: time.clock_gettime(time.CLOCK_BOOTTIME)
    elif sys.platform == "darwin":  # noqa: RET505 mypy judges a chain for each platform
        return lambda: time.clock_gettime(time.CLOCK_MONOTONIC)  # Python's monotonic() stops there during sleep
    else:
        return time.monotonic


def _boot() -> str:
    try:
        return _boot_named_by_system()
    except (OSError, AttributeError):
        return ""


def _boot_named_by_system() -> str:
    if sys.platform == "linux":
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    elif sys.platform == "darwin":  # noqa: RET505
        return _sysctl("kern.bootsessionuuid")
    elif sys.platform == "win32":
        import winreg

        path = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as key:
            return str(winreg.QueryValueEx(key, "BootId")[0])
    else:
        return ""


def _sysctl(name: str) -> str:
    libc = ctypes.CDLL(None, use_errno=True)
    value = ctypes.create_string_buffer(64)
    size = ctypes.c_size_t(len(value))
    if libc.sysctlbyname(name.encode(), value, ctypes.byref(size), None, 0):
        raise OSError(ctypes.get_errno(), f"sysctl {name}")
    return value.value.decode()
