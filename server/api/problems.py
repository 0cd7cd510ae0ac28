"""Every problem that the API answers, in one table (RFC 9457): its name, status and title, and when it happens.

`type` is `/v1/docs#<name>`, relative to the hub: the page that explains it. Names are never changed. Members beside those of RFC
9457: `violations` (path, problem and, for XML, line, of all that is wrong), and those that a row of ERRORS names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from alerts import errors
from alerts.errors import InvalidAlertError, TocsinError, Violation
from server.outbound.errors import OutboundError
from server.places.errors import AlreadyEnrolledError, ShapeError, TooManyChosenError, UnknownReferenceError

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
        "No token came and no session's cookie, or one that is unknown here, revoked or over: `Authorization: Bearer …`.",
    ),
    "credential-revoked": Problem(401, "The credential was revoked", "The device's token was valid and is so no more."),
    "forbidden": Problem(403, "Not allowed", "Who asks is known, and their role does not allow this."),
    "outside-areas": Problem(
        403, "Outside the credential's areas", "Who asks is bound to areas, and what is asked concerns others too."
    ),
    "csrf-refused": Problem(
        403,
        "The change does not carry the session's token",
        "With a session's cookie every change carries `X-CSRF-Token`, which `GET /v1/session` says.",
    ),
    "sign-in-refused": Problem(
        403, "Signing in was refused", "The name or the password is wrong, or the account is closed; which is not said."
    ),
    "invitation-invalid": Problem(
        403, "The code is not valid", "Name and code do not fit, the code was used, or has expired; which is not said."
    ),
    "setup-code-invalid": Problem(
        403, "The setup code is wrong", "It is the one that the hub has printed at its last start."
    ),
    "second-person-needed": Problem(
        403,
        "A second person is needed",
        "The alert is Extreme: an approver who has not written in it must approve it. See docs/approval.md.",
    ),
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
    "unknown-token": Problem(404, "Unknown token", "No token here has this name."),
    "unknown-person": Problem(404, "Unknown person", "Nobody has an account under this name."),
    "unknown-feed": Problem(404, "Unknown feed", "No feed has this name here, or no item of a feed this number."),
    "unknown-webhook": Problem(404, "Unknown webhook", "No webhook has this name."),
    "unknown-contact": Problem(404, "Unknown contact", "There is no contact of this name."),
    "unknown-reference": Problem(404, "Unknown reference", "`references` names what is not in the roster."),
    "unknown-rule": Problem(404, "Unknown rule", "There is no rule of this name."),
    "unknown-draft": Problem(404, "Unknown draft", "No draft has this number, or none that this credential may see."),
    "unknown-template": Problem(404, "Unknown template", "No template has this name."),
    "method-not-allowed": Problem(405, "Method not allowed", "The header `Allow` says which methods there are."),
    "not-acceptable": Problem(406, "Not acceptable", "None of the media types in `Accept` can be had."),
    "request-timeout": Problem(408, "Too slow", "The body did not come in time."),
    "duplicate-alert": Problem(
        409, "The alert is here already", "Another alert of this sender has this identifier; an alert is never changed."
    ),
    "name-taken": Problem(
        409,
        "The name cannot be used",
        "Something of its kind has this name (a token: or had it), or it is none. `detail` says which.",
    ),
    "own-token": Problem(
        409, "A token does not revoke itself", "Do it with another, so that nobody locks themselves out by it."
    ),
    "last-administrator": Problem(
        409,
        "The last administrator stays",
        "Nobody would be left who can sign in and decide about the whole hub; make somebody else one first.",
    ),
    "no-session": Problem(
        409, "There is no session", "It is about somebody's own account or session, and who asks has come with a token."
    ),
    "already-replaced": Problem(
        409, "Already replaced", "The alert named was updated or cancelled by one that this alert does not name."
    ),
    "already-enrolled": Problem(
        409, "A device is enrolled already", "`references` names the rows of the roster that have a device."
    ),
    "already-decided": Problem(
        409, "It does not wait for a decision", "Somebody has approved or rejected it, or it ended by itself."
    ),
    "draft-state": Problem(
        409, "Not with this draft", "It is in a status in which this cannot be done; `detail` says in which."
    ),
    "draft-changed": Problem(
        409, "The draft was changed", "Somebody has changed it meanwhile; `version` is the one that it is now."
    ),
    "numbers-changed": Problem(
        409,
        "It would reach another number of devices",
        "Publishing says how many devices the alert is for; `devices` is how many it is for now.",
    ),
    "too-many-in-force": Problem(
        409,
        "Too many alerts are in force",
        "As many alerts are in force as a device can be told of at once; `detail` says how many. Cancel what is over.",
    ),
    "too-many-webhooks": Problem(409, "Too many webhooks", "There are as many webhooks as a hub serves."),
    "position-lost": Problem(
        409,
        "The position is not in the log",
        "The log is no longer the one in which `after` was given: the hub was put back from an older copy. Begin again with "
        "what is in force; `position` says from where on to follow.",
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
    "password-refused": Problem(422, "The new password is too easy to guess", "`detail` says why."),
    "address-refused": Problem(
        422,
        "The address is not asked",
        "It is no address of the web, or lies in a network that the hub does not ask; see the setting `outbound_networks`.",
    ),
    "audience-invalid": Problem(
        422, "The audience is not valid", "Nobody is addressed, or not as the alert's scope demands."
    ),
    "import-invalid": Problem(
        422,
        "Nothing was imported",
        "`violations` names each row (`line`) and column that is wrong, and what would be right.",
    ),
    "polygon-invalid": Problem(422, "The polygon cannot be used", "It crosses itself, or has too few corners."),
    "too-many-chosen": Problem(
        422, "Too many devices at once", "`detail` says how many are chosen, and how many may be; move them in parts."
    ),
    "rule-invalid": Problem(422, "The rule is not valid", "`violations` names what is wrong, and where."),
    "contact-invalid": Problem(
        422,
        "The contact cannot be used",
        "Its address is no Apprise URL, or of a service that the setting `contact_services` does not allow; or there is no "
        "such contact.",
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


def to_json(problem: ProblemError) -> bytes:
    """The document of a problem."""
    return json.dumps(document(problem.name, problem.detail, **problem.members), ensure_ascii=False).encode()


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
    errors.DurableError: ("bad-request", _nothing),
    errors.OutOfAreasError: ("outside-areas", lambda error: {"areas": list(error.areas)}),
    errors.UnknownAreaError: ("unknown-area", lambda error: {"areas": list(error.codes)}),
    errors.UnknownDeviceError: ("unknown-device", lambda error: {"devices": list(error.devices)}),
    errors.NameTakenError: ("name-taken", _nothing),
    errors.UnknownTokenError: ("unknown-token", _nothing),
    errors.UnknownAlertError: ("unknown-alert", _nothing),
    errors.UnknownWebhookError: ("unknown-webhook", _nothing),
    errors.TooManyWebhooksError: ("too-many-webhooks", _nothing),
    errors.ExpiredAlertError: ("alert-expired", _nothing),
    errors.DuplicateAlertError: ("duplicate-alert", lambda error: {"number": error.number}),
    errors.AlreadyReplacedError: ("already-replaced", lambda error: {"by": error.by, "number": error.number}),
    errors.TooManyInForceError: ("too-many-in-force", _nothing),
    errors.UnknownFeedError: ("unknown-feed", _nothing),
    errors.AlreadyDecidedError: ("already-decided", _nothing),
    errors.UnknownDraftError: ("unknown-draft", _nothing),
    errors.DraftStateError: ("draft-state", _nothing),
    errors.DraftChangedError: ("draft-changed", lambda error: {"version": error.version}),
    errors.NumbersChangedError: ("numbers-changed", lambda error: {"devices": error.devices}),
    errors.UnknownTemplateError: ("unknown-template", _nothing),
    errors.SecondPersonError: ("second-person-needed", _nothing),
    OutboundError: ("address-refused", _nothing),
    UnknownReferenceError: ("unknown-reference", lambda error: {"references": list(error.references)}),
    AlreadyEnrolledError: ("already-enrolled", lambda error: {"references": list(error.references)}),
    TooManyChosenError: ("too-many-chosen", _nothing),
    ShapeError: ("polygon-invalid", _nothing),
    errors.IdempotencyConflictError: ("idempotency-conflict", _nothing),
    errors.UnknownPersonError: ("unknown-person", _nothing),
    errors.LastAdministratorError: ("last-administrator", _nothing),
    errors.PasswordError: ("password-refused", _nothing),
    errors.SignInRefusedError: ("sign-in-refused", _nothing),
    errors.InvitationInvalidError: ("invitation-invalid", _nothing),
    errors.SetupCodeError: ("setup-code-invalid", _nothing),
    errors.TooManySignInsError: ("rate-limited", _nothing),
    errors.NoSessionError: ("no-session", _nothing),
    errors.RuleError: (
        "rule-invalid",
        lambda error: {"violations": violations_of((Violation(error.path, error.problem),))},
    ),
    errors.ContactError: ("contact-invalid", _nothing),
    errors.UnknownContactError: ("unknown-contact", _nothing),
    errors.UnknownRuleError: ("unknown-rule", _nothing),
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
