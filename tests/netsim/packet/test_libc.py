"""The calls fail as those of the standard library do; that they work shows in the namespaces' own tests."""

from __future__ import annotations

import errno
import os

import pytest

from netsim.packet import libc


def test_an_unknown_kind_of_namespace_is_an_error_with_its_number() -> None:
    with pytest.raises(OSError, match="unshare") as caught:
        libc.unshare(0x1)
    assert caught.value.errno == errno.EINVAL


def test_a_descriptor_that_is_no_namespace_is_refused() -> None:
    descriptor = os.open("/dev/null", os.O_RDONLY)
    try:
        with pytest.raises(OSError, match="setns"):
            libc.setns(descriptor, libc.CLONE_NEWNET)
    finally:
        os.close(descriptor)


def test_a_number_that_is_no_signal_is_refused() -> None:
    with pytest.raises(OSError, match="prctl"):
        libc.die_with_parent(9999)


def _end_without_capabilities() -> int:
    """In a child: give up all capabilities, then try to keep one; the exit code is the number of the error."""
    child = os.fork()
    if child == 0:
        libc.set_capabilities([0] * 6)
        try:
            libc.keep_over_exec([libc.CAP_NET_ADMIN])
        except OSError as error:
            os._exit(error.errno or 0)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_capability_that_one_has_not_cannot_be_kept() -> None:
    assert _end_without_capabilities() == errno.EPERM
