// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {IShortfalls} from "../../../contracts/interfaces/IShortfalls.sol";
import {BatchId, ShortfallId, VerificationId} from "../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../contracts/types/Kilograms.sol";
import {vm} from "../ledger/Cheats.sol";
import {LedgerTest} from "../ledger/LedgerTest.sol";
import {Receiver} from "../ledger/Receiver.sol";
import {console} from "./Gas.t.sol";

/// @dev Attacks on shortfalls, redemptions and verifications.
contract ReportsAttack is LedgerTest {
    /// @dev A thief reports kilogram by kilogram; governance annuls one report a call, each scheduled a day ahead. A project of a
    /// megatonne has room for a thousand million reports, and one that is left keeps it closed.
    function test_real_a_thief_reports_more_than_governance_can_annul() external {
        VerificationId id = verify(project, methodology, START, END, 20_000);
        BatchId batch = issueTo(alice, issuance(id, FIRST, LAST));
        uint256 reports = 200;
        uint256 spent;
        for (uint256 i; i < reports; ++i) {
            vm.prank(operator);
            shortfalls.reportReversal(project, lot(batch, 1), new ICredits.Lot[](0), "e", "");
            spent += vm.lastCallGas().gasTotalUsed;
        }
        programmes.suspendProgramme(VCS, "stolen");
        programmes.rotateOperator(VCS, address(0x0918));
        programmes.reinstateProgramme(VCS, "new key");
        operator = address(0x0918);
        uint256 mended;
        for (uint32 i = 1; i < reports; ++i) { // all but one
            shortfalls.annul(ShortfallId.wrap(i), "theft");
            mended += vm.lastCallGas().gasTotalUsed;
        }
        console.log("gas of a report", spent / reports);
        console.log("gas of annulling it, scheduling left out", mended / (reports - 1));
        ICredits.Issuance[] memory order = one(issuance(id, LAST + 1, LAST + 10));
        vm.expectRevert(abi.encodeWithSelector(IProjects.ReversalNotMadeGood.selector, project, kg(1)));
        vm.prank(operator);
        credits.issue(order, alice);
    }

    /// @dev A VVB takes a signature back by proposing it and withdrawing that: two transactions, between which the operator
    /// accepts and issues. An order's holder can cancel; a VVB, of verifications and of releases, cannot.
    function test_real_a_verifier_cannot_take_a_signature_back_without_a_race() external {
        IProjects.Proposal memory stated = proposal();
        VerificationId id = propose(stated); // the VVB's first step
        accept(id); // the operator comes between
        BatchId batch = issueTo(alice, issuance(id, FIRST, LAST));
        vm.prank(vvb);
        projects.withdrawVerification(id, "signed by mistake"); // too late
        vm.assertEq(balance(alice, batch), 10_000);
    }

    /// @dev A receiver of a release asks for the same release again from inside its acceptance.
    function test_holds_reentrant_release() external {
        uint256 key = 0x77E;
        programmes.admitVvb("VVB-2", vm.addr(key));
        vm.startPrank(operator);
        methodology = programmes.registerMethodology("VM0042", "2.2", 0, 5000);
        vm.stopPrank();
        BatchId batch = issued();
        Receiver receiver = new Receiver();
        programmes.rotateOperator(VCS, address(receiver)); // the operator itself is the receiver
        IShortfalls.BufferRelease memory release =
            IShortfalls.BufferRelease(project, "VCS", "1340", kg(1000), "evidence", type(uint48).max, 0);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, shortfalls.releaseDigest(release));
        bytes memory act = abi.encodeCall(
            IShortfalls.releaseBuffer,
            (release, vm.addr(key), abi.encodePacked(r, s, v), lot(batch, 1000), address(receiver))
        );
        receiver.plan(address(shortfalls), act);
        receiver.act(address(shortfalls), act);
        vm.assertTrue(!receiver.succeeded(), "once");
        vm.assertEq(balance(address(receiver), batch), 1000);
    }

    /// @dev Reversal and mark together never exceed a batch, whatever is annulled between.
    function test_holds_bounds_of_reports_after_annulments() external {
        BatchId batch = issued();
        vm.startPrank(operator);
        ShortfallId a = shortfalls.reportReversal(project, lotsOf(batch, 6000, batch, 4000), new ICredits.Lot[](0), "e", "");
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ReportExceeded.selector, batch, kg(1), kg(0)));
        shortfalls.markOverIssued(batch, kg(1), "e", "");
        vm.stopPrank();
        vm.prank(alice);
        shortfalls.makeGood(a, lot(batch, 3000), alice);
        shortfalls.annul(a, "error");
        vm.prank(operator);
        shortfalls.markOverIssued(batch, kg(10_000), "e", "");
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallIsAnnulled.selector, a));
        vm.prank(alice);
        shortfalls.makeGood(a, lot(batch, 1), alice);
        (Kilograms lost, Kilograms excess) = shortfalls.outstanding(project);
        vm.assertEq(Kilograms.unwrap(lost), 0);
        vm.assertEq(Kilograms.unwrap(excess), 10_000);
    }
}
