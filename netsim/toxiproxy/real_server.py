"""The real Toxiproxy server, a Go program, as a child process."""

from __future__ import annotations

import atexit
import contextlib
import json
import secrets
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence

from alerts.errors import UserError
from netsim.toxiproxy.real_location import INSTALL_HINT, find_real_server
from netsim.toxiproxy.toxiproxy_client import ToxiproxyClient, ToxiproxyError

READY_S_MAX = 20.0
POLL_S = 0.02
TRIES_MAX = 5
"""A free port can be taken by somebody else before the child takes it: then another is tried."""


class RealServer:
    """A real Toxiproxy on a free loopback port, alive until `stop`; `options` are its own.

    Raises UserError where there is none to run.
    """

    def __init__(self, *options: str) -> None:
        path = find_real_server()
        if path is None:
            raise UserError("no Toxiproxy server was found on this machine", hint=INSTALL_HINT)
        for _ in range(TRIES_MAX):
            self.port = _free_port()
            self._child = _spawn(path, self.port, options)
            if self._child is not None:
                atexit.register(self.stop)
                return
        raise UserError(
            f"{path} did not answer on any of {TRIES_MAX} ports", hint="Run it by hand to see what it says."
        )

    def stop(self) -> None:
        """End the child."""
        atexit.unregister(self.stop)
        if self._child is not None:
            _end(self._child)


def _spawn(path: str, port: int, options: Sequence[str]) -> subprocess.Popen[bytes] | None:
    """A child that answers on `port`, or None if that port is somebody else's by now."""
    mark = f"started-{secrets.token_hex(8)}"
    proxy = {"name": mark, "listen": "127.0.0.1:0", "upstream": "127.0.0.1:1", "enabled": False}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as config:
        config.write(json.dumps([proxy]))
        config.flush()
        child = subprocess.Popen(  # noqa: S603  (the path is the operator's)
            [path, "-host", "127.0.0.1", "-port", str(port), "-config", config.name, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if _answers(child, ToxiproxyClient("127.0.0.1", port), mark):
            return child
    _end(child)
    return None


def _answers(child: subprocess.Popen[bytes], client: ToxiproxyClient, mark: str) -> bool:
    """Wait for the child. It stays alive when its port is taken, so its mark must show that it is the one answering."""
    deadline = time.monotonic() + READY_S_MAX
    while time.monotonic() < deadline and child.poll() is None:
        with contextlib.suppress(ToxiproxyError):
            if mark not in client.proxies():
                return False
            client.delete_proxy(mark)
            return True
        time.sleep(POLL_S)
    return False


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(timeout=5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
