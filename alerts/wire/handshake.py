"""Where a device stands, as one short value that fits a WebSocket subprotocol or a header.

It is sent in the upgrade request as the subprotocol `at.<value>` beside `tocsin.v1`; who cannot do that sends the header
`Tocsin-At: <value>`. A browser, which can set no headers there, says `key.<token>` in that list too. The value is base64url
without padding (RFC 4648 §5) of a positional msgpack array; a reader ignores trailing elements.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Any

import msgpack

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.wire.codec import unpack
from alerts.wire.frames import EPOCH, LANGUAGES, NUMBER, NUMBERS, SMALL, Field, Resume, many, pair

SUBPROTOCOL = "tocsin.v1"
HEADER = "Tocsin-At"
AT_PREFIX = "at."
KEY_PREFIX = "key."

_BASE64URL = re.compile("[A-Za-z0-9_-]*")

_LAYOUT: tuple[tuple[str, Field, Any], ...] = (
    ("opening", EPOCH, 0),
    ("epoch", EPOCH, 0),
    ("cursor", NUMBER, 0),
    ("heard", NUMBER, 0),
    ("languages", LANGUAGES, ()),
    ("dictionaries", many(SMALL, limits.DICTIONARIES_MAX), ()),
    ("as_of", NUMBER, None),  # None: the cursor
    ("held", NUMBERS, ()),
    ("flags", SMALL, 0),
    ("earlier", pair(EPOCH, NUMBER), (0, 0)),
    ("unlike", NUMBER, 0),
    ("before", EPOCH, 0),
)


@dataclass(frozen=True, slots=True)
class Hello:
    """What a device says in the handshake.

    `opening` is a random number of this opening of its store; `at` its position, as the frame that would ask for the same
    (epoch 0: it was never sent anything); `languages` BCP 47 tags, best first; `earlier` the last cursor of the epoch
    before the position's, as (epoch, cursor); `dictionaries` the short names of those that it holds; `unlike` the highest
    number whose text here may be another than the hub sends now (it was had in other languages): up to it the hub refers to
    nothing; `before` the opening of this store that a hub welcomed last, if that is another one: 0 says that it is this one,
    or none.
    """

    opening: int
    at: Resume
    languages: tuple[str, ...] = ()
    earlier: tuple[int, int] = (0, 0)
    dictionaries: tuple[int, ...] = ()
    unlike: int = 0
    before: int = 0


def pack_hello(hello: Hello) -> str:
    """The value for the header, or behind `at.` in a subprotocol."""
    at = hello.at
    values = (
        *(hello.opening, at.epoch, at.cursor, at.heard, hello.languages, hello.dictionaries),
        *(None if at.as_of == at.cursor else at.as_of, at.held, at.flags, hello.earlier, hello.unlike),
        hello.before,
    )
    packed = [
        None if value == default else field.pack(value)
        for (_, field, default), value in zip(_LAYOUT, values, strict=True)
    ]
    while packed and packed[-1] is None:
        packed.pop()
    return base64.urlsafe_b64encode(msgpack.packb(packed)).rstrip(b"=").decode()


def unpack_hello(value: str) -> Hello:
    """What a device said.

    Raises RemoteProtocolError: too long, not base64url, or not what the layout says; names the element.
    """
    if len(value) > limits.HELLO_CHARS_MAX:
        raise RemoteProtocolError(f"{HEADER}: {len(value)} characters; at most {limits.HELLO_CHARS_MAX} are allowed")
    if not _BASE64URL.fullmatch(value) or len(value) % 4 == 1:
        raise RemoteProtocolError(f"{HEADER}: not base64url without padding (RFC 4648 §5)")
    array = unpack(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    if not isinstance(array, list):
        raise RemoteProtocolError(f"{HEADER}: expected an array")
    said: dict[str, Any] = {name: default for name, _, default in _LAYOUT}
    for (name, field, _), element in zip(_LAYOUT, array, strict=False):
        if element is not None:
            said[name] = field.unpack(element, f"{HEADER}.{name}")
    if said["as_of"] is None:
        said["as_of"] = said["cursor"]
    at = Resume(*(said[name] for name in ("epoch", "cursor", "as_of", "held", "flags", "heard")))
    rest = (said[name] for name in ("languages", "earlier", "dictionaries", "unlike", "before"))
    return Hello(said["opening"], at, *rest)
