"""What is fetched: what is earned back in sixty days, by the device's own count where it has one."""

from __future__ import annotations

import math

import pytest

from alerts import limits
from alerts.wire.transfer import RANGE_BYTES, cost_of
from client.dictionaries import Dictionaries, Offered, Part, is_worth_it

ADDRESS = bytes(6)
AUTO = Dictionaries.AUTO


def offered(transfer: int = 20_000, saves: int = 50, monthly: int = 100) -> Offered:
    return Offered(ADDRESS, transfer, saves, monthly, None)


def test_it_is_worth_it_if_it_is_earned_back_in_sixty_days() -> None:
    needed = math.ceil(cost_of(20_000) / 50 / 2)
    assert is_worth_it(AUTO, offered(monthly=needed), 0, None)
    assert not is_worth_it(AUTO, offered(monthly=needed - 1), 0, None)


def test_the_own_count_goes_before_what_the_hub_expects() -> None:
    assert not is_worth_it(AUTO, offered(monthly=10_000), 0, 3)
    assert is_worth_it(AUTO, offered(monthly=0), 0, 1000)


def test_what_is_here_already_need_not_be_earned_back() -> None:
    assert not is_worth_it(AUTO, offered(monthly=60), 0, None)
    assert is_worth_it(AUTO, offered(monthly=60), 19_000, None)


def test_the_setting_goes_before_everything_but_the_limit() -> None:
    assert is_worth_it(Dictionaries.ALWAYS, offered(monthly=0), 0, 0)
    assert not is_worth_it(Dictionaries.NEVER, offered(monthly=100_000), 0, None)
    for wrong in (0, limits.DICTIONARY_BYTES_MAX + 1):
        assert not is_worth_it(Dictionaries.ALWAYS, offered(transfer=wrong), 0, None)


@pytest.mark.parametrize(
    ("size", "there", "wanted"),
    [(0, 0, (0, RANGE_BYTES - 1)), (20_000, 8192, (8192, 16_383)), (20_000, 16_384, (16_384, 19_999))],
)
def test_so_much_is_asked_for_next(size: int, there: int, wanted: tuple[int, int]) -> None:
    assert Part(ADDRESS, None, size, "", bytes(there)).wanted() == wanted


def test_a_part_is_whole_when_all_is_there() -> None:
    assert Part(ADDRESS, None, 3, "", b"abc").is_whole
    assert not Part(ADDRESS, None).is_whole and not Part(ADDRESS, None, 3, "", b"ab").is_whole
