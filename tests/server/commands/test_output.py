"""What commands print."""

from __future__ import annotations

import json as json_text

import pytest

from server.commands import output
from server.commands.output import Table


def test_a_table_has_its_full_width_on_a_pipe_and_says_when_it_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("words")
    output.show(table)
    assert capsys.readouterr().out == "There are none.\n"
    table.add_row("x" * 200)
    output.show(table)
    assert "x" * 200 in capsys.readouterr().out


def test_the_answer_goes_to_output_and_what_is_beside_it_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    output.say("answer")
    output.as_json({"name": "Dakar–Médina"})
    output.note("aside")
    output.notes(["one", "two"])
    said = capsys.readouterr()
    assert said.out == 'answer\n{"name": "Dakar–Médina"}\n' and said.err == "aside\nNote: one\nNote: two\n"


def test_an_answer_is_json_for_machines_and_words_or_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    def words(value: dict[str, str]) -> None:
        output.say(f"It is {value['name']}.")

    def cells(row: dict[str, str]) -> tuple[str, ...]:
        return row["name"], row["kind"]

    rows = [{"name": "Kisumu", "kind": "area"}, {"name": "Chulaimbo", "kind": "facility"}]
    for json in (True, False):
        output.answer(rows[0], words, json=json)
    assert capsys.readouterr().out == '{"name": "Kisumu", "kind": "area"}\nIt is Kisumu.\n'
    output.answer_rows(rows, ("name", "kind"), cells, json=True)
    assert json_text.loads(capsys.readouterr().out) == rows
    output.answer_rows(rows, ("name", "kind"), cells, json=False)
    said = capsys.readouterr().out
    assert said.index("Kisumu") < said.index("Chulaimbo") and "facility" in said and "{" not in said
    output.answer_rows(rows[:0], ("name", "kind"), cells, json=False)
    assert capsys.readouterr().out == "There are none.\n"


def test_times_and_numbers_are_short() -> None:
    assert output.when("2026-11-28T12:05:59Z") == "2026-11-28 12:05Z"
    assert (output.when(None), output.when(None, "never")) == ("", "never")
    assert [output.devices(count) for count in (0, 1, 1200)] == ["0 devices", "1 device", "1,200 devices"]


def test_words_from_elsewhere_do_not_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    steering = "a\x1b[2Jb\r\x9bc\u202ed[bold]e"
    table = Table("words")
    table.add_row(steering)
    output.show(table)
    output.say(f"{steering}\nsecond")
    output.note(steering)
    said = capsys.readouterr()
    assert "a [2Jb  c d[bold]e" in said.out and "a [2Jb  c d[bold]e\nsecond\n" in said.out
    assert not {"\x1b", "\r", "\x9b", "\u202e"} & set(said.out + said.err)
    assert output.plain("می\u200cخواهم") == "می\u200cخواهم"
