"""Tokens of people and programs, and the secrets of devices: only hashes are stored.

A secret is 32 random bytes as base64url (RFC 4648 §5), a device's 16: it goes out with every connect, and 128 bits cannot be
guessed either. Against guessing such a secret a plain SHA-256 is as good as a slow hash, and costs nothing a request.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata

from peewee import SqliteDatabase

from alerts.errors import NameTakenError, UnknownTokenError
from server.audit import HUB
from server.store.areas import check_areas
from server.store.feed_records import PREFIX
from server.store.models import Device, Token
from server.store.models_people import Person
from server.store.records import Credential, Revoked, Role, TokenRow
from server.store.texts import pack_words, unpack_words

SECRET_BYTES = 32
DEVICE_SECRET_BYTES = 16
NAME_CHARS_MAX = 64
LOCAL = "local:"
"""How the names of commands on the hub's own machine begin, which have no token (server/local_access.py)."""


def make_secret() -> str:
    """A new secret, fit for a header and for a WebSocket subprotocol."""
    return secrets.token_urlsafe(SECRET_BYTES)


def make_device_secret() -> str:
    """A new secret of a device: shorter, because it is sent often."""
    return secrets.token_urlsafe(DEVICE_SECRET_BYTES)


def hash_secret(secret: str) -> bytes:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def check_name(db: SqliteDatabase, name: str, what: str) -> None:
    """That a name can be given: people and programs have one list of names, since decisions are told by name.

    Raises NameTakenError: it is in use, or was; or it is none.
    """
    if not name.strip() or len(name) > NAME_CHARS_MAX:
        raise NameTakenError(f"{what} needs a name of 1 to {NAME_CHARS_MAX} characters that says who holds it")
    if name.startswith(LOCAL) or name == HUB:
        raise NameTakenError(
            f"{HUB} and names that begin with {LOCAL} are those of the hub and of commands on its machine"
        )
    if name.startswith(PREFIX):
        raise NameTakenError(f"names that begin with {PREFIX} are those of feeds that the hub reads")
    key = name_key(name)
    if any(name_key(row.name) == key for row in Token.select(Token.name).execute(db)):
        raise NameTakenError(f"there is, or was, a token named {name!r}; choose another name")
    if Person.select().where(Person.key == key).exists(db):
        raise NameTakenError(f"there is a person named {name!r}; choose another name")


def name_key(name: str) -> str:
    """The form in which names are compared: two that people would take for the same are the same."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def make_token(db: SqliteDatabase, role: Role, name: str, secret: str, now: int, areas: tuple[str, ...] = ()) -> None:
    """Store a new token, bound to `areas` if there are any.

    Raises NameTakenError: its name is in use, or was by a token that is revoked; UnknownAreaError.
    """
    check_name(db, name, "a token")
    check_areas(db, areas)
    row = {
        "name": name,
        "role": str(role),
        "secret_hash": hash_secret(secret),
        "made_at": now,
        "areas": pack_words(areas),
    }
    Token.insert(row).execute(db)


def revoke_token(db: SqliteDatabase, name: str, now: int) -> bool:
    """End a token; whether it held until now. Raises UnknownTokenError."""
    if not Token.select().where(Token.name == name).exists(db):
        raise UnknownTokenError(f"there is no token named {name!r}")
    count: int = Token.update(revoked_at=now).where((Token.name == name) & Token.revoked_at.is_null()).execute(db)
    return count > 0


def tokens(db: SqliteDatabase) -> list[TokenRow]:
    """All tokens, the oldest first."""
    rows = Token.select().order_by(Token.made_at, Token.name).execute(db)
    return [TokenRow(row.name, Role(row.role), row.made_at, row.revoked_at, unpack_words(row.areas)) for row in rows]


def authenticate(db: SqliteDatabase, secret: str) -> Credential | None:
    """Who holds a secret; None: nobody, or nobody any more."""
    hashed = hash_secret(secret)
    row = Token.select().where(Token.secret_hash == hashed).get_or_none(db)
    if row is None or row.revoked_at is not None or not hmac.compare_digest(bytes(row.secret_hash), hashed):
        return None
    return Credential(row.name, Role(row.role), unpack_words(row.areas))


def authenticate_device(db: SqliteDatabase, secret: str) -> str | Revoked | None:
    """The device that holds a secret, `Revoked` if it does no more, None if the secret is not known here.

    Not known is not revoked: a store that was put back from an old copy does not know who was enrolled since.
    """
    hashed = hash_secret(secret)
    row = Device.select().where(Device.token_hash == hashed).get_or_none(db)
    if row is None or not hmac.compare_digest(bytes(row.token_hash), hashed):
        return None
    return row.device if row.revoked_at is None else Revoked(row.device)
