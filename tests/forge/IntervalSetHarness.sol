// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IntervalSet} from "../../contracts/libraries/IntervalSet.sol";

/// @dev A caller with nothing of its own: what a transaction costs here is what `IntervalSet` costs.
contract IntervalSetHarness {
    using IntervalSet for IntervalSet.Set;

    IntervalSet.Set internal _set;

    function add(uint64 first, uint64 last, uint64 owner, uint64 hint)
        external
        returns (uint64 takenBy, uint64 takenFirst, uint64 takenLast)
    {
        return _set.add(first, last, owner, hint);
    }

    function overlap(uint64 first, uint64 last, uint64 hint)
        external
        view
        returns (uint64 takenBy, uint64 takenFirst, uint64 takenLast)
    {
        return _set.overlap(first, last, hint);
    }

    function find(uint64 position) external view returns (uint64 owner, uint64 first, uint64 last) {
        return _set.find(position);
    }

    function findFrom(uint64 position, uint64 hint) external view returns (uint64 owner, uint64 first, uint64 last) {
        return _set.findFrom(position, hint);
    }

    function hintFor(uint64 first) external view returns (uint64 hint) {
        return _set.hintFor(first);
    }

    function below(uint64 position) external view returns (uint64 key) {
        return _set.below(position);
    }

    function top() external view returns (uint64 key) {
        return _set.top();
    }

    function rangeAt(uint64 key) external view returns (uint64 owner, uint64 first, uint64 next) {
        return _set.rangeAt(key);
    }
}
