"""The hub's HTTP API over a Unix socket: what operators and publishers ask, beside the bad links and whatever the namespace."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

ANSWER_SECONDS_MAX = 20.0


class SilentError(Exception):
    """No answer came: the hub does not run, or died meanwhile. What was asked may have been done."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, and its JSON (None where there is no body)."""

    status: int
    body: Any


class _UnixConnection(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=ANSWER_SECONDS_MAX)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def ask(
    path_of_socket: Path,
    method: str,
    path: str,
    *,
    token: str = "",
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """One request; `body` is bytes as they are, or anything else as JSON. Raises SilentError."""
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", **(headers or {})} | (
        {"Authorization": f"Bearer {token}"} if token else {}
    )
    connection = _UnixConnection(path_of_socket)
    try:
        connection.request(method, path, data, sent)
        response = connection.getresponse()
        said = response.read()
    except (OSError, HTTPException) as error:
        raise SilentError(f"{method} {path}: {type(error).__name__} {error}") from error
    finally:
        connection.close()
    return Answer(response.status, json.loads(said) if said else None)
