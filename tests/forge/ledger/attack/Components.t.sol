// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProjects} from "../../../../contracts/interfaces/IProjects.sol";
import {
    ActivityId,
    ComponentId,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    VerificationId
} from "../../../../contracts/types/Ids.sol";
import {vm} from "../Cheats.sol";
import {LedgerTest} from "../LedgerTest.sol";

/// @dev Attacks on activities, components and verifications.
contract ComponentsAttack is LedgerTest {
    /// @dev A stolen key is met by suspension and rotation. A partner cannot use the time between the two to activate the
    /// component that the victim refuses, on whose days the same land would count twice.
    function test_a_key_rotation_is_no_gap_in_the_veto() external {
        shareActivity();
        vm.prank(otherOperator);
        ComponentId twin = projects.proposeComponent(ACTIVITY, "SAME-LAND"); // the victim never approves
        programmes.suspendProgramme(VCS, "key stolen");
        uint48 earliest = uint48(block.timestamp) + 30 days;
        ProgrammeId[] memory absent = new ProgrammeId[](1);
        absent[0] = VCS;
        vm.warp(earliest - 1);
        vm.expectRevert(abi.encodeWithSelector(IProjects.SuspensionTooShort.selector, VCS, earliest));
        vm.prank(otherOperator);
        projects.activateComponent(twin, absent);
        vm.warp(earliest); // gone for good: the others decide
        vm.prank(otherOperator);
        projects.activateComponent(twin, absent);
    }

    /// @dev What a VVB signs names its component: after a reorganisation, in which two proposals exchange places, it is not of
    /// the other planting area.
    function test_a_signed_statement_does_not_move_to_another_component_after_a_reorganisation() external {
        uint256 key = 0x77E;
        programmes.admitVvb("VVB-2", vm.addr(key));
        uint256 fork = vm.snapshotState();
        vm.startPrank(operator);
        ComponentId north = projects.proposeComponent(ACTIVITY, "NORTH");
        projects.proposeComponent(ACTIVITY, "SOUTH");
        vm.stopPrank();
        IProjects.Proposal memory stated = proposal();
        (stated.component, stated.componentName) = (north, "NORTH");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, projects.verificationDigest(stated));

        vm.revertToState(fork);
        vm.startPrank(operator);
        projects.proposeComponent(ACTIVITY, "SOUTH"); // the same transactions in another order
        projects.proposeComponent(ACTIVITY, "NORTH");
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IProjects.ProposalNamesOtherComponent.selector, north, bytes32("NORTH")));
        projects.proposeVerificationSigned(stated, vm.addr(key), abi.encodePacked(r, s, v));
    }

    /// @dev It names the land, too: its operator cannot register the same project code at another site after a
    /// reorganisation, where the days are free, and count the VVB's word of the first site a second time.
    function test_a_signed_statement_does_not_move_to_another_site_after_a_reorganisation() external {
        uint256 key = 0x77E;
        programmes.admitVvb("VVB-2", vm.addr(key));
        verified(); // the days of BALE-MOUNTAINS are taken
        uint256 fork = vm.snapshotState();
        vm.prank(operator);
        ProjectId twin = projects.registerProject(registration("1341", "BALE-MOUNTAINS"));
        IProjects.Proposal memory stated = proposal();
        (stated.project, stated.projectCode) = (twin, "1341");
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, projects.verificationDigest(stated));
        bytes memory signature = abi.encodePacked(r, s, v);

        vm.revertToState(fork);
        vm.prank(operator);
        projects.registerProject(registration("1341", "BALE-MOUNTAINS-2")); // another country would do, too
        ActivityId elsewhere = projects.project(twin).activity;
        vm.expectRevert(
            abi.encodeWithSelector(
                IProjects.ProposalNamesOtherSite.selector, elsewhere, stated.country, bytes32("BALE-MOUNTAINS")
            )
        );
        projects.proposeVerificationSigned(stated, vm.addr(key), signature);
    }

    /// @dev A VVB whose account took on code (EIP-7702) without ERC-1271 signs with its key as before.
    function test_a_delegated_vvb_signs_with_its_key() external {
        uint256 key = 0x77E;
        address body = vm.addr(key);
        programmes.admitVvb("VVB-2", body);
        IProjects.Proposal memory stated = proposal();
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, projects.verificationDigest(stated));
        vm.etch(body, hex"00"); // a delegate that answers nothing
        projects.proposeVerificationSigned(stated, body, abi.encodePacked(r, s, v));
    }

    /// @dev Governance closes the gap itself, if it suspends, rotates and reinstates in one transaction of the manager.
    function test_a_rotation_in_one_transaction_leaves_no_gap() external {
        shareActivity();
        bytes[] memory acts = new bytes[](3);
        acts[0] = abi.encodeCall(
            manager.execute, (address(programmes), abi.encodeCall(programmes.suspendProgramme, (VCS, "stolen")))
        );
        acts[1] = abi.encodeCall(
            manager.execute, (address(programmes), abi.encodeCall(programmes.rotateOperator, (VCS, address(0x0918))))
        );
        acts[2] = abi.encodeCall(
            manager.execute, (address(programmes), abi.encodeCall(programmes.reinstateProgramme, (VCS, "new")))
        );
        manager.multicall(acts);
        vm.assertTrue(programmes.isOperator(VCS, address(0x0918)), "rotated");
    }

    /// @dev Two successors of one claim, by two verifiers: the second is refused.
    function test_one_successor_at_a_time() external {
        VerificationId first = verified();
        withdraw(first);
        IProjects.Proposal memory stated = proposal();
        stated.supersedes = first;
        VerificationId a = propose(stated);
        stated.salt = "b";
        VerificationId b = propose(stated);
        accept(a);
        vm.expectRevert(abi.encodeWithSelector(IProjects.NotSupersedable.selector, first));
        vm.prank(operator);
        projects.acceptVerification(b, HEAD);
        // nor by superseding a proposal that was withdrawn before it was accepted
        withdraw(b);
        stated.supersedes = b;
        stated.salt = "c";
        VerificationId c = propose(stated);
        vm.expectRevert(abi.encodeWithSelector(IProjects.NotSupersedable.selector, b));
        vm.prank(operator);
        projects.acceptVerification(c, HEAD);
    }

    /// @dev Random acceptances, withdrawals and successions: a day is never monitored twice, nor after its withdrawal.
    function test_monitoring_days_follow_their_verifications() external {
        vm.prank(operator);
        MethodologyId demanding = programmes.registerMethodology("YEARS", "1.0", 1, 0);
        IProjects.Proposal memory stated = proposal();
        stated.methodology = demanding;
        VerificationId whole = propose(stated);
        accept(whole);
        withdraw(whole);
        stated.supersedes = whole;
        (stated.periodStart, stated.periodEnd) = (START + 1, END); // a day short of a year: its own days only count
        stated.dataRoot = "other";
        VerificationId shorter = propose(stated);
        vm.expectRevert(abi.encodeWithSelector(IProjects.MonitoringGap.selector, shorter, uint8(1), START, START));
        vm.prank(operator);
        projects.acceptVerification(shorter, HEAD);
    }
}
