"""`python -m netsim.bench.probe HOST`: one end of a calibration; plain TCP and UDP, nothing of Tocsin.

Its threads are woken first where they may be: it is an instrument, and what it measures is not how busy the machine is.

What it says and is asked is one JSON object a line (netsim.bench.ends); HOST is the address at which it listens.

    says                              {"tcp": port, "udp": port}
    {"round_trips": N, host, port} →  {"seconds": […]}  a byte there and back, N times, on one connection
    {"push": S, host, port}        →  {}  S seconds of bulk transfer to the other end on "connections" connections
    {"pull": S, host, port}        →  {}  the same from there
    {"watch": device}              →  {}  from now on note what the kernel receives through this device
    {"watched": true}              →  {"bytes": …, "seconds": …}  between the first and the last arrival since
    {"send": N, host, port}        →  {}  UDP packets with the numbers "first", "first" + 1 and so on
    {"numbers": true}              →  {"numbers": […]}  of the UDP packets that came since, as they came
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from netsim.bench.lines import Message, answer_all, say
from netsim.packet.priority import woken_first

UDP_PACKET_BYTES = 100
ROUND_TRIP_PACKET_BYTES = 53
"""A byte behind the headers of IP and TCP, with the time stamps (RFC 7323) that Linux sends."""

_HEADERS_BYTES = 28  # IP and UDP
_CHUNK_BYTES = 65_536
_LOOK_SECONDS = 0.005
_ANSWER_SECONDS_MAX = 100.0


def received_bytes(device: str) -> int:
    """What the kernel of this namespace has received through a device: whole IP packets, repetitions too."""
    for line in Path("/proc/net/dev").read_text(encoding="ascii").splitlines():
        name, _, counts = line.partition(":")
        if name.strip() == device:
            return int(counts.split()[0])
    raise OSError(f"no device {device}")


class Watch:
    """Notes how many bytes have come through a device, and when, until it is stopped."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._marks = [(time.monotonic(), received_bytes(device))]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @woken_first()
    def _run(self) -> None:
        while not self._stopped.wait(_LOOK_SECONDS):
            count = received_bytes(self._device)
            if count != self._marks[-1][1]:
                self._marks.append((time.monotonic(), count))

    def stop(self) -> Message:
        """Bytes and seconds between the first and the last arrival; the first quarter, in which TCP starts, is left out."""
        self._stopped.set()
        self._thread.join()
        marks = self._marks[1:]
        if len(marks) < 2:
            return {"bytes": 0, "seconds": 0.0}
        started = marks[0][0] + (marks[-1][0] - marks[0][0]) / 4
        steady = [mark for mark in marks if mark[0] >= started]
        return {"bytes": steady[-1][1] - steady[0][1], "seconds": steady[-1][0] - steady[0][0]}


class Server:
    """What the other end connects to: a connection says in its first line what it is for."""

    def __init__(self, host: str) -> None:
        self._listener = socket.create_server((host, 0), backlog=64)
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
        self.udp.bind((host, 0))
        self.port: int = self._listener.getsockname()[1]
        self._numbers: list[int] = []
        for serve in (self._accept, self._take_datagrams):
            threading.Thread(target=serve, daemon=True).start()

    def take_numbers(self) -> list[int]:
        """Of the UDP packets that came since this was asked last."""
        numbers, self._numbers = self._numbers, []
        return numbers

    @woken_first()
    def _take_datagrams(self) -> None:
        while True:
            payload = self.udp.recv(_CHUNK_BYTES)
            self._numbers.append(struct.unpack_from("!I", payload)[0])

    @woken_first()
    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    @woken_first()
    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            what, seconds = json.loads(_first_line(connection))
            until = time.monotonic() + seconds
            if what == "echo":
                while byte := connection.recv(1):
                    connection.sendall(byte)
            elif what == "pull":
                fill(connection, until)
            else:
                drain(connection, until)


def _first_line(connection: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        byte = connection.recv(1)
        if not byte:
            raise ConnectionResetError
        line += byte
    return line


def drain(connection: socket.socket, until: float) -> None:
    """Take what comes until the stream or the time ends, then break the connection."""
    with _broken_at_the_end(connection):
        while (left := until - time.monotonic()) > 0:
            connection.settimeout(left)
            if not connection.recv(_CHUNK_BYTES):
                return


def fill(connection: socket.socket, until: float) -> None:
    """Send as much as goes until the time ends, then break the connection."""
    with contextlib.suppress(OSError):  # a control that fills the queue, so that the bottleneck is never idle
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"cubic")
    with _broken_at_the_end(connection):
        while (left := until - time.monotonic()) > 0:
            connection.settimeout(left)
            connection.send(bytes(_CHUNK_BYTES))


@contextlib.contextmanager
def _broken_at_the_end(connection: socket.socket) -> Iterator[None]:
    """What still waits to be sent would keep the line busy."""
    with contextlib.suppress(OSError):
        yield
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()


@contextlib.contextmanager
def _connected(asked: Message, what: str, seconds: float) -> Iterator[socket.socket]:
    with socket.create_connection((asked["host"], asked["port"]), timeout=_ANSWER_SECONDS_MAX) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(json.dumps([what, seconds]).encode() + b"\n")
        yield connection


def round_trips(asked: Message) -> Message:
    """A byte there and back, so often; the first is not counted: it also waits for the connection to be served."""
    seconds = []
    with _connected(asked, "echo", 0) as connection:
        for _ in range(asked["round_trips"] + 1):
            began = time.monotonic()
            connection.sendall(b"x")
            if not connection.recv(1):
                raise ConnectionResetError
            seconds.append(time.monotonic() - began)
    return {"seconds": seconds[1:]}


def transfer(asked: Message, what: str, carry: Callable[[socket.socket, float], None]) -> Message:
    """So many seconds of it on so many connections side by side, from when each stands."""
    seconds = asked[what]

    @woken_first()
    def run() -> None:
        with contextlib.suppress(OSError), _connected(asked, what, seconds) as connection:
            carry(connection, time.monotonic() + seconds)

    threads = [threading.Thread(target=run) for _ in range(asked["connections"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {}


class Probe:
    """One end: answers what it is asked, by the name of the first thing in the question."""

    def __init__(self, host: str) -> None:
        self._server = Server(host)
        self._watch: Watch | None = None

    def greet(self) -> None:
        """Say where it listens."""
        say(tcp=self._server.port, udp=self._server.udp.getsockname()[1])

    def answer(self, asked: Message) -> Message:
        """The answer to one question."""
        question = next(iter(asked))
        answers: dict[str, Callable[[Message], Message]] = {
            "round_trips": round_trips,
            "push": lambda asked: transfer(asked, "push", fill),
            "pull": lambda asked: transfer(asked, "pull", drain),
            "watch": self._begin_watch,
            "watched": self._end_watch,
            "send": self._send,
            "numbers": lambda _: {"numbers": self._server.take_numbers()},
        }
        return answers[question](asked)

    def _begin_watch(self, asked: Message) -> Message:
        self._watch = Watch(asked["watch"])
        return {}

    def _end_watch(self, _: Message) -> Message:
        assert self._watch is not None, "it is asked to watch first"
        return self._watch.stop()

    def _send(self, asked: Message) -> Message:
        address, filler = (asked["host"], asked["port"]), bytes(UDP_PACKET_BYTES - _HEADERS_BYTES - 4)
        for number in range(asked["first"], asked["first"] + asked["send"]):
            self._server.udp.sendto(struct.pack("!I", number) + filler, address)
        return {}


@woken_first()
def main(host: str) -> None:
    """Answer until the input closes."""
    probe = Probe(host)
    probe.greet()
    answer_all(probe.answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
