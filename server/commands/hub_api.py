"""A hub's HTTP API as commands use it: JSON in and out, problems in words, streams that come back by themselves."""

from __future__ import annotations

import json
import random
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote

import httpx
from httpx_sse import ServerSentEvent, connect_sse

from alerts.errors import UserError

Result = TypeVar("Result")
EXIT_UNREACHABLE = 4
"""No hub answers at the address."""
ANSWER_S = 60.0
CONNECT_S = 15.0
SILENCE_S = 120.0
"""A stream that says nothing for so long, not even a comment, is taken for broken."""
PAUSE_S, PAUSE_MAX_S = 1.0, 30.0
COMES_BACK = (429, 503)
"""With these a hub answers who should try again."""
PROBLEM = "application/problem+json"
EVENTS = "text/event-stream"
VIOLATIONS_SHOWN = 20

HINTS = {
    "unauthorized": "Is it a token of this hub, and not a device's? An administrator makes one with tocsin-hub token make.",
    "content-too-large": "The setting limits.body_bytes_max of the hub says how large a body may be.",
    "already-replaced": "Name the newest version instead: tocsin-hub alert list shows it.",
    "unknown-alert": "tocsin-hub alert list shows what there is; an alert has a number and an identifier.",
    "unknown-device": "tocsin-hub device list shows what there is.",
    "not-found": "Is the hub older than this command, or does the address have a path too many?",
    "method-not-allowed": "Is the hub older than this command?",
}
"""What to do next, by the name of the problem, where its own words do not say it."""


class ApiError(UserError):
    """The hub refuses what was asked: `problem` is the name in docs/api.md, `document` all of it."""

    def __init__(self, status: int, document: Mapping[str, Any], retry_after: str | None = None) -> None:
        self.status = status
        self.problem = str(document.get("type", "")).rpartition("#")[2]
        self.document = document
        hint = HINTS.get(self.problem, "")
        if retry_after is not None and status in COMES_BACK:
            hint = f"Try again in {retry_after} seconds."
        super().__init__(_words_of(document), hint)


class UnreachableError(UserError):
    """Nothing answers at the address, or what answers is no hub."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint, EXIT_UNREACHABLE)


def part(text: str) -> str:
    """A text as one part of a path: identifiers may hold slashes and question marks."""
    return quote(text, safe="")


class HubApi(AbstractContextManager["HubApi"]):
    """Requests to one hub. Every method raises ApiError or UnreachableError, which say in words what is wrong.

    `opened` makes the connection, and again where a stream has broken off: the hub may be a new process by then.
    """

    def __init__(self, opened: Callable[[], httpx.Client], *, pause: Callable[[float], None] = time.sleep) -> None:
        self._opened = opened
        self._client = opened()
        self._pause = pause

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the connection."""
        self._client.close()

    @property
    def address(self) -> str:
        """Where the hub is."""
        return str(self._client.base_url).rstrip("/")

    # -- one request --------------------------------------------------------------------------------------------------

    def get(self, path: str, **query: Any) -> Any:
        """What is there."""
        return self._json("GET", path, query)

    def post(
        self,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        media_type: str = "application/json",
        **query: Any,
    ) -> Any:
        """Ask for something; `content` and its `media_type` where it is not JSON."""
        return self._json("POST", path, query, body, headers, content, media_type)

    def patch(self, path: str, body: Any, **query: Any) -> Any:
        """Change something."""
        return self._json("PATCH", path, query, body)

    def put(self, path: str, body: Any, **query: Any) -> Any:
        """Put something there."""
        return self._json("PUT", path, query, body)

    def delete(self, path: str, **query: Any) -> Any:
        """Remove something."""
        return self._json("DELETE", path, query)

    def text(self, path: str, accept: str, **query: Any) -> str:
        """What is there, as another media type than JSON."""
        answer = self._send("GET", path, _plain(query), {"Accept": accept}, None)
        if answer.headers.get("Content-Type", "").partition(";")[0].strip().lower() != accept:
            raise self._no_hub(answer)
        return answer.text

    def pages(self, path: str, member: str, **query: Any) -> Iterator[Any]:
        """All of a list that comes in pages."""
        after: Any = query.pop("after", None)
        while True:
            page = self.get(path, after=after, **query)
            yield from page[member]
            after = page["next"]
            if after is None:
                return

    def _json(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any],
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        media_type: str = "application/json",
    ) -> Any:
        if content is None and method in ("POST", "PATCH", "PUT"):
            content = json.dumps({} if body is None else body, ensure_ascii=False).encode()
        sent = {"Accept": "application/json", **(headers or {})}
        if content is not None:
            sent["Content-Type"] = media_type
        answer = self._send(method, path, _plain(query), sent, content)
        if answer.status_code == 204:
            return None
        try:
            return answer.json()
        except ValueError:
            raise self._no_hub(answer) from None

    def _send(
        self, method: str, path: str, query: dict[str, Any], headers: dict[str, str], content: bytes | None
    ) -> httpx.Response:
        try:
            answer = self._client.request(method, path, params=query, headers=headers, content=content)
        except httpx.HTTPError as error:
            raise unreachable(error, self.address) from None
        self._check(answer)
        return answer

    def _check(self, answer: httpx.Response) -> None:
        if answer.is_success:
            return
        answer.read()
        if answer.headers.get("Content-Type", "").startswith(PROBLEM):
            raise ApiError(answer.status_code, answer.json(), answer.headers.get("Retry-After"))
        raise self._no_hub(answer)

    def _no_hub(self, answer: httpx.Response) -> UnreachableError:
        if answer.has_redirect_location:
            return UnreachableError(
                f"{self.address} sends elsewhere: {answer.headers['Location'][:200]}",
                "Give the address at which the hub itself answers.",
            )
        kind = answer.headers.get("Content-Type", "no type")
        hints = {
            True: "A proxy in front of the hub says so; is the hub running?",
            False: "Is this the hub's address, without the path of a page?",
        }
        return UnreachableError(
            f"what answers at {self.address} is no hub (status {answer.status_code}, {kind[:60]})",
            hints[answer.status_code in (502, 503, 504)],
        )

    def patiently(self, ask: Callable[[], Result], told: Callable[[str], None] | None = None) -> Result:
        """What `ask` answers, over any time that the hub is away; `told` hears once that it is. Raises what the hub refuses."""
        failures = 0
        while True:
            try:
                if failures:
                    self._reopen()
                return ask()
            except UserError as error:
                if _is_refusal(error):
                    raise
                if not failures:
                    (told or _tell)(f"{error}; trying again")
                self._wait(failures)
                failures += 1

    def _wait(self, failures: int) -> None:
        self._pause(min(PAUSE_S * 2**failures, PAUSE_MAX_S) * random.uniform(0.5, 1))  # noqa: S311 - no secret

    # -- streams ------------------------------------------------------------------------------------------------------

    def stream(
        self, path: str, *, last_id: str = "", told: Callable[[str], None] | None = None, **query: Any
    ) -> Iterator[ServerSentEvent]:
        """Server-sent events, without end. A stream that breaks off is taken up again behind its last event.

        `told` hears in words, once each time, that the hub is away. Raises as the other methods do, if the first try fails or
        the hub refuses.
        """
        tell = told or _tell
        failures, has_begun = 0, False
        while True:
            headers = {"Last-Event-ID": last_id} if last_id else {}
            try:
                if failures:
                    self._reopen()
                for event in self._events(path, _plain(query), headers):
                    if event is None:
                        failures, has_begun = 0, True
                        continue
                    last_id = event.id or last_id
                    yield event
                error: UserError = UnreachableError(f"{self.address} has ended the stream")
            except UserError as found:
                if _is_refusal(found) or not has_begun:
                    raise
                error = found
            if not failures:
                tell(f"{error}; trying again")
            self._wait(failures)
            failures += 1

    def _events(self, path: str, query: dict[str, Any], headers: dict[str, str]) -> Iterator[ServerSentEvent | None]:
        """One connection's events, after a None that says that it stands."""
        timeout = httpx.Timeout(ANSWER_S, connect=CONNECT_S, read=SILENCE_S)
        try:
            with connect_sse(self._client, "GET", path, params=query, headers=headers, timeout=timeout) as source:
                self._check(source.response)
                if not source.response.headers.get("Content-Type", "").startswith(EVENTS):
                    raise self._no_hub(source.response)
                yield None
                yield from (
                    event for event in source.iter_sse() if event.data
                )  # httpx-sse makes events of comments too
        except httpx.HTTPError as error:
            raise unreachable(error, self.address) from None

    def _reopen(self) -> None:
        self._client.close()
        self._client = self._opened()


def _is_refusal(error: UserError) -> bool:
    """Whether the hub has answered, and will answer the same again."""
    return isinstance(error, ApiError) and error.status not in COMES_BACK


def _tell(words: str) -> None:
    sys.stderr.write(f"{words}\n")


def _plain(query: Mapping[str, Any]) -> dict[str, Any]:
    """The query as it is written: what is None is left out, lists are repeated, truth is true."""

    def one(value: Any) -> Any:
        return str(value).lower() if isinstance(value, bool) else str(value)

    return {
        name: [one(item) for item in value] if isinstance(value, list | tuple) else one(value)
        for name, value in query.items()
        if value is not None
    }


def _words_of(document: Mapping[str, Any]) -> str:
    title, detail = document.get("title", "The hub refuses"), document.get("detail", "")
    violations = document.get("violations") or []
    if len(violations) < 2:
        return f"{title}: {detail}" if detail else str(title)
    lines = [_violation(one) for one in violations[:VIOLATIONS_SHOWN]]
    if len(violations) > VIOLATIONS_SHOWN:
        lines.append(f"and {len(violations) - VIOLATIONS_SHOWN} more")
    return "\n  ".join([f"{title}:", *lines])


def _violation(one: Mapping[str, Any]) -> str:
    where = f"line {one['line']}: " if one.get("line") else ""
    return f"{where}{one.get('path', '')}: {one.get('problem', '')}"


# -- the network in words ---------------------------------------------------------------------------------------------


def unreachable(error: httpx.HTTPError, address: str) -> UnreachableError:
    """What a failure of the network is to a person."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            words = getattr(cause, "verify_message", "") or str(cause)
            return UnreachableError(
                f"the certificate of {address} is not trusted: {words}",
                "Of an authority of your own, give the certificate with --ca FILE.",
            )
        if isinstance(cause, ssl.SSLError):
            return UnreachableError(
                f"{address} cannot be spoken to by TLS: {getattr(cause, 'reason', None) or cause}",
                "If the hub speaks no TLS, write its address with http://.",
            )
        if isinstance(cause, socket.gaierror):
            return UnreachableError(
                f"there is no host {httpx.URL(address).host}, or no network to ask for it",
                "Check the address, and this machine's network.",
            )
        if isinstance(cause, ConnectionRefusedError):
            return UnreachableError(f"nothing listens at {address}", "Is the hub running, and is this its address?")
    if isinstance(error, httpx.TimeoutException):
        return UnreachableError(f"{address} does not answer in time", "Is the network there, and is this the hub?")
    return UnreachableError(
        f"the connection to {address} broke off: {str(error) or type(error).__name__}",
        "" if address.startswith("https:") else "If the hub speaks TLS, write its address with https://.",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


def not_an_address(written: str, why: str = "") -> NoReturn:
    """Raises UserError: that is no hub's address."""
    raise UserError(
        f"{written!r} is not the address of a hub{f': {why}' if why else ''}",
        "An address looks like https://hub.example or http://192.168.1.20:8400.",
        2,
    )


def hub_address(written: str) -> str:
    """A hub's address as a person writes it, in one form, without a slash at the end. Raises UserError."""
    text = written.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        not_an_address(written, str(error))
    if url.scheme not in ("http", "https") or not url.host:
        not_an_address(written)
    if not set(url.host).isdisjoint(' %<>"\\^`{|}'):
        not_an_address(written)
    if url.userinfo or url.query or url.fragment:
        not_an_address(written, "it says more than where the hub is")
    return str(url).rstrip("/")
