"""One run of the fuzzer: a child process, what it came to, and the inputs that it found."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from alerts.errors import UserError
from netsim.fuzz.targets import load_target

INPUT_BYTES_MAX = 65_536
MEMORY_MB_MAX = 2048
SECONDS_AN_INPUT_MAX = 20
"""What takes longer is a finding, and so is what takes more memory."""

_EXECUTED = re.compile(r"stat::number_of_executed_units: (\d+)")
_COVERAGE = re.compile(r"cov: (\d+)")
_ERROR = re.compile(
    r"^(?: === Uncaught Python exception: ===\n(?P<python>.+)|==\d+== ?ERROR: (?P<native>.+))$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Report:
    """What a run of one target came to. `coverage` counts places in our code that were reached; `error` is of the finding."""

    target: str
    runs: int
    coverage: int
    finding: Path | None
    error: str | None


def fuzz(name: str, *, runs: int, seconds: int, seed: int, findings: Path, corpus: Path | None = None) -> Report:
    """Run one target until it has found something, or for so many inputs or seconds (0: no such limit).

    New inputs that reach more are kept in `corpus`, where one is named. Raises UserError: atheris is missing, or did not start.
    """
    target = load_target(name)
    if importlib.util.find_spec("atheris") is None:
        raise UserError(
            "fuzzing needs atheris, which is not installed",
            "pip install 'tocsin[fuzz]' with Python 3.11 on Linux (x86-64); without it, `pytest tests/netsim/fuzz` still "
            "replays every input that once broke something",
        )
    findings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tocsin-fuzz-") as folder:
        begin_from = Path(folder)
        for index, data in enumerate(target.seeds()):
            (begin_from / f"{index:03}").write_bytes(data)
        kept = [begin_from] if corpus is None else [_made(corpus / name), begin_from]
        done = subprocess.run(  # noqa: S603  our own interpreter and module
            [
                *(sys.executable, "-m", "netsim.fuzz.engine", name, f"-runs={runs or -1}", f"-seed={seed or 1}"),
                *(f"-max_total_time={seconds}", f"-max_len={INPUT_BYTES_MAX}", f"-rss_limit_mb={MEMORY_MB_MAX}"),
                *(f"-timeout={SECONDS_AN_INPUT_MAX}", f"-artifact_prefix={findings}/{name}-", "-print_final_stats=1"),
                *map(str, kept),
            ],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
    return _report(name, done.stdout + done.stderr, done.returncode, findings)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _report(name: str, said: str, exit_code: int, findings: Path) -> Report:
    written = re.search(r"Test unit written to (\S+)", said)
    executed = _EXECUTED.search(said)
    if executed is None or (exit_code and not written):
        raise UserError(f"the fuzzer of {name} did not run: exit code {exit_code}", said[-1500:].strip())
    reached = max((int(found) for found in _COVERAGE.findall(said)), default=0)
    if written is None:
        return Report(name, int(executed[1]), reached, None, None)
    error = _ERROR.search(said)
    words = (error["python"] or error["native"]) if error else "see the file"
    return Report(name, int(executed[1]), reached, findings / Path(written[1]).name, words.strip())
