"""The key of commands on the hub's own machine, as the hub knows it: see server/local_access.py."""

from __future__ import annotations

import hashlib
import hmac

from server.local_access import plain_name
from server.store.credentials import LOCAL
from server.store.records import Credential, Role


class LocalKey:
    """The key of one process, as the process itself knows it."""

    def __init__(self, key: str) -> None:
        self._hash = _hash(key)

    def credential(self, bearer: str) -> Credential | None:
        """Who comes with the key (`key.user`), by what the command says of itself; None: that is not the key."""
        key, _, user = bearer.partition(".")
        if not hmac.compare_digest(_hash(key), self._hash):
            return None
        return Credential(f"{LOCAL}{plain_name(user)}", Role.ADMINISTRATOR)


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
