"""What the embedded server refuses. Each has its sentence and HTTP status in the table of `api`."""

from __future__ import annotations

from alerts.errors import TocsinError


class RefusalError(TocsinError):
    """The root of them; never raised itself. `detail` says what exactly, where there is more to say."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class BadRequestBodyError(RefusalError):
    """The body is not JSON, or a field has the wrong type."""


class MissingFieldError(RefusalError):
    """A required field is missing or empty."""


class ProxyNotFoundError(RefusalError):
    """There is no proxy of that name."""


class ProxyExistsError(RefusalError):
    """There is a proxy of that name already."""


class InvalidStreamError(RefusalError):
    """A stream is upstream or downstream."""


class InvalidToxicTypeError(RefusalError):
    """No toxic has that type."""


class ToxicNotFoundError(RefusalError):
    """The proxy has no toxic of that name."""


class ToxicExistsError(RefusalError):
    """The proxy has a toxic of that name already."""


class AddressError(RefusalError):
    """An address is malformed or unknown, or, where a proxy was to listen on it, taken."""
