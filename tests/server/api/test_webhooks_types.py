"""What others than an administrator see of an address."""

from __future__ import annotations

import pytest

from server.api.webhooks_types import masked


@pytest.mark.parametrize(
    ("url", "seen"),
    [
        ("https://x.example", "https://x.example"),
        ("https://x.example/", "https://x.example"),
        ("https://x.example:8443/services/T0/B0/secret", "https://x.example:8443/…"),
        ("https://x.example/?token=1", "https://x.example/…"),
        ("http://[::1]:80/a#b", "http://[::1]:80/…"),
    ],
)
def test_an_address_without_what_may_be_a_credential(url: str, seen: str) -> None:
    assert masked(url) == seen
