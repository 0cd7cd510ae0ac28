r"""Server-sent events as bytes (WHATWG HTML §9.2.5 and §9.2.6); no sockets.

    id: 4021-17\nevent: alert\ndata: {…}\n\n     an event; its id is what a client that comes back names
    :\n                                         a comment, so that nothing on the way takes the line for dead
    retry: 3000\n                               how long a client waits before it comes back, in milliseconds

An empty line dispatches an event; some clients do so even where nothing stands before it, so none follows the last two.
"""

from __future__ import annotations

import re

COMMENT = b":\n"
_ENDS = re.compile(r"\r\n|\r|\n")


def event(name: str, data: str, id: str | None = None) -> bytes:
    """An event. A line end in `data` is kept; in a name or an id it has no place."""
    assert not _ENDS.search(name) and "\0" not in name, "a name is one line"
    assert id is None or not (_ENDS.search(id) or "\0" in id), "an id is one line without NUL"
    lines = [] if id is None else [f"id: {id}"]
    lines += [f"event: {name}", *(f"data: {line}" for line in _ENDS.split(data))]
    return ("\n".join(lines) + "\n\n").encode()


def retry(milliseconds: int) -> bytes:
    """How long to wait before coming back."""
    return f"retry: {milliseconds}\n".encode()
