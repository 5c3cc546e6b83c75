// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IntervalSet} from "../../../contracts/libraries/IntervalSet.sol";
import {IntervalSetTwin} from "../IntervalSetTwin.sol";
import {vm} from "../Asserts.sol";

/// @dev Small cases by hand and by enumeration, then random ones. `_add` checks each answer against the twin: a test
/// says what must happen, the twin that it happened exactly so.
contract IntervalSetTest is IntervalSetTwin {
    uint64 private constant HIGHEST = type(uint64).max - 1;

    function test_add_takesTheFirstRange() public {
        _mustAdd(100, 199, 1, HEAD);
        vm.assertEq(_set.top(), 199, "top");
        _checkViews(90, 210);
    }

    function test_emptySet_holdsNothing() public view {
        vm.assertEq(_set.top(), NONE, "top");
        _checkViews(0, 3);
        _checkViews(HIGHEST - 2, NONE);
        _checkList();
    }

    /// @dev First, last and key are all 0 here: the word must still differ from an empty one.
    function test_add_refusesOverlapWithFirstRangeAtPositionZero() public {
        _mustAdd(0, 0, 1, HEAD);
        _mustRefuse(0, 0, 2, HEAD);
        _mustRefuse(0, 0, 2, 0);
        _mustRefuse(0, 5, 2, HEAD);
        _mustRefuse(0, HIGHEST, 2, HEAD);
        _mustAdd(1, 5, 2, HEAD);
        _checkViews(0, 7);
        _checkList();
    }

    function test_add_reachesPositionZeroFromAbove() public {
        _mustAdd(10, 19, 1, HEAD);
        _mustAdd(5, 5, 2, HEAD);
        _mustAdd(0, 0, 3, 5);
        _mustRefuse(0, 0, 4, HEAD);
        _mustRefuse(0, 0, 4, 0);
        _mustRefuse(0, 4, 4, 5);
        _mustAdd(1, 4, 5, 5);
        _checkViews(0, 21);
        _checkList();
    }

    function test_add_takesTheHighestPosition() public {
        _mustAdd(HIGHEST, HIGHEST, 1, HEAD);
        _mustRefuse(HIGHEST, HIGHEST, 2, HEAD);
        _mustRefuse(0, HIGHEST, 2, HIGHEST);
        _mustAdd(0, HIGHEST - 1, 3, HIGHEST);
        _checkViews(HIGHEST - 2, NONE);
        _checkList();
    }

    function test_add_takesEverythingAsOneRange() public {
        _mustAdd(0, HIGHEST, type(uint64).max, HEAD);
        _mustRefuse(0, 0, 1, HEAD);
        _mustRefuse(HIGHEST, HIGHEST, 1, HIGHEST);
    }

    function test_add_revertsAboveTheHighestPosition() public {
        _mustRevert(5, NONE, 1, HEAD, _error(IntervalSet.IntervalTooHigh.selector, NONE, HIGHEST));
        _mustRevert(NONE, NONE, 1, HEAD, _error(IntervalSet.IntervalTooHigh.selector, NONE, HIGHEST));
        _checkList();
    }

    function test_add_revertsWhenReversed() public {
        _mustRevert(6, 5, 1, HEAD, _error(IntervalSet.IntervalReversed.selector, 6, 5));
    }

    function test_add_revertsWhenOwnerIsZero() public {
        _mustRevert(5, 6, 0, HEAD, _error(IntervalSet.IntervalOwnerZero.selector, 5, 6));
    }

    function test_add_takesAdjacentRanges() public {
        _mustAdd(100, 199, 1, HEAD);
        _mustAdd(200, 299, 2, HEAD);
        _mustAdd(0, 99, 3, 199);
        _mustRefuse(99, 99, 4, HEAD);
        _mustRefuse(100, 100, 4, HEAD);
        _mustRefuse(199, 200, 4, HEAD);
        _checkViews(95, 205);
        _checkList();
    }

    /// @dev Same, inside, around, over either end, each by the range's key and from the head; first as the topmost
    /// range, then below another.
    function test_add_refusesEveryKindOfOverlap() public {
        _mustAdd(100, 199, 7, HEAD);
        for (uint64 round; round < 2; ++round) {
            for (uint64 i; i < 2; ++i) {
                uint64 hint = i == 0 ? HEAD : 199;
                _mustRefuse(100, 199, 9, hint);
                _mustRefuse(100, 100, 9, hint);
                _mustRefuse(199, 199, 9, hint);
                _mustRefuse(150, 160, 9, hint);
                _mustRefuse(99, 200, 9, hint);
                _mustRefuse(50, 100, 9, hint);
                _mustRefuse(199, 250, 9, hint);
            }
            if (round == 0) _mustAdd(1000, 1099, 8, HEAD);
        }
    }

    function test_add_reportsTheHintedRangeFirst() public {
        _mustAdd(100, 199, 1, HEAD);
        _mustAdd(200, 299, 2, HEAD);
        _mustAdd(300, 399, 3, HEAD);
        _mustTake(50, 1000, 9, HEAD, 3);
        _mustTake(50, 1000, 9, 399, 3);
        _mustTake(50, 1000, 9, 299, 2);
        _mustTake(50, 1000, 9, 199, 1);
    }

    /// @dev Taken for `HEAD`, such a hint would send its caller down the whole set; taken for a range, it would add
    /// beside the list, where no overlap is seen.
    function test_add_revertsWhenHintIsNoRange() public {
        _mustRevert(5, 6, 1, 0, _error(IntervalSet.IntervalHintUnknown.selector, 0));
        _mustRevert(0, 0, 1, 0, _error(IntervalSet.IntervalHintUnknown.selector, 0));
        _mustAdd(100, 199, 1, HEAD);
        _mustAdd(200, 299, 2, HEAD);
        uint64[6] memory noKeys = [uint64(0), 100, 198, 200, 300, HIGHEST];
        for (uint256 i; i < noKeys.length; ++i) {
            _mustRevert(50, 60, 3, noKeys[i], _error(IntervalSet.IntervalHintUnknown.selector, noKeys[i]));
        }
    }

    function test_add_revertsWhenHintLiesBelow() public {
        _mustAdd(100, 199, 1, HEAD);
        _mustRevert(200, 299, 2, 199, _error(IntervalSet.IntervalHintNotAbove.selector, 199, 200));
        _mustAdd(400, 499, 2, HEAD);
        _mustRevert(200, 299, 3, 199, _error(IntervalSet.IntervalHintNotAbove.selector, 199, 200));
        _mustRevert(500, 599, 3, 499, _error(IntervalSet.IntervalHintNotAbove.selector, 499, 500));
        _mustAdd(200, 299, 3, 499);
        _checkList();
    }

    /// @dev Between choosing a hint and using it come a new topmost range, and others just above the place.
    function test_add_followsStaleHintDown() public {
        _mustAdd(100, 199, 1, HEAD);
        _mustAdd(900, 999, 2, HEAD);
        _mustAdd(2000, 2999, 3, HEAD);
        _mustAdd(800, 899, 4, 999);
        _mustAdd(700, 799, 5, 999);
        _mustAdd(200, 299, 6, 999);
        _mustAdd(10, 19, 7, 2999);
        _mustAdd(20, 29, 8, HEAD);
        _mustRefuse(650, 700, 9, 999);
        _mustRefuse(299, 400, 9, 999);
        _checkViews(0, 310);
        _checkList();
    }

    /// @dev Three ranges with gaps of none, two and one between them, then every candidate with every hint.
    function test_add_everyCandidateWithEveryHint() public {
        _everyCandidateWithEveryHint(0);
    }

    function test_add_everyCandidateWithEveryHintAtTheHighEnd() public {
        _everyCandidateWithEveryHint(NONE - 12);
    }

    /// @dev The layout is read off chain by whoever proves a set from storage.
    function test_layout_isFourFieldsFromLastToOwner() public {
        _mustAdd(100, 199, 1, HEAD);
        _mustAdd(0, 50, type(uint64).max, HEAD);
        vm.assertEq(vm.load(address(_set), 0), _word(199, 100, 50, 1), "head");
        bytes32 slot = keccak256(abi.encode(uint256(50), uint256(1)));
        vm.assertEq(vm.load(address(_set), slot), _word(50, 0, NONE, type(uint64).max), "lower");
    }

    /// forge-config: default.fuzz.runs = 64
    /// forge-config: full.fuzz.runs = 5000
    function testFuzz_everyCallAgreesWithTwin(uint256 seed) public {
        Dice memory dice = Dice(seed);
        uint64 span = _roll(dice, 4) == 0 ? 4 : 64;
        // The low end, the high end with the position no range may hold, and somewhere between.
        uint64[3] memory bases = [0, NONE - span + 1, 1 + _roll(dice, NONE - span)];
        uint64 base = bases[_roll(dice, 3)];
        for (uint64 i = 1; i <= 48; ++i) {
            uint64 first = base + _roll(dice, span);
            uint64 last = _above(first, _roll(dice, _roll(dice, 8) == 0 ? span / 2 : 1 + span / 16));
            if (_roll(dice, 32) == 0) (first, last) = (last, first);
            _add(first, last, _roll(dice, 32) == 0 ? 0 : i, _anyHint(dice, base, first));
            _checkList();
            _checkFindFrom(base + _roll(dice, span), _anyHint(dice, base, first));
        }
        _checkViews(base, base + (span - 1));
    }

    function _everyCandidateWithEveryHint(uint64 base) private {
        _mustAdd(base + 9, base + 9, 4, HEAD);
        _mustAdd(base + 1, base + 2, 1, HEAD);
        _mustAdd(base + 5, base + 7, 3, HEAD);
        _mustAdd(base + 3, base + 3, 2, HEAD);
        uint256 before = vm.snapshotState();
        for (uint64 first; first <= 12; ++first) {
            for (uint64 last; last <= 12; ++last) {
                for (uint64 i; i <= 13; ++i) {
                    if (_add(base + first, base + last, 5, i == 13 ? HEAD : base + i)) {
                        _checkList();
                        _checkViews(base, base + 12);
                        vm.revertToState(before);
                    }
                }
            }
        }
        _checkList();
    }

    function _mustAdd(uint64 first, uint64 last, uint64 owner, uint64 hint) private {
        vm.assertTrue(_add(first, last, owner, hint), "must be added");
    }

    function _mustRefuse(uint64 first, uint64 last, uint64 owner, uint64 hint) private {
        (uint64 takenBy,,) = _set.add(first, last, owner, hint);
        vm.assertTrue(takenBy != 0, "must be refused");
        vm.assertTrue(!_add(first, last, owner, hint), "must be refused again");
    }

    function _mustTake(uint64 first, uint64 last, uint64 owner, uint64 hint, uint64 holder) private {
        (uint64 takenBy,,) = _set.add(first, last, owner, hint);
        vm.assertEq(takenBy, holder, "taken by");
        _mustRefuse(first, last, owner, hint);
    }

    function _mustRevert(uint64 first, uint64 last, uint64 owner, uint64 hint, bytes memory why) private {
        try _set.add(first, last, owner, hint) {
            vm.assertTrue(false, "must revert");
        } catch (bytes memory reason) {
            vm.assertEq(reason, why, "revert");
        }
        _add(first, last, owner, hint);
    }

    function _error(bytes4 selector, uint64 a) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, a);
    }

    function _error(bytes4 selector, uint64 a, uint64 b) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, a, b);
    }

    function _word(uint64 last, uint64 first, uint64 next, uint64 owner) private pure returns (bytes32) {
        return bytes32(abi.encodePacked(last, first, next, owner));
    }
}
