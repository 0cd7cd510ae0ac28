"""A middlebox in a thread."""

from __future__ import annotations

import pytest

from alerts.errors import UserError
from netsim.middleboxes.running import running
from tests.support.echo import EchoService


def test_an_unknown_kind_is_refused_with_those_that_exist(echo: EchoService) -> None:
    with pytest.raises(UserError, match="no middlebox 'portal'") as refused:
        running("portal", echo.web)
    assert "captive-portal" in refused.value.hint


def test_it_says_where_it_listens(echo: EchoService) -> None:
    with running("buffering-proxy", echo.web) as proxy:
        assert proxy.address == f"{proxy.host}:{proxy.port}"
        assert (proxy.host, proxy.connections) == ("127.0.0.1", 0)
