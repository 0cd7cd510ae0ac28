"""What a test needs beyond Python packages, whether this machine has it, and the list of what therefore did not run.

A test says `@pytest.mark.needs("toxiproxy-server")`. Where the need is not met the test is skipped and the run ends
with a list: what did not run, and which package or right it needs. With CI=true a need that is not met is a failure.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from netsim.toxiproxy.real_location import find_real_server


@dataclass(frozen=True)
class Need:
    """One thing that a machine may lack: how to find out, and what to install or grant."""

    met: Callable[[], bool]
    remedy: str


def corpus() -> Path | None:
    """The folder of real public alerts that TOCSIN_CORPUS names, or None."""
    named = os.environ.get("TOCSIN_CORPUS")
    return Path(named) if named and Path(named).is_dir() else None


def _can_make_namespaces() -> bool:
    if not sys.platform.startswith("linux") or not os.access("/dev/net/tun", os.R_OK | os.W_OK):
        return False
    child = os.fork()
    if child == 0:
        clone_newuser, clone_newnet = 0x10000000, 0x40000000
        flags = clone_newnet if os.geteuid() == 0 else clone_newuser | clone_newnet
        os._exit(0 if ctypes.CDLL(None, use_errno=True).unshare(flags) == 0 else 1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _can_mount() -> bool:
    """Whether a child of ours can have mounts of its own, and mount something there."""
    code = "import sys; from netsim.faults import small_disk as disk; from pathlib import Path; disk.enter_private_mounts(); "
    code += "disk.mount(Path('/tmp'), 1 << 20)"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


NEEDS: dict[str, Need] = {
    "toxiproxy-server": Need(
        lambda: find_real_server() is not None,
        "Toxiproxy 2.12: go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0 (needs Go)",
    ),
    "atheris": Need(
        lambda: importlib.util.find_spec("atheris") is not None,
        "atheris: pip install 'tocsin[fuzz]', with Python 3.11 on Linux (x86-64)",
    ),
    "go": Need(lambda: shutil.which("go") is not None, "Go 1.23 or later, and the Go module proxy"),
    "node": Need(
        lambda: all(shutil.which(name) for name in ("node", "npm")),
        "Node 18 or later with npm, and the npm registry",
    ),
    "chromium": Need(
        lambda: any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")),
        "Chromium: apt-get install chromium",
    ),
    "iptables": Need(lambda: shutil.which("iptables") is not None, "apt-get install iptables"),
    "tc": Need(lambda: shutil.which("tc") is not None, "apt-get install iproute2"),
    "corpus": Need(lambda: corpus() is not None, "a folder of real public alerts, named by TOCSIN_CORPUS"),
    "mounts": Need(_can_mount, "Linux, and root (CAP_SYS_ADMIN) or unprivileged user namespaces"),
    "namespaces": Need(_can_make_namespaces, "Linux with /dev/net/tun, and root or unprivileged user namespaces"),
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what cannot run here; the reason goes into the list at the end."""
    marked = [(item, name) for item in items for mark in item.iter_markers("needs") for name in mark.args]
    met = {name: NEEDS[name].met() for name in {name for _, name in marked}}
    for item, name in marked:
        if not met[name]:
            item.add_marker(pytest.mark.skip(reason=f"needs {name}: {NEEDS[name].remedy}"))


def _skipped(config: pytest.Config) -> dict[str, list[str]]:
    """Reason -> tests, from the reports, which is where the workers of pytest-xdist leave them."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reasons: dict[str, list[str]] = {}
    for report in reporter.stats.get("skipped", []) if reporter else []:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons.setdefault(reason.removeprefix("Skipped: "), []).append(report.nodeid)
    return reasons


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With CI=true nothing may be missing."""
    if os.environ.get("CI") == "true" and session.exitstatus == pytest.ExitCode.OK and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what did not run, and what it needs."""
    reasons = _skipped(terminalreporter.config)
    terminalreporter.section("what did not run")
    for reason, tests in sorted(reasons.items()):
        terminalreporter.write_line(f"{len(tests)} {reason}")
        for test in tests:
            terminalreporter.write_line(f"  {test}")
    if not reasons:
        terminalreporter.write_line("nothing: every test of this selection ran")
    elif os.environ.get("CI") == "true":
        terminalreporter.write_line("CI=true: nothing may be missing, so this run has failed")
