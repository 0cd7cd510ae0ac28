"""A disk that is really full: the kernel says ENOSPC, and both sides say what that means, lose nothing, and go on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from netsim.faults import small_disk
from tests.netsim.faults import small_disk_site


@pytest.mark.needs("mounts")
def test_both_sides_say_so_and_lose_nothing(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, small_disk_site.__file__, tmp_path / "site"],
        cwd=Path(__file__).resolve().parents[3],
        env={"PYTHONPATH": ".", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["hub"]["words"].endswith("(ENOSPC)")
    assert said["hub"]["status"] == 507
    assert "no room left" in said["hub"]["detail"]
    assert said["hub"]["reading"] == 200
    assert "database or disk is full" in said["device"]["trouble"]
    assert said["new"]["hint"] == "Free some space on the disk."


def test_a_folder_of_a_large_file_system_is_not_filled(tmp_path: Path) -> None:
    assert not small_disk.is_small(tmp_path)
