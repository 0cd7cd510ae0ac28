"""The OpenAPI document: what it says, and that the hub does what it says (schemathesis against a real hub)."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from server.api.openapi import make_document
from server.api.operation import Operation, operations_of
from server.api.problems import PROBLEMS
from server.api.routes import ROUTES
from server.hub import Role
from tests.support.hub import RunningHub

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = os.environ.get("TOCSIN_API_EXAMPLES", "3")
SEED = os.environ.get("TOCSIN_API_SEED") or str(random.randrange(2**32))


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    "phases",
    [  # beside one another, each at a hub of its own
        pytest.param("examples,coverage", marks=pytest.mark.xdist_group("schemathesis-each-value")),
        pytest.param("fuzzing,stateful", marks=pytest.mark.xdist_group("schemathesis-by-chance")),
    ],
)
def test_the_hub_does_what_the_document_says(hub: RunningHub, tmp_path: Path, phases: str) -> None:
    """All that schemathesis has: examples, coverage, fuzzing, and what one operation made given to the others."""
    done = subprocess.run(
        [
            *(Path(sys.executable).with_name("schemathesis"), "--config-file", ROOT / "schemathesis.toml"),
            *("run", f"{hub.address}/v1/openapi.json", "--no-color"),
            *("--header", f"Authorization: Bearer {hub.tokens[Role.ADMINISTRATOR]}"),
            *("--phases", phases, "--max-examples", EXAMPLES, "--seed", SEED),
            *("--suppress-health-check", "too_slow"),  # how quick a machine is says nothing about the hub
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    failed = "\n".join(line[:500] for line in done.stdout.splitlines()[-300:])
    assert done.returncode == 0, f"TOCSIN_API_SEED={SEED} TOCSIN_API_EXAMPLES={EXAMPLES}\n{failed}\n{done.stderr}"
    assert "passed" in done.stdout


# -- the document itself ----------------------------------------------------------------------------------------------

DOCUMENT = make_document(ROUTES)
OPERATIONS = [(path, method, one) for path in ROUTES for method, one in operations_of(ROUTES[path]).items()]


@pytest.mark.parametrize(
    ("path", "method", "one"), OPERATIONS, ids=[f"{method} {path}" for path, method, _ in OPERATIONS]
)
def test_an_operation_says_what_it_is_and_who_may(path: str, method: str, one: Operation) -> None:
    said = DOCUMENT["paths"][path][method.lower()]
    assert said["summary"] and len(said["description"]) > 30
    assert ("security" in said) and (said["security"] == []) == ("Open to everybody" in said["description"])
    assert ("401" in said["responses"]) == (said["security"] != [])
    if "requestBody" in said:
        assert said["requestBody"]["required"] is True


def test_every_problem_that_an_operation_names_is_in_the_table() -> None:
    for _, _, one in OPERATIONS:
        assert set(one.problems) <= set(PROBLEMS)


def test_references_lead_somewhere() -> None:
    schemas = set(DOCUMENT["components"]["schemas"])
    found: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, dict):
            found.extend([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(DOCUMENT)
    assert found and {reference.rpartition("/")[2] for reference in found} <= schemas


def test_a_new_alert_may_leave_identifier_and_time_to_the_hub() -> None:
    required = DOCUMENT["components"]["schemas"]["NewAlert"]["required"]
    assert "sender" in required and not {"identifier", "sent"} & set(required)
    assert "required" not in DOCUMENT["components"]["schemas"]["AlertMembers"]
