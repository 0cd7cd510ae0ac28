"""Who comes with the key of a command."""

from __future__ import annotations

from server.hub import Role
from server.local_key import LocalKey


def test_records_have_the_name_that_the_command_says_in_a_plain_form() -> None:
    key = LocalKey("secret")
    for bearer, name in (("secret.amina", "amina"), ("secret", "unknown"), ("secret.a b\r\n/é", "a_b____")):
        credential = key.credential(bearer)
        assert credential is not None and (credential.name, credential.role) == (f"local:{name}", Role.ADMINISTRATOR)
    assert key.credential("Secret.amina") is None and key.credential("") is None
