"""`tocsin-netsim bench tls`: bytes of a TLS handshake, full and resumed, by the chain of certificates."""

from __future__ import annotations

import json as json_text
import sys
from typing import Annotated

from cyclopts import Parameter
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from netsim.bench import tls as handshakes


def tls(*, json: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Bytes of the TLS records of a connection before its first request, by what the hub shows.

    Parameters
    ----------
    json
        Print one JSON object instead of a table.
    """
    measured = [handshakes.measure(chain) for chain in handshakes.CHAINS]
    if json:
        sys.stdout.write(json_text.dumps({"runs": [one.as_json() for one in measured]}) + "\n")
        return
    console = Console()
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    table.add_column("keys of the chain", no_wrap=True)
    for heading in ("chain", "full: up", "down", "resumed: up", "down"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in measured:
        table.add_row(
            ", ".join(one.chain),
            *(f"{n:,}" for n in (one.der_bytes, one.full_up, one.full_down, one.resumed_up, one.resumed_down)),
        )
    console.print(table)
    console.print(f"Each write costs {measured[0].record_bytes} bytes beside its content.")
