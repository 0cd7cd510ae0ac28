"""A typed door to toxiproxy-python, for one server each.

That library keeps the server's address on its `APIConsumer` class, for the whole process; passes over answers of 500;
has no way to change a toxic; waits for ever; and follows HTTP_PROXY even to the loopback. So each client here is a
subclass of `APIConsumer` with its own address, and every call says how long it waits and that it goes direct.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, cast
from urllib.parse import quote

import requests
from toxiproxy.api import APIConsumer
from toxiproxy.exceptions import InvalidToxic, NotFound, ProxyExists

from alerts.errors import UserError

CALL_S_MAX = 30.0
_DIRECT = {"http": None, "all": None}


class ToxicInfo(TypedDict):
    """A toxic as the API describes it."""

    name: str
    type: str
    stream: str
    toxicity: float
    attributes: Mapping[str, float]


class ProxyInfo(TypedDict):
    """A proxy as the API describes it."""

    name: str
    listen: str
    upstream: str
    enabled: bool
    toxics: list[ToxicInfo]


class ToxiproxyError(UserError):
    """The server could not be reached, or refused. `status` is its HTTP status, 0 when there was no answer."""

    def __init__(self, message: str, hint: str = "", status: int = 0) -> None:
        super().__init__(message, hint)
        self.status = status


class ToxiproxyClient:
    """Calls of Toxiproxy's API, through toxiproxy-python. They block: asyncio calls them with `asyncio.to_thread`.

    Every call raises ToxiproxyError.
    """

    def __init__(self, host: str, port: int) -> None:
        self.address = f"{host}:{port}"
        self._consumer = type("Consumer", (APIConsumer,), {"host": host, "port": port})

    def version(self) -> str:
        return str(self._call("get", "/version").json()["version"])

    def proxies(self) -> dict[str, ProxyInfo]:
        return cast(dict[str, ProxyInfo], self._call("get", "/proxies").json())

    def create_proxy(self, name: str, upstream: str, listen: str = "127.0.0.1:0") -> ProxyInfo:
        body = {"name": name, "upstream": upstream, "listen": listen}
        return cast(ProxyInfo, self._call("post", "/proxies", json=body).json())

    def enable_proxy(self, name: str, enabled: bool) -> ProxyInfo:
        return cast(ProxyInfo, self._call("post", _path(name), json={"enabled": enabled}).json())

    def delete_proxy(self, name: str) -> None:
        self._call("delete", _path(name))

    def toxics(self, proxy: str) -> dict[str, ToxicInfo]:
        found = cast(list[ToxicInfo], self._call("get", _path(proxy, "toxics")).json())
        return {toxic["name"]: toxic for toxic in found}

    def add_toxic(self, proxy: str, toxic: ToxicInfo) -> ToxicInfo:
        return cast(ToxicInfo, self._call("post", _path(proxy, "toxics"), json=toxic).json())

    def update_toxic(self, proxy: str, name: str, attributes: Mapping[str, float], toxicity: float) -> ToxicInfo:
        body = {"attributes": attributes, "toxicity": toxicity}
        return cast(ToxicInfo, self._call("post", _path(proxy, "toxics", name), json=body).json())

    def remove_toxic(self, proxy: str, name: str) -> None:
        self._call("delete", _path(proxy, "toxics", name))

    def reset(self) -> None:
        self._call("post", "/reset")

    def _call(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        try:
            call = getattr(self._consumer, method)
            response: requests.Response = call(path, timeout=CALL_S_MAX, proxies=_DIRECT, **kwargs)
        except (ProxyExists, NotFound, InvalidToxic) as error:
            status = {ProxyExists: 409, NotFound: 404, InvalidToxic: 400}[type(error)]
            raise self._refused(method, path, status, error.args[0]) from error
        except requests.RequestException as error:
            raise ToxiproxyError(
                f"no answer from Toxiproxy at {self.address}: {type(error).__name__}",
                hint=f"Is it running? Start one: tocsin-netsim proxy --listen {self.address}",
            ) from error
        if not response.ok:
            raise self._refused(method, path, response.status_code, response.content)
        return response

    def _refused(self, method: str, path: str, status: int, body: bytes) -> ToxiproxyError:
        said = body.decode("utf-8", "replace").strip()
        return ToxiproxyError(
            f"Toxiproxy at {self.address} refused {method.upper()} {path}: {status} {said}", status=status
        )


def _path(*names: str) -> str:
    return "/".join(["/proxies", *(quote(name, safe="") for name in names)])
