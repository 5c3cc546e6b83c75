// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../../contracts/interfaces/ILabels.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {BatchId, MethodologyId, ProjectId} from "../../../contracts/types/Ids.sol";
import {vm} from "./Cheats.sol";
import {LabelsTest} from "./LabelsTest.sol";

/// @dev What `conditions`, `hasLabel` and `labelsAt` answer: each condition alone, and when entries begin to count.
contract LabelConditionsTest is LabelsTest {
    // each condition alone: the framework `ALL` asks everything, and has all of it but one

    function test_everything_is_met() external {
        grant(ALL);
        assertHeld(ALL);
        (, bool conditional) = labels.conditions(batch, ALL, time());
        vm.assertTrue(!conditional, "unconditional");
    }

    function test_framework_missing() external view {
        vm.assertEq(missingAt("CCER", time()), bit(ILabels.Condition.Framework));
        vm.assertTrue(!labels.hasLabel(batch, "CCER", time()), "not held");
    }

    function test_framework_counts_from_the_second_after_it_was_admitted() external {
        later();
        labels.admitFramework("CCER", bob, ILabels.Rule(false, false, ILabels.Use.None, false));
        uint48 admitted = time();
        vm.assertEq(missingAt("CCER", admitted), bit(ILabels.Condition.Framework));
        vm.assertEq(missingAt("CCER", later()), 0); // it asks nothing
        vm.assertEq(missingAt("CCER", admitted), bit(ILabels.Condition.Framework));
    }

    function test_issued_missing_before_the_batch() external {
        grant(CCP);
        later();
        BatchId young = issuedFromNorth(10);
        (uint16 missing,) = labels.conditions(young, CCP, time());
        vm.assertEq(missing, 0); // held from the second of its issuance on
        (missing,) = labels.conditions(young, CCP, time() - 1);
        vm.assertEq(missing, bit(ILabels.Condition.Issued));
        vm.assertTrue(!labels.hasLabel(young, CCP, time() - 1), "not on chain yet");
    }

    /// @dev F3 turned round: the label is of the batches that the letter names, from the second after it on (I9).
    function test_authorisation_missing_for_a_batch_that_no_letter_names() external {
        grant(ALL);
        BatchId young = issuedFromNorth(10);
        (uint16 missing,) = labels.conditions(young, ALL, time());
        vm.assertEq(missing, bit(ILabels.Condition.Authorisation));
        uint48 before = time();
        vm.prank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(10_000), listOf(batch, young), decision());
        (missing,) = labels.conditions(young, ALL, before);
        vm.assertEq(missing, bit(ILabels.Condition.Authorisation));
        later();
        (missing,) = labels.conditions(young, ALL, time());
        vm.assertEq(missing, 0);
        vm.prank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(10_000), listOf(batch, young), decision());
        later();
        (missing,) = labels.conditions(young, ALL, before + 1);
        vm.assertEq(missing, 0); // the letter of that second named it, whatever named it since
    }

    function test_programme_missing() external {
        grant(ALL);
        vm.prank(icvcm);
        labels.withdrawProgramme(ALL, VCS, decision());
        later();
        assertMissing(ALL, ILabels.Condition.Programme);
    }

    function test_methodology_missing() external {
        grant(ALL);
        vm.prank(icvcm);
        labels.withdrawMethodology(ALL, methodology, decision());
        later();
        assertMissing(ALL, ILabels.Condition.Methodology);
    }

    /// @dev Another version of the methodology is another methodology.
    function test_methodology_approval_is_for_its_version() external {
        vm.prank(operator);
        MethodologyId next = programmes.registerMethodology("VM0042", "2.2", 0, 0);
        approveProgramme(CCP, anyVintage());
        vm.prank(icvcm);
        labels.approveMethodology(CCP, next, anyVintage(), decision());
        later();
        assertMissing(CCP, ILabels.Condition.Methodology);
    }

    function test_activity_type_excluded() external {
        grant(ALL);
        _excludeType("AFOLU", true);
        later();
        assertMissing(ALL, ILabels.Condition.Exclusion);
        _excludeType("AFOLU", false);
        later();
        assertHeld(ALL);
    }

    /// @dev Registered without one, a project escapes no exclusion.
    function test_no_activity_type_excluded() external {
        IProjects.Registration memory plain = registration("1399", "LAKE-ABAYA");
        plain.activityType = 0;
        vm.prank(operator);
        BatchId id = issuedIn(projects.registerProject(plain), START_2021, END_2021, YEAR, 1);
        approveProgramme(CCP, anyVintage());
        approveMethodology(CCP, anyVintage());
        vm.prank(icvcm);
        labels.setActivityTypeExclusion(CCP, VCS, 0, true, decision());
        vm.assertTrue(!labels.hasLabel(id, CCP, later()), "excluded");
        vm.assertTrue(labels.hasLabel(batch, CCP, time()), "of a type");
    }

    function test_another_programmes_or_labels_or_types_exclusion_is_not_this_ones() external {
        grant(ALL);
        admitOther();
        vm.startPrank(icvcm);
        labels.setActivityTypeExclusion(ALL, GS, "AFOLU", true, decision());
        labels.setActivityTypeExclusion(ALL, VCS, "ENERGY", true, decision());
        labels.setActivityTypeExclusion(CCP, VCS, "AFOLU", true, decision());
        labels.setMethodologyExclusion(CCP, methodology, true, decision());
        vm.stopPrank();
        later();
        assertHeld(ALL);
    }

    function test_methodology_excluded() external {
        grant(ALL);
        _excludeMethodology(true);
        later();
        assertMissing(ALL, ILabels.Condition.Exclusion);
        _excludeMethodology(false);
        later();
        assertHeld(ALL);
    }

    function test_authorisation_missing() external {
        _grantGuaranteed();
        revoke();
        later();
        assertMissing(ALL, ILabels.Condition.Authorisation);
        authorise(NDC | OTHER, 10_000); // not the use that the framework asks for
        later();
        assertMissing(ALL, ILabels.Condition.Authorisation);
        authorise(NDC | MITIGATION, 10_000);
        later();
        assertHeld(ALL);
    }

    function test_adjustment_missing() external {
        approveProgramme(ALL, anyVintage());
        approveMethodology(ALL, anyVintage());
        authorise(MITIGATION, 10_000);
        later();
        assertMissing(ALL, ILabels.Condition.Adjustment);
        adjust();
        later();
        assertHeld(ALL);
    }

    function test_guarantee_stands_in_for_the_adjustment() external {
        approveProgramme(ALL, anyVintage());
        approveMethodology(ALL, anyVintage());
        authorise(MITIGATION, 10_000);
        setGuarantee(CORSIA, true); // another framework's
        later();
        assertMissing(ALL, ILabels.Condition.Adjustment);
        setGuarantee(ALL, true);
        later();
        assertHeld(ALL);
        setGuarantee(ALL, false);
        later();
        assertMissing(ALL, ILabels.Condition.Adjustment);
        setGuarantee(ALL, true);
        adjust();
        later();
        setGuarantee(ALL, false); // the adjustment is for ever
        later();
        assertHeld(ALL);
    }

    function test_a_guarantee_is_nothing_to_a_label_that_asks_for_no_adjustment() external {
        setGuarantee(CCP, true);
        later();
        _assertNoTick(CCP);
    }

    function test_another_projects_or_years_authorisation_is_not_this_ones() external {
        approveProgramme(CORSIA, anyVintage());
        (ProjectId other, BatchId elsewhere) = issuedElsewhere();
        BatchId older = issuedIn(project, START_2021 + 365, START_2021 + 729, 2022, 10);
        vm.startPrank(host);
        labels.authorise(other, YEAR, MITIGATION, kg(1), listOf(elsewhere), decision());
        labels.recordAdjustment(other, YEAR, decision());
        labels.authorise(project, 2022, MITIGATION, kg(1), listOf(older), decision());
        labels.recordAdjustment(project, 2022, decision());
        vm.stopPrank();
        later();
        vm.assertEq(missingAt(CORSIA, time()), bit(ILabels.Condition.Authorisation) | bit(ILabels.Condition.Adjustment));
        vm.assertTrue(labels.hasLabel(elsewhere, CORSIA, time()) && labels.hasLabel(older, CORSIA, time()), "theirs");
    }

    /// @dev Before 2021 no first NDC counts them: neither authorisation nor adjustment is asked.
    function test_vintages_before_2021_need_no_host() external {
        approveProgramme(CORSIA, anyVintage());
        BatchId old = issuedIn(project, START, END, 2020, 10);
        vm.assertTrue(!labels.hasLabel(old, CORSIA, time()), "from the next second on");
        later();
        vm.assertTrue(labels.hasLabel(old, CORSIA, time()), "held");
        vm.assertEq(missingAt(CORSIA, time()), bit(ILabels.Condition.Authorisation) | bit(ILabels.Condition.Adjustment));
    }

    function test_everything_missing_is_named_at_once() external {
        _excludeType("AFOLU", true);
        later();
        uint16 missing = bit(ILabels.Condition.Programme) | bit(ILabels.Condition.Methodology)
            | bit(ILabels.Condition.Exclusion) | bit(ILabels.Condition.Authorisation)
            | bit(ILabels.Condition.Adjustment);
        vm.assertEq(missingAt(ALL, time()), missing);
    }

    /// @dev A framework asks only what its rule says.
    function test_a_rule_asks_only_what_it_says() external {
        labels.admitFramework("P", icvcm, ILabels.Rule(true, false, ILabels.Use.None, true));
        labels.admitFramework("M", icvcm, ILabels.Rule(false, true, ILabels.Use.None, false));
        labels.admitFramework("U", icvcm, ILabels.Rule(false, false, ILabels.Use.Ndc, false));
        later();
        vm.assertEq(missingAt("P", time()), bit(ILabels.Condition.Programme)); // no use, so nothing to adjust
        vm.assertEq(missingAt("M", time()), bit(ILabels.Condition.Methodology));
        vm.assertEq(missingAt("U", time()), bit(ILabels.Condition.Authorisation));
        authorise(NDC, 1);
        later();
        vm.assertEq(missingAt("U", time()), 0);
    }

    // windows: a batch of 2021, of a project whose first crediting period starts on day 17,000

    function test_programme_window_at_both_edges() external {
        approveMethodology(CCP, anyVintage());
        uint16 outside = bit(ILabels.Condition.ProgrammeWindow);
        _programmeWindow(START_2021, END_2021, 17_000, 0);
        _programmeWindow(START_2021 + 1, END_2021, 17_000, outside);
        _programmeWindow(START_2021, END_2021 - 1, 17_000, outside);
        _programmeWindow(START_2021, END_2021, 17_001, outside);
        _programmeWindow(0, type(uint32).max, 0, 0);
        _programmeWindow(END_2021, END_2021, 0, outside);
    }

    function test_methodology_window_at_both_edges() external {
        approveProgramme(CCP, anyVintage());
        uint16 outside = bit(ILabels.Condition.MethodologyWindow);
        _methodologyWindow(START_2021, END_2021, 17_000, 0);
        _methodologyWindow(START_2021 + 1, END_2021, 17_000, outside);
        _methodologyWindow(START_2021, END_2021 - 1, 17_000, outside);
        _methodologyWindow(START_2021, END_2021, 17_001, outside);
        _methodologyWindow(0, type(uint32).max, 0, 0);
        _methodologyWindow(START_2021, START_2021, 0, outside);
    }

    /// @dev Whatever the window, its fields don't run into each other.
    function testFuzz_window_fields_stay_apart(uint32 start, uint32 end, uint32 crediting, bool conditional) external {
        if (start > end) (start, end) = (end, start);
        approveMethodology(CCP, anyVintage());
        approveProgramme(CCP, ILabels.Approval(conditional, start, end, crediting, CORSIA));
        later();
        (uint16 missing, bool under) = labels.conditions(batch, CCP, time());
        bool inside = start <= START_2021 && END_2021 <= end && crediting <= 17_000;
        vm.assertEq(missing, inside ? 0 : bit(ILabels.Condition.ProgrammeWindow));
        vm.assertEq(under, conditional);
    }

    // conditional approvals and recognition

    function test_a_conditional_approval_counts_and_says_so() external {
        ILabels.Approval memory under = ILabels.Approval(true, 0, type(uint32).max, 0, 0);
        for (uint256 i; i < 4; ++i) {
            approveProgramme(CCP, i & 1 == 0 ? anyVintage() : under);
            approveMethodology(CCP, i & 2 == 0 ? anyVintage() : under);
            later();
            (uint16 missing, bool conditional) = labels.conditions(batch, CCP, time());
            vm.assertEq(missing, 0);
            vm.assertEq(conditional, i != 0);
        }
    }

    /// @dev An approval in the place of another: whether it was conditional is read from the past, too.
    function test_a_condition_of_the_past_stands() external {
        approveMethodology(CCP, anyVintage());
        approveProgramme(CCP, ILabels.Approval(true, 0, type(uint32).max, 0, 0));
        uint48 second = later();
        approveProgramme(CCP, anyVintage());
        later();
        (uint16 missing, bool conditional) = labels.conditions(batch, CCP, second);
        vm.assertTrue(missing == 0 && conditional, "then");
        (missing, conditional) = labels.conditions(batch, CCP, time());
        vm.assertTrue(missing == 0 && !conditional, "now");
    }

    function test_a_recognition_is_an_approval_and_the_bodys_own() external {
        grant(CORSIA);
        _assertNoTick(CCP);
        approveProgramme(CCP, ILabels.Approval(false, 0, type(uint32).max, 0, CORSIA));
        approveMethodology(CCP, ILabels.Approval(false, 0, type(uint32).max, 0, ALL));
        later();
        assertHeld(CCP);
        vm.prank(icao);
        labels.withdrawProgramme(CORSIA, VCS, decision());
        later();
        assertHeld(CCP); // what its source does later is information only
    }

    // no backdating (I9)

    function test_an_entry_counts_from_the_next_second_and_never_before() external {
        approveMethodology(CCP, anyVintage());
        uint48 before = later();
        uint48 made = later();
        approveProgramme(CCP, anyVintage());
        vm.assertEq(missingAt(CCP, made), bit(ILabels.Condition.Programme));
        uint48 next = later();
        vm.assertEq(missingAt(CCP, next), 0);
        vm.assertEq(missingAt(CCP, made), bit(ILabels.Condition.Programme));
        vm.assertEq(missingAt(CCP, before), bit(ILabels.Condition.Programme));
        vm.prank(icvcm);
        labels.withdrawProgramme(CCP, VCS, decision());
        vm.assertEq(missingAt(CCP, next), 0);
        vm.assertEq(missingAt(CCP, later()), bit(ILabels.Condition.Programme));
        approveProgramme(CCP, ILabels.Approval(false, 0, START, 0, 0));
        uint48 last = later();
        vm.assertEq(missingAt(CCP, last), bit(ILabels.Condition.ProgrammeWindow));
        vm.assertEq(missingAt(CCP, last - 1), bit(ILabels.Condition.Programme));
        vm.assertEq(missingAt(CCP, next), 0);
        vm.assertEq(missingAt(CCP, made), bit(ILabels.Condition.Programme));
    }

    /// @dev The day that a decision names moves nothing.
    function test_the_day_of_the_decision_is_information_only() external {
        approveMethodology(CCP, anyVintage());
        uint48 made = later();
        vm.prank(icvcm);
        labels.approveProgramme(CCP, VCS, anyVintage(), ILabels.Decision("document", 1, ""));
        vm.assertEq(missingAt(CCP, made), bit(ILabels.Condition.Programme));
        later();
        vm.prank(icvcm);
        labels.approveProgramme(
            CCP, VCS, anyVintage(), ILabels.Decision("document", uint32(block.timestamp / 1 days) + 900, "")
        );
        vm.assertEq(missingAt(CCP, later()), 0);
    }

    function test_two_entries_in_one_second_count_as_the_last() external {
        approveMethodology(CCP, anyVintage());
        approveProgramme(CCP, anyVintage());
        vm.prank(icvcm);
        labels.withdrawProgramme(CCP, VCS, decision());
        later();
        assertMissing(CCP, ILabels.Condition.Programme);
        approveProgramme(CCP, anyVintage());
        approveProgramme(CCP, ILabels.Approval(false, 0, START, 0, 0));
        later();
        assertMissing(CCP, ILabels.Condition.ProgrammeWindow);
        approveProgramme(CCP, anyVintage());
        _excludeMethodologyOf(CCP, true);
        _excludeMethodologyOf(CCP, false);
        later();
        assertHeld(CCP);
    }

    /// @dev Every kind of entry: nothing at its own second, all of it at the next.
    function test_every_entry_waits_for_the_next_second() external {
        _grantGuaranteed();
        uint48 before = time();
        _excludeType("AFOLU", true);
        vm.assertEq(missingAt(ALL, before), 0);
        later();
        _excludeType("AFOLU", false);
        vm.assertEq(missingAt(ALL, time()), bit(ILabels.Condition.Exclusion));
        later();
        _excludeMethodology(true);
        vm.assertEq(missingAt(ALL, time()), 0);
        later();
        _excludeMethodology(false);
        vm.assertEq(missingAt(ALL, time()), bit(ILabels.Condition.Exclusion));
        later();
        revoke();
        vm.assertEq(missingAt(ALL, time()), 0);
        later();
        authorise(MITIGATION, 10_000);
        vm.assertEq(missingAt(ALL, time()), bit(ILabels.Condition.Authorisation));
        later();
        vm.assertEq(missingAt(ALL, time()), 0);
        vm.assertEq(missingAt(ALL, before), 0);
    }

    /// @dev What the host said at each second, though it said otherwise since.
    function test_past_authorisations_are_read_from_history() external {
        _grantGuaranteed();
        uint48 first = time();
        authorise(NDC, 10_000);
        uint48 second = later();
        revoke();
        uint48 third = later();
        authorise(MITIGATION, 10_000);
        uint48 fourth = later();
        revoke();
        later();
        uint16 missing = bit(ILabels.Condition.Authorisation);
        vm.assertEq(missingAt(ALL, first), 0);
        vm.assertEq(missingAt(ALL, second), missing);
        vm.assertEq(missingAt(ALL, third), missing);
        vm.assertEq(missingAt(ALL, fourth), 0);
        vm.assertEq(missingAt(ALL, time()), missing);
    }

    function test_adjustment_and_guarantee_wait_for_the_next_second() external {
        approveProgramme(ALL, anyVintage());
        approveMethodology(ALL, anyVintage());
        authorise(MITIGATION, 10_000);
        later();
        setGuarantee(ALL, true);
        vm.assertEq(missingAt(ALL, time()), bit(ILabels.Condition.Adjustment));
        later();
        setGuarantee(ALL, false);
        vm.assertEq(missingAt(ALL, time()), 0);
        later();
        adjust();
        vm.assertEq(missingAt(ALL, time()), bit(ILabels.Condition.Adjustment));
        later();
        assertHeld(ALL);
    }

    /// @dev What a batch held when it was retired is read for ever, whatever was withdrawn since.
    function test_the_label_of_a_retirement_stays() external {
        grant(CCP);
        labels.demandLabel(ICredits.Purpose.Voluntary, CCP);
        uint48 retired = credits.retirement(retire(batch, 1)).time;
        vm.prank(icvcm);
        labels.withdrawProgramme(CCP, VCS, decision());
        vm.warp(block.timestamp + 365 days);
        vm.assertTrue(labels.hasLabel(batch, CCP, retired), "then");
        vm.assertTrue(!labels.hasLabel(batch, CCP, time()), "and no longer");
    }

    // the views

    function test_labels_at_lists_what_is_held() external {
        vm.assertEq(labels.labelsAt(batch, time()).length, 0);
        uint48 before = time();
        grant(CORSIA);
        _grantTicks(CCP);
        bytes32[] memory held = labels.labelsAt(batch, time());
        vm.assertEq(held.length, 2);
        vm.assertEq(held[0], CCP);
        vm.assertEq(held[1], CORSIA);
        vm.assertEq(labels.labelsAt(batch, before).length, 0);
        vm.prank(icvcm);
        labels.withdrawProgramme(CCP, VCS, decision());
        later();
        held = labels.labelsAt(batch, time());
        vm.assertEq(held.length, 1);
        vm.assertEq(held[0], CORSIA);
    }

    function test_views_revert_for_the_future() external {
        uint48 next = time() + 1;
        bytes memory refusal = abi.encodeWithSelector(ILabels.LabelTimeNotPast.selector, next);
        vm.expectRevert(refusal);
        labels.hasLabel(batch, CCP, next);
        vm.expectRevert(refusal);
        labels.conditions(batch, CCP, next);
        vm.expectRevert(refusal);
        labels.labelsAt(batch, next);
        vm.expectRevert(abi.encodeWithSelector(ILabels.LabelTimeNotPast.selector, type(uint48).max));
        labels.hasLabel(batch, CCP, type(uint48).max);
    }

    function test_views_revert_for_unknown_batches() external {
        BatchId none = BatchId.wrap(9);
        bytes memory refusal = abi.encodeWithSelector(ICredits.BatchUnknown.selector, none);
        vm.expectRevert(refusal);
        labels.hasLabel(none, CCP, 1);
        vm.expectRevert(refusal);
        labels.conditions(none, CCP, 1);
        vm.expectRevert(refusal);
        labels.labelsAt(none, 1);
    }

    function test_at_the_first_second_of_all_nothing_was() external view {
        vm.assertEq(missingAt(CCP, 0), bit(ILabels.Condition.Framework));
        vm.assertEq(labels.labelsAt(batch, 0).length, 0);
    }

    /// @dev With a guarantee in place of the adjustment, after which nothing could be revoked.
    function _grantGuaranteed() private {
        approveProgramme(ALL, anyVintage());
        approveMethodology(ALL, anyVintage());
        authorise(MITIGATION, 10_000);
        setGuarantee(ALL, true);
        later();
    }

    function _grantTicks(bytes32 label) private {
        approveProgramme(label, anyVintage());
        approveMethodology(label, anyVintage());
        later();
    }

    function _assertNoTick(bytes32 label) private view {
        vm.assertEq(missingAt(label, time()), bit(ILabels.Condition.Programme) | bit(ILabels.Condition.Methodology));
    }

    function _programmeWindow(uint32 start, uint32 end, uint32 crediting, uint16 missing) private {
        approveProgramme(CCP, ILabels.Approval(false, start, end, crediting, 0));
        later();
        vm.assertEq(missingAt(CCP, time()), missing);
    }

    function _methodologyWindow(uint32 start, uint32 end, uint32 crediting, uint16 missing) private {
        approveMethodology(CCP, ILabels.Approval(false, start, end, crediting, 0));
        later();
        vm.assertEq(missingAt(CCP, time()), missing);
    }

    function _excludeType(bytes32 activityType, bool excluded) private {
        vm.prank(icvcm);
        labels.setActivityTypeExclusion(ALL, VCS, activityType, excluded, decision());
    }

    function _excludeMethodology(bool excluded) private {
        _excludeMethodologyOf(ALL, excluded);
    }

    function _excludeMethodologyOf(bytes32 label, bool excluded) private {
        vm.prank(icvcm);
        labels.setMethodologyExclusion(label, methodology, excluded, decision());
    }

    // composed methodologies

    /// @dev A tick must hold for every part, and what excludes a part excludes the whole.
    function test_a_composed_methodology_holds_what_all_of_its_parts_hold() external {
        vm.startPrank(operator);
        MethodologyId[] memory parts = new MethodologyId[](2);
        parts[0] = programmes.registerMethodology("PART-A", "1.0", 0, 0);
        parts[1] = programmes.registerMethodology("PART-B", "1.0", 0, 0);
        methodology = programmes.registerComposedMethodology("COMPOSED", "1.0", parts);
        vm.stopPrank();
        BatchId id = issuedIn(project, END_2021 + 1, END_2021 + 365, 2022, 1);
        approveProgramme(CCP, anyVintage());
        vm.startPrank(icvcm);
        labels.approveMethodology(CCP, parts[0], anyVintage(), decision());
        vm.stopPrank();
        later();
        _assertMissing(id, bit(ILabels.Condition.Methodology), false);
        ILabels.Approval memory narrow = anyVintage();
        (narrow.conditional, narrow.vintageEnd) = (true, END_2021);
        vm.prank(icvcm);
        labels.approveMethodology(CCP, parts[1], narrow, decision());
        later();
        _assertMissing(id, bit(ILabels.Condition.MethodologyWindow), true);
        narrow.vintageEnd = END_2021 + 365;
        vm.prank(icvcm);
        labels.approveMethodology(CCP, parts[1], narrow, decision());
        later();
        _assertMissing(id, 0, true);
        vm.prank(icvcm);
        labels.setMethodologyExclusion(CCP, parts[1], true, decision());
        later();
        _assertMissing(id, bit(ILabels.Condition.Exclusion), true);
    }

    /// @dev Also for a label that asks for no tick of the methodology.
    function test_an_excluded_part_excludes_where_no_tick_is_asked() external {
        vm.startPrank(operator);
        MethodologyId[] memory parts = new MethodologyId[](2);
        parts[0] = programmes.registerMethodology("PART-A", "1.0", 0, 0);
        parts[1] = programmes.registerMethodology("PART-B", "1.0", 0, 0);
        methodology = programmes.registerComposedMethodology("COMPOSED", "1.0", parts);
        vm.stopPrank();
        BatchId id = issuedIn(project, START, END, 2020, 1); // needs no host
        approveProgramme(CORSIA, anyVintage());
        later();
        vm.assertTrue(labels.hasLabel(id, CORSIA, time()), "held");
        vm.prank(icao);
        labels.setMethodologyExclusion(CORSIA, parts[0], true, decision());
        later();
        vm.assertTrue(!labels.hasLabel(id, CORSIA, time()), "excluded");
    }

    function test_a_composed_methodology_has_no_entry_of_its_own() external {
        vm.startPrank(operator);
        MethodologyId[] memory parts = new MethodologyId[](2);
        parts[0] = programmes.registerMethodology("PART-A", "1.0", 0, 0);
        parts[1] = programmes.registerMethodology("PART-B", "1.0", 0, 0);
        MethodologyId composed = programmes.registerComposedMethodology("COMPOSED", "1.0", parts);
        vm.stopPrank();
        bytes memory refusal = abi.encodeWithSelector(ILabels.MethodologyComposed.selector, composed);
        vm.startPrank(icvcm);
        vm.expectRevert(refusal);
        labels.approveMethodology(CCP, composed, anyVintage(), decision());
        vm.expectRevert(refusal);
        labels.setMethodologyExclusion(CCP, composed, true, decision());
        vm.stopPrank();
    }

    function _assertMissing(BatchId id, uint16 expected, bool under) private view {
        (uint16 missing, bool conditional) = labels.conditions(id, CCP, time());
        vm.assertEq(missing, expected);
        vm.assertEq(conditional, under);
    }
}
