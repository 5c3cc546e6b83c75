// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Dates} from "../../../contracts/libraries/Dates.sol";
import {vm} from "../Asserts.sol";

/// @dev The calendar's arithmetic against plain counting.
contract DatesTest {
    function test_years_before_of_known_days() external pure {
        _is(18_628, 3, 17_532); // 2021-01-01, 2018-01-01
        _is(18_628, 0, 18_628);
        _is(18_321, 1, 17_956); // 2020-02-29, 2019-03-01
        _is(18_321, 4, 16_860); // 2020-02-29, 2016-02-29
        _is(18_320, 1, 17_955); // 2020-02-28, 2019-02-28
        _is(18_322, 1, 17_956); // 2020-03-01, 2019-03-01
        _is(47_541, 100, 11_017); // 2100-03-01, 2000-03-01
        _is(365, 1, 0); // 1971-01-01, 1970-01-01
        _is(364, 1, 0); // 1970-12-31: before 1970
        _is(0, 255, 0);
    }

    /// @dev The same month and day, counted back day by day.
    function testFuzz_years_before_is_what_counting_back_finds(uint16 day, uint8 numberOfYears) external pure {
        numberOfYears %= 12;
        (uint256 year, uint256 month, uint256 dayOfMonth) = _civil(day);
        uint256 wanted = 32 * month + dayOfMonth;
        (uint256 y, uint256 m, uint256 d, uint256 found) = (year, month, dayOfMonth, day);
        while (found != 0 && (y + numberOfYears != year || 32 * m + d > wanted)) {
            --found;
            if (--d != 0) continue;
            if (--m == 0) (y, m) = (y - 1, 12);
            d = _daysOf(y, m);
        }
        // 28 February, where 29 February was wanted and there is none: the day after it
        if (y + numberOfYears == year && 32 * m + d < wanted) ++found;
        _is(day, numberOfYears, found);
    }

    function testFuzz_years_before_is_itself_for_no_years(uint32 day) external pure {
        _is(day, 0, day);
    }

    /// @dev A year has 365 or 366 days, and years add up.
    function testFuzz_years_add_up(uint32 day, uint8 a, uint8 b) external pure {
        uint256 start = 200_000 + uint256(day); // so that no year before it is cut off at 1970
        uint256 one = Dates.yearsBefore(start, 1);
        vm.assertTrue(start - one == 365 || start - one == 366, "a year's length");
        (, uint256 month, uint256 dayOfMonth) = Dates.civil(start);
        if (month == 2 && dayOfMonth == 29) return; // the way back from it depends on the steps
        vm.assertEq(
            Dates.yearsBefore(Dates.yearsBefore(start, a), b), Dates.yearsBefore(start, uint256(a) + b), "a + b years"
        );
    }

    function testFuzz_civil_is_what_a_loop_finds(uint16 day) external pure {
        (uint256 year, uint256 month, uint256 dayOfMonth) = _civil(day);
        (uint256 y, uint256 m, uint256 d) = Dates.civil(day);
        vm.assertTrue(y == year && m == month && d == dayOfMonth, "civil");
        vm.assertEq(Dates.yearOf(day), year, "year");
    }

    function _is(uint256 day, uint256 numberOfYears, uint256 expected) private pure {
        vm.assertEq(Dates.yearsBefore(day, numberOfYears), expected, "years before");
    }

    function _civil(uint256 day) private pure returns (uint256 year, uint256 month, uint256 dayOfMonth) {
        year = 1970;
        while (day >= _daysIn(year)) day -= _daysIn(year++);
        month = 1;
        while (day >= _daysOf(year, month)) day -= _daysOf(year, month++);
        dayOfMonth = day + 1;
    }

    function _daysOf(uint256 year, uint256 month) private pure returns (uint256) {
        if (month == 2) return _daysIn(year) - 337;
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }

    function _daysIn(uint256 year) private pure returns (uint256) {
        bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return leap ? 366 : 365;
    }
}
