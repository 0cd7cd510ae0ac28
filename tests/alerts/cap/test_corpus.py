"""Real alerts: what has CAP's mandatory values comes out again as it went in; everything else is refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.cap.model import Alert
from alerts.cap.to_xml import to_xml
from alerts.wire.records import pack_alert, unpack_alert
from tests.support.cap_compare import differences, lacking
from tests.support.cap_schema import schema_errors
from tests.support.corpus_files import Accepted, Refused, cap_files, classify

FILES = cap_files()
each_file = pytest.mark.parametrize("path", FILES or [Path("no corpus")], ids=lambda path: path.name[:60])
pytestmark = pytest.mark.needs("corpus")


@each_file
def test_a_file_is_refused_only_for_what_cap_requires(path: Path) -> None:
    judged = classify(path)
    if isinstance(judged, Refused) and any("not well-formed" in violation.problem for violation in judged.violations):
        return
    assert isinstance(judged, Refused) == bool(lacking(path.read_bytes())), judged


@each_file
def test_a_refusal_has_a_reason_and_a_line_for_each_violation(path: Path) -> None:
    judged = classify(path)
    if isinstance(judged, Refused):
        assert all(violation.line and violation.problem for violation in judged.violations), judged.reason


@each_file
def test_nothing_that_cap_defines_is_lost_or_changed(path: Path) -> None:
    judged = classify(path)
    if not isinstance(judged, Accepted):
        return
    alert = judged.reading.alert
    assert differences(path.read_bytes(), to_xml(alert)) == []
    assert differences(path.read_bytes(), to_xml(unpack_alert(pack_alert(alert, ("*",))))) == []
    assert differences(path.read_bytes(), to_xml(Alert.from_json(alert.to_json(), strict=False))) == []


@each_file
def test_what_goes_out_is_valid_against_the_schema(path: Path) -> None:
    judged = classify(path)
    if isinstance(judged, Accepted):
        assert schema_errors(to_xml(judged.reading.alert)) == []


def test_most_of_the_corpus_is_accepted() -> None:
    accepted = [judged for judged in map(classify, FILES) if isinstance(judged, Accepted)]
    assert len(accepted) > len(FILES) * 0.8
