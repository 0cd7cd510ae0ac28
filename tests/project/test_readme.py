"""What the README shows works as shown."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from server.desk import Desk
from tests.support.hub_child import hub_child

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def embedded_example() -> str:
    """The one block of Python in the README."""
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    return str(block)


def published_example() -> dict[str, object]:
    """The body of the curl line."""
    (body,) = re.findall(r"-d '(\{.*?\})'\n", README, re.DOTALL)
    parsed: dict[str, object] = json.loads(body)
    return parsed


def test_the_embedded_client_receives_what_the_curl_line_publishes(tmp_path: Path) -> None:
    with hub_child(tmp_path / "hub") as hub:
        body = published_example()
        answer = hub.ask("POST", "/v1/alerts", json=body)
        assert answer.status_code == 201, answer.text
        with Desk(hub.data) as desk:
            code = desk.make_enrolment_code()
        ran = subprocess.run(
            [sys.executable, "-c", embedded_example(), str(tmp_path / "device"), hub.address, code],
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert "Boil all drinking water" in ran.stdout


@pytest.mark.parametrize("name", re.findall(r"`(docs/[a-z-]+\.md|[a-z-]+\.md)`", README))
def test_the_pages_that_it_names_exist(name: str) -> None:
    assert (ROOT / "docs" / name.removeprefix("docs/")).is_file()


@pytest.mark.parametrize("target", re.findall(r"^    make ([a-z-]+)", README, re.MULTILINE))
def test_the_targets_that_it_names_exist(target: str) -> None:
    ran = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
