// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../../contracts/interfaces/ILabels.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {MethodologyId, ProjectId, VerificationId} from "../../../contracts/types/Ids.sol";
import {vm} from "../ledger/Cheats.sol";
import {LabelsTest} from "../ledger/LabelsTest.sol";

/// @dev What a stolen key still does after governance suspended it, and what nobody can mend afterwards.
contract SuspendedAttack is LabelsTest {
    /// @dev The key of a suspended programme withdraws its verifications: the days leave a partner's years of monitoring. The
    /// partner can neither claim those days again nor take the claim over: its methodology is closed there for years.
    function test_real_a_suspended_programmes_key_breaks_a_partners_years() external {
        (VerificationId earlier, IProjects.Proposal memory next) = _shared();
        programmes.suspendProgramme(VCS, "stolen");
        uint256 before = vm.snapshotState();
        VerificationId id = _propose(next);
        vm.prank(otherOperator);
        projects.acceptVerification(id, HEAD); // it can, as long as nothing is withdrawn
        vm.revertToState(before);

        vm.prank(operator); // the thief
        projects.withdrawVerification(earlier, "");
        id = _propose(next);
        vm.expectRevert(
            abi.encodeWithSelector(
                IProjects.MonitoringGap.selector, id, uint8(2), START_2021 + 365, START_2021 + 365 + 364
            )
        );
        vm.prank(otherOperator);
        projects.acceptVerification(id, HEAD);
        _noWayOut(earlier, next);
    }

    /// @dev So does the key of a suspended verifier, of every programme that it ever worked for.
    function test_real_a_suspended_verifiers_key_breaks_everybodys_years() external {
        (VerificationId earlier, IProjects.Proposal memory next) = _shared();
        programmes.admitVvb("VVB-2", otherVvb);
        programmes.suspendVvb(VVB, "stolen");
        vm.prank(vvb); // the thief
        projects.withdrawVerification(earlier, "");
        next = named(next);
        vm.prank(otherVvb);
        VerificationId id = projects.proposeVerification(next);
        vm.expectRevert(
            abi.encodeWithSelector(
                IProjects.MonitoringGap.selector, id, uint8(2), START_2021 + 365, START_2021 + 365 + 364
            )
        );
        vm.prank(otherOperator);
        projects.acceptVerification(id, HEAD);
    }

    /// @dev Nothing annuls an adjustment, where `Shortfalls.annul` mends a thief's report: a host's stolen key closes its years.
    function test_real_a_stolen_hosts_key_adjusts_for_ever() external {
        authorise(MITIGATION | OTHER | NDC, 10_000); // the thief
        adjust();
        labels.setHost("ET", bob); // the country's new key
        vm.startPrank(bob);
        vm.expectRevert(abi.encodeWithSelector(ILabels.AlreadyAdjusted.selector, project, YEAR));
        labels.revoke(project, YEAR, decision());
        vm.stopPrank();
        vm.prank(alice);
        credits.safeTransferFrom(alice, bob, no(batch), 1000, "");
        vm.expectRevert(
            abi.encodeWithSelector(ILabels.HostUseExcluded.selector, project, YEAR, kg(10_000), kg(0))
        );
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

    function _noWayOut(VerificationId earlier, IProjects.Proposal memory stated) private {
        (stated.periodStart, stated.periodEnd, stated.salt) = (START_2021 + 365, START_2021 + 365 + 364, "again");
        VerificationId id = _propose(stated);
        vm.expectRevert();
        vm.prank(otherOperator);
        projects.acceptVerification(id, HEAD); // the days are taken
        stated.supersedes = earlier;
        id = _propose(stated);
        vm.expectRevert(abi.encodeWithSelector(IProjects.SupersededElsewhere.selector, earlier));
        vm.prank(otherOperator);
        projects.acceptVerification(id, HEAD);
    }
}
