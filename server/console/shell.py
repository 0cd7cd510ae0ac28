"""The console's one document: every address of the console answers it, and its script shows the page of that address.

It holds nothing about anybody, so it may be fetched without a session. What may run and be asked in it is said by the strictest
Content-Security-Policy under which it works: files of this hub only, nothing inline, no frame around it.
"""

from __future__ import annotations

from tornado.template import Template

from server.api.handler import Refusing
from server.console.built import Built, built

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)

_SHELL = Template(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>Tocsin</title>
<link rel="icon" type="image/svg+xml" href="/console/static/{{ icon }}">
<link rel="stylesheet" href="/console/static/{{ style }}">
<script type="module" src="/console/static/{{ script }}"></script>
</head>
<body>
<div id="app"></div>
<noscript>The console of Tocsin needs JavaScript. Everything that it does can be done with the command tocsin-hub, or over
the API: <a href="/v1/docs">/v1/docs</a>.</noscript>
</body>
</html>
"""
)

_NO_CONSOLE = Template(
    """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Tocsin</title></head>
<body>
<h1>This hub serves, but its console was not built</h1>
<p>{{ reason }}</p>
<p>The build fetches what the pages are made of from the registry of npm. With a network:
<code>rm -r server/console/static &amp;&amp; make setup</code>.</p>
<p>Everything that the console does can be done with the command <code>tocsin-hub</code>, or over the API:
<a href="/v1/docs">/v1/docs</a>.</p>
</body>
</html>
"""
)


class ShellHandler(Refusing):
    """`/` and everything under `/console/` that is no file."""

    template = "/console"

    def set_default_headers(self) -> None:
        """As everywhere, but for what a page needs."""
        super().set_default_headers()
        self.set_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")

    def get(self, _: str = "") -> None:
        """The document, or why there is none."""
        found = built()
        if isinstance(found, Built):
            self.write(_SHELL.generate(script=found.script, style=found.style, icon=found.icon))
            return
        self.set_status(503)
        self.finish_page(_NO_CONSOLE.generate(reason=found.reason))

    def head(self, _: str = "") -> None:
        """As GET; Tornado leaves the body out."""
        self.get()

    def finish_page(self, page: bytes) -> None:
        """Answer a page with a status that would else be a problem document."""
        super(Refusing, self).finish(page)
