// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IntervalSetTwin} from "../IntervalSetTwin.sol";

/// @dev Calls that forge strings together at random, on the 128 positions from `_base` up.
contract IntervalSetHandler is IntervalSetTwin {
    uint64 private immutable _base;

    constructor(uint64 base) {
        _base = base;
    }

    function add(uint64 first, uint64 length, uint64 owner, uint256 hintSeed) external {
        first = _base + first % 128;
        _add(first, _above(first, length % 8), owner, _anyHint(Dice(hintSeed), _base, first));
        _checkFindFrom(first, _anyHint(Dice(~hintSeed), _base, first));
    }

    function checkList() external view {
        _checkList();
    }

    function checkViews() external view {
        _checkViews(_base, _base + 127);
    }
}

contract IntervalSetInvariantTest {
    IntervalSetHandler[2] private _handlers;

    function setUp() public {
        _handlers = [new IntervalSetHandler(0), new IntervalSetHandler(type(uint64).max - 127)];
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](2);
        targets[0] = address(_handlers[0]);
        targets[1] = address(_handlers[1]);
    }

    /// @dev A handler reverts only where set and twin disagree, so a revert is a failure.
    /// forge-config: default.invariant.fail-on-revert = true
    /// forge-config: full.invariant.fail-on-revert = true
    /// forge-config: full.invariant.runs = 100
    /// forge-config: full.invariant.depth = 300
    function invariant_listIsSortedDisjointAndEqualsTwin() external view {
        _handlers[0].checkList();
        _handlers[1].checkList();
    }

    function afterInvariant() external view {
        _handlers[0].checkViews();
        _handlers[1].checkViews();
    }
}
