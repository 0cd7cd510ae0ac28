"""Tokens of publishers, admins and viewers, and the secrets of devices: only hashes are stored.

A secret is 32 random bytes as base64url (RFC 4648 §5), a device's 16: it goes out with every connect, and 128 bits cannot be
guessed either. Against guessing such a secret a plain SHA-256 is as good as a slow hash, and costs nothing a request.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from peewee import SqliteDatabase

from alerts.errors import NameTakenError, UnknownTokenError
from server.store.models import Device, Token
from server.store.records import Credential, Revoked, Role, TokenRow

SECRET_BYTES = 32
DEVICE_SECRET_BYTES = 16


def make_secret() -> str:
    """A new secret, fit for a header and for a WebSocket subprotocol."""
    return secrets.token_urlsafe(SECRET_BYTES)


def make_device_secret() -> str:
    """A new secret of a device: shorter, because it is sent often."""
    return secrets.token_urlsafe(DEVICE_SECRET_BYTES)


def hash_secret(secret: str) -> bytes:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def make_token(db: SqliteDatabase, role: Role, name: str, secret: str, now: int) -> None:
    """Store a new token. Raises NameTakenError: its name is in use, or was by a token that is revoked."""
    if not name.strip() or len(name) > 64:
        raise NameTakenError("a token needs a name of 1 to 64 characters that says who holds it")
    if Token.select().where(Token.name == name).exists(db):
        raise NameTakenError(f"there is, or was, a token named {name!r}; choose another name")
    Token.insert(name=name, role=str(role), secret_hash=hash_secret(secret), made_at=now).execute(db)


def revoke_token(db: SqliteDatabase, name: str, now: int) -> None:
    """End a token; a second time does nothing. Raises UnknownTokenError."""
    if not Token.select().where(Token.name == name).exists(db):
        raise UnknownTokenError(f"there is no token named {name!r}")
    Token.update(revoked_at=now).where((Token.name == name) & Token.revoked_at.is_null()).execute(db)


def tokens(db: SqliteDatabase) -> list[TokenRow]:
    """All tokens, the oldest first."""
    rows = Token.select().order_by(Token.made_at, Token.name).execute(db)
    return [TokenRow(row.name, Role(row.role), row.made_at, row.revoked_at) for row in rows]


def authenticate(db: SqliteDatabase, secret: str) -> Credential | None:
    """Who holds a secret; None: nobody, or nobody any more."""
    hashed = hash_secret(secret)
    row = Token.select().where(Token.secret_hash == hashed).get_or_none(db)
    if row is None or row.revoked_at is not None or not hmac.compare_digest(bytes(row.secret_hash), hashed):
        return None
    return Credential(row.name, Role(row.role))


def authenticate_device(db: SqliteDatabase, secret: str) -> str | Revoked | None:
    """The device that holds a secret, `Revoked` if it does no more, None if the secret is not known here.

    Not known is not revoked: a store that was put back from an old copy does not know who was enrolled since.
    """
    hashed = hash_secret(secret)
    row = Device.select().where(Device.token_hash == hashed).get_or_none(db)
    if row is None or not hmac.compare_digest(bytes(row.token_hash), hashed):
        return None
    return row.device if row.revoked_at is None else Revoked(row.device)
