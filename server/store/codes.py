"""One-time codes that enrol a device: short enough to be read out over the telephone and typed on a small phone.

Ten characters of an alphabet without those that look alike (no 0 O, 1 I L, U V), about 48 bits. A code holds for some days, works
once, and wrong ones are counted; stored is a slow salted hash, so that a stolen database gives none away in time.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from peewee import SqliteDatabase, chunked

from alerts.errors import CodeInvalidError, TooManyAttemptsError
from server.store import roster
from server.store.models import EnrolmentCode, Secret
from server.store.texts import pack_words, unpack_words

ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
LENGTH = 10
GROUP = 5
_SALT = "enrolment codes"
_SCRYPT_COST = 2**14
"""16 MiB and some 40 ms a guess."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code gives the device that it enrols."""

    name: str
    areas: tuple[str, ...]
    roles: tuple[str, ...]
    languages: tuple[str, ...] | None
    reference: str | None = None
    """The row of the roster that it is for."""


class Attempts:
    """How often wrong codes may be tried at this hub, by everybody together.

    At this rate one code in a thousand valid ones is guessed in some two thousand years, and trying costs the hub a tenth of
    one processor. (The API limits each address to much less, so that one guesser does not keep the others out.)
    """

    WRONG_MAX = 120
    WINDOW_S = 60.0

    def __init__(self) -> None:
        self._wrong: deque[float] = deque()

    def check(self, clock: float) -> None:
        """Raises TooManyAttemptsError. `clock` is monotonic, in seconds."""
        while self._wrong and self._wrong[0] <= clock - self.WINDOW_S:
            self._wrong.popleft()
        if len(self._wrong) >= self.WRONG_MAX:
            raise TooManyAttemptsError(int(self._wrong[0] + self.WINDOW_S - clock) + 1)

    def begun(self, clock: float) -> None:
        """A code is being tried: it counts as wrong until it proves right."""
        self._wrong.append(clock)

    def right(self) -> None:
        """The code that was begun last, or one of those tried beside it, was right."""
        if self._wrong:
            self._wrong.pop()


def make_code() -> str:
    """A new code, in two groups: `7KQ2M-XW4ZD`."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{letters[:GROUP]}-{letters[GROUP:]}"


def read_salt(db: SqliteDatabase) -> bytes | None:
    """This store's salt; None before the first code."""
    row = Secret.select().where(Secret.name == _SALT).get_or_none(db)
    return None if row is None else bytes(row.value)


def ensure_salt(db: SqliteDatabase) -> bytes:
    """This store's salt, made where there is none."""
    Secret.insert(name=_SALT, value=secrets.token_bytes(16)).on_conflict_ignore().execute(db)
    salt = read_salt(db)
    assert salt is not None, "it was just made"
    return salt


def plain_code(code: str) -> str:
    """A code as it is compared, however it was typed: in lower case, without the hyphen, with spaces."""
    return "".join(character for character in code.upper() if character in ALPHABET)


def hash_code(code: str, salt: bytes) -> bytes:
    """What is stored of a code, however it was typed."""
    return hashlib.scrypt(plain_code(code)[: LENGTH + 1].encode(), salt=salt, n=_SCRYPT_COST, r=8, p=1, dklen=32)


def store_code(db: SqliteDatabase, code_hash: bytes, grant: Grant, now: int, valid_s: int) -> None:
    """Store a new code."""
    EnrolmentCode.insert(
        code_hash=code_hash,
        name=grant.name,
        areas=pack_words(grant.areas),
        roles=pack_words(grant.roles),
        languages=None if grant.languages is None else pack_words(grant.languages),
        made_at=now,
        expires_at=now + valid_s,
        reference=grant.reference,
    ).execute(db)


def end_codes(db: SqliteDatabase, references: Iterable[str], now: int) -> None:
    """End the codes of rows of the roster that have enrolled nobody yet."""
    for some in chunked(sorted(references), 500):
        is_open = EnrolmentCode.used_at.is_null() & (EnrolmentCode.expires_at > now)
        EnrolmentCode.update(expires_at=now).where(EnrolmentCode.reference.in_(some) & is_open).execute(db)


def open_codes(db: SqliteDatabase, now: int) -> dict[str, int]:
    """Until when the code of each row of the roster can be used that has one."""
    is_open = (
        EnrolmentCode.reference.is_null(False) & EnrolmentCode.used_at.is_null() & (EnrolmentCode.expires_at > now)
    )
    rows = EnrolmentCode.select(EnrolmentCode.reference, EnrolmentCode.expires_at).where(is_open).execute(db)
    return {str(row.reference): row.expires_at for row in rows}


def read_grant(db: SqliteDatabase, code_hash: bytes, now: int) -> Grant:
    """What a code gives. Raises CodeInvalidError; which of the reasons it is, a guesser is not told."""
    row = EnrolmentCode.select().where(EnrolmentCode.code_hash == code_hash).get_or_none(db)
    if row is None or row.used_at is not None or row.expires_at <= now:
        raise CodeInvalidError(
            "this enrolment code is not valid: it was mistyped, used before, or has expired; ask for a new one"
        )
    expected = None if row.reference is None else roster.line(db, row.reference)
    if expected is not None:  # as the roster has it now: it may have been corrected since the code was printed
        return Grant(expected.name, expected.areas, expected.roles, expected.languages, expected.reference)
    languages = None if row.languages is None else unpack_words(row.languages)
    return Grant(row.name, unpack_words(row.areas), unpack_words(row.roles), languages)


def use_code(db: SqliteDatabase, code_hash: bytes, device: str, now: int) -> None:
    """A code has enrolled its device. Raises CodeInvalidError: another has been quicker, or it has expired."""
    read_grant(db, code_hash, now)
    EnrolmentCode.update(used_at=now, device=device).where(EnrolmentCode.code_hash == code_hash).execute(db)
