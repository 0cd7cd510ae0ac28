"""The page of an enrolment sheet. That it is written: tests/server/commands/test_device.py."""

from __future__ import annotations

from server.commands.sheet_page import qr_svg


def test_a_qr_code_is_drawn_with_the_white_that_readers_need() -> None:
    svg = qr_svg(["1101", "0000", "0110", "1001"])
    assert 'viewBox="0 0 12 12"' in svg
    assert 'd="M4 4h2v1h-2zM7 4h1v1h-1zM5 6h2v1h-2zM4 7h1v1h-1zM7 7h1v1h-1z"' in svg
