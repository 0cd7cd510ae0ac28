"""The dictionary that comes with the package: trained on alerts from our own phrases, so both ends have it from the start.

python -m alerts.dictionary.shipped      makes it anew, after phrases or the making have changed
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from alerts.wire.dictionary import Dictionary, read_dictionary

FILE = "shipped.dictionary"


@cache
def shipped() -> Dictionary:
    """The dictionary."""
    return read_dictionary(files("alerts.dictionary").joinpath(FILE).read_bytes())


if __name__ == "__main__":
    from alerts.dictionary.making import make

    made = make()
    Path(__file__).with_name(FILE).write_bytes(made.data)
    print(f"{FILE}: {len(made.data)} bytes, address {made.address.hex()}")  # noqa: T201 a command's output
