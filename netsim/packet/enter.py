"""`python -m netsim.packet.enter PARENT USER NET COMMAND…`: become COMMAND in the namespaces behind two descriptors.

A process of its own, because a user namespace can be entered only by a process with a single thread. −1 stands for
no namespace; PARENT is the process without which COMMAND shall not live.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from netsim.packet import libc

_EXIT_NOT_STARTED = 127


def enter(user_descriptor: int, net_descriptor: int) -> None:
    """Move into the namespaces, the user's first: it gives the right to enter the other, and to set things up there."""
    for descriptor, kind in ((user_descriptor, libc.CLONE_NEWUSER), (net_descriptor, libc.CLONE_NEWNET)):
        if descriptor >= 0:
            libc.setns(descriptor, kind)
            os.close(descriptor)
    if user_descriptor >= 0:
        libc.keep_over_exec((libc.CAP_NET_ADMIN, libc.CAP_NET_RAW))


def main(arguments: Sequence[str]) -> int:
    """Returns only if the command could not be started."""
    parent, user_descriptor, net_descriptor = (int(argument) for argument in arguments[1:4])
    command = list(arguments[4:])
    try:
        enter(user_descriptor, net_descriptor)
        libc.die_with_parent(signal.SIGKILL)  # after entering: a change of credentials forgets it
        if os.getppid() == parent:
            os.execvp(command[0], command)  # noqa: S606  a list of arguments, no shell
    except OSError as error:
        sys.stderr.write(f"cannot start {command[0]}: {error.strerror}\n")
    return _EXIT_NOT_STARTED


if __name__ == "__main__":
    sys.exit(main(sys.argv))
