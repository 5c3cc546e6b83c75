// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../../contracts/interfaces/ILabels.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {BatchId, ProjectId} from "../../../contracts/types/Ids.sol";
import {vm} from "./Cheats.sol";
import {LabelsTest} from "./LabelsTest.sol";

/// @dev Article 6, per project and vintage year: authorised, transferred, used by the host, revoked (I8).
contract AuthorisationsTest is LabelsTest {
    // authorise

    function test_authorise_emits_and_stores() external {
        vm.expectEmit(address(labels));
        emit ILabels.Authorised(project, YEAR, MITIGATION | NDC, kg(4000), listOf(batch), decision());
        authorise(MITIGATION | NDC, 4000);
        _assertState(MITIGATION | NDC, 4000, 0, 0);
        vm.assertEq(labels.authorisation(project, 2022).uses, 0);
    }

    function test_authorise_replaces_what_was_authorised() external {
        authorise(MITIGATION | NDC, 4000);
        later();
        authorise(OTHER, 10_000); // nothing was transferred: all may change
        _assertState(OTHER, 10_000, 0, 0);
        authorise(OTHER, 1);
        _assertState(OTHER, 1, 0, 0);
    }

    function test_authorise_reverts_for_anyone_but_the_host() external {
        address[4] memory strangers = [icao, operator, alice, address(this)];
        for (uint256 i; i < strangers.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(ILabels.NotHost.selector, bytes2("ET"), strangers[i]);
            vm.startPrank(strangers[i]);
            vm.expectRevert(refusal);
            labels.authorise(project, YEAR, MITIGATION, kg(1), listOf(batch), decision());
            vm.expectRevert(refusal);
            labels.revoke(project, YEAR, decision());
            vm.expectRevert(refusal);
            labels.recordAdjustment(project, YEAR, decision());
            vm.stopPrank();
        }
    }

    function test_authorise_reverts_for_another_countrys_host_and_where_there_is_none() external {
        labels.setHost("KE", bob);
        vm.expectRevert(abi.encodeWithSelector(ILabels.NotHost.selector, bytes2("ET"), bob));
        vm.prank(bob);
        labels.authorise(project, YEAR, MITIGATION, kg(1), listOf(batch), decision());
        labels.setHost("ET", address(0));
        vm.expectRevert(abi.encodeWithSelector(ILabels.NotHost.selector, bytes2("ET"), host));
        authorise(MITIGATION, 1);
    }

    function test_authorise_reverts_for_unknown_projects() external {
        vm.expectRevert(abi.encodeWithSelector(IProjects.ProjectUnknown.selector, ProjectId.wrap(9)));
        vm.prank(host);
        labels.authorise(ProjectId.wrap(9), YEAR, MITIGATION, kg(1), listOf(batch), decision());
    }

    function test_authorise_reverts_for_no_use_and_for_uses_that_are_none() external {
        uint8[5] memory wrong = [0, 1, 16, 255, MITIGATION | 1];
        for (uint256 i; i < wrong.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ILabels.UsesInvalid.selector, wrong[i]));
            authorise(wrong[i], 1000);
        }
        authorise(MITIGATION | NDC | OTHER, 1000);
    }

    function test_authorise_reverts_before_2021() external {
        BatchId old = issuedIn(project, START, END, 2020, 1);
        vm.expectRevert(abi.encodeWithSelector(ILabels.VintageBeforeNdc.selector, project, uint16(2020)));
        vm.prank(host);
        labels.authorise(project, 2020, MITIGATION, kg(1), listOf(old), decision());
    }

    // the cap and its batches

    function test_authorise_up_to_what_the_batches_were_issued_with() external {
        _refusesCap(10_001, 10_000);
        _refusesCap(type(uint48).max, 10_000);
        vm.expectRevert(abi.encodeWithSelector(ILabels.AuthorisationEmpty.selector, project, YEAR));
        authorise(MITIGATION, 0);
        authorise(MITIGATION, 10_000);
        authorise(MITIGATION, 1);
    }

    function test_authorise_adds_the_batches_up() external {
        BatchId second = _second();
        BatchId[] memory both = listOf(batch, second);
        bytes memory refusal =
            abi.encodeWithSelector(ILabels.CapAboveIssued.selector, project, YEAR, kg(17_001), kg(17_000));
        vm.startPrank(host);
        vm.expectRevert(refusal);
        labels.authorise(project, YEAR, MITIGATION, kg(17_001), both, decision());
        labels.authorise(project, YEAR, MITIGATION, kg(17_000), both, decision());
        vm.expectRevert(abi.encodeWithSelector(ILabels.CapAboveIssued.selector, project, YEAR, kg(7001), kg(7000)));
        labels.authorise(project, YEAR, MITIGATION, kg(7001), listOf(second), decision());
        vm.stopPrank();
    }

    function test_authorise_reverts_without_batches() external {
        vm.expectRevert(abi.encodeWithSelector(ILabels.CapAboveIssued.selector, project, YEAR, kg(1), kg(0)));
        vm.prank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(1), new BatchId[](0), decision());
    }

    function test_authorise_reverts_for_batches_twice_or_out_of_order() external {
        BatchId second = _second();
        bytes memory refusal = abi.encodeWithSelector(ILabels.BatchesNotAscending.selector, batch);
        _refusesBatches(listOf(batch, batch), refusal);
        _refusesBatches(listOf(second, batch), refusal);
    }

    function test_authorise_reverts_for_batches_of_another_project_or_year() external {
        (, BatchId elsewhere) = issuedElsewhere();
        BatchId old = issuedIn(project, START, END, 2020, 1);
        _refusesBatches(listOf(elsewhere), _ofOtherYear(elsewhere));
        _refusesBatches(listOf(batch, elsewhere), _ofOtherYear(elsewhere));
        _refusesBatches(listOf(batch, old), _ofOtherYear(old));
    }

    function test_authorise_reverts_for_unknown_batches() external {
        vm.expectRevert(abi.encodeWithSelector(ICredits.BatchUnknown.selector, BatchId.wrap(9)));
        vm.prank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(1), listOf(BatchId.wrap(9)), decision());
    }

    /// @dev Redeemed and retired tonnes were issued too; a cap is no promise that they are there.
    function test_authorise_counts_what_was_issued_less_what_the_host_used() external {
        retire(batch, 3000);
        toHost(batch, 4000);
        retireForHost(4000);
        _refusesCap(6001, 6000);
        authorise(MITIGATION, 6000);
        later();
        retireForCorsia(3000);
        _assertState(MITIGATION, 6000, 3000, 4000);
    }

    function test_authorise_reverts_when_the_host_used_everything() external {
        toHost(batch, 10_000);
        retireForHost(10_000);
        _refusesCap(1, 0);
    }

    /// @dev What the host used of other batches takes nothing from those that are named.
    function test_authorise_counts_what_the_host_used_of_the_named_batches_only() external {
        BatchId second = _second();
        toHost(batch, 8000);
        toHost(second, 500);
        retireForHost(8000);
        retireForHost(second, 500);
        vm.startPrank(host);
        vm.expectRevert(abi.encodeWithSelector(ILabels.CapAboveIssued.selector, project, YEAR, kg(6501), kg(6500)));
        labels.authorise(project, YEAR, MITIGATION, kg(6501), listOf(second), decision());
        labels.authorise(project, YEAR, MITIGATION, kg(6500), listOf(second), decision());
        vm.stopPrank();
        _assertState(MITIGATION, 6500, 0, 8500);
    }

    // the batches that a letter names

    /// @dev F3b turned round: a later batch takes nothing from the batch that the letter names.
    function test_a_batch_that_no_letter_names_transfers_nothing() external {
        authorise(MITIGATION, 10_000);
        BatchId second = _second();
        later();
        vm.assertTrue(labels.isNamed(batch) && !labels.isNamed(second), "named");
        vm.expectRevert(abi.encodeWithSelector(ILabels.BatchNotAuthorised.selector, second, project, YEAR));
        retireFor(ICredits.Purpose.CorsiaPhase1, second, 1);
        retireForCorsia(10_000);
        _assertState(MITIGATION, 10_000, 10_000, 0);
    }

    function test_a_further_letter_names_its_batches_and_no_others() external {
        BatchId second = _second();
        authorise(MITIGATION, 4000);
        later();
        retireForCorsia(1000);
        vm.prank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(5000), listOf(second), decision());
        later();
        vm.assertTrue(!labels.isNamed(batch) && labels.isNamed(second), "named");
        vm.expectRevert(abi.encodeWithSelector(ILabels.BatchNotAuthorised.selector, batch, project, YEAR));
        retireForCorsia(1);
        retireFor(ICredits.Purpose.CorsiaPhase1, second, 4000); // what was transferred before counts
        vm.expectRevert(_exceeded(1, 0));
        retireFor(ICredits.Purpose.CorsiaPhase1, second, 1);
        vm.prank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(6000), listOf(batch, second), decision());
        later();
        retireForCorsia(1000);
    }

    function test_a_revoked_letter_names_nothing() external {
        authorise(MITIGATION, 4000);
        later();
        revoke();
        vm.assertTrue(!labels.isNamed(batch), "named");
        vm.expectRevert(abi.encodeWithSelector(ICredits.BatchUnknown.selector, BatchId.wrap(9)));
        labels.isNamed(BatchId.wrap(9));
    }

    // first transfer

    function test_a_corsia_retirement_is_the_first_transfer() external {
        authorise(MITIGATION, 4000);
        later();
        vm.expectEmit(address(labels));
        emit ILabels.FirstTransferred(project, YEAR, ILabels.Use.InternationalMitigation, kg(1500), kg(1500));
        retireForCorsia(1500);
        vm.expectEmit(address(labels));
        emit ILabels.FirstTransferred(project, YEAR, ILabels.Use.InternationalMitigation, kg(500), kg(2000));
        retireFor(ICredits.Purpose.CorsiaPhase2, batch, 500);
        _assertState(MITIGATION, 4000, 2000, 0);
    }

    function test_a_corsia_retirement_reverts_unless_authorised() external {
        _refusesCorsia(1, _notAuthorised(ILabels.Use.InternationalMitigation));
        authorise(NDC | OTHER, 4000);
        later();
        _refusesCorsia(1, _notAuthorised(ILabels.Use.InternationalMitigation));
        authorise(MITIGATION, 4000);
        later();
        retireForCorsia(1);
    }

    function test_a_corsia_retirement_reverts_in_the_second_of_the_authorisation() external {
        authorise(MITIGATION, 4000);
        _refusesCorsia(1, _notAuthorised(ILabels.Use.InternationalMitigation));
        later();
        retireForCorsia(1);
    }

    function test_a_corsia_retirement_reverts_in_the_second_of_the_revocation() external {
        authorise(MITIGATION, 4000);
        later();
        revoke();
        _refusesCorsia(1, _notAuthorised(ILabels.Use.InternationalMitigation));
        later();
        _refusesCorsia(1, _notAuthorised(ILabels.Use.InternationalMitigation));
    }

    /// @dev Whatever the host changes, nothing is transferred in the second of the change.
    function test_a_corsia_retirement_reverts_in_the_second_of_any_change() external {
        authorise(MITIGATION, 4000);
        later();
        authorise(MITIGATION, 9000);
        _refusesCorsia(1, _notAuthorised(ILabels.Use.InternationalMitigation));
        later();
        retireForCorsia(4001);
        authorise(MITIGATION | NDC, 9000);
        _refusesCorsia(1, _notAuthorised(ILabels.Use.InternationalMitigation));
        later();
        retireForCorsia(1);
    }

    function test_a_use_taken_away_and_given_back_in_one_second() external {
        authorise(MITIGATION, 4000);
        later();
        revoke();
        authorise(MITIGATION, 4000);
        _refusesCorsia(1, _notAuthorised(ILabels.Use.InternationalMitigation));
        later();
        retireForCorsia(1);
    }

    function test_a_corsia_retirement_reverts_beyond_the_cap() external {
        authorise(MITIGATION, 4000);
        later();
        _refusesCorsia(4001, _exceeded(4001, 4000));
        retireForCorsia(3999);
        _refusesCorsia(2, _exceeded(2, 1));
        retireForCorsia(1);
        _refusesCorsia(1, _exceeded(1, 0));
    }

    /// @dev Two lots of one call share the cap.
    function test_a_corsia_retirement_counts_each_lot() external {
        authorise(MITIGATION, 4000);
        later();
        ICredits.Lot[] memory lots = lotsOf(batch, 2000, batch, 2001);
        vm.expectRevert(_exceeded(2001, 2000));
        vm.prank(alice);
        credits.retire(lots, alice, alice, ICredits.Purpose.CorsiaPhase1, 0);
        _assertState(MITIGATION, 4000, 0, 0);
        vm.prank(alice);
        credits.retire(lotsOf(batch, 2000, batch, 2000), alice, alice, ICredits.Purpose.CorsiaPhase1, 0);
        _assertState(MITIGATION, 4000, 4000, 0);
    }

    function test_a_cap_is_for_its_project_and_year() external {
        authorise(MITIGATION, 4000);
        (ProjectId other, BatchId elsewhere) = issuedElsewhere();
        later();
        vm.expectRevert(
            abi.encodeWithSelector(ILabels.NotAuthorised.selector, other, YEAR, ILabels.Use.InternationalMitigation)
        );
        retireFor(ICredits.Purpose.CorsiaPhase1, elsewhere, 1);
        vm.prank(host);
        labels.authorise(other, YEAR, MITIGATION, kg(3000), listOf(elsewhere), decision());
        later();
        retireFor(ICredits.Purpose.CorsiaPhase1, elsewhere, 3000);
        retireForCorsia(4000);
        _assertState(MITIGATION, 4000, 4000, 0);
    }

    function test_other_purposes_transfer_nothing() external {
        authorise(MITIGATION, 4000);
        later();
        retireFor(ICredits.Purpose.Voluntary, batch, 1);
        retireFor(ICredits.Purpose.NationalScheme, batch, 1);
        retireFor(ICredits.Purpose.Other, batch, 1);
        vm.prank(alice);
        credits.cancel(lot(batch, 1), alice, ICredits.CancellationKind.Conversion, "");
        _assertState(MITIGATION, 4000, 0, 0);
    }

    /// @dev A demanded label whose framework names a use makes its purpose a transfer for that use.
    function test_a_demanded_label_with_a_use_transfers() external {
        labels.admitFramework("ARTICLE-6-NDC", icao, ILabels.Rule(false, false, ILabels.Use.Ndc, false));
        labels.demandLabel(ICredits.Purpose.NationalScheme, "ARTICLE-6-NDC");
        authorise(NDC, 4000);
        later();
        vm.expectEmit(address(labels));
        emit ILabels.FirstTransferred(project, YEAR, ILabels.Use.Ndc, kg(1000), kg(1000));
        retireFor(ICredits.Purpose.NationalScheme, batch, 1000);
        _assertState(NDC, 4000, 1000, 0);
        vm.expectRevert(_exceeded(3001, 3000));
        retireFor(ICredits.Purpose.NationalScheme, batch, 3001);
    }

    function test_a_demanded_corsia_label_and_the_transfer_are_one_retirement() external {
        labels.demandLabel(ICredits.Purpose.CorsiaPhase1, CORSIA);
        grant(CORSIA);
        retireForCorsia(4000);
        _assertState(MITIGATION, 10_000, 4000, 0);
        vm.prank(icao);
        labels.withdrawProgramme(CORSIA, VCS, decision());
        later();
        vm.expectRevert(
            abi.encodeWithSelector(
                ILabels.LabelMissing.selector,
                batch,
                ICredits.Purpose.CorsiaPhase1,
                CORSIA,
                bit(ILabels.Condition.Programme)
            )
        );
        retireForCorsia(1);
    }

    function test_a_frozen_batch_transfers_nothing() external {
        authorise(MITIGATION, 4000);
        later();
        credits.freeze(ICredits.FreezeScope.Batch, no(batch), "reason", "case 1");
        vm.expectRevert(
            abi.encodeWithSelector(ICredits.FrozenBy.selector, ICredits.FreezeScope.Batch, uint256(no(batch)))
        );
        retireForCorsia(1);
        _assertState(MITIGATION, 4000, 0, 0);
    }

    function test_an_empty_lot_transfers_nothing() external {
        authorise(MITIGATION, 4000);
        later();
        _refusesCorsia(0, abi.encodeWithSelector(ICredits.QuantityZero.selector, batch));
    }

    // after a first transfer

    function test_raise_the_cap_after_a_transfer() external {
        authorise(MITIGATION, 4000);
        later();
        retireForCorsia(4000);
        authorise(MITIGATION, 9000);
        later();
        retireForCorsia(5000);
        _refusesCorsia(1, _exceeded(1, 0));
    }

    function test_lower_the_cap_to_what_was_transferred_and_no_further() external {
        authorise(MITIGATION, 4000);
        later();
        retireForCorsia(1500);
        vm.expectRevert(abi.encodeWithSelector(ILabels.CapBelowTransferred.selector, project, YEAR, kg(1499), kg(1500)));
        authorise(MITIGATION, 1499);
        authorise(MITIGATION, 1500);
        later();
        _refusesCorsia(1, _exceeded(1, 0));
    }

    /// @dev A change does not affect what was first transferred (Decision 4/CMA.6), and may concern the rest.
    function test_take_a_use_away_after_a_transfer() external {
        authorise(MITIGATION | NDC, 4000);
        later();
        retireForCorsia(1);
        authorise(NDC, 4000);
        later();
        _refusesCorsia(1, _notAuthorised(ILabels.Use.InternationalMitigation));
        _assertState(NDC, 4000, 1, 0);
    }

    // revoke

    function test_revoke_emits_and_closes() external {
        authorise(MITIGATION, 4000);
        later();
        vm.expectEmit(address(labels));
        emit ILabels.AuthorisationRevoked(project, YEAR, kg(0), decision());
        revoke();
        _assertState(0, 0, 0, 0);
    }

    /// @dev F14 turned round: nobody makes a mistaken letter final by transferring a kilogram first.
    function test_revoke_after_a_transfer_gives_the_rest_back_to_the_host() external {
        authorise(MITIGATION, 10_000);
        later();
        retireForCorsia(1);
        vm.expectEmit(address(labels));
        emit ILabels.AuthorisationRevoked(project, YEAR, kg(1), decision());
        revoke();
        _assertState(0, 1, 1, 0);
        _refusesCorsia(1, _notAuthorised(ILabels.Use.InternationalMitigation));
        toHost(batch, 9999);
        retireForHost(9999);
        _assertState(0, 1, 1, 9999);
        vm.expectRevert(abi.encodeWithSelector(ILabels.CapAboveIssued.selector, project, YEAR, kg(2), kg(1)));
        authorise(MITIGATION, 2);
    }

    function test_revoke_reverts_where_nothing_is_authorised() external {
        vm.expectRevert(_notAuthorised(ILabels.Use.None));
        revoke();
        authorise(MITIGATION, 4000);
        revoke(); // in the same second: it never counted
        vm.expectRevert(_notAuthorised(ILabels.Use.None));
        revoke();
        later();
        _refusesCorsia(1, _notAuthorised(ILabels.Use.InternationalMitigation));
    }

    /// @dev What was adjusted for is not the host's to give to another.
    function test_revoke_reverts_once_adjusted() external {
        authorise(MITIGATION, 4000);
        adjust();
        vm.expectRevert(abi.encodeWithSelector(ILabels.AlreadyAdjusted.selector, project, YEAR));
        revoke();
        vm.warp(block.timestamp + 400 days);
        vm.expectRevert(abi.encodeWithSelector(ILabels.AlreadyAdjusted.selector, project, YEAR));
        revoke();
    }

    /// @dev To authorise something else is no way around it.
    function test_narrow_reverts_once_adjusted() external {
        authorise(MITIGATION, 4000);
        adjust();
        bytes memory refusal = abi.encodeWithSelector(ILabels.AlreadyAdjusted.selector, project, YEAR);
        vm.expectRevert(refusal);
        authorise(NDC, 4000);
        vm.expectRevert(refusal);
        authorise(NDC | OTHER, 10_000);
        vm.expectRevert(refusal);
        authorise(MITIGATION, 3999);
        vm.expectRevert(refusal);
        authorise(MITIGATION | NDC, 1);
        _assertState(MITIGATION, 4000, 0, 0);
        authorise(MITIGATION, 4000); // said again, and wider it may be
        authorise(MITIGATION | NDC, 4001);
        vm.expectRevert(refusal);
        authorise(MITIGATION | NDC, 4000);
        _assertState(MITIGATION | NDC, 4001, 0, 0);
    }

    function test_a_batch_is_not_taken_out_of_a_letter_once_adjusted() external {
        BatchId second = _second();
        vm.startPrank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(4000), listOf(batch, second), decision());
        labels.recordAdjustment(project, YEAR, decision());
        bytes memory refusal = abi.encodeWithSelector(ILabels.AlreadyAdjusted.selector, project, YEAR);
        vm.expectRevert(refusal);
        labels.authorise(project, YEAR, MITIGATION, kg(4000), listOf(second), decision());
        labels.authorise(project, YEAR, MITIGATION, kg(4000), listOf(batch, second), decision());
        vm.stopPrank();
    }

    function test_a_batch_is_not_exchanged_for_another_once_adjusted() external {
        authorise(MITIGATION, 4000);
        adjust();
        BatchId second = _second();
        vm.expectRevert(abi.encodeWithSelector(ILabels.AlreadyAdjusted.selector, project, YEAR));
        vm.prank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(4000), listOf(second), decision());
    }

    /// @dev F4 turned round: an adjustment covers the uses and the cap in force when it is made, and no more.
    function test_an_adjustment_covers_what_was_authorised_then() external {
        approveProgramme(CORSIA, anyVintage());
        authorise(OTHER, 1);
        adjust();
        authorise(OTHER | MITIGATION, 10_000);
        later();
        assertMissing(CORSIA, ILabels.Condition.Adjustment);
        adjust();
        later();
        assertHeld(CORSIA);
        authorise(OTHER | MITIGATION, 10_000); // no more than before
        later();
        assertHeld(CORSIA);
        uint48 then = time();
        BatchId second = _second();
        vm.prank(host);
        labels.authorise(project, YEAR, OTHER | MITIGATION, kg(10_001), listOf(batch, second), decision());
        later();
        assertMissing(CORSIA, ILabels.Condition.Adjustment);
        vm.assertEq(missingAt(CORSIA, then), 0); // what was held stays held (I9)
    }

    function test_revoke_and_authorise_again() external {
        authorise(MITIGATION, 4000);
        later();
        revoke();
        later();
        authorise(MITIGATION, 3000);
        later();
        retireForCorsia(3000);
    }

    // adjustments

    function test_record_adjustment_emits_and_is_for_ever() external {
        authorise(MITIGATION, 4000);
        vm.expectEmit(address(labels));
        emit ILabels.AdjustmentRecorded(project, YEAR, MITIGATION, kg(4000), decision());
        adjust();
        vm.expectRevert(abi.encodeWithSelector(ILabels.AlreadyAdjusted.selector, project, YEAR));
        adjust();
    }

    function test_record_adjustment_reverts_where_nothing_is_authorised() external {
        vm.expectRevert(_notAuthorised(ILabels.Use.None));
        adjust();
        authorise(MITIGATION, 4000);
        revoke();
        vm.expectRevert(_notAuthorised(ILabels.Use.None));
        adjust();
    }

    // the host's own use

    function test_the_host_uses_what_nobody_authorised() external {
        toHost(batch, 2000);
        vm.expectEmit(address(labels));
        emit ILabels.UsedByHost(project, YEAR, batch, kg(1500), kg(1500));
        retireForHost(1500);
        vm.expectEmit(address(labels));
        emit ILabels.UsedByHost(project, YEAR, batch, kg(1), kg(1501));
        retireForHost(1);
        _assertState(0, 0, 0, 1501);
    }

    /// @dev F1 and F2 turned round: nobody uses a kilogram in the host's name, not even one whom the host approved, or for
    /// the host's benefit, or by a signed order.
    function test_nobody_else_uses_in_the_hosts_name() external {
        bytes memory refusal = abi.encodeWithSelector(ILabels.NotHost.selector, bytes2("ET"), alice);
        vm.startPrank(alice);
        vm.expectRevert(refusal);
        credits.retire(lot(batch, 1), alice, alice, ICredits.Purpose.HostNdc, 0);
        vm.expectRevert(refusal);
        credits.retire(lot(batch, 1), alice, host, ICredits.Purpose.HostNdc, 0);
        credits.setApprovalForAll(host, true);
        vm.stopPrank();
        vm.prank(host);
        credits.setApprovalForAll(alice, true);
        vm.expectRevert(refusal);
        vm.prank(host);
        credits.retire(lot(batch, 1), alice, host, ICredits.Purpose.HostNdc, 0);
        vm.expectRevert(refusal);
        vm.prank(alice);
        credits.retire(lot(batch, 1), alice, host, ICredits.Purpose.HostNdc, 0);
        authorise(MITIGATION, 10_000); // everything issued: no front-runner took from it
        _assertState(MITIGATION, 10_000, 0, 0);
    }

    /// @dev An account that the host approved acts with what the host holds.
    function test_an_account_that_the_host_approved_uses_what_the_host_holds() external {
        toHost(batch, 1000);
        vm.prank(host);
        credits.setApprovalForAll(bob, true);
        vm.prank(bob);
        credits.retire(lot(batch, 1000), host, host, ICredits.Purpose.HostNdc, 0);
        _assertState(0, 0, 0, 1000);
    }

    function test_the_host_uses_nothing_while_an_authorisation_is_open() external {
        toHost(batch, 10);
        authorise(MITIGATION, 1);
        bytes memory refusal = abi.encodeWithSelector(ILabels.HostUseExcluded.selector, project, YEAR, kg(1), kg(0));
        vm.expectRevert(refusal);
        retireForHost(1);
        later();
        vm.expectRevert(refusal);
        retireForHost(1);
        revoke();
        retireForHost(1); // at once
        later();
        retireForHost(1);
    }

    /// @dev What the cap does not cover is the host's own, once the cap is used up.
    function test_the_host_uses_the_rest_of_a_year_when_the_cap_is_used_up() external {
        toHost(batch, 9000);
        authorise(MITIGATION, 1000);
        later();
        retireForCorsia(999);
        vm.expectRevert(abi.encodeWithSelector(ILabels.HostUseExcluded.selector, project, YEAR, kg(1000), kg(999)));
        retireForHost(1);
        authorise(MITIGATION, 999); // lowered to what was transferred
        retireForHost(9000);
        _assertState(MITIGATION, 999, 999, 9000);
    }

    function test_any_authorised_use_closes_the_year_to_the_host() external {
        toHost(batch, 10);
        uint8[3] memory uses = [NDC, MITIGATION, OTHER];
        for (uint256 i; i < 3; ++i) {
            authorise(uses[i], 1);
            later();
            vm.expectRevert(abi.encodeWithSelector(ILabels.HostUseExcluded.selector, project, YEAR, kg(1), kg(0)));
            retireForHost(1);
        }
    }

    function test_the_hosts_use_of_one_year_leaves_the_others_open() external {
        toHost(batch, 2);
        retireForHost(1);
        BatchId next = issuedIn(project, END_2021 + 1, END_2021 + 365, 2022, 1);
        vm.prank(host);
        labels.authorise(project, 2022, MITIGATION, kg(1000), listOf(next), decision());
        later();
        retireFor(ICredits.Purpose.CorsiaPhase1, next, 1000);
        retireForHost(1);
    }

    // years before 2021, which no NDC counts

    function test_before_2021_nobody_is_asked_and_nothing_closes() external {
        BatchId old = issuedIn(project, START, END, 2020, 10);
        toHost(old, 100);
        vm.expectEmit(address(labels));
        emit ILabels.FirstTransferred(project, 2020, ILabels.Use.InternationalMitigation, kg(10), kg(10));
        retireFor(ICredits.Purpose.CorsiaPhase1, old, 10);
        vm.expectRevert(abi.encodeWithSelector(ILabels.VintageBeforeNdc.selector, project, uint16(2020)));
        retireForHost(old, 1);
        retireFor(ICredits.Purpose.CorsiaPhase2, old, 9890);
        ILabels.Authorisation memory state = labels.authorisation(project, 2020);
        vm.assertTrue(state.transferred == kg(9900) && state.usedByHost == kg(0), "counted");
    }

    function test_2021_is_the_first_year_that_needs_the_host() external {
        BatchId turn = issuedIn(project, END, END, 2020, 1);
        retireFor(ICredits.Purpose.CorsiaPhase1, turn, 1);
        _refusesCorsia(1, _notAuthorised(ILabels.Use.InternationalMitigation));
    }

    /// @dev I8 over any order of verbs, each taken as the contract allows: what left for others and what the host used are
    /// never more than was issued, and never both open.
    function testFuzz_one_claim(uint256[24] calldata steps) external {
        toHost(batch, 5000);
        for (uint256 i; i < steps.length; ++i) {
            _step(steps[i]);
            ILabels.Authorisation memory state = labels.authorisation(project, YEAR);
            vm.assertTrue(state.transferred + state.usedByHost <= kg(10_000), "I8: more than was issued");
            vm.assertTrue(state.transferred <= state.cap || state.transferred == kg(0), "I8: beyond the cap");
        }
    }

    function _step(uint256 seed) private {
        uint48 amount = uint48(1 + (seed >> 8) % 4000);
        if (seed % 3 == 0) later();
        uint256 verb = (seed >> 64) % 5;
        if (verb == 0) {
            uint8 uses = uint8((seed >> 72) % 16);
            vm.prank(host);
            try labels.authorise(project, YEAR, uses, kg(3 * amount), listOf(batch), decision()) {} catch {}
        } else if (verb == 1) {
            vm.prank(host);
            try labels.revoke(project, YEAR, decision()) {} catch {}
        } else {
            ICredits.Purpose purpose =
                [ICredits.Purpose.HostNdc, ICredits.Purpose.CorsiaPhase1, ICredits.Purpose.CorsiaPhase2][verb - 2];
            address holder = verb == 2 ? host : alice;
            bool open = labels.authorisation(project, YEAR).uses != 0
                && labels.authorisation(project, YEAR).transferred < labels.authorisation(project, YEAR).cap;
            vm.prank(holder);
            try credits.retire(lot(batch, amount), holder, holder, purpose, 0) {
                vm.assertTrue(verb != 2 || !open, "I8: the host used what is open to others");
            } catch {}
        }
    }

    function _second() private returns (BatchId) {
        return issuedFromNorth(7);
    }

    function _refusesCap(uint48 cap, uint48 most) private {
        vm.expectRevert(abi.encodeWithSelector(ILabels.CapAboveIssued.selector, project, YEAR, kg(cap), kg(most)));
        authorise(MITIGATION, cap);
    }

    function _ofOtherYear(BatchId which) private view returns (bytes memory) {
        return abi.encodeWithSelector(ILabels.BatchOfOtherYear.selector, which, project, YEAR);
    }

    function _refusesBatches(BatchId[] memory batches, bytes memory refusal) private {
        vm.expectRevert(refusal);
        vm.prank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(1), batches, decision());
    }

    function _refusesCorsia(uint48 kilograms, bytes memory refusal) private {
        vm.expectRevert(refusal);
        retireForCorsia(kilograms);
    }

    function _notAuthorised(ILabels.Use use) private view returns (bytes memory) {
        return abi.encodeWithSelector(ILabels.NotAuthorised.selector, project, YEAR, use);
    }

    function _exceeded(uint48 asked, uint48 remaining) private view returns (bytes memory) {
        return abi.encodeWithSelector(ILabels.AuthorisationExceeded.selector, project, YEAR, kg(asked), kg(remaining));
    }

    function _assertState(uint8 uses, uint48 cap, uint48 transferred, uint48 usedByHost) private view {
        ILabels.Authorisation memory state = labels.authorisation(project, YEAR);
        vm.assertEq(state.uses, uses);
        bool right = state.cap == kg(cap) && state.transferred == kg(transferred) && state.usedByHost == kg(usedByHost);
        vm.assertTrue(right, "cap, transferred or used by the host");
    }
}
