"""The kernel's counters of IPv4."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.bench.passed import Passed, passed

COUNTERS = """TcpExt: SyncookiesSent SyncookiesRecv
TcpExt: 0 0
IpExt: InNoRoutes InOctets OutOctets InMcastOctets
IpExt: 0 5000 700 0
"""


def test_sent_goes_up_and_received_down(tmp_path: Path) -> None:
    file = tmp_path / "netstat"
    file.write_text(COUNTERS)
    assert passed(file) == Passed(700, 5000)


@pytest.mark.parametrize("text", ["", "IpExt: InOctets\nIpExt: 1\n", "IpExt: InOctets OutOctets\nIpExt: a b\n"])
def test_what_has_no_such_counters_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "netstat"
    file.write_text(text)
    with pytest.raises(UserError, match="cannot be read"):
        passed(file)
    with pytest.raises(UserError, match="gone"):
        passed(tmp_path / "gone")
