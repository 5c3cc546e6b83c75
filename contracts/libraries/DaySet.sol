// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title DaySet: a set of days, one bit each, 256 to a storage slot.
/// @notice Answers "is every day of these years in the set?" in one slot a 256 days, however many periods made them up and
/// whoever made them: five slots for three years.
/// @dev Days count from 1970-01-01. Every range is inclusive, with `first <= last`.
library DaySet {
    struct Set {
        mapping(uint256 index => uint256 bits) words;
    }

    /// @notice Adds the days `first`..`last`.
    function add(Set storage set, uint256 first, uint256 last) internal {
        for (uint256 index = first >> 8; index <= last >> 8; ++index) {
            set.words[index] |= _mask(index, first, last);
        }
    }

    /// @notice Takes the days `first`..`last` out.
    function remove(Set storage set, uint256 first, uint256 last) internal {
        for (uint256 index = first >> 8; index <= last >> 8; ++index) {
            set.words[index] &= ~_mask(index, first, last);
        }
    }

    /// @notice The last stretch of `first`..`last` that is missing.
    /// @return found Whether any day is missing; the other two are 0 when none is.
    /// @return gapFirst First day of that stretch.
    /// @return gapLast Last day of that stretch.
    function lastGap(Set storage set, uint256 first, uint256 last)
        internal
        view
        returns (bool found, uint256 gapFirst, uint256 gapLast)
    {
        (found, gapLast) = _last(set, first, last, 0);
        if (!found) return (false, 0, 0);
        (bool before, uint256 day) = _last(set, first, gapLast, type(uint256).max);
        gapFirst = before ? day + 1 : first;
    }

    /// @dev The last day of `first`..`last` that is missing (`flip` 0) or in the set (`flip` all ones).
    function _last(Set storage set, uint256 first, uint256 last, uint256 flip)
        private
        view
        returns (bool found, uint256 day)
    {
        for (uint256 index = (last >> 8) + 1; index > first >> 8; --index) {
            uint256 bits = (set.words[index - 1] ^ ~flip) & _mask(index - 1, first, last);
            if (bits != 0) return (true, ((index - 1) << 8) + Math.log2(bits));
        }
    }

    /// @dev The bits of the word `index` that `first`..`last` covers; some, as callers only ask for such words.
    function _mask(uint256 index, uint256 first, uint256 last) private pure returns (uint256 mask) {
        mask = type(uint256).max;
        if (index == first >> 8) mask <<= first & 255;
        if (index == last >> 8) mask &= type(uint256).max >> (255 - (last & 255));
    }
}
