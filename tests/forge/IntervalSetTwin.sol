// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IntervalSet} from "../../contracts/libraries/IntervalSet.sol";
import {IntervalSetHarness} from "./IntervalSetHarness.sol";
import {vm} from "./Asserts.sol";

/// @dev A set under test, and beside it what it should hold: ranges in no order, every question answered by looking at
/// all of them. Each call goes to both, and they must agree on the answer, on the error, on the number of slots
/// written, and on what is there.
abstract contract IntervalSetTwin {
    struct Range {
        uint64 first;
        uint64 last;
        uint64 owner;
    }

    /// @dev A source of numbers that follow from one seed.
    struct Dice {
        uint256 state;
    }

    uint64 internal constant HEAD = IntervalSet.HEAD;
    uint64 internal constant NONE = IntervalSet.NONE;

    IntervalSetHarness internal _set = new IntervalSetHarness();
    Range[] internal _ranges;

    /// @return added True when both took the range.
    function _add(uint64 first, uint64 last, uint64 owner, uint64 hint) internal returns (bool added) {
        bytes memory expectedError = _expectedAddError(first, last, owner, hint);
        _checkOverlap(first, last, hint);
        vm.record();
        try _set.add(first, last, owner, hint) returns (uint64 takenBy, uint64 takenFirst, uint64 takenLast) {
            vm.assertEq("", expectedError, "add did not revert");
            Range memory taken = _expectedTaken(first, last, hint);
            _checkRange(Range(takenFirst, takenLast, takenBy), taken, "add");
            added = taken.owner == 0;

            (, bytes32[] memory writes) = vm.accesses(address(_set));
            vm.assertEq(writes.length, !added ? 0 : _ranges.length == 0 ? 1 : 2, "add: slots written");
            if (added) _ranges.push(Range(first, last, owner));
        } catch (bytes memory reason) {
            vm.assertEq(reason, expectedError, "add reverted");
        }
    }

    /// @dev `overlap` takes no owner; with any but 0 it must answer as `add` does.
    function _checkOverlap(uint64 first, uint64 last, uint64 hint) private view {
        bytes memory expectedError = _expectedAddError(first, last, 1, hint);
        try _set.overlap(first, last, hint) returns (uint64 takenBy, uint64 takenFirst, uint64 takenLast) {
            vm.assertEq("", expectedError, "overlap did not revert");
            _checkRange(Range(takenFirst, takenLast, takenBy), _expectedTaken(first, last, hint), "overlap");
        } catch (bytes memory reason) {
            vm.assertEq(reason, expectedError, "overlap reverted");
        }
    }

    function _checkFindFrom(uint64 position, uint64 hint) internal view {
        bytes memory expectedError = _expectedHintError(position, hint);
        try _set.findFrom(position, hint) returns (uint64 owner, uint64 first, uint64 last) {
            vm.assertEq("", expectedError, "findFrom did not revert");
            _checkRange(Range(first, last, owner), _holderOf(position), "findFrom");
        } catch (bytes memory reason) {
            vm.assertEq(reason, expectedError, "findFrom reverted");
        }
    }

    /// @dev Checks every view at every position from `from` to `to`.
    function _checkViews(uint64 from, uint64 to) internal view {
        for (uint64 position = from;; ++position) {
            (uint64 owner, uint64 first, uint64 last) = _set.find(position);
            _checkRange(Range(first, last, owner), _holderOf(position), "find");

            Range memory keyed = _rangeWithKey(position);
            (owner, first,) = _set.rangeAt(position);
            vm.assertEq(owner, keyed.owner, "rangeAt: owner");
            vm.assertEq(first, keyed.first, "rangeAt: first");

            vm.assertEq(_set.hintFor(position), _expectedHintFor(position), "hintFor");
            vm.assertEq(_set.below(position), _expectedBelow(position), "below");
            if (position == to) break;
        }
    }

    /// @dev Walks the list: strictly downwards, ranges apart, all of them and no others.
    function _checkList() internal view {
        uint256 left = _ranges.length;
        uint64 above = NONE;
        for (uint64 key = _set.top(); key != NONE; --left) {
            vm.assertTrue(left != 0, "list: too long");
            vm.assertLt(key, above, "list: ranges not sorted and apart");
            (uint64 owner, uint64 first, uint64 next) = _set.rangeAt(key);
            _checkRange(Range(first, key, owner), _rangeWithKey(key), "list");
            vm.assertTrue(owner != 0, "list: leads to no range");
            (above, key) = (first, next);
        }
        vm.assertEq(left, 0, "list: range out of reach");
    }

    /// @return Below `sides`.
    function _roll(Dice memory dice, uint64 sides) internal pure returns (uint64) {
        dice.state = uint256(keccak256(abi.encode(dice.state)));
        return uint64(dice.state % sides);
    }

    function _above(uint64 position, uint64 distance) internal pure returns (uint64) {
        return distance < NONE - position ? position + distance : NONE;
    }

    /// @dev The right hint, a stale one, one from below, one beside a range, or one from nowhere.
    function _anyHint(Dice memory dice, uint64 base, uint64 first) internal view returns (uint64) {
        uint64 kind = _roll(dice, 8);
        if (kind < 2) return HEAD;
        if (kind < 4) return _set.hintFor(first);
        if (kind == 7) return _above(base, _roll(dice, 64));
        if (_ranges.length == 0) return 0;
        uint64 key = _ranges[_roll(dice, uint64(_ranges.length))].last;
        return kind == 6 ? key ^ 1 : key;
    }

    function _checkRange(Range memory actual, Range memory expected, string memory what) private pure {
        vm.assertEq(actual.owner, expected.owner, string.concat(what, ": owner"));
        vm.assertEq(actual.first, expected.first, string.concat(what, ": first"));
        vm.assertEq(actual.last, expected.last, string.concat(what, ": last"));
    }

    function _expectedAddError(uint64 first, uint64 last, uint64 owner, uint64 hint)
        private
        view
        returns (bytes memory)
    {
        if (first > last) {
            return abi.encodeWithSelector(IntervalSet.IntervalReversed.selector, first, last);
        }
        if (last == NONE) {
            return abi.encodeWithSelector(IntervalSet.IntervalTooHigh.selector, last, NONE - 1);
        }
        if (owner == 0) return abi.encodeWithSelector(IntervalSet.IntervalOwnerZero.selector, first, last);
        return _expectedHintError(first, hint);
    }

    function _expectedHintError(uint64 first, uint64 hint) private view returns (bytes memory) {
        if (hint == HEAD) return "";
        if (_rangeWithKey(hint).owner == 0) {
            return abi.encodeWithSelector(IntervalSet.IntervalHintUnknown.selector, hint);
        }
        if (hint < first) {
            return abi.encodeWithSelector(IntervalSet.IntervalHintNotAbove.selector, hint, first);
        }
        return "";
    }

    /// @dev The hinted range if it overlaps; else the highest that does; else nothing.
    function _expectedTaken(uint64 first, uint64 last, uint64 hint) private view returns (Range memory taken) {
        for (uint256 i; i < _ranges.length; ++i) {
            Range memory range = _ranges[i];
            if (range.last < first || range.first > last) continue;
            if (range.last == hint) return range;
            if (taken.owner == 0 || range.first > taken.first) taken = range;
        }
    }

    /// @dev The key of the range that holds `first`, else of the lowest above it; `HEAD` for the topmost.
    function _expectedHintFor(uint64 first) private view returns (uint64 hint) {
        hint = NONE;
        uint64 topmost;
        for (uint256 i; i < _ranges.length; ++i) {
            uint64 last = _ranges[i].last;
            if (last >= first && last < hint) hint = last;
            if (last > topmost) topmost = last;
        }
        if (hint == topmost) hint = HEAD;
    }

    function _expectedBelow(uint64 position) private view returns (uint64 key) {
        key = NONE;
        for (uint256 i; i < _ranges.length; ++i) {
            uint64 last = _ranges[i].last;
            if (last < position && (key == NONE || last > key)) key = last;
        }
    }

    function _holderOf(uint64 position) private view returns (Range memory holder) {
        for (uint256 i; i < _ranges.length; ++i) {
            if (_ranges[i].first <= position && position <= _ranges[i].last) return _ranges[i];
        }
    }

    function _rangeWithKey(uint64 key) private view returns (Range memory range) {
        for (uint256 i; i < _ranges.length; ++i) {
            if (_ranges[i].last == key) return _ranges[i];
        }
    }
}
