"""Small file systems, which can be filled: a tmpfs of a few megabytes, seen by this process and its children alone.

    small_disk.enter_private_mounts()     # first thing in a process, while it has one thread
    small_disk.mount(folder, 8 << 20)
    small_disk.fill(folder)               # whoever writes there now gets ENOSPC
    small_disk.clear(folder)

Mounting needs CAP_SYS_ADMIN, or user namespaces, in which it needs no right. What is mounted goes with the last process that
sees it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

from netsim.faults.fault import CannotError
from netsim.packet import libc

SMALL_BYTES_MAX = 1 << 30
"""A file system larger than this is not filled: it is somebody's."""

BALLAST = ".ballast"
_CLONE_NEWNS = 0x00020000
_MS_REC, _MS_PRIVATE = 0x4000, 0x40000
_STEP_BYTES = 1 << 20
_HINT = "Run as root, or allow user namespaces: sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces."


def enter_private_mounts() -> None:
    """Give this process mounts of its own. It must have one thread. Raises CannotError: this system does not allow it."""
    if not sys.platform.startswith("linux"):
        raise CannotError("mounts of one's own are Linux's", "Run it on Linux.")
    try:
        try:
            libc.unshare(_CLONE_NEWNS)
        except PermissionError:
            user, group = os.geteuid(), os.getegid()
            libc.unshare(libc.CLONE_NEWUSER | _CLONE_NEWNS)
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
        _mount("none", Path("/"), None, _MS_REC | _MS_PRIVATE, None)
    except OSError as error:
        raise CannotError(f"this process cannot have mounts of its own: {error.strerror}", _HINT) from error


def mount(folder: Path, size_bytes: int) -> None:
    """Make the folder, and a file system of this size in it. Raises CannotError: it may not."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        _mount("tmpfs", folder, "tmpfs", 0, f"size={size_bytes},mode=0700")
    except OSError as error:
        raise CannotError(f"no file system can be mounted at {folder}: {error.strerror}", _HINT) from error


def is_small(folder: Path) -> bool:
    """Whether the folder is a file system of its own, and small enough to be filled."""
    if not folder.is_mount():
        return False
    found = os.statvfs(folder)
    return found.f_blocks * found.f_frsize <= SMALL_BYTES_MAX


def fill(folder: Path) -> None:
    """Leave no room on the folder's file system."""
    handle = os.open(folder / BALLAST, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        step, size = _STEP_BYTES, os.fstat(handle).st_size
        while step:
            try:
                os.posix_fallocate(handle, size, step)
                size += step
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
                step //= 2
    finally:
        os.close(handle)


def clear(folder: Path) -> None:
    """Make room again."""
    (folder / BALLAST).unlink(missing_ok=True)


def _mount(source: str, target: Path, kind: str | None, flags: int, options: str | None) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    words = (None if word is None else word.encode() for word in (kind, options))
    kind_bytes, option_bytes = words
    if library.mount(source.encode(), str(target).encode(), kind_bytes, flags, option_bytes):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
