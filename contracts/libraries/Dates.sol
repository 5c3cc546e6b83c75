// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Dates
/// @notice Days since 1970-01-01 (UTC) and the proleptic Gregorian calendar.
/// @dev The arithmetic is Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms" (days_from_civil and
/// civil_from_days), for days at or after 1970-01-01.
library Dates {
    uint256 private constant DAYS_PER_ERA = 146_097; // 400 years
    uint256 private constant EPOCH = 719_468; // days from 0000-03-01 to 1970-01-01

    /// @notice The calendar year in which `day` lies.
    function yearOf(uint256 day) internal pure returns (uint256 year) {
        (year,,) = civil(day);
    }

    /// @notice The same calendar day `years` earlier, 1 March for 29 February where there is none; 0 for days before 1970.
    function yearsBefore(uint256 day, uint256 numberOfYears) internal pure returns (uint256) {
        (uint256 year, uint256 month, uint256 dayOfMonth) = civil(day);
        year -= numberOfYears;
        if (month <= 2) --year; // the calendar's years begin in March
        uint256 era = year / 400;
        uint256 yoe = year - era * 400;
        uint256 doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + dayOfMonth - 1;
        uint256 days_ = era * DAYS_PER_ERA + yoe * 365 + yoe / 4 - yoe / 100 + doy;
        return days_ < EPOCH ? 0 : days_ - EPOCH;
    }

    /// @notice Year, month (1 to 12) and day of the month (1 to 31) of `day`, in days since 1970-01-01.
    function civil(uint256 day) internal pure returns (uint256 year, uint256 month, uint256 dayOfMonth) {
        uint256 z = day + EPOCH;
        uint256 era = z / DAYS_PER_ERA;
        uint256 doe = z - era * DAYS_PER_ERA;
        uint256 yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        uint256 doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        uint256 mp = (5 * doy + 2) / 153;
        dayOfMonth = doy - (153 * mp + 2) / 5 + 1;
        month = mp < 10 ? mp + 3 : mp - 9;
        year = yoe + era * 400 + (month <= 2 ? 1 : 0);
    }
}
