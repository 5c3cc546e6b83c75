// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../../contracts/interfaces/ICredits.sol";
import {IProjects} from "../../../../contracts/interfaces/IProjects.sol";
import {IShortfalls} from "../../../../contracts/interfaces/IShortfalls.sol";
import {BatchId, ShortfallId, VerificationId} from "../../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../../contracts/types/Kilograms.sol";
import {vm} from "../Cheats.sol";
import {LedgerTest} from "../LedgerTest.sol";
import {Receiver} from "../Receiver.sol";

/// @dev Attacks on shortfalls, redemptions and verifications.
contract ReportsAttack is LedgerTest {
    /// @dev A thief reports kilogram by kilogram. Governance annuls all of that in one transaction of the manager, and the
    /// project issues again.
    function test_many_reports_are_annulled_at_once() external {
        VerificationId id = verify(project, methodology, START, END, 20_000);
        BatchId batch = issueTo(alice, issuance(id, FIRST, LAST));
        bytes[] memory annulments = new bytes[](50);
        for (uint32 i; i < annulments.length; ++i) {
            vm.prank(operator);
            ShortfallId report = shortfalls.reportReversal(project, lot(batch, 1), new ICredits.Lot[](0), "e", "");
            bytes memory call = abi.encodeCall(IShortfalls.annul, (report, "theft"));
            annulments[i] = abi.encodeCall(manager.execute, (address(shortfalls), call));
        }
        ICredits.Issuance[] memory order = one(issuance(id, LAST + 1, LAST + 10));
        vm.expectRevert(abi.encodeWithSelector(IProjects.ReversalNotMadeGood.selector, project, kg(50)));
        vm.prank(operator);
        credits.issue(order, alice);
        manager.multicall(annulments);
        vm.prank(operator);
        credits.issue(order, alice);
    }

    /// @dev A VVB takes a signature back by proposing it and withdrawing that: two transactions, between which the operator
    /// accepts and issues. An order's holder can cancel; a VVB, of verifications and of releases, cannot.
    function test_limit_a_verifier_cannot_take_a_signature_back_without_a_race() external {
        IProjects.Proposal memory stated = proposal();
        VerificationId id = propose(stated); // the VVB's first step
        accept(id); // the operator comes between
        BatchId batch = issueTo(alice, issuance(id, FIRST, LAST));
        vm.prank(vvb);
        projects.withdrawVerification(id, "signed by mistake"); // too late
        vm.assertEq(balance(alice, batch), 10_000);
    }

    /// @dev A receiver of a release asks for the same release again from inside its acceptance.
    function test_reentrant_release() external {
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
    function test_bounds_of_reports_after_annulments() external {
        BatchId batch = issued();
        vm.startPrank(operator);
        ShortfallId a =
            shortfalls.reportReversal(project, lotsOf(batch, 6000, batch, 4000), new ICredits.Lot[](0), "e", "");
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
