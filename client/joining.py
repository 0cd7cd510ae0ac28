"""Joining: a one-time code becomes this device's identity at a hub, kept in the store."""

from __future__ import annotations

import json
import random
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tornado.httpclient import HTTPRequest, HTTPResponse
from tornado.iostream import StreamClosedError
from tornado.simple_httpclient import HTTPTimeoutError, SimpleAsyncHTTPClient

from alerts import limits
from alerts.cap.language import ALL, is_well_formed
from alerts.errors import UserError
from client.address import enrolments_url, hub_address
from client.clocks import Clocks, system_clocks
from client.exits import ExitCode
from client.store import Identity, Store
from client.worker import Worker

ANSWER_SECONDS_MAX = 60.0
ANSWER_BYTES_MAX = 64 * 1024
_SIGN_IN_HINT = "Is the address right? Some networks want you to sign in first: open any page in a browser."


@dataclass(frozen=True, slots=True)
class Application:
    """What a device says when it joins: the code, the name it goes by, the languages it wants, best first."""

    address: str
    code: str
    name: str = ""
    languages: tuple[str, ...] = ()
    ca_file: str | None = None


async def join(
    folder: Path, application: Application, *, again: bool = False, clocks: Clocks | None = None
) -> Identity:
    """Join the hub and keep the identity in the store in `folder`.

    `again`: the store has joined before, the same hub. Raises UserError: it cannot be done; says what to do.
    """
    address = hub_address(application.address)
    languages = checked_languages(application.languages)
    worker = Worker()
    try:
        await worker.open(lambda: Store(folder, clocks or system_clocks(), random.SystemRandom()))
        known = await worker.do(lambda store: store.identity())
        _check_may_join(known, address, again=again, folder=folder)
        identity, agreed = await _enrol(address, application, languages)
        await worker.do(lambda store: store.join(identity, agreed))
    finally:
        await worker.close()
    return identity


def checked_languages(languages: tuple[str, ...]) -> tuple[str, ...]:
    """The languages, each once.

    Raises UserError: one is no BCP 47 tag, or there are too many.
    """
    for tag in languages:
        if tag != ALL and not is_well_formed(tag):
            raise UserError(
                f"{tag!r} is not a language tag",
                "Write BCP 47 tags such as sw, fr, pt-MZ, best first; * asks for all languages.",
                exit_code=ExitCode.USAGE,
            )
    unique = tuple(dict.fromkeys(languages))
    if len(unique) > limits.LANGUAGES_MAX:
        raise UserError(
            f"{len(unique)} languages; at most {limits.LANGUAGES_MAX} can be asked for", exit_code=ExitCode.USAGE
        )
    return unique


def _check_may_join(known: Identity | None, address: str, *, again: bool, folder: Path) -> None:
    if known is None:
        return
    if known.address != address:
        raise UserError(
            f"the store in {folder} belongs to device {known.device} of {known.address}",
            "Choose another data folder with --data: an inbox has one hub.",
            exit_code=ExitCode.NOT_JOINED,
        )
    if not again:
        raise UserError(
            f"this store has already joined {address} as device {known.device}",
            "With --again it joins once more, as a new device; the inbox stays.",
            exit_code=ExitCode.NOT_JOINED,
        )


async def _enrol(
    address: str, application: Application, languages: tuple[str, ...]
) -> tuple[Identity, tuple[str, ...]]:
    """The identity, and the languages: those of the code count more than those that were asked for."""
    asked = {"code": application.code.strip(), "name": application.name, "languages": list(languages)}
    response = await _post(enrolments_url(address), asked, application.ca_file)
    answer = _json(response)
    if response.code == 201 and isinstance(answer.get("device"), str) and isinstance(answer.get("token"), str):
        name = str(answer.get("name") or application.name)
        identity = Identity(answer["device"], answer["token"], address, name, application.ca_file)
        return identity, _languages(answer, languages)
    if response.code in (429, 503):
        raise UserError(
            "the hub asks to come back later", "Try again in a few minutes.", exit_code=ExitCode.UNREACHABLE
        )
    if "type" not in answer:
        raise UserError(
            f"what answers at {address} is no hub (status {response.code})",
            _SIGN_IN_HINT,
            exit_code=ExitCode.UNREACHABLE,
        )
    words = str(answer.get("detail") or answer.get("title") or f"status {response.code}")
    raise UserError(
        f"the hub refused: {words}",
        "A code works once and for a limited time; ask whoever gave it to you for a new one.",
        exit_code=ExitCode.REFUSED,
    )


async def _post(url: str, body: dict[str, Any], ca_file: str | None) -> HTTPResponse:
    client = SimpleAsyncHTTPClient(force_instance=True, max_body_size=ANSWER_BYTES_MAX)
    request = HTTPRequest(
        url,
        method="POST",
        body=json.dumps(body),
        headers={"Content-Type": "application/json"},
        connect_timeout=ANSWER_SECONDS_MAX,
        request_timeout=ANSWER_SECONDS_MAX,
        follow_redirects=False,
        ca_certs=ca_file,
    )
    try:
        return await client.fetch(request, raise_error=False)
    except Exception as error:
        raise _unreachable(url, error) from error
    finally:
        client.close()


def _unreachable(url: str, error: Exception) -> Exception:
    hint = "Check the address and that this device is online, then try again."
    match error:
        case HTTPTimeoutError():
            words = "no answer in time"
        case ssl.SSLCertVerificationError():
            words = f"its certificate is not to be trusted ({error.verify_message})"
            hint = "If the hub has a certificate of its own, name the file with --ca."
        case socket.gaierror():
            words = "its name is not known here"
        case StreamClosedError() | OSError():
            words = getattr(error, "strerror", None) or "the connection broke"
        case _:
            return error
    return UserError(f"{url.removesuffix('/v1/enrolments')}: {words}", hint, exit_code=ExitCode.UNREACHABLE)


def _json(response: HTTPResponse) -> dict[str, Any]:
    try:
        answer = json.loads(response.body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _languages(answer: dict[str, Any], asked: tuple[str, ...]) -> tuple[str, ...]:
    found = answer.get("languages")
    if not isinstance(found, list) or not all(isinstance(tag, str) for tag in found):
        return asked
    return tuple(found[: limits.LANGUAGES_MAX])
