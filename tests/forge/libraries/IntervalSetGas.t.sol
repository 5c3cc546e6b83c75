// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IntervalSet} from "../../../contracts/libraries/IntervalSet.sol";
import {IntervalSetHarness} from "../IntervalSetHarness.sol";
import {Vm, vm} from "../Asserts.sol";

/// @dev Filled by its constructor, and from then on no other than the plain one.
contract IntervalSetFilled is IntervalSetHarness {
    using IntervalSet for IntervalSet.Set;

    constructor(uint64 count, uint64 start, uint64 stride, uint64 size) {
        for (uint64 i; i < count; ++i) {
            uint64 first = start + i * stride;
            _set.add(first, first + size - 1, i + 1, IntervalSet.HEAD);
        }
    }
}

/// @dev Whole transactions, with their 21,000 and their call data, to a contract that does nothing else. Isolation
/// makes each call a transaction of its own, so nothing is warm.
/// forge-config: default.isolate = true
/// forge-config: full.isolate = true
contract IntervalSetGasTest {
    uint64 private constant HEAD = IntervalSet.HEAD;
    uint64 private constant START = 1_000_000_000;
    uint64 private constant STRIDE = 1000;
    uint64 private constant SIZE = 100;

    uint256 private constant FIRST_RANGE = 46_000;
    uint256 private constant LATER_RANGE = 52_000;
    uint256 private constant STALE_STEP = 2_400;
    uint256 private constant REFUSAL = 25_400;
    uint256 private constant SIZE_DIFFERENCE = 500;

    IntervalSetHarness private _empty = new IntervalSetHarness();
    IntervalSetHarness private _ten;
    IntervalSetHarness private _twentyThousand;

    /// @dev forge shows events of this name.
    event log_named_uint(string key, uint256 value);

    function setUp() public {
        _ten = new IntervalSetFilled(10, START, STRIDE, SIZE);
        _twentyThousand = new IntervalSetFilled(20_000, START, STRIDE, SIZE);
    }

    function test_gas_firstRange() public {
        _atMost("first range", _cost(_empty, START, HEAD), FIRST_RANGE);
    }

    function test_gas_laterRangeIsTheSameAtAnySize() public {
        _sameAtAnySize("above everything", 10, 20_000);
        _sameAtAnySize("second from the top", 9, 19_999);
        _sameAtAnySize("third from the top", 8, 19_998);
        _sameAtAnySize("in the middle", 5, 10_000);
        _sameAtAnySize("below everything", 0, 0);
    }

    /// @dev Up, down, and in an order without order: each step of 37 modulo 101 is a new place.
    function test_gas_laterRangeInAnyOrder() public {
        uint256 empty = vm.snapshotState();
        uint64[3] memory steps = [uint64(1), 100, 37];
        for (uint256 i; i < steps.length; ++i) {
            uint256 most;
            for (uint64 place; place < 100; ++place) {
                uint64 first = START + (1 + place * steps[i]) % 101 * STRIDE;
                uint256 used = _cost(_empty, first, _empty.hintFor(first));
                if (place != 0 && used > most) most = used;
            }
            _atMost("dearest of 99 later ranges", most, LATER_RANGE);
            vm.revertToState(empty);
        }
    }

    function test_gas_eachStepOfStaleHint() public {
        uint256 filled = vm.snapshotState();
        uint64 first = _firstOf(10_000) - STRIDE / 2;
        uint256 fresh = _cost(_twentyThousand, first, _lastOf(10_000));
        for (uint64 steps = 1; steps <= 64; steps *= 2) {
            vm.revertToState(filled);
            uint256 stale = _cost(_twentyThousand, first, _lastOf(10_000 + steps));
            _atMost("a step of a stale hint", (stale - fresh) / steps, STALE_STEP);
        }
    }

    /// @dev The hint for a taken position leads straight to the range that holds it.
    function test_gas_refusal() public {
        uint64[3] memory places = [uint64(19_999), 10_000, 0];
        for (uint256 i; i < places.length; ++i) {
            uint64 first = _firstOf(places[i]) + 1;
            uint64 hint = _twentyThousand.hintFor(first);
            (uint64 takenBy,,) = _twentyThousand.add(first, first, 1, hint);
            uint256 used = vm.lastCallGas().gasTotalUsed;
            vm.assertEq(takenBy, places[i] + 1, "taken by");
            _atMost("refusal", used, REFUSAL);
        }
    }

    function _sameAtAnySize(string memory what, uint64 placeInTen, uint64 placeInTwentyThousand) private {
        uint256 filled = vm.snapshotState();
        uint256 few = _costBefore(_ten, placeInTen);
        uint256 many = _costBefore(_twentyThousand, placeInTwentyThousand);
        _atMost(string.concat(what, ", 10 ranges"), few, LATER_RANGE);
        _atMost(string.concat(what, ", 20,000 ranges"), many, LATER_RANGE);
        vm.assertLe(few > many ? few - many : many - few, SIZE_DIFFERENCE, what);
        vm.revertToState(filled);
    }

    /// @dev Of a range in the gap below the range at `place`, with the hint that the set's own view gives.
    function _costBefore(IntervalSetHarness set, uint64 place) private returns (uint256) {
        uint64 first = _firstOf(place) - STRIDE / 2;
        return _cost(set, first, set.hintFor(first));
    }

    function _cost(IntervalSetHarness set, uint64 first, uint64 hint) private returns (uint256 used) {
        (uint64 takenBy,,) = set.add(first, first + SIZE - 1, 54_321, hint);
        used = vm.lastCallGas().gasTotalUsed;
        vm.assertEq(takenBy, 0, "must be added");
    }

    function _firstOf(uint64 place) private pure returns (uint64) {
        return START + place * STRIDE;
    }

    function _lastOf(uint64 place) private pure returns (uint64) {
        return _firstOf(place) + SIZE - 1;
    }

    function _atMost(string memory what, uint256 used, uint256 bar) private {
        emit log_named_uint(what, used);
        vm.assertLe(used, bar, what);
    }
}
