// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Checks} from "./Checks.sol";

/// @dev Any calls, by anyone, in any order: I1 to I10 hold. The full profile makes 500,000 of them, and looks after every
/// fiftieth: a look compares everything with everything.
contract LedgerInvariants {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Checks private _ledger;

    function setUp() external {
        _ledger = new Checks();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_ledger);
    }

    function excludeSelectors() external view returns (FuzzSelector[] memory excluded) {
        excluded = new FuzzSelector[](1);
        excluded[0].addr = address(_ledger);
        excluded[0].selectors = new bytes4[](1);
        excluded[0].selectors[0] = Checks.check.selector;
    }

    /// forge-config: full.invariant.runs = 1000
    /// forge-config: full.invariant.depth = 500
    /// forge-config: full.invariant.check-interval = 50
    function invariant_the_ledger_counts_no_tonne_twice() external {
        string memory wrong = _ledger.check();
        require(bytes(wrong).length == 0, wrong);
    }
}
