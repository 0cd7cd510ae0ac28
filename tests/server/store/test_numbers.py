from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.store.numbers import pack_numbers, unpack_numbers


@given(st.sets(st.integers(1, 2**53 - 1), max_size=50) | st.sets(st.integers(1, 60)))
def test_what_is_packed_comes_out_again(numbers: set[int]) -> None:
    assert unpack_numbers(pack_numbers(numbers)) == numbers


def test_the_example_of_the_module() -> None:
    assert pack_numbers({3, 4, 5, 9}) == bytes([2, 3, 3, 1])


def test_a_run_costs_the_same_however_long_it_is() -> None:
    assert len(pack_numbers(range(1, 100_000))) == 4
    assert pack_numbers(()) == b""
