"""The console's files. Each has its content's hash in its name, so that a browser keeps it for ever and never asks again.

Each lies there compressed already, so that a bad link carries few bytes and the hub does no work.
"""

from __future__ import annotations

import mimetypes

from server.api.handler import Refusing, quality
from server.console.built import Built, built

KEPT = "public, max-age=31536000, immutable"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""Content codings (RFC 9110 §8.4.1), the smallest first, and the ends of their files' names."""

TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


class StaticHandler(Refusing):
    """`/console/static/<name>`."""

    template = "/console/static"

    def get(self, name: str) -> None:
        """One file, if it is among those that were built."""
        found = built()
        if not isinstance(found, Built) or name not in found.files:
            self.refuse("not-found", "the console has no such file; load the page again")
        path = found.folder / name
        accepted = self.request.headers.get("Accept-Encoding", "")
        for coding, end in ENCODINGS:
            if f"{name}{end}" in found.files and _accepts(accepted, coding):
                self.set_header("Content-Encoding", coding)
                path = found.folder / f"{name}{end}"
                break
        self.set_header("Vary", "Accept-Encoding")
        self.set_header("Cache-Control", KEPT)
        kind = TYPES.get(found.folder.joinpath(name).suffix) or mimetypes.guess_type(name)[0]
        self.set_header("Content-Type", kind or "application/octet-stream")
        self.write(path.read_bytes())

    def head(self, name: str) -> None:
        """As GET; Tornado leaves the body out."""
        self.get(name)


def _accepts(header: str, coding: str) -> bool:
    """Whether a header Accept-Encoding takes a coding (RFC 9110 §12.5.3)."""
    return quality(header.replace("*", "*/*"), coding) > 0 if header else False
