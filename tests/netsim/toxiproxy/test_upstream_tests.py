"""Toxiproxy's own tests, of its Go module, against the embedded server.

They begin by making a server in their process. In a copy of the module, for this run only, `upstream/stand_in.go`
takes its place and carries what they do to the embedded server, and the ports written into them are changed to some
that are free. Which of them cannot say anything about another server, and why, stands in docs/toxiproxy.md; all others
must pass.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from netsim.toxiproxy.control import start_embedded

MODULE = "github.com/Shopify/toxiproxy/v2@v2.12.0"
PORT = "8475"
"""Where the tests of the API look for their server."""
PORTS_FROM = range(10_000, 32_000)
"""Those below the ones that systems give to connections."""
PACKAGES = (".", "toxics")
INSIDE = ("link_test.go", "metrics_test.go", "proxy_collection_test.go")
"""Of the package itself, or of parts of it that no request reaches: they do not compile against a stand-in."""
PAGE = Path(__file__).resolve().parents[3] / "docs" / "toxiproxy.md"
STAND_IN = Path(__file__).with_name("upstream") / "stand_in.go"
GO_S_MAX = 400.0


def _left_out() -> set[str]:
    """The tests that the page says do not run."""
    section = re.search(r"^## Toxiproxy's own tests\n(.*?)(?=^## )", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert section, "docs/toxiproxy.md has lost its section on Toxiproxy's own tests"
    return set(re.findall(r"`(Test\w+)`", section[1]))


def _there_are(module: Path) -> set[str]:
    files = [path for package in PACKAGES for path in (module / package).glob("*_test.go")]
    return {name for path in files for name in re.findall(r"^func (Test\w+)\(", path.read_text(), re.MULTILINE)}


def _module() -> Path:
    found = subprocess.run(["go", "mod", "download", "-json", MODULE], capture_output=True, text=True, check=False)
    told = json.loads(found.stdout or "{}")
    if "Dir" not in told:
        pytest.skip(f"needs go, and the module {MODULE}: {told.get('Error') or found.stderr}")
    return Path(told["Dir"])


def _with_stand_in(module: Path, copy: Path) -> None:
    shutil.copytree(module, copy, copy_function=shutil.copyfile)
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    for path in copy.glob("*.go"):
        if not path.name.endswith("_test.go") or path.name in INSIDE:
            path.unlink()
    shutil.copy(STAND_IN, copy)


def _move_ports(copy: Path) -> int:
    """Give every port that the tests name another, free one; that of the server."""
    written = re.compile(r"(?<=localhost:|127\.0\.0\.1:)[1-9]\d{3,4}\b")
    moved: dict[str, int] = {}
    free = _free_ports()
    for path in copy.glob("*.go"):
        source = path.read_text()
        for port in written.findall(source):
            if port not in moved:
                moved[port] = next(free)
        path.write_text(written.sub(lambda found: str(moved[found[0]]), source))
    return moved[PORT]


def _free_ports() -> Iterator[int]:
    for port in random.sample(PORTS_FROM, len(PORTS_FROM)):
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        yield port


def _run(copy: Path, port: int, selection: str) -> tuple[dict[str, str], str]:
    """Test -> "pass", "fail" or "skip", and all that was printed."""
    command = ["go", "test", "-json", "-count=1", "-p=1", "-vet=off", selection]
    with start_embedded(seed=1, port=port):
        done = subprocess.run(
            [*command, *(f"./{package}" for package in PACKAGES)],
            cwd=copy,
            capture_output=True,
            text=True,
            timeout=GO_S_MAX,
            check=False,
        )
    events = [json.loads(line) for line in done.stdout.splitlines()]
    verdicts = {
        event["Test"]: event["Action"]
        for event in events
        if event["Action"] in ("pass", "fail", "skip") and "/" not in event.get("Test", "/")
    }
    return verdicts, done.stdout + done.stderr


@pytest.mark.needs("go")
def test_they_pass(tmp_path: Path) -> None:
    module = _module()
    copy = tmp_path / "toxiproxy"
    _with_stand_in(module, copy)
    port = _move_ports(copy)
    left_out, there_are = _left_out(), _there_are(module)
    assert left_out <= there_are, "the page names tests that there are not"
    verdicts, output = _run(copy, port, f"-skip={_any_of(left_out)}")
    assert set(verdicts) == there_are - left_out, output
    failed = {name for name, verdict in verdicts.items() if verdict != "pass"}
    if failed:  # some give an answer half a second, which a busy machine may not have
        verdicts, output = _run(copy, port, f"-run={_any_of(failed)}")
        assert verdicts == dict.fromkeys(failed, "pass"), output


def _any_of(names: set[str]) -> str:
    return f"^({'|'.join(sorted(names))})$"
