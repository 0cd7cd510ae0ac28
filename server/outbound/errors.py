"""Why another machine could not be asked, as words and as one of a few reasons."""

from __future__ import annotations

from enum import StrEnum

from alerts.errors import TocsinError


class Reason(StrEnum):
    """The kind of failure. An answer with any status is none: what a 500 means is for whoever asked to say."""

    ADDRESS_INVALID = "address-invalid"
    """No address that can be asked: not http or https, with a user name in it, without a host, …"""
    ADDRESS_REFUSED = "address-refused"
    """The policy does not allow it: an address of the own network, a port of another protocol."""
    REDIRECT_REFUSED = "redirect-refused"
    """Too many redirects, or one from https to http, or one that names no address."""
    NAME_UNKNOWN = "name-unknown"
    """The name of the host has no address."""
    UNREACHABLE = "unreachable"
    """No connection, or one that was broken off."""
    TLS_FAILED = "tls-failed"
    """The certificate is not valid for this host, or TLS could not be agreed on."""
    TOO_SLOW = "too-slow"
    """The time was up."""
    TOO_LARGE = "too-large"
    """The body has more bytes than were wanted; it was not read further."""
    ANSWER_INVALID = "answer-invalid"
    """What came is not HTTP, or its compression is broken."""


class OutboundError(TocsinError):
    """Another machine could not be asked; the text says which, why and what to do about it."""

    def __init__(self, reason: Reason, words: str) -> None:
        super().__init__(words)
        self.reason = reason
