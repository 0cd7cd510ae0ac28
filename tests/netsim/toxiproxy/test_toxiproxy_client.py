from __future__ import annotations

import pytest
from toxiproxy.api import APIConsumer

from netsim.toxiproxy.control import start_embedded
from netsim.toxiproxy.toxiproxy_client import ToxiproxyClient, ToxiproxyError
from tests.netsim.toxiproxy.harness import Ends


def test_each_client_has_its_own_server() -> None:
    before = (APIConsumer.host, APIConsumer.port)
    with start_embedded() as one, start_embedded() as two:
        one.client.create_proxy("only-here", "127.0.0.1:1")
        assert set(one.client.proxies()) == {"only-here"}
        assert two.client.proxies() == {}
    assert (APIConsumer.host, APIConsumer.port) == before


def test_a_proxy_in_the_environment_is_passed_by(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert ends.server.client.version()


@pytest.mark.parametrize(("listen", "status"), [("nonsense", 500), ("127.0.0.1:0", 409)])
def test_a_refusal_says_what_the_server_said(ends: Ends, listen: str, status: int) -> None:
    name = ends.link.name if status == 409 else "other"
    with pytest.raises(ToxiproxyError, match=f"refused POST /proxies: {status} ") as caught:
        ends.server.client.create_proxy(name, "127.0.0.1:1", listen)
    assert caught.value.status == status


def test_names_are_quoted(ends: Ends) -> None:
    client = ends.server.client
    client.create_proxy("a name? with # signs", "127.0.0.1:1")
    client.enable_proxy("a name? with # signs", False)
    assert not client.proxies()["a name? with # signs"]["enabled"]
    client.delete_proxy("a name? with # signs")


def test_no_answer_says_how_to_start_a_server() -> None:
    with pytest.raises(ToxiproxyError, match=r"no answer from Toxiproxy at 127\.0\.0\.1:1") as caught:
        ToxiproxyClient("127.0.0.1", 1).reset()
    assert (caught.value.status, "tocsin-netsim proxy" in caught.value.hint) == (0, True)
