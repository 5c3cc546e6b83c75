"""What is left of a block once the serial numbers that ended are taken out."""

import pytest

from onetonne.importing.remainders import Ended
from onetonne.terms import Serial, SerialBlock


@pytest.mark.parametrize(
    ("ended", "left"),
    [
        ([], [(1, 5)]),
        ([(5, 5)], [(1, 4)]),
        ([(1, 1)], [(2, 5)]),
        ([(6, 9)], [(1, 5)]),
        ([(0, 0), (2, 3), (5, 9)], [(1, 1), (4, 4)]),
        ([(1, 5)], []),
    ],
)
def test_the_first_and_the_last_serial_number_are_taken_out(
    ended: list[tuple[int, int]], left: list[tuple[int, int]]
) -> None:
    block = SerialBlock("VCU", "VCU", Serial(1), Serial(5))
    assert list(Ended("ended.csv", {"VCU": ended}).cut(block)) == left
