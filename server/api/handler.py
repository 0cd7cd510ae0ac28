"""What every request goes through before its operation: origin, method, parameters, credential, body. And every refusal.

who asks?   Authorization: Bearer <token>, or else the cookie of a session; the hash is looked up in the database each time, so
            that a revocation or a sign-out holds from the next request on
forged?     a change that comes with the cookie carries X-CSRF-Token
may they?   the operation's roles
what?       the query and the body, checked against the operation's types, all violations at once
"""

from __future__ import annotations

import json
import logging
import math
import re
import uuid
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl

import structlog
from pydantic import BaseModel, ValidationError
from tornado.concurrent import Future
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.ioloop import IOLoop
from tornado.iostream import IOStream
from tornado.web import Finish, HTTPError, RequestHandler

from alerts.errors import TocsinError
from server.accounts import cookies
from server.accounts.accounts import Accounts
from server.accounts.sessions import Sessions
from server.api.json_body import read_as, told
from server.api.operation import (
    HEADER_CHARS_MAX,
    HEADER_PATTERN,
    HEADER_PATTERNS,
    JSON,
    PUBLISHERS,
    Operation,
    operations_of,
)
from server.api.problems import MEDIA_TYPE, ProblemError, document, problem_for, problem_of
from server.api.rate import Rate
from server.bridges.cap_feed_in import FeedsIn
from server.bridges.cap_feed_kept import FeedsOut
from server.bridges.streams import Streams
from server.hub import Credential, Hub, Revoked
from server.live.live import Live
from server.metrics import Metrics
from server.ops.parts import Operations
from server.ops.webhooks import Webhooks
from server.outbound.client import Outbound
from server.places.parts import Places
from server.push.dictionaries import Dictionaries
from server.reading import Reading
from server.settings import Settings
from server.store.sessions import Session

_logger = structlog.get_logger("server.api")

SECRET_PARAMETERS = frozenset(
    {"token", "access_token", "key", "api_key", "apikey", "secret", "password", "bearer", "session", "csrf"}
)
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")
"""What a page of another origin can send without asking first (Fetch §2.2.2)."""
CHALLENGE = 'Bearer realm="tocsin"'
ANSWER_SECONDS_MAX = 120.0
"""Who has not taken an answer by then is cut; the largest that there are take a minute at 2G's speed."""
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class Api:
    """What all handlers of a hub share."""

    hub: Hub
    settings: Settings
    metrics: Metrics
    publishes: Rate
    enrolment_tries: Rate
    is_connected: Callable[[str], bool]
    dictionaries: Dictionaries
    reading: Reading
    streams: Streams
    outbound: Outbound
    feeds_in: FeedsIn
    webhooks: Webhooks
    feeds_out: FeedsOut
    ops: Operations
    places: Places
    live: Live
    accounts: Accounts
    states_counted_at: float = -math.inf


def _cut_unless(done: Future[None], stream: IOStream) -> None:
    """End a connection whose peer does not take its answer."""
    if not done.done():
        stream.close()


class Refusing(RequestHandler):
    """A handler whose every refusal is a problem document; also the base of the device socket."""

    template = "(none)"
    instance = ""

    def set_default_headers(self) -> None:
        """What every answer carries."""
        for name, value in SECURITY_HEADERS.items():
            self.set_header(name, value)
        self.clear_header("Server")

    def compute_etag(self) -> None:
        """Nothing here may be kept by caches, so there is nothing to compare."""

    def refuse(self, name: str, detail: str = "", *, retry_after: int | None = None, **members: object) -> NoReturn:
        """End the request with a problem of the table."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        self.write_error_of(ProblemError(name, detail, headers=headers, **members))
        raise Finish

    def write_error_of(self, error: ProblemError) -> None:
        """Make the answer a problem; what was to be answered is forgotten."""
        self.clear()
        made = document(error.name, error.detail, **error.members)
        self.set_status(int(str(made["status"])))
        for header, value in {**self._headers_of(error.name), **error.headers}.items():
            self.set_header(header, value)
        self.set_header("Content-Type", MEDIA_TYPE)
        self.write(json.dumps(made, ensure_ascii=False))

    def _headers_of(self, name: str) -> dict[str, str]:
        if name in ("unauthorized", "credential-revoked"):
            return {"WWW-Authenticate": CHALLENGE}
        if name == "method-not-allowed":
            return {"Allow": ", ".join(self.allowed())}
        # RFC 9110 §15.5.22, RFC 6455 §4.4
        return {"Upgrade": "websocket", "Sec-WebSocket-Version": "13"} if name == "upgrade-required" else {}

    def allowed(self) -> list[str]:
        """The methods of this route."""
        return ["GET"]

    def write_problem(self, status: int, detail: str = "") -> None:
        """Answer a problem for a bare status."""
        self.write_error_of(ProblemError(problem_for(status), detail))
        self.finish()

    def finish(self, chunk: str | bytes | dict[str, Any] | None = None) -> Future[None]:
        """Tornado's own words for an error become a problem too."""
        content_type = str(self._headers.get("Content-Type", ""))
        if self.get_status() >= 400 and not content_type.startswith(MEDIA_TYPE):
            words = chunk.decode() if isinstance(chunk, bytes) else chunk
            self.write_error_of(ProblemError(problem_for(self.get_status()), words if isinstance(words, str) else ""))
            chunk = None
        stream = getattr(self.request.connection, "stream", None)
        done = super().finish(chunk)
        if isinstance(stream, IOStream) and stream.writing():
            IOLoop.current().call_later(ANSWER_SECONDS_MAX, _cut_unless, done, stream)
        return done

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Called by Tornado for every exception."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(error, HTTPError):
            self.write_problem(status_code)
            return
        known = problem_of(error) if isinstance(error, TocsinError) else None
        self.write_error_of(known or ProblemError("internal", instance=self.instance))
        self.finish()

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log what the operator must know, never the address with its query, as Tornado's own line would."""
        known = problem_of(value) if isinstance(value, TocsinError) else None
        if isinstance(value, HTTPError) or (known and known.name not in ("store-failed", "store-full")):
            return
        if known:
            _logger.error("the store failed", route=self.template, error=str(value))
            return
        self.instance = uuid.uuid4().urn
        _logger.error("a bug", route=self.template, instance=self.instance, exc_info=(typ, value, tb))


class ApiHandler(Refusing):
    """The base of the API's handlers."""

    api: Api
    credential: Credential
    session: Session | None = None
    """Of a person who signed in, and whose cookie came."""
    query: BaseModel

    def initialize(self, api: Api, template: str) -> None:
        """Called by Tornado with what the routes say."""
        self.api = api
        self.template = template

    @property
    def hub(self) -> Hub:
        """The hub that is asked."""
        return self.api.hub

    def allowed(self) -> list[str]:
        """The methods of this route, HEAD beside GET."""
        methods = list(operations_of(type(self)))
        return [*methods, "HEAD"] if "GET" in methods else methods

    async def prepare(self) -> None:
        """Everything that is settled before the operation begins."""
        self._check_address()
        found = operations_of(type(self)).get("GET" if self.request.method == "HEAD" else str(self.request.method))
        if found is None:
            self.refuse("method-not-allowed", f"this address has {', '.join(self.allowed())}")
        self._check_origin()
        await self._authenticate(self.demanded(found))
        self.query = self._read_query(found)
        self._check_headers(found)
        self._check_body(found)

    def demanded(self, wanted: Operation) -> Operation:
        """The operation with what is demanded of whoever asks for it now, where the settings have a say in that."""
        return wanted

    def head(self, *args: str) -> Awaitable[None] | None:
        """As GET; Tornado leaves the body out."""
        got: Awaitable[None] | None = self.get(*args)
        return got

    # -- who asks -----------------------------------------------------------------------------------------------------

    def _check_address(self) -> None:
        for name, _ in parse_qsl(self.request.query, keep_blank_values=True):
            if name.lower() in SECRET_PARAMETERS:
                self.refuse("credential-in-address")

    def _check_origin(self) -> None:
        """A browser says where a page comes from that asks for a change (Fetch §3.1; Sec-Fetch-Site)."""
        if self.request.method in ("GET", "HEAD"):
            return
        origin = self.request.headers.get("Origin")
        site = self.request.headers.get("Sec-Fetch-Site", "none")
        if origin in self.api.settings.origins:
            return
        if origin is not None and not cookies.is_own_page(self.request, self.api.settings):
            self.refuse("origin-refused", f"{origin[:200]!r} is not among the setting `origins`")
        if origin is None and site not in ("none", "same-origin"):
            self.refuse("origin-refused", "a browser's page from elsewhere sent this without saying its origin")

    async def _authenticate(self, wanted: Operation) -> None:
        if wanted.roles is None:
            return
        if "Authorization" not in self.request.headers and cookies.read(self.request.headers, self.api.settings):
            credential = await self._authenticate_session()
        else:
            secret = self._bearer()
            found = await self.hub.authenticate(secret)
            if found is None:
                await self._authenticate_device(secret, wanted)
                return
            credential = found
        if credential.role not in wanted.roles:
            roles = " or ".join(sorted(wanted.roles))
            self.refuse("forbidden", f"this needs the role {roles}; {credential.name!r} is {credential.role}")
        self.credential = credential

    async def _authenticate_session(self) -> Credential:
        """Who has the cookie's session. A change without the session's token was perhaps asked for by another page."""
        found = await self.api.accounts.sessions.of_request(self.request.headers)
        if found is None:
            self.refuse("unauthorized", "the session is over; sign in again")
        secret, session = found
        if self.request.method not in ("GET", "HEAD"):
            said = self.request.headers.get(cookies.CSRF_HEADER)
            if not cookies.is_csrf_token(secret, said):
                self.refuse("csrf-refused", f"{cookies.CSRF_HEADER} is {'missing' if said is None else 'wrong'}")
            if self.request.body and self.media_type in FORM_TYPES:
                self.refuse("unsupported-media-type", f"a form ({self.media_type}) changes nothing here; send JSON")
        self.session = session
        return session.credential

    def forget_cookie(self) -> None:
        """Let the browser forget the session, which is over."""
        self.set_header("Set-Cookie", cookies.cleared(self.api.settings))

    def _bearer(self) -> str:
        said = self.request.headers.get("Authorization")
        if said is None:
            self.refuse(
                "unauthorized",
                "there is no session, and the header Authorization is missing: `Authorization: Bearer <token>`",
            )
        secret = bearer_of(said)
        if not secret:
            self.refuse("unauthorized", "the header Authorization must read `Bearer <token>`")
        return secret

    async def _authenticate_device(self, secret: str, wanted: Operation) -> None:
        device = await self.hub.authenticate_device(secret)
        if isinstance(device, Revoked):
            self.refuse("credential-revoked", "the token is that of a device, and was revoked")
        if device is not None and wanted.devices:
            return
        if device is not None:
            self.refuse("forbidden", "the token is a device's: it opens /v1/connect and /v1/dictionaries, nothing else")
        self.refuse("unauthorized", "the token is unknown here, or was revoked")

    # -- what is asked ------------------------------------------------------------------------------------------------

    def _read_query(self, wanted: Operation) -> BaseModel:
        given: dict[str, list[str]] = {}
        try:
            pairs = parse_qsl(self.request.query, keep_blank_values=True, errors="strict")
        except UnicodeDecodeError:
            self.refuse("parameter-invalid", "the query is not UTF-8")
        for name, value in pairs:
            given.setdefault(name, []).append(value)
        fields = {field.alias or name: field for name, field in wanted.query.model_fields.items()}
        unknown = sorted(set(given) - set(fields))
        if unknown:
            known = f"there are {', '.join(fields)}" if fields else "there are none"
            self.refuse("unknown-parameter", f"no parameter {unknown[0][:80]!r} here; {known}")
        values: dict[str, Any] = {}
        for name, found in given.items():
            is_list = getattr(fields[name].annotation, "__origin__", None) is tuple
            if len(found) > 1 and not is_list:
                self.refuse("parameter-invalid", f"{name} is given {len(found)} times")
            values[name] = tuple(found) if is_list else found[0]
        try:
            return wanted.query.model_validate(values)
        except ValidationError as error:
            self.refuse("parameter-invalid", "; ".join(said["path"] + ": " + said["problem"] for said in told(error)))

    def _check_headers(self, wanted: Operation) -> None:
        for name in wanted.headers:
            said = self.request.headers.get(name)
            if said is None:
                continue
            if name in HEADER_PATTERNS and not re.fullmatch(HEADER_PATTERNS[name], said):
                self.refuse(
                    "parameter-invalid", f"{name}: {said[:60]!r} is no id that the hub gives: {HEADER_PATTERNS[name]}"
                )
            if not (len(said) <= HEADER_CHARS_MAX and re.fullmatch(HEADER_PATTERN, said)):
                self.refuse("parameter-invalid", f"{name}: 1 to {HEADER_CHARS_MAX} visible ASCII characters are needed")

    def _check_body(self, wanted: Operation) -> None:
        headers = self.request.headers
        if wanted.body is None:
            return
        if "Content-Length" not in headers and "Transfer-Encoding" not in headers:
            self.refuse("length-required")
        if "Content-Encoding" in headers:
            self.refuse("unsupported-media-type", "bodies are taken as they are, without a Content-Encoding")
        taken = wanted.body.media_types
        if self.media_type not in taken:
            self.refuse(
                "unsupported-media-type", f"{self.media_type[:80] or 'no type'!r} is none of {', '.join(taken)}"
            )
        charset = self._charset()
        if self.media_type == JSON and charset not in ("", "utf-8", "utf8"):
            self.refuse("unsupported-media-type", f"JSON is UTF-8 (RFC 8259 §8.1), not {charset[:40]!r}")

    @property
    def media_type(self) -> str:
        """The body's media type, without parameters, in lower case."""
        return self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    def _charset(self) -> str:
        for parameter in self.request.headers.get("Content-Type", "").split(";")[1:]:
            name, _, value = parameter.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip('"').lower()
        return ""

    def read_body(self, kind: type[Model]) -> Model:
        """The JSON body. Raises ProblemError naming everything that is wrong with it."""
        return read_as(self.request.body, kind)

    # -- the answer ---------------------------------------------------------------------------------------------------

    def admit_publish(self) -> None:
        """Within the rate of publishing of this credential?"""
        wait = self.api.publishes.take(self.credential.name, self.hub.clock.monotonic())
        if wait is not None:
            self.refuse(
                "rate-limited",
                f"{self.credential.name!r} publishes faster than this hub allows (limits.publishes_per_second)",
                retry_after=math.ceil(wait),
            )

    def answer(self, value: BaseModel, status: int = 200) -> None:
        """Answer JSON."""
        self.set_status(status)
        self.set_header("Content-Type", JSON)
        self.write(value.model_dump_json(by_alias=True))

    def accepted(self, offered: tuple[str, ...]) -> str:
        """The media type of those offered that the client likes best (RFC 9110 §12.5.1)."""
        accept = self.request.headers.get("Accept", "*/*")
        best = max(offered, key=lambda media_type: quality(accept, media_type))
        if quality(accept, best) <= 0:
            self.refuse("not-acceptable", f"there are {', '.join(offered)}")
        return best


def bearer_of(authorization: str) -> str:
    """The token in the header Authorization (RFC 6750 §2.1); empty if there is none."""
    scheme, _, secret = authorization.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


async def may_publish(hub: Hub, sessions: Sessions, headers: HTTPHeaders) -> ProblemError | None:
    """Whether the head of a request is a publisher's, or why not: asked before a large body is taken."""
    credential = await who(hub, sessions, headers)
    if credential is None:
        return ProblemError("unauthorized", headers={"WWW-Authenticate": CHALLENGE})
    return None if credential.role in PUBLISHERS else ProblemError("forbidden")


async def who(hub: Hub, sessions: Sessions, headers: HTTPHeaders) -> Credential | None:
    """Who asks, by token or else by cookie; None: nobody who is known (any more). With a cookie the Origin is to be checked."""
    if "Authorization" in headers:
        secret = bearer_of(headers["Authorization"])
        return await hub.authenticate(secret) if secret else None
    found = await sessions.of_request(headers)
    return None if found is None else found[1].credential


class NotFoundHandler(ApiHandler):
    """Any address that no route has."""

    async def prepare(self) -> None:
        """There is nothing to ask."""
        self._check_address()
        self.refuse("not-found", "nothing is at this address; /v1/docs shows what there is")


def quality(accept: str, media_type: str) -> float:
    """How much an Accept header likes a media type: the most specific range that matches says (RFC 9110 §12.5.1)."""
    kind = media_type.partition("/")[0]
    ranges = {media_type: 3, f"{kind}/*": 2, "*/*": 1}
    best, found = 0, 0.0
    for name, weight in _ranges(accept):
        if ranges.get(name, 0) > best:
            best, found = ranges[name], weight
    return found


def _ranges(accept: str) -> Iterable[tuple[str, float]]:
    for part in accept.split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = next((parameter[2:] for parameter in parameters if parameter.startswith("q=")), "1")
        try:
            yield name, float(weight)
        except ValueError:
            yield name, 0.0


def route_of(request: HTTPServerRequest, handler: RequestHandler) -> str:
    """How a request is named in logs and metrics: by its route's template, never by its address."""
    return f"{request.method} {getattr(handler, 'template', '(none)')}"


def log_request(handler: RequestHandler) -> None:
    """Called by Tornado at the end of each request: one line in the log, and the metrics."""
    status, seconds = handler.get_status(), handler.request.request_time()
    if isinstance(handler, ApiHandler):
        handler.api.metrics.answered(str(handler.request.method), handler.template, status, seconds)
    credential = getattr(handler, "credential", None)
    _logger.log(
        logging.ERROR if status >= 500 and status != 503 else logging.INFO,
        "request",
        method=handler.request.method if handler.request.method in handler.SUPPORTED_METHODS else "(other)",
        route=getattr(handler, "template", "(none)"),
        status=status,
        ms=round(seconds * 1000, 1),
        by=credential.name if credential else None,
    )
