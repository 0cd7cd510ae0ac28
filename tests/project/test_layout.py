"""The layout holds: imports go one way, and every module has a test file at the same path."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT = {
    "alerts": set[str](),
    "client": {"alerts"},
    "server": {"alerts"},
    "netsim": {"alerts", "client", "server"},
}


def _imported_packages(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names & (set(MAY_IMPORT) | {"tests"})


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_imports_go_one_way(package: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): extra
        for path in (ROOT / package).rglob("*.py")
        if (extra := _imported_packages(path) - MAY_IMPORT[package] - {package})
    }
    assert not wrong


def test_the_core_has_no_sockets_files_threads_clocks_or_chance() -> None:
    banned = {"socket", "asyncio", "threading", "time", "tornado", "peewee", "sqlite3", "secrets", "subprocess"}
    wrong = {}
    for path in (ROOT / "alerts").rglob("*.py"):
        tree = ast.parse(path.read_text())
        names = {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        names |= {n.module.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
        if names & banned:
            wrong[str(path.relative_to(ROOT))] = names & banned
    assert not wrong
