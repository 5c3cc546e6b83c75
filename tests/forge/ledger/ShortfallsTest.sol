// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {BatchId, ProjectId, ShortfallId} from "../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../contracts/types/Kilograms.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";

/// @dev What the tests of shortfalls share: two batches of ten tonnes, two tonnes of each in the buffer, eight alice's.
abstract contract ShortfallsTest is LedgerTest {
    BatchId internal constant B1 = BatchId.wrap(1);
    BatchId internal constant B2 = BatchId.wrap(2);
    ShortfallId internal constant S1 = ShortfallId.wrap(1);
    ShortfallId internal constant S2 = ShortfallId.wrap(2);

    address internal buffer;

    function setUp() public virtual override {
        super.setUp();
        vm.prank(operator);
        methodology = programmes.registerMethodology("VM0042", "2.2", 0, 2000);
        issuedTwo();
        buffer = credits.BUFFER();
    }

    /// @dev Lost of batch 1.
    function report(uint48 kilograms, ICredits.Lot[] memory lots) internal returns (ShortfallId) {
        vm.prank(operator);
        return shortfalls.reportReversal(project, lot(B1, kilograms), lots, "evidence", "case 1");
    }

    function report(uint48 kilograms) internal returns (ShortfallId) {
        return report(kilograms, new ICredits.Lot[](0));
    }

    function cover(ShortfallId id, ICredits.Lot[] memory lots) internal {
        vm.prank(operator);
        shortfalls.coverReversal(id, lots);
    }

    function mark(BatchId batch, uint48 kilograms) internal returns (ShortfallId) {
        vm.prank(operator);
        return shortfalls.markOverIssued(batch, kg(kilograms), "evidence", "case 2");
    }

    function makeGood(ShortfallId id, ICredits.Lot[] memory lots) internal {
        vm.prank(alice);
        shortfalls.makeGood(id, lots, alice);
    }

    /// @dev Two tonnes in the buffer and eight alice's, of another project of the same programme.
    function issuedElsewhere() internal returns (ProjectId other, BatchId id) {
        vm.prank(operator);
        other = projects.registerProject(registration("1341", "LAKE-TANA"));
        id = issueTo(alice, issuance(verify(other, methodology, START, END, 10_000), LAST + 11, LAST + 20));
    }

    function assertOutstanding(uint48 reversals, uint48 overIssuances) internal view {
        (Kilograms lost, Kilograms excess) = shortfalls.outstanding(project);
        vm.assertEq(Kilograms.unwrap(lost), reversals);
        vm.assertEq(Kilograms.unwrap(excess), overIssuances);
        vm.assertEq(Kilograms.unwrap(projects.project(project).outstanding), reversals);
    }

    function assertMadeGood(ShortfallId id, uint48 kilograms) internal view {
        vm.assertEq(Kilograms.unwrap(shortfalls.shortfall(id).madeGood), kilograms);
    }
}
