from __future__ import annotations

import pytest

from server.ops.sms import SmsLength, sms_length


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", SmsLength("GSM-7", 0, 1)),
        ("a" * 160, SmsLength("GSM-7", 160, 1)),
        ("a" * 161, SmsLength("GSM-7", 161, 2)),
        ("a" * 306, SmsLength("GSM-7", 306, 2)),
        ("a" * 307, SmsLength("GSM-7", 307, 3)),
        ("é" * 160, SmsLength("GSM-7", 160, 1)),
        ("€" * 80, SmsLength("GSM-7", 160, 1)),
        ("a" * 159 + "€", SmsLength("GSM-7", 161, 2)),
        ("ለ" * 70, SmsLength("UCS-2", 70, 1)),
        ("ለ" * 71, SmsLength("UCS-2", 71, 2)),
        ("ç" * 71, SmsLength("UCS-2", 71, 2)),
        ("a" * 70 + "…", SmsLength("UCS-2", 71, 2)),
        ("🚑" * 35, SmsLength("UCS-2", 70, 1)),
    ],
)
def test_segments_are_counted_as_the_network_cuts(text: str, expected: SmsLength) -> None:
    assert sms_length(text) == expected


def test_what_takes_two_units_is_not_cut_in_two() -> None:
    assert sms_length("a" * 152 + "€" + "a" * 152).segments == 3
    assert sms_length("ለ" * 66 + "🚑" + "ለ" * 66).segments == 3
