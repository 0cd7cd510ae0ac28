"""Every problem that the API answers, in one table (RFC 9457): its name, status and title, and when it happens.

`type` is `/v1/docs#<name>`, relative to the hub: the page that explains it. Names are never changed. Members beside those of RFC
9457: `violations` (path, problem and, for XML, line, of all that is wrong), and those that a row of ERRORS names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from alerts import errors
from alerts.errors import InvalidAlertError, TocsinError, Violation

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of problem."""

    status: int
    title: str
    meaning: str

    def has_status(self, status: int) -> bool:
        """Whether it is answered with this status."""
        return self.status == status


PROBLEMS: dict[str, Problem] = {
    "bad-request": Problem(400, "Bad request", "The request is not HTTP as RFC 9110 and 9112 have it."),
    "body-invalid": Problem(
        400, "The body cannot be read", "Not JSON, not UTF-8, nested too deeply, a key twice, a number that is none."
    ),
    "unknown-parameter": Problem(
        400, "Unknown parameter", "The address has a query parameter that this operation does not have."
    ),
    "parameter-invalid": Problem(400, "Invalid parameter", "A query parameter, header or part of the path is wrong."),
    "credential-in-address": Problem(
        400,
        "A credential in the address",
        "Addresses end up in logs and histories: send the token as `Authorization: Bearer …`, and make a new one, "
        "since this one has been seen by whatever lies between.",
    ),
    "handshake-invalid": Problem(400, "The handshake is wrong", "Where the device stands is missing or malformed."),
    "subprotocol-missing": Problem(400, "The subprotocol is missing", "A device must offer `tocsin.v1`."),
    "unauthorized": Problem(
        401,
        "A credential is needed",
        "No token came, or one that is unknown here or revoked: `Authorization: Bearer …`.",
    ),
    "credential-revoked": Problem(401, "The credential was revoked", "The device's token was valid and is so no more."),
    "forbidden": Problem(403, "Not allowed", "The token is valid, and its role does not allow this."),
    "origin-refused": Problem(
        403, "The origin is refused", "A browser's page from elsewhere asks for a change; see the setting `origins`."
    ),
    "enrolment-code-invalid": Problem(
        403, "The enrolment code is not valid", "It does not exist, was used, or has expired; which one is not said."
    ),
    "not-found": Problem(404, "Not found", "Nothing is at this address."),
    "unknown-alert": Problem(404, "Unknown alert", "No alert here has this number, identity or identifier."),
    "unknown-device": Problem(404, "Unknown device", "No such device was ever enrolled here."),
    "unknown-dictionary": Problem(
        404, "Unknown dictionary", "This dictionary, or the one named as `base`, is not, or no longer, here."
    ),
    "method-not-allowed": Problem(405, "Method not allowed", "The header `Allow` says which methods there are."),
    "not-acceptable": Problem(406, "Not acceptable", "None of the media types in `Accept` can be had."),
    "request-timeout": Problem(408, "Too slow", "The body did not come in time."),
    "duplicate-alert": Problem(
        409, "The alert is here already", "Another alert of this sender has this identifier; an alert is never changed."
    ),
    "already-replaced": Problem(
        409, "Already replaced", "The alert named was updated or cancelled by one that this alert does not name."
    ),
    "too-many-in-force": Problem(
        409,
        "Too many alerts are in force",
        "As many alerts are in force as a device can be told of at once; `detail` says how many. Cancel what is over.",
    ),
    "idempotency-conflict": Problem(
        409, "The idempotency key was used for another request", "The same key came with another body or address."
    ),
    "length-required": Problem(411, "The length is missing", "A body is needed, with Content-Length or chunked."),
    "content-too-large": Problem(413, "The body is too large", "`detail` says how many bytes it may have."),
    "unsupported-media-type": Problem(
        415, "Unsupported media type", "The body's type, charset or encoding is not one that this operation reads."
    ),
    "range-not-satisfiable": Problem(
        416, "No such range", "It begins behind the end; `detail` says how many bytes there are."
    ),
    "alert-invalid": Problem(422, "The alert is not valid", "`violations` names everything that is wrong, and where."),
    "content-invalid": Problem(422, "The body is not valid", "`violations` names everything that is wrong, and where."),
    "audience-invalid": Problem(
        422, "The audience is not valid", "Nobody is addressed, or not as the alert's scope demands."
    ),
    "unknown-area": Problem(422, "Unknown area", "`areas` names the codes that are not in the list of areas."),
    "unknown-addressee": Problem(422, "Unknown device in the audience", "`devices` names them."),
    "alert-expired": Problem(
        422, "The alert has expired", "By the hub's clock it ceased to hold before it was published."
    ),
    "upgrade-required": Problem(
        426, "Upgrade required", "This address speaks WebSocket, version 13, and nothing else."
    ),
    "rate-limited": Problem(
        429, "Too many requests", "The header `Retry-After` says in how many seconds to try again."
    ),
    "headers-too-large": Problem(431, "The headers are too large", "All headers together exceed what the hub takes."),
    "internal": Problem(500, "The hub failed", "A bug. The log has it under the id in `instance`."),
    "not-ready": Problem(503, "Not ready", "`checks` says what is not well."),
    "stopping": Problem(503, "The hub is stopping", "Try again in a moment."),
    "overloaded": Problem(503, "Overloaded", "Too many connections or requests; `Retry-After` says when to come back."),
    "store-failed": Problem(503, "The store failed", "Nothing of what was asked has happened. Try again."),
    "store-full": Problem(507, "The disk is full", "Nothing of what was asked has happened. Free some space."),
}

_DEFAULTS = {
    400: "bad-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    413: "content-too-large",
    415: "unsupported-media-type",
    416: "range-not-satisfiable",
    426: "upgrade-required",
    503: "overloaded",
}


def problem_for(status: int) -> str:
    """The name of the problem that stands for a bare status."""
    return _DEFAULTS.get(status, "internal" if status >= 500 else "bad-request")


def type_of(name: str) -> str:
    """The `type` of a problem."""
    return f"/v1/docs#{name}"


def document(name: str, detail: str = "", **members: object) -> dict[str, object]:
    """The problem details of one occurrence."""
    problem = PROBLEMS[name]
    return {
        "type": type_of(name),
        "title": problem.title,
        "status": problem.status,
        "detail": detail or problem.meaning,
        **members,
    }


class ProblemError(TocsinError):
    """Ends a request with a problem. `headers` go with it; the other members into the document."""

    def __init__(
        self, name: str, detail: str = "", *, headers: Mapping[str, str] | None = None, **members: object
    ) -> None:
        super().__init__(detail or PROBLEMS[name].meaning)
        self.name = name
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members


def violations_of(violations: tuple[Violation, ...], prefix: str = "") -> list[dict[str, object]]:
    """Violations as they stand in a document; `prefix` is where in the body the alert is."""
    return [
        {"path": _under(prefix, one.path), "problem": one.problem} | ({"line": one.line} if one.line else {})
        for one in violations
    ]


def _under(prefix: str, path: str) -> str:
    if not prefix:
        return path
    return prefix if path in ("alert", "") else f"{prefix}.{path}"


# -- the errors of the layers below -----------------------------------------------------------------------------------

Members = Callable[[Any], dict[str, object]]


def _nothing(_: Any) -> dict[str, object]:
    return {}


ERRORS: dict[type[TocsinError], tuple[str, Members]] = {
    InvalidAlertError: ("alert-invalid", lambda error: {"violations": violations_of(error.violations)}),
    errors.AudienceError: ("audience-invalid", _nothing),
    errors.UnknownAreaError: ("unknown-area", lambda error: {"areas": list(error.codes)}),
    errors.UnknownDeviceError: ("unknown-device", lambda error: {"devices": list(error.devices)}),
    errors.UnknownAlertError: ("unknown-alert", _nothing),
    errors.ExpiredAlertError: ("alert-expired", _nothing),
    errors.DuplicateAlertError: ("duplicate-alert", lambda error: {"number": error.number}),
    errors.AlreadyReplacedError: ("already-replaced", lambda error: {"by": error.by, "number": error.number}),
    errors.TooManyInForceError: ("too-many-in-force", _nothing),
    errors.IdempotencyConflictError: ("idempotency-conflict", _nothing),
    errors.CodeInvalidError: ("enrolment-code-invalid", _nothing),
    errors.TooManyAttemptsError: ("rate-limited", _nothing),
    errors.StoreFullError: ("store-full", _nothing),
    errors.StoreError: ("store-failed", _nothing),
}
"""Which problem an error is, and what it adds to the document; for a class that is not here, its nearest base."""


def problem_of(error: TocsinError) -> ProblemError | None:
    """The problem that an error is to whoever asked, or None: it is a bug."""
    if isinstance(error, ProblemError):
        return error
    for kind in type(error).__mro__:
        if kind in ERRORS:
            name, members = ERRORS[kind]
            retry_after = getattr(error, "retry_after", 1 if PROBLEMS[name].has_status(503) else None)
            headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
            return ProblemError(name, str(error), headers=headers, **members(error))
    return None
