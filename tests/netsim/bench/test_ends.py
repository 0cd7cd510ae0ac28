"""An end that fails, falls silent or talks nonsense is an error that carries its last words."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from netsim.bench.ends import End, EndError

ECHO = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"


def _end(tmp_path: Path, program: str, answer_seconds_max: float = 60.0) -> End:
    return End([sys.executable, "-c", program], tmp_path / "end", None, answer_seconds_max)


def test_it_answers_what_it_is_asked(tmp_path: Path) -> None:
    with _end(tmp_path, ECHO) as end:
        assert end.ask(publish=3) == {"publish": 3}
        assert end.ask(long="x" * 200_000) == {"long": "x" * 200_000}


def test_what_it_says_in_one_breath_is_heard_apart(tmp_path: Path) -> None:
    with _end(tmp_path, """print('{"a": 1}\\n{"b": 2}')""") as end:
        assert [end.hear(), end.hear()] == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        ("import sys; sys.exit('no room')", "it has ended"),
        ("""import sys; print('{"error": "no token"}'); sys.stderr.write('no room')""", "no token"),
        ("import sys; print('hello'); sys.stderr.write('no room')", "expected JSON"),
    ],
)
def test_its_failure_is_named_with_its_last_words(tmp_path: Path, program: str, problem: str) -> None:
    with _end(tmp_path, program) as end:
        end._process.wait(60)
        with pytest.raises(EndError, match=problem) as caught:
            end.hear()
    assert caught.value.hint == "its last words: no room"


def test_asking_one_that_has_ended_is_an_error(tmp_path: Path) -> None:
    with _end(tmp_path, "") as end:
        end._process.wait(60)
        with pytest.raises(EndError, match="it has ended"):
            end.ask(publish=1)


def test_its_silence_is_bounded_and_it_is_killed_if_it_will_not_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netsim.bench.ends._END_SECONDS_MAX", 0.1)
    end = _end(tmp_path, "import signal; signal.pause()", answer_seconds_max=0.1)
    with pytest.raises(EndError, match=r"no answer within 0\.1 s"):
        end.hear()
    end.close()
    assert end._process.returncode == -9
