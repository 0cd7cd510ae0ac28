"""The cookie of a session, and the token that a change must carry beside it.

    cookie   __Host-tocsin_session=<secret>; HttpOnly; SameSite=Strict; Path=/; Secure  (without TLS: tocsin_session, not Secure)
    change   X-CSRF-Token: HMAC-SHA-256(secret, "csrf")    which a page of another origin cannot read, and a form cannot send

The cookie goes when the browser is closed; when the session ends is the hub's to say.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import urlsplit

from tornado.httputil import HTTPHeaders, HTTPServerRequest

from server.settings import Settings

PLAIN = "tocsin_session"
HOST_ONLY = f"__Host-{PLAIN}"
CSRF_HEADER = "X-CSRF-Token"
SECRET_CHARS_MAX = 64


def is_secure(settings: Settings) -> bool:
    """Whether browsers reach the hub by TLS: its own, or that of a proxy before it, which `public_address` tells."""
    return settings.tls_cert is not None or settings.public_address.startswith("https://")


def name_of(settings: Settings) -> str:
    """The cookie's name: by the prefix a browser knows that nobody but this very host, over TLS, has set it."""
    return HOST_ONLY if is_secure(settings) else PLAIN


def read(headers: HTTPHeaders, settings: Settings) -> str | None:
    """The session's secret in a request; None: it has none."""
    wanted = name_of(settings)
    for header in headers.get_list("Cookie"):
        for part in header.split(";"):
            name, _, value = part.strip().partition("=")
            if name == wanted and 0 < len(value) <= SECRET_CHARS_MAX:
                return value
    return None


def written(secret: str, settings: Settings) -> str:
    """The header Set-Cookie that keeps a secret."""
    return _header(secret, settings)


def cleared(settings: Settings) -> str:
    """The header Set-Cookie that takes it away."""
    return _header("", settings, "; Max-Age=0")


def _header(value: str, settings: Settings, more: str = "") -> str:
    secure = "; Secure" if is_secure(settings) else ""
    return f"{name_of(settings)}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{more}"


def is_own_page(request: HTTPServerRequest, settings: Settings) -> bool:
    """Whether a request says that it comes from a page of this hub (Fetch §3.1)."""
    origin = request.headers.get("Origin", "")
    return bool(origin) and (
        urlsplit(origin).netloc.lower() == request.host.lower() or origin == settings.public_address
    )


def csrf_token(secret: str) -> str:
    """What a change must carry that comes with this session's cookie."""
    made = hmac.new(secret.encode(), b"csrf", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def is_csrf_token(secret: str, said: str | None) -> bool:
    """Whether a request carries it."""
    return said is not None and hmac.compare_digest(csrf_token(secret).encode(), said.encode("utf-8", "replace"))
