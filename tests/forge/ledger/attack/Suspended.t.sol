// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../../../contracts/interfaces/ILabels.sol";
import {IProgrammes} from "../../../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../../../contracts/interfaces/IProjects.sol";
import {MethodologyId, ProjectId, VerificationId} from "../../../../contracts/types/Ids.sol";
import {vm} from "../Cheats.sol";
import {LabelsTest} from "../LabelsTest.sol";

/// @dev What a stolen key still does after governance suspended it, and what nobody can mend afterwards.
contract SuspendedAttack is LabelsTest {
    /// @dev The key of a suspended programme withdraws nothing that partners' years of monitoring rest on.
    function test_a_suspended_programmes_key_leaves_a_partners_years() external {
        (VerificationId earlier, IProjects.Proposal memory next) = _shared();
        programmes.suspendProgramme(VCS, "stolen");
        vm.expectRevert(
            abi.encodeWithSelector(
                IProgrammes.ProgrammeNotActive.selector, VCS, IProgrammes.Standing.Suspended, uint48(block.timestamp)
            )
        );
        vm.prank(operator); // the thief
        projects.withdrawVerification(earlier, "");
        VerificationId id = _propose(next);
        vm.prank(otherOperator);
        projects.acceptVerification(id, HEAD);
    }

    /// @dev Nor does the key of a suspended VVB.
    function test_a_suspended_verifiers_key_leaves_everybodys_years() external {
        (VerificationId earlier, IProjects.Proposal memory next) = _shared();
        programmes.admitVvb("VVB-2", otherVvb);
        programmes.suspendVvb(VVB, "stolen");
        vm.expectRevert(
            abi.encodeWithSelector(
                IProgrammes.VvbNotActive.selector, VVB, IProgrammes.Standing.Suspended, uint48(block.timestamp)
            )
        );
        vm.prank(vvb); // the thief
        projects.withdrawVerification(earlier, "");
        next = named(next);
        vm.prank(otherVvb);
        VerificationId id = projects.proposeVerification(next);
        vm.prank(otherOperator);
        projects.acceptVerification(id, HEAD);
    }

    /// @dev What is only proposed decides nothing for others: a suspended key may still take it back.
    function test_a_suspended_key_takes_back_what_is_proposed() external {
        VerificationId byOperator = propose(proposal());
        IProjects.Proposal memory other = proposal();
        other.salt = "other";
        VerificationId byVvb = propose(other);
        programmes.suspendProgramme(VCS, "stolen");
        vm.prank(operator);
        projects.withdrawVerification(byOperator, "");
        programmes.suspendVvb(VVB, "stolen");
        vm.prank(vvb);
        projects.withdrawVerification(byVvb, "");
    }

    /// @dev Nothing annuls an adjustment, where `Shortfalls.annul` mends a thief's report: a host's stolen key closes its years.
    function test_limit_a_stolen_hosts_key_adjusts_for_ever() external {
        authorise(MITIGATION | OTHER | NDC, 10_000); // the thief
        adjust();
        labels.setHost("ET", bob); // the country's new key
        vm.startPrank(bob);
        vm.expectRevert(abi.encodeWithSelector(ILabels.AlreadyAdjusted.selector, project, YEAR));
        labels.revoke(project, YEAR, decision());
        vm.stopPrank();
        vm.prank(alice);
        credits.safeTransferFrom(alice, bob, no(batch), 1000, "");
        vm.expectRevert(abi.encodeWithSelector(ILabels.HostUseExcluded.selector, project, YEAR, kg(10_000), kg(0)));
        vm.prank(bob);
        credits.retire(lot(batch, 1000), bob, bob, ICredits.Purpose.HostNdc, 0);
    }

    function _shared() private returns (VerificationId earlier, IProjects.Proposal memory next) {
        (ProjectId joined,) = shareActivity();
        vm.prank(otherOperator);
        MethodologyId two = programmes.registerMethodology("TWO-YEARS", "1.0", 2, 0);
        IProjects.Proposal memory first = proposal();
        (first.periodStart, first.periodEnd) = (START_2021 + 365, START_2021 + 365 + 364); // 2022
        earlier = propose(first);
        accept(earlier);
        next = proposal();
        (next.project, next.methodology) = (joined, two);
        (next.periodStart, next.periodEnd) = (START_2021 + 730, START_2021 + 730 + 364); // 2023
    }

    function _propose(IProjects.Proposal memory stated) private returns (VerificationId) {
        stated = named(stated);
        vm.prank(vvb);
        return projects.proposeVerification(stated);
    }
}
