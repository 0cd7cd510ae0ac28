"""How the tests are spread over the workers of pytest-xdist (tests/conftest.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = """
import pytest

@pytest.fixture(scope="module")
def made():
    return object()

@pytest.mark.parametrize("number", range(20))
def test_shares(made, number):
    pass
"""


def test_tests_that_share_what_their_module_makes_run_one_after_the_other_in_one_process(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(test_one=SHARED, test_other=SHARED)
    done = pytester.runpytest_subprocess(*("-p", "tests.conftest", "-n", "2", "--dist", "loadgroup", "-v"))
    done.assert_outcomes(passed=40)
    workers: dict[str, set[str]] = {}
    for line in done.outlines:
        if "PASSED" in line:
            module = line.rpartition("PASSED ")[2].partition("::")[0]
            workers.setdefault(module, set()).add(line.partition("]")[0])
    assert {module: len(found) for module, found in workers.items()} == {"test_one.py": 1, "test_other.py": 1}
