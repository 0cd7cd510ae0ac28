"""`python -m netsim.fuzz.engine TARGET -runs=N … [FOLDER …]`: one target under atheris, in a process of its own.

A process of its own, because the decoders are instrumented as they are imported, and because libFuzzer ends the process that
finds something. Options and folders are libFuzzer's. What is found lies as a file where `-artifact_prefix` says.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import atheris

from netsim.fuzz import targets

INSTRUMENTED = ["alerts", "server.api", "server.bridges", "netsim.fuzz.targets"]
"""Where coverage is measured: our own decoders; inside C nothing is seen."""


def main(arguments: Sequence[str]) -> None:
    """Never returns: libFuzzer ends the process, with 0 where nothing was found."""
    with atheris.instrument_imports(include=INSTRUMENTED):
        target = targets.load_target(arguments[1])
    atheris.Setup([arguments[0], *arguments[2:]], target.check)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
