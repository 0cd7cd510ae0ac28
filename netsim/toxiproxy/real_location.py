"""Where the real Toxiproxy server, a Go program, stands on this machine."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

INSTALL_HINT = "Install Go, then: go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0"


def find_real_server() -> str | None:
    """The path of a real Toxiproxy server: TOXIPROXY_SERVER, `toxiproxy-server` on PATH, or what `go install` made."""
    named = os.environ.get("TOXIPROXY_SERVER")
    if named:
        return named if Path(named).is_file() else None
    found = shutil.which("toxiproxy-server")
    if found:
        return found
    gobin = os.environ.get("GOBIN") or Path(os.environ.get("GOPATH") or Path.home() / "go") / "bin"
    built = Path(gobin) / "server"
    return str(built) if built.is_file() else None
