"""What has many lives: what is said of a process that never ran, runs, was killed, and could not do its work."""

from __future__ import annotations

from pathlib import Path

from netsim.site.child import REFUSED, Child
from netsim.site.lives import Lives
from tests.support.waiting import wait_until


class Lamp(Lives):
    """A process that says what it is told to say."""

    def light(self, code: str) -> None:
        """Run this code, as its child."""
        script = self.folder / "lamp_child.py"
        script.write_text(code)
        self._child = Child("lamp_child", {}, log=self.log, environment={"PYTHONPATH": str(self.folder)})


def _state(lamp: Lamp) -> tuple[bool, int | None]:
    return lamp.is_running, lamp.pid


def test_what_never_ran_neither_lives_nor_has_died(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path)
    assert (lamp.is_running, lamp.has_died, lamp.pid, lamp.refusal) == (False, False, None, None)
    assert lamp.log == tmp_path.with_name(f"{tmp_path.name}.log")


def test_it_lives_until_its_process_ends(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path)
    lamp.light("import sys\nsys.stdin.readline()\n")
    child = lamp._child
    assert child is not None
    assert _state(lamp) == (True, child.pid)
    child.kill()
    wait_until(lambda: lamp.has_died, "it has ended")
    assert _state(lamp) == (False, None)
    assert lamp.refusal is None


def test_why_it_could_not_work_is_known(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path)
    lamp.light(f'print(\'{{"said": "{REFUSED}", "words": "no room left"}}\', flush=True)\n')
    wait_until(lambda: lamp.refusal, "it has said why")
    assert lamp.refusal == "no room left"
