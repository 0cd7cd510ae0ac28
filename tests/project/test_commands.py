"""Commands, API and manual cannot drift: an operation without a command fails, and a command that the manual does not show."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclopts import App

from server.api.openapi import make_document
from server.api.routes import ROUTES
from server.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
METHODS = {"get": "GET", "text": "GET", "stream": "GET", "pages": "GET", "post": "POST", "patch": "PATCH", "put": "PUT"}
METHODS |= {"delete": "DELETE"}

WITHOUT_A_COMMAND = {
    "POST /v1/enrolments": "a device asks it: tocsin-field join",
    "GET /v1/dictionaries/{}": "a device fetches it",
    "GET /v1/session": "of who signed in with a browser",
    "POST /v1/session": "of who signed in with a browser",
    "PATCH /v1/session": "of who signed in with a browser",
    "DELETE /v1/session": "of who signed in with a browser",
    "PUT /v1/session/password": "of who signed in with a browser",
    "GET /v1/sessions": "of who signed in with a browser",
    "DELETE /v1/sessions": "of who signed in with a browser",
    "POST /v1/invitations": "of who is about to sign in with a browser",
    "GET /v1/people/first": "of who is about to sign in with a browser",
    "POST /v1/people/first": "of who is about to sign in with a browser",
    "GET /v1/openapi.json": "tocsin-hub openapi prints it without a hub",
    "GET /v1/docs": "a page for a browser",
    "GET /healthz": "for whatever watches the process",
    "GET /readyz": "for whatever watches the process",
    "GET /metrics": "for Prometheus",
    "GET /v1/feeds/alerts.atom": "for aggregators",
    "GET /v1/feeds/alerts.rss": "for aggregators",
    "GET /v1/feeds/alerts/{}.xml": "for aggregators",
}
"""Operations that nobody asks for from a shell, each with its reason."""


# -- operations and commands ------------------------------------------------------------------------------------------


def operations() -> set[str]:
    """All of the OpenAPI document, as `GET /v1/alerts/{}`."""
    paths = make_document(ROUTES)["paths"]
    return {
        f"{method.upper()} {re.sub(r'{[^}]*}', '{}', path)}" for path, methods in paths.items() for method in methods
    }


def asked_by(source: str) -> Iterator[str]:
    """What a module asks of the API: each call of a method of `api`, and each Request."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            known = {
                target.id: text
                for node in ast.walk(function)
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name) and (text := template(node.value, {})) is not None
            }
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and call.args and (method := method_of(call.func)):
                    path = template(call.args[0], known)
                    if path is not None and path.startswith("/"):
                        yield f"{method} {path}"


def method_of(called: ast.expr) -> str | None:
    if isinstance(called, ast.Name):
        return "POST" if called.id == "Request" else None
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "api":
        return METHODS.get(called.attr)
    return None


def template(value: ast.expr, known: dict[str, str]) -> str | None:
    """A text with {} for what is only known when it runs; None: it is no text."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        return value.value
    if isinstance(value, ast.Name):
        return known.get(value.id)
    if isinstance(value, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.FormattedValue) else part for part in value.values)
        return "".join(template(part, known) or "{}" for part in parts)
    return None


def asked_by_commands() -> set[str]:
    files = sorted((ROOT / "server" / "commands").glob("*.py"))
    return {one for file in files for one in asked_by(file.read_text(encoding="utf-8"))}


def test_every_operation_has_a_command_or_a_reason_to_have_none() -> None:
    missing = operations() - asked_by_commands() - set(WITHOUT_A_COMMAND)
    assert not missing, "no command asks for these; write one, or say here why there is none"


def test_no_command_asks_for_what_is_not_there() -> None:
    assert not asked_by_commands() - operations()


def test_no_exception_is_out_of_date() -> None:
    assert set(WITHOUT_A_COMMAND) <= operations() - asked_by_commands()


def test_calls_are_found_however_the_path_is_written() -> None:
    source = """
def show(alert):
    path = f"/v1/alerts/{part(alert)}"
    api.get(path)
    api.get(f"{path}/delivery", state=1)
    api.delete("/v1/tokens/" "x")
    other.get("/v1/nothing")
    return Request(f"/v1/alerts/{part(alert)}/update", "updated")
"""
    assert set(asked_by(source)) == {
        *("GET /v1/alerts/{}", "GET /v1/alerts/{}/delivery", "DELETE /v1/tokens/x", "POST /v1/alerts/{}/update"),
    }


# -- the manual -------------------------------------------------------------------------------------------------------


def commands(group: App, words: tuple[str, ...] = ("tocsin-hub",)) -> Iterator[str]:
    """Every command, as it is called."""
    for name in group:
        if name.startswith("-"):
            continue
        inner = [one for one in group[name] if not one.startswith("-")]
        if inner:
            yield from commands(group[name], (*words, name))
        else:
            yield " ".join((*words, name))


@pytest.mark.parametrize("command", list(commands(app)))
def test_every_command_is_shown(command: str) -> None:
    assert re.search(rf"`{re.escape(command)}( [^`]*)?`", PAGE), f"docs/commands.md does not show {command}"


def test_no_other_command_is_shown() -> None:
    shown = set(re.findall(r"`(tocsin-hub(?: [a-z-]+)+)", PAGE))
    known = list(commands(app))
    assert not [one for one in shown if not any(f"{one} ".startswith(f"{command} ") for command in known)]


def test_every_flag_that_is_shown_exists() -> None:
    known = {name for command in commands(app) for name in flags_of(command)} | {"--help"}
    assert set(re.findall(r"`(--[a-z-]+)", PAGE)) <= known


def flags_of(command: str) -> set[str]:
    """The flags of a command."""
    group: App = app
    for word in command.split()[1:]:
        group = group[word]
    return {name for argument in group.assemble_argument_collection() for name in argument.names}


def test_every_page_that_is_named_exists() -> None:
    for target in re.findall(r"\]\(([a-z-]+\.md)\)", PAGE):
        assert (ROOT / "docs" / target).is_file(), target
