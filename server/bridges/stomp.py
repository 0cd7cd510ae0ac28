r"""STOMP 1.2 frames ⇄ bytes, strict both ways; no sockets. https://stomp.github.io/stomp-specification-1.2.html

    SEND\n                      a command of the table
    destination:/alerts\n       headers, escaped (\r \n \c \\ and nothing else); of one that is repeated the first counts
    content-length:4\n          the body has so many octets; without it, the body ends at the first NUL
    \n
    body\0\n                    NUL, then any number of EOLs; EOLs between frames are heart-beats

The bytes may come in pieces of any size. What breaks a rule or a bound is a RemoteProtocolError, after which nothing more is
read: where a frame ends is not known any more. Whatever is written can be read: a header that cannot be written without
changing the frame around it is refused, not sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from alerts.errors import LocalProtocolError, RemoteProtocolError

VERSION = "1.2"
CLIENT_COMMANDS = frozenset(
    {"CONNECT", "STOMP", "SEND", "SUBSCRIBE", "UNSUBSCRIBE", "BEGIN", "COMMIT", "ABORT", "ACK", "NACK", "DISCONNECT"}
)
SERVER_COMMANDS = frozenset({"CONNECTED", "MESSAGE", "RECEIPT", "ERROR"})
WITH_BODY = frozenset({"SEND", "MESSAGE", "ERROR"})
UNESCAPED = frozenset({"CONNECT", "STOMP", "CONNECTED"})
"""Written as STOMP 1.0 had it, so that any version can read them: no escapes, thus no line ends in their headers."""

LENGTH = "content-length"
_ESCAPED = {"\\": "\\\\", "\r": "\\r", "\n": "\\n", ":": "\\c"}
_ESCAPE = re.compile(r"[\\\r\n:]")
_MEANT = {escaped[1]: plain for plain, escaped in _ESCAPED.items()}
_ESCAPES = re.compile(r"\\(.?)", re.DOTALL)
_LENGTH = re.compile(r"[0-9]{1,15}", re.ASCII)
_NUL = b"\0"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one frame may have. Sixty headers are more than anybody needs, and a line holds a list of 50 areas."""

    headers_max: int = 64
    line_bytes_max: int = 16 * 1024
    head_bytes_max: int = 32 * 1024
    body_bytes_max: int = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame; `headers` as they are meant, without escapes, each name once."""

    command: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Beat:
    """One or more EOLs between frames: the peer is alive."""


# -- writing ----------------------------------------------------------------------------------------------------------


def encode(frame: Frame) -> bytes:
    """The bytes of a frame, with its content-length where it may have a body.

    Raises LocalProtocolError: an unknown command, a body where there is none, a header that cannot be written as one.
    """
    if frame.command not in CLIENT_COMMANDS | SERVER_COMMANDS:
        raise LocalProtocolError(f"{frame.command!r} is no command of STOMP {VERSION}")
    if frame.body and frame.command not in WITH_BODY:
        raise LocalProtocolError(f"a {frame.command} frame has no body")
    headers = dict(frame.headers)
    length = str(len(frame.body))
    if headers.setdefault(LENGTH, length) != length:
        raise LocalProtocolError(f"content-length says {headers[LENGTH][:20]!r}, and the body has {length} bytes")
    if frame.command not in WITH_BODY and LENGTH not in frame.headers:
        del headers[LENGTH]
    lines = [_line(frame.command, name, value) for name, value in headers.items()]
    return "".join((f"{frame.command}\n", *lines, "\n")).encode() + frame.body + _NUL


def _line(command: str, name: str, value: str) -> str:
    if not name:
        raise LocalProtocolError("a header has no name")
    if "\0" in name + value:
        raise LocalProtocolError(f"the header {name[:40]!r} holds a NUL, which STOMP cannot write")
    if command not in UNESCAPED:
        return f"{_escape(name)}:{_escape(value)}\n"
    if ":" in name or any(end in name + value for end in "\r\n"):
        raise LocalProtocolError(
            f"the header {name[:40]!r} cannot be written in a {command} frame, which has no escapes"
        )
    return f"{name}:{value}\n"


def _escape(text: str) -> str:
    return _ESCAPE.sub(lambda found: _ESCAPED[found[0]], text)


# -- reading ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Head:
    """A frame whose head is being read, or has been."""

    command: str
    headers: dict[str, str] = field(default_factory=dict)
    lines: int = 0
    bytes: int = 0
    is_complete: bool = False
    length: int | None = None


class Decoder:
    """Bytes of one peer → frames and heart-beats. Feed it, then take what there is until there is nothing."""

    def __init__(self, commands: frozenset[str] = CLIENT_COMMANDS, limits: Limits | None = None) -> None:
        self._commands = commands
        self._limits = limits or Limits()
        self._buffer = bytearray()
        self._looked_at = 0
        self._head: _Head | None = None
        self._error = ""

    def feed(self, data: bytes) -> None:
        """Take bytes from the peer."""
        if not self._error:
            self._buffer += data

    def next(self) -> Frame | Beat | None:
        """The next thing that is complete. Raises RemoteProtocolError; from then on always the same one."""
        if self._error:
            raise RemoteProtocolError(self._error)
        try:
            return self._next()
        except RemoteProtocolError as error:
            self._error = str(error)
            self._buffer.clear()
            raise

    def _next(self) -> Frame | Beat | None:
        if self._head is None:
            command, was_beat = self._command()
            if was_beat:
                return Beat()
            if command is None:
                return None
            self._head = _Head(command)
        head = self._head
        while not head.is_complete:
            line = self._line()
            if line is None:
                return None
            self._header(head, line)
        body = self._body(head)
        if body is None:
            return None
        self._head = None
        return Frame(head.command, head.headers, body)

    # -- lines --------------------------------------------------------------------------------------------------------

    def _line(self) -> bytes | None:
        """The next line without its EOL, which is LF or CR LF."""
        end = self._buffer.find(b"\n", self._looked_at)
        if max(end, len(self._buffer) if end < 0 else 0) > self._limits.line_bytes_max:
            raise RemoteProtocolError(f"a line of the head has more than {self._limits.line_bytes_max} bytes")
        if end < 0:
            self._looked_at = len(self._buffer)
            return None
        line = bytes(self._buffer[:end])
        self._take(end + 1)
        return line.removesuffix(b"\r")

    def _take(self, count: int) -> None:
        del self._buffer[:count]
        self._looked_at = 0

    def _command(self) -> tuple[str | None, bool]:
        """The line of a command; or that there were EOLs before it, or instead."""
        line = self._line()
        if line == b"":
            while line == b"":
                if not self._buffer.startswith((b"\n", b"\r\n")):
                    break
                line = self._line()
            return None, True
        if line is None:
            return None, False
        command = line.decode("ascii", "replace")
        if command not in self._commands:
            known = ", ".join(sorted(self._commands))
            raise RemoteProtocolError(f"{command[:40]!r} is no command that may be sent here; there are {known}")
        return command, False

    def _header(self, head: _Head, line: bytes) -> None:
        if not line:
            head.is_complete = True
            head.length = self._length(head)
            return
        head.lines += 1
        head.bytes += len(line)
        if head.lines > self._limits.headers_max:
            raise RemoteProtocolError(f"the {head.command} frame has more than {self._limits.headers_max} headers")
        if head.bytes > self._limits.head_bytes_max:
            raise RemoteProtocolError(
                f"the headers of the {head.command} frame have more than {self._limits.head_bytes_max} bytes"
            )
        name, value = _read_header(head.command, line)
        head.headers.setdefault(name, value)  # of repeated ones the first counts

    # -- the body -----------------------------------------------------------------------------------------------------

    def _length(self, head: _Head) -> int | None:
        said = head.headers.get(LENGTH)
        if said is None:
            return None
        if not _LENGTH.fullmatch(said):
            raise RemoteProtocolError(f"content-length is {said[:40]!r}, which is no number of bytes")
        length = int(said)
        self._check_body(head, length)
        return length

    def _check_body(self, head: _Head, length: int) -> None:
        if length and head.command not in WITH_BODY:
            raise RemoteProtocolError(f"a {head.command} frame has no body")
        if length > self._limits.body_bytes_max:
            raise RemoteProtocolError(f"the body has more than {self._limits.body_bytes_max} bytes")

    def _body(self, head: _Head) -> bytes | None:
        if head.length is None:
            end = self._buffer.find(_NUL, self._looked_at)
            self._looked_at = len(self._buffer)
            self._check_body(head, len(self._buffer) if end < 0 else end)
            if end < 0:
                return None
        else:
            end = head.length
            if len(self._buffer) <= end:
                return None
            if self._buffer[end]:
                raise RemoteProtocolError(f"no NUL follows the {end} bytes that content-length says the body has")
        body = bytes(self._buffer[:end])
        self._take(end + 1)
        return body


def _read_header(command: str, line: bytes) -> tuple[str, str]:
    if b"\r" in line or _NUL in line:
        raise RemoteProtocolError(f"a header of the {command} frame holds a bare CR or a NUL")
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise RemoteProtocolError(f"a header of the {command} frame is not UTF-8") from None
    name, colon, value = text.partition(":")
    if not colon or not name:
        raise RemoteProtocolError(f"{text[:40]!r} is no header of a {command} frame; one reads `name:value`")
    return (name, value) if command in UNESCAPED else (_unescape(name), _unescape(value))


def _unescape(text: str) -> str:
    return _ESCAPES.sub(_meant, text) if "\\" in text else text


def _meant(found: re.Match[str]) -> str:
    meant = _MEANT.get(found[1])
    if meant is None:
        raise RemoteProtocolError(rf"{found[0]!r} is no escape of a header; there are \r, \n, \c and \\")
    return meant
