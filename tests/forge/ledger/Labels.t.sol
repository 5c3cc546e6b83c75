// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../../contracts/interfaces/ILabels.sol";
import {IProgrammes} from "../../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {Codes} from "../../../contracts/libraries/Codes.sol";
import {MethodologyId, ProgrammeId, ProjectId} from "../../../contracts/types/Ids.sol";
import {vm} from "./Cheats.sol";
import {LabelsTest} from "./LabelsTest.sol";

/// @dev Who may say what: frameworks and their bodies, hosts, demands, and every entry that a body makes.
contract LabelsGovernanceTest is LabelsTest {
    bytes32 private constant NONE = "CCER";

    // frameworks

    function test_admit_framework_emits_and_stores() external {
        ILabels.Rule memory rule = ILabels.Rule(true, false, ILabels.Use.OtherPurposes, true);
        vm.expectEmit(address(labels));
        emit ILabels.FrameworkAdmitted("CCER", bob, rule);
        labels.admitFramework("CCER", bob, rule);
        ILabels.Framework memory entry = labels.framework("CCER");
        vm.assertEq(entry.body, bob);
        vm.assertEq(entry.admittedAt, block.timestamp);
        vm.assertTrue(entry.rule.byProgramme && !entry.rule.byMethodology && entry.rule.adjusted, "rule");
        vm.assertTrue(entry.rule.use == ILabels.Use.OtherPurposes, "use");
        bytes32[] memory all = labels.labels();
        vm.assertEq(all.length, 4);
        vm.assertEq(all[0], CCP);
        vm.assertEq(all[3], "CCER");
    }

    function test_admit_framework_reverts_when_taken() external {
        vm.expectRevert(abi.encodeWithSelector(ILabels.FrameworkTaken.selector, CCP));
        labels.admitFramework(CCP, bob, ILabels.Rule(false, false, ILabels.Use.None, false));
    }

    function test_admit_framework_reverts_without_a_body() external {
        vm.expectRevert(abi.encodeWithSelector(ILabels.NotBody.selector, NONE, address(0)));
        labels.admitFramework(NONE, address(0), ILabels.Rule(true, true, ILabels.Use.None, false));
    }

    function test_admit_framework_reverts_for_what_is_no_code() external {
        vm.expectRevert(abi.encodeWithSelector(Codes.CodeMalformed.selector, bytes32("ccp")));
        labels.admitFramework("ccp", bob, ILabels.Rule(true, true, ILabels.Use.None, false));
        vm.expectRevert(abi.encodeWithSelector(Codes.CodeMalformed.selector, bytes32(0)));
        labels.admitFramework(0, bob, ILabels.Rule(true, true, ILabels.Use.None, false));
    }

    function test_framework_reverts_when_unknown() external {
        vm.expectRevert(abi.encodeWithSelector(ILabels.FrameworkUnknown.selector, NONE));
        labels.framework(NONE);
    }

    function test_rotate_body_hands_over_at_once() external {
        vm.expectEmit(address(labels));
        emit ILabels.BodyRotated(CCP, icvcm, bob);
        labels.rotateBody(CCP, bob);
        vm.assertEq(labels.framework(CCP).body, bob);
        vm.expectRevert(abi.encodeWithSelector(ILabels.NotBody.selector, CCP, icvcm));
        vm.prank(icvcm);
        labels.approveProgramme(CCP, VCS, anyVintage(), decision());
        vm.prank(bob);
        labels.approveProgramme(CCP, VCS, anyVintage(), decision());
        vm.assertEq(labels.framework(ALL).body, icvcm); // of another framework it stays the body
    }

    /// @dev What the body before it decided stands.
    function test_rotate_body_changes_no_label() external {
        grant(CCP);
        labels.rotateBody(CCP, bob);
        later();
        assertHeld(CCP);
    }

    function test_rotate_body_reverts_for_nobody_the_same_or_an_unknown_framework() external {
        vm.expectRevert(abi.encodeWithSelector(ILabels.NotBody.selector, CCP, address(0)));
        labels.rotateBody(CCP, address(0));
        vm.expectRevert(abi.encodeWithSelector(ILabels.LabelUnchanged.selector, CCP));
        labels.rotateBody(CCP, icvcm);
        vm.expectRevert(abi.encodeWithSelector(ILabels.FrameworkUnknown.selector, NONE));
        labels.rotateBody(NONE, bob);
    }

    // hosts

    function test_set_host_emits_and_stores() external {
        vm.expectEmit(address(labels));
        emit ILabels.HostSet("KE", bob);
        labels.setHost("KE", bob);
        vm.assertEq(labels.hostOf("KE"), bob);
        vm.assertEq(labels.hostOf("ET"), host);
        labels.setHost("KE", address(0));
        vm.assertEq(labels.hostOf("KE"), address(0));
    }

    function test_set_host_hands_over_at_once() external {
        labels.setHost("ET", bob);
        vm.expectRevert(abi.encodeWithSelector(ILabels.NotHost.selector, bytes2("ET"), host));
        vm.prank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(1), listOf(batch), decision());
        vm.prank(bob);
        labels.authorise(project, YEAR, MITIGATION, kg(1), listOf(batch), decision());
    }

    function test_set_host_reverts_when_unchanged_or_no_country() external {
        vm.expectRevert(abi.encodeWithSelector(ILabels.HostUnchanged.selector, bytes2("ET"), host));
        labels.setHost("ET", host);
        vm.expectRevert(abi.encodeWithSelector(ILabels.HostUnchanged.selector, bytes2("KE"), address(0)));
        labels.setHost("KE", address(0));
        vm.expectRevert(abi.encodeWithSelector(Codes.CountryMalformed.selector, bytes2("et")));
        labels.setHost("et", host);
    }

    // demands

    function test_demand_label_emits_and_sets_one_bit() external {
        vm.expectEmit(address(labels));
        emit ILabels.LabelDemanded(ICredits.Purpose.CorsiaPhase1, CORSIA);
        vm.expectEmit(address(credits));
        emit ICredits.PurposesDemandingLabelSet(2);
        labels.demandLabel(ICredits.Purpose.CorsiaPhase1, CORSIA);
        vm.assertEq(labels.demandedLabel(ICredits.Purpose.CorsiaPhase1), CORSIA);
        labels.demandLabel(ICredits.Purpose.Other, CCP);
        vm.assertEq(credits.purposesDemandingLabel(), 2 + 32);
        labels.demandLabel(ICredits.Purpose.CorsiaPhase1, ALL);
        vm.assertEq(credits.purposesDemandingLabel(), 2 + 32);
        labels.demandLabel(ICredits.Purpose.CorsiaPhase1, 0);
        vm.assertEq(credits.purposesDemandingLabel(), 32);
        labels.demandLabel(ICredits.Purpose.Voluntary, 0); // demanded nothing before
        vm.assertEq(credits.purposesDemandingLabel(), 32);
    }

    function test_demand_label_reverts_for_an_unknown_framework() external {
        vm.expectRevert(abi.encodeWithSelector(ILabels.FrameworkUnknown.selector, NONE));
        labels.demandLabel(ICredits.Purpose.Voluntary, NONE);
    }

    function test_a_demand_closes_its_purpose_only() external {
        labels.demandLabel(ICredits.Purpose.Voluntary, CCP);
        bytes memory refusal = _labelMissing(
            ICredits.Purpose.Voluntary, CCP, bit(ILabels.Condition.Programme) | bit(ILabels.Condition.Methodology)
        );
        vm.startPrank(alice);
        vm.expectRevert(refusal);
        credits.retire(lot(batch, 1), alice, alice, ICredits.Purpose.Voluntary, 0);
        vm.expectRevert(refusal);
        credits.retireWithDetails(lot(batch, 1), alice, alice, ICredits.Purpose.Voluntary, "");
        credits.retire(lot(batch, 1), alice, alice, ICredits.Purpose.Other, 0);
        credits.cancel(lot(batch, 1), alice, ICredits.CancellationKind.Voluntary, "");
        vm.stopPrank();
        labels.demandLabel(ICredits.Purpose.Voluntary, 0);
        retire(batch, 1);
    }

    function test_a_demand_opens_with_the_label_and_closes_with_it() external {
        labels.demandLabel(ICredits.Purpose.NationalScheme, CCP);
        approveProgramme(CCP, anyVintage());
        later();
        vm.expectRevert(_labelMissing(ICredits.Purpose.NationalScheme, CCP, bit(ILabels.Condition.Methodology)));
        retireFor(ICredits.Purpose.NationalScheme, batch, 1);
        approveMethodology(CCP, anyVintage());
        vm.expectRevert(_labelMissing(ICredits.Purpose.NationalScheme, CCP, bit(ILabels.Condition.Methodology)));
        retireFor(ICredits.Purpose.NationalScheme, batch, 1);
        later();
        retireFor(ICredits.Purpose.NationalScheme, batch, 1);
        vm.assertTrue(labels.authorisation(project, YEAR).transferred == kg(0), "CCP names no use: no transfer");
        vm.prank(icvcm);
        labels.withdrawMethodology(CCP, methodology, decision());
        retireFor(ICredits.Purpose.NationalScheme, batch, 1); // the withdrawal counts from the next second
        later();
        vm.expectRevert(_labelMissing(ICredits.Purpose.NationalScheme, CCP, bit(ILabels.Condition.Methodology)));
        retireFor(ICredits.Purpose.NationalScheme, batch, 1);
    }

    function test_a_demand_goes_before_the_hosts_own_use() external {
        labels.demandLabel(ICredits.Purpose.HostNdc, CCP);
        toHost(batch, 1);
        vm.expectRevert(
            _labelMissing(
                ICredits.Purpose.HostNdc, CCP, bit(ILabels.Condition.Programme) | bit(ILabels.Condition.Methodology)
            )
        );
        retireForHost(1);
        vm.assertTrue(labels.authorisation(project, YEAR).usedByHost == kg(0), "nothing used");
    }

    /// @dev Authorised, approved, and not yet adjusted for.
    function test_a_demand_names_the_missing_adjustment() external {
        labels.demandLabel(ICredits.Purpose.CorsiaPhase1, CORSIA);
        approveProgramme(CORSIA, anyVintage());
        authorise(MITIGATION, 10_000);
        later();
        vm.expectRevert(_labelMissing(ICredits.Purpose.CorsiaPhase1, CORSIA, bit(ILabels.Condition.Adjustment)));
        retireForCorsia(1);
        retireFor(ICredits.Purpose.CorsiaPhase2, batch, 1); // demands no label
    }

    /// @dev One lot without the label stops the others.
    function test_a_demand_is_made_of_every_lot() external {
        grant(CCP);
        vm.prank(icvcm);
        labels.approveMethodology(CCP, methodology, ILabels.Approval(false, START_2021, END_2021, 0, 0), decision());
        later();
        labels.demandLabel(ICredits.Purpose.Voluntary, CCP);
        retire(batch, 1);
        ICredits.Lot[] memory lots = lotsOf(batch, 1, issuedIn(project, START, END, 2020, 10), 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                ILabels.LabelMissing.selector,
                lots[1].batch,
                ICredits.Purpose.Voluntary,
                CCP,
                bit(ILabels.Condition.MethodologyWindow)
            )
        );
        vm.prank(alice);
        credits.retire(lots, alice, alice, ICredits.Purpose.Voluntary, 0);
    }

    /// @dev What is asked beside the label of a purpose whose label names no use: nothing.
    function test_a_demand_for_corsia_is_made_beside_the_hosts_authorisation() external {
        grant(CCP);
        labels.demandLabel(ICredits.Purpose.CorsiaPhase1, CCP);
        vm.expectRevert(
            abi.encodeWithSelector(ILabels.NotAuthorised.selector, project, YEAR, ILabels.Use.InternationalMitigation)
        );
        retireForCorsia(1);
        authorise(MITIGATION, 10_000);
        later();
        retireForCorsia(1);
    }

    function test_governance_alone_admits_rotates_names_hosts_and_demands() external {
        ILabels.Rule memory rule = ILabels.Rule(true, true, ILabels.Use.None, false);
        expectUnauthorized(icvcm);
        labels.admitFramework(NONE, icvcm, rule);
        expectUnauthorized(icvcm);
        labels.rotateBody(CCP, bob);
        expectUnauthorized(host);
        labels.setHost("ET", bob);
        expectUnauthorized(operator);
        labels.demandLabel(ICredits.Purpose.Voluntary, CCP);
    }

    function test_the_mask_is_set_by_labels_only() external {
        vm.expectRevert(abi.encodeWithSelector(ICredits.OnlyLabels.selector, address(this)));
        credits.setPurposesDemandingLabel(1);
    }

    function test_record_retirement_is_for_credits_only() external {
        vm.expectRevert(abi.encodeWithSelector(ILabels.OnlyCredits.selector, alice));
        vm.prank(alice);
        labels.recordRetirement(batch, ICredits.Purpose.HostNdc, kg(1), host);
    }

    // what a body says

    function test_a_bodys_entries_are_its_own() external {
        address[3] memory strangers = [icao, address(this), operator];
        for (uint256 i; i < strangers.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(ILabels.NotBody.selector, CCP, strangers[i]);
            vm.startPrank(strangers[i]);
            vm.expectRevert(refusal);
            labels.approveProgramme(CCP, VCS, anyVintage(), decision());
            vm.expectRevert(refusal);
            labels.withdrawProgramme(CCP, VCS, decision());
            vm.expectRevert(refusal);
            labels.approveMethodology(CCP, methodology, anyVintage(), decision());
            vm.expectRevert(refusal);
            labels.withdrawMethodology(CCP, methodology, decision());
            vm.expectRevert(refusal);
            labels.setActivityTypeExclusion(CCP, VCS, "AFOLU", true, decision());
            vm.expectRevert(refusal);
            labels.setMethodologyExclusion(CCP, methodology, true, decision());
            vm.expectRevert(refusal);
            labels.setGuarantee(CCP, project, YEAR, true, decision());
            vm.stopPrank();
        }
    }

    function test_a_bodys_entries_need_a_framework() external {
        bytes memory refusal = abi.encodeWithSelector(ILabels.FrameworkUnknown.selector, NONE);
        address[2] memory senders = [address(0), icvcm]; // the body of none, and the body of another
        for (uint256 i; i < 2; ++i) {
            vm.startPrank(senders[i]);
            vm.expectRevert(refusal);
            labels.approveProgramme(NONE, VCS, anyVintage(), decision());
            vm.expectRevert(refusal);
            labels.withdrawProgramme(NONE, VCS, decision());
            vm.expectRevert(refusal);
            labels.approveMethodology(NONE, methodology, anyVintage(), decision());
            vm.expectRevert(refusal);
            labels.withdrawMethodology(NONE, methodology, decision());
            vm.expectRevert(refusal);
            labels.setActivityTypeExclusion(NONE, VCS, "AFOLU", true, decision());
            vm.expectRevert(refusal);
            labels.setMethodologyExclusion(NONE, methodology, true, decision());
            vm.expectRevert(refusal);
            labels.setGuarantee(NONE, project, YEAR, true, decision());
            vm.stopPrank();
        }
    }

    function test_a_bodys_entries_are_in_its_events() external {
        ILabels.Approval memory approval = ILabels.Approval(true, START, END, 9, CORSIA);
        vm.startPrank(icvcm);
        vm.expectEmit(address(labels));
        emit ILabels.ProgrammeApproved(CCP, VCS, approval, decision());
        labels.approveProgramme(CCP, VCS, approval, decision());
        vm.expectEmit(address(labels));
        emit ILabels.ProgrammeApprovalWithdrawn(CCP, VCS, decision());
        labels.withdrawProgramme(CCP, VCS, decision());
        vm.expectEmit(address(labels));
        emit ILabels.MethodologyApproved(CCP, methodology, approval, decision());
        labels.approveMethodology(CCP, methodology, approval, decision());
        vm.expectEmit(address(labels));
        emit ILabels.MethodologyApprovalWithdrawn(CCP, methodology, decision());
        labels.withdrawMethodology(CCP, methodology, decision());
        vm.expectEmit(address(labels));
        emit ILabels.ActivityTypeExclusionSet(CCP, VCS, "AFOLU", true, decision());
        labels.setActivityTypeExclusion(CCP, VCS, "AFOLU", true, decision());
        vm.expectEmit(address(labels));
        emit ILabels.MethodologyExclusionSet(CCP, methodology, true, decision());
        labels.setMethodologyExclusion(CCP, methodology, true, decision());
        vm.expectEmit(address(labels));
        emit ILabels.GuaranteeSet(CCP, project, YEAR, true, decision());
        labels.setGuarantee(CCP, project, YEAR, true, decision());
        vm.stopPrank();
    }

    function test_a_bodys_entries_name_what_is_there() external {
        (ProgrammeId p, MethodologyId m, ProjectId j) = (ProgrammeId.wrap(9), MethodologyId.wrap(9), ProjectId.wrap(9));
        vm.startPrank(icvcm);
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.ProgrammeUnknown.selector, p));
        labels.approveProgramme(CCP, p, anyVintage(), decision());
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.MethodologyUnknown.selector, m));
        labels.approveMethodology(CCP, m, anyVintage(), decision());
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.ProgrammeUnknown.selector, p));
        labels.setActivityTypeExclusion(CCP, p, "AFOLU", true, decision());
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.MethodologyUnknown.selector, m));
        labels.setMethodologyExclusion(CCP, m, true, decision());
        vm.expectRevert(abi.encodeWithSelector(IProjects.ProjectUnknown.selector, j));
        labels.setGuarantee(CCP, j, YEAR, true, decision());
        vm.expectRevert(abi.encodeWithSelector(Codes.CodeMalformed.selector, bytes32("afolu")));
        labels.setActivityTypeExclusion(CCP, VCS, "afolu", true, decision());
        vm.stopPrank();
    }

    function test_approve_reverts_when_the_window_is_reversed() external {
        ILabels.Approval memory approval = ILabels.Approval(false, END, START, 0, 0);
        bytes memory refusal = abi.encodeWithSelector(ILabels.WindowInvalid.selector, END, START);
        vm.startPrank(icvcm);
        vm.expectRevert(refusal);
        labels.approveProgramme(CCP, VCS, approval, decision());
        vm.expectRevert(refusal);
        labels.approveMethodology(CCP, methodology, approval, decision());
        vm.stopPrank();
    }

    function test_approve_reverts_when_a_condition_has_no_document() external {
        ILabels.Approval memory approval = ILabels.Approval(true, START, END, 0, 0);
        ILabels.Decision memory bare = ILabels.Decision(0, 20_500, "");
        vm.startPrank(icvcm);
        vm.expectRevert(abi.encodeWithSelector(ILabels.ConditionMissing.selector, CCP));
        labels.approveProgramme(CCP, VCS, approval, bare);
        vm.expectRevert(abi.encodeWithSelector(ILabels.ConditionMissing.selector, CCP));
        labels.approveMethodology(CCP, methodology, approval, bare);
        approval.conditional = false;
        labels.approveProgramme(CCP, VCS, approval, bare); // without a condition none is asked for
        vm.stopPrank();
    }

    function test_approve_reverts_when_it_recognises_an_unknown_label() external {
        ILabels.Approval memory approval = ILabels.Approval(false, START, END, 0, NONE);
        vm.startPrank(icvcm);
        vm.expectRevert(abi.encodeWithSelector(ILabels.FrameworkUnknown.selector, NONE));
        labels.approveProgramme(CCP, VCS, approval, decision());
        vm.expectRevert(abi.encodeWithSelector(ILabels.FrameworkUnknown.selector, NONE));
        labels.approveMethodology(CCP, methodology, approval, decision());
        vm.stopPrank();
    }

    function test_entries_that_change_nothing_are_refused() external {
        bytes memory refusal = abi.encodeWithSelector(ILabels.LabelUnchanged.selector, CCP);
        vm.startPrank(icvcm);
        vm.expectRevert(refusal);
        labels.withdrawProgramme(CCP, VCS, decision());
        vm.expectRevert(refusal);
        labels.withdrawMethodology(CCP, methodology, decision());
        labels.approveProgramme(CCP, VCS, anyVintage(), decision());
        labels.withdrawProgramme(CCP, VCS, decision());
        vm.expectRevert(refusal);
        labels.withdrawProgramme(CCP, VCS, decision());
        labels.approveMethodology(CCP, methodology, anyVintage(), decision());
        labels.withdrawMethodology(CCP, methodology, decision());
        vm.expectRevert(refusal);
        labels.withdrawMethodology(CCP, methodology, decision());
        for (uint256 i; i < 2; ++i) {
            bool set = i == 1;
            if (set) {
                labels.setActivityTypeExclusion(CCP, VCS, "AFOLU", true, decision());
                labels.setMethodologyExclusion(CCP, methodology, true, decision());
                labels.setGuarantee(CCP, project, YEAR, true, decision());
            }
            vm.expectRevert(refusal);
            labels.setActivityTypeExclusion(CCP, VCS, "AFOLU", set, decision());
            vm.expectRevert(refusal);
            labels.setMethodologyExclusion(CCP, methodology, set, decision());
            vm.expectRevert(refusal);
            labels.setGuarantee(CCP, project, YEAR, set, decision());
        }
        vm.stopPrank();
    }

    function _labelMissing(ICredits.Purpose purpose, bytes32 label, uint16 missing)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeWithSelector(ILabels.LabelMissing.selector, batch, purpose, label, missing);
    }
}
