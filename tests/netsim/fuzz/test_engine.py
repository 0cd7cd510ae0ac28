"""The engine: our decoders are instrumented, so that the search is led by what it reaches in them."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.needs("atheris")
def test_the_decoders_are_instrumented() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "netsim.fuzz.engine", "hello", "-runs=50", "-seed=1"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Instrumenting alerts.wire.handshake" in done.stderr
    assert "Done 50 runs" in done.stderr
