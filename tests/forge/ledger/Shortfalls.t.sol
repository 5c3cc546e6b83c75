// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {IProgrammes} from "../../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {IShortfalls} from "../../../contracts/interfaces/IShortfalls.sol";
import {BatchId, CancellationId, ProgrammeId, ProjectId, ShortfallId} from "../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../contracts/types/Kilograms.sol";
import {vm} from "./Cheats.sol";
import {ShortfallsTest} from "./ShortfallsTest.sol";

/// @dev Reversals, over-issuances, and the credits that are cancelled to make them good.
contract ShortfallsUnitTest is ShortfallsTest {
    CancellationId private constant C1 = CancellationId.wrap(1);
    ShortfallId private constant UNKNOWN = ShortfallId.wrap(9);

    // reportReversal

    function test_report_emits_stores_and_is_outstanding() external {
        vm.expectEmit(address(projects));
        emit IProjects.OutstandingSet(project, kg(3000));
        vm.expectEmit(address(shortfalls));
        emit IShortfalls.ReversalReported(S1, project, kg(3000), lot(B1, 3000), "evidence", "case 1");
        report(3000);
        IShortfalls.Shortfall memory entry = shortfalls.shortfall(S1);
        vm.assertTrue(entry.project == project && entry.kind == IShortfalls.Kind.Reversal, "whose");
        vm.assertEq(BatchId.unwrap(entry.batch), 0);
        vm.assertTrue(entry.kilograms == kg(3000) && entry.madeGood == kg(0), "kilograms");
        vm.assertEq(entry.reportedAt, block.timestamp);
        vm.assertEq(shortfalls.count(), 1);
        assertOutstanding(3000, 0);
        vm.assertEq(balance(buffer, B1), 2000); // untouched, as no lots were named
    }

    function test_report_cancels_the_buffer_lots_it_names() external {
        vm.expectEmit(address(projects));
        emit IProjects.OutstandingSet(project, kg(500));
        vm.expectEmit(address(credits));
        emit ICredits.Cancelled(C1, B1, buffer, kg(0), kg(2000), ICredits.CancellationKind.Reversal, "");
        vm.expectEmit(address(credits));
        emit ICredits.Cancelled(
            CancellationId.wrap(2), B2, buffer, kg(0), kg(500), ICredits.CancellationKind.Reversal, ""
        );
        vm.expectEmit(address(shortfalls));
        emit IShortfalls.MadeGood(S1, C1, kg(2000));
        vm.expectEmit(address(shortfalls));
        emit IShortfalls.MadeGood(S1, CancellationId.wrap(2), kg(500));
        report(3000, lotsOf(B1, 2000, B2, 500));
        assertMadeGood(S1, 2500);
        assertOutstanding(500, 0);
        vm.assertEq(balance(buffer, B1), 0);
        vm.assertEq(balance(buffer, B2), 1500);
        vm.assertEq(balance(alice, B1), 8000);
        vm.assertTrue(credits.batch(B1).taken == kg(2000) && credits.batch(B1).cancelled == kg(2000), "cursor");
        vm.assertEq(credits.cancellation(C1).holder, buffer);
    }

    function test_reports_add_up() external {
        report(3000, lot(B1, 1000));
        report(500);
        assertOutstanding(2500, 0);
        vm.assertEq(shortfalls.count(), 2);
    }

    function test_report_reverts_for_anyone_but_the_operator() external {
        admitOther();
        address[4] memory strangers = [vvb, otherOperator, alice, address(this)];
        for (uint256 i; i < strangers.length; ++i) {
            bytes memory refusal =
                abi.encodeWithSelector(IShortfalls.NotOperatorOfProject.selector, project, strangers[i]);
            vm.startPrank(strangers[i]);
            vm.expectRevert(refusal);
            shortfalls.reportReversal(project, lot(B1, 1), lot(B1, 1), "evidence", "");
            vm.expectRevert(refusal);
            shortfalls.markOverIssued(B1, kg(1), "evidence", "");
            vm.stopPrank();
        }
    }

    /// @dev F5 and F5c turned round: a stolen key of a suspended programme reports, covers, marks and releases nothing.
    function test_a_suspended_programmes_key_does_nothing() external {
        report(1000);
        programmes.suspendProgramme(VCS, "stolen key");
        bytes memory refusal = abi.encodeWithSelector(
            IProgrammes.ProgrammeNotActive.selector, VCS, IProgrammes.Standing.Suspended, block.timestamp
        );
        vm.expectRevert(refusal);
        report(1000);
        vm.expectRevert(refusal);
        cover(S1, lot(B1, 500));
        vm.expectRevert(refusal);
        mark(B1, 1);
        programmes.reinstateProgramme(VCS, "rotated");
        cover(S1, lot(B1, 500));
    }

    function test_report_belongs_to_the_current_operator() external {
        programmes.rotateOperator(VCS, otherOperator);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.NotOperatorOfProject.selector, project, operator));
        report(1);
        vm.prank(otherOperator);
        shortfalls.reportReversal(project, lot(B1, 1), new ICredits.Lot[](0), "evidence", "");
    }

    function test_report_reverts_when_empty_without_evidence_or_for_unknown_projects() external {
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallEmpty.selector));
        report(0);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallWithoutEvidence.selector));
        vm.prank(operator);
        shortfalls.reportReversal(project, lot(B1, 1), new ICredits.Lot[](0), 0, "case 1");
        vm.expectRevert(abi.encodeWithSelector(IProjects.ProjectUnknown.selector, ProjectId.wrap(9)));
        vm.prank(operator);
        shortfalls.reportReversal(ProjectId.wrap(9), lot(B1, 1), new ICredits.Lot[](0), "evidence", "");
    }

    /// @dev F5 turned round: a report names batches, and both kinds together never more than these were issued with.
    function test_report_up_to_what_was_issued_less_what_was_reported() external {
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ReportExceeded.selector, B1, kg(10_001), kg(10_000)));
        report(10_001);
        report(4000);
        mark(B1, 1000);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ReportExceeded.selector, B1, kg(5001), kg(5000)));
        report(5001);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ReportExceeded.selector, B1, kg(5001), kg(5000)));
        mark(B1, 5001);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ReportExceeded.selector, B1, kg(2501), kg(2500)));
        vm.prank(operator); // the same batch twice
        shortfalls.reportReversal(project, lotsOf(B1, 2500, B1, 2501), new ICredits.Lot[](0), "evidence", "");
        vm.prank(operator);
        shortfalls.reportReversal(project, lotsOf(B1, 5000, B2, 10_000), new ICredits.Lot[](0), "evidence", "");
        assertOutstanding(19_000, 1000);
        IShortfalls.Reported memory all = shortfalls.reported(B1);
        vm.assertTrue(all.reversed == kg(9000) && all.overIssued == kg(1000), "reported");
    }

    function test_report_keeps_what_was_lost_of_each_batch() external {
        vm.prank(operator);
        shortfalls.reportReversal(project, lotsOf(B1, 700, B2, 300), new ICredits.Lot[](0), "evidence", "");
        ICredits.Lot[] memory lost = shortfalls.lostLots(S1);
        vm.assertEq(lost.length, 2);
        vm.assertTrue(no(lost[1].batch) == 2 && lost[1].kilograms == kg(300), "second");
        mark(B1, 1);
        vm.assertEq(shortfalls.lostLots(S2).length, 0);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallUnknown.selector, UNKNOWN));
        shortfalls.lostLots(UNKNOWN);
    }

    function test_report_reverts_for_lots_beyond_the_buffer_or_the_report() external {
        vm.expectRevert(
            abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, buffer, 2000, 2001, 1)
        );
        report(3000, lot(B1, 2001));
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallExceeded.selector, S1, 1501, kg(1500)));
        report(1500, lotsOf(B1, 1500, B2, 1));
        vm.expectRevert(abi.encodeWithSelector(ICredits.QuantityZero.selector, B1));
        report(1500, lot(B1, 0));
        vm.assertEq(shortfalls.count(), 0);
    }

    function test_report_reverts_for_lots_of_another_project() external {
        (ProjectId other, BatchId elsewhere) = issuedElsewhere();
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.BatchOfOtherProject.selector, elsewhere, project));
        report(3000, lotsOf(B1, 1, elsewhere, 1));
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.BatchOfOtherProject.selector, B1, other));
        vm.prank(operator);
        shortfalls.reportReversal(other, lot(B1, 10), lot(B1, 1), "evidence", "");
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.BatchOfOtherProject.selector, elsewhere, project));
        vm.prank(operator);
        shortfalls.reportReversal(
            project, lotsOf(B1, 1, elsewhere, 1), new ICredits.Lot[](0), "evidence", "nothing covers it"
        );
        vm.expectRevert(abi.encodeWithSelector(ICredits.BatchUnknown.selector, BatchId.wrap(9)));
        report(3000, lot(BatchId.wrap(9), 1));
    }

    /// @dev A shortfall of one project leaves another's account alone.
    function test_shortfalls_are_counted_by_project() external {
        (ProjectId other, BatchId elsewhere) = issuedElsewhere();
        vm.prank(operator);
        shortfalls.reportReversal(other, lot(elsewhere, 700), new ICredits.Lot[](0), "evidence", "");
        assertOutstanding(0, 0);
        report(3000);
        assertOutstanding(3000, 0);
        vm.assertTrue(projects.project(other).outstanding == kg(700), "the other's");
    }

    // coverReversal

    function test_cover_takes_more_from_the_buffer() external {
        report(3000, lot(B1, 1000));
        vm.expectEmit(address(shortfalls));
        emit IShortfalls.MadeGood(S1, CancellationId.wrap(2), kg(1000));
        vm.expectEmit(address(shortfalls));
        emit IShortfalls.MadeGood(S1, CancellationId.wrap(3), kg(900));
        cover(S1, lotsOf(B1, 1000, B2, 900));
        assertMadeGood(S1, 2900);
        assertOutstanding(100, 0);
        vm.assertEq(balance(buffer, B1), 0);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallExceeded.selector, S1, 101, kg(100)));
        cover(S1, lot(B2, 101));
        cover(S1, lot(B2, 100));
        assertOutstanding(0, 0);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallExceeded.selector, S1, 1, kg(0)));
        cover(S1, lot(B2, 1));
    }

    function test_cover_reverts_for_what_is_no_reversal() external {
        mark(B1, 1000);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.NotAReversal.selector, S1));
        cover(S1, lot(B1, 1));
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallUnknown.selector, UNKNOWN));
        cover(UNKNOWN, lot(B1, 1));
    }

    function test_cover_reverts_without_lots_for_others_and_for_other_projects_lots() external {
        report(3000);
        vm.expectRevert(abi.encodeWithSelector(ICredits.LotsInvalid.selector, 0));
        cover(S1, new ICredits.Lot[](0));
        vm.expectRevert(abi.encodeWithSelector(ICredits.QuantityZero.selector, B1));
        cover(S1, lot(B1, 0));
        vm.expectRevert(
            abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, buffer, 2000, 2001, 1)
        );
        cover(S1, lot(B1, 2001));
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.NotOperatorOfProject.selector, project, alice));
        vm.prank(alice);
        shortfalls.coverReversal(S1, lot(B1, 1));
        (, BatchId elsewhere) = issuedElsewhere();
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.BatchOfOtherProject.selector, elsewhere, project));
        cover(S1, lot(elsewhere, 1));
    }

    // issuance

    function test_an_outstanding_reversal_stops_issuance_until_made_good() external {
        ICredits.Issuance memory order = _further();
        report(3000, lot(B1, 2000));
        vm.expectRevert(abi.encodeWithSelector(IProjects.ReversalNotMadeGood.selector, project, kg(1000)));
        vm.prank(operator);
        credits.issue(one(order), alice);
        makeGood(S1, lot(B2, 999));
        vm.expectRevert(abi.encodeWithSelector(IProjects.ReversalNotMadeGood.selector, project, kg(1)));
        vm.prank(operator);
        credits.issue(one(order), alice);
        issuedElsewhere(); // another project goes on
        cover(S1, lot(B2, 1));
        issueTo(alice, order);
    }

    function test_a_covered_reversal_and_an_over_issuance_stop_no_issuance() external {
        report(2000, lot(B1, 2000));
        mark(B1, 1000);
        issueTo(alice, _further());
    }

    function test_set_outstanding_is_for_shortfalls_only() external {
        address[3] memory strangers = [operator, address(credits), address(this)];
        for (uint256 i; i < strangers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IProjects.OnlyShortfalls.selector, strangers[i]));
            vm.prank(strangers[i]);
            projects.setOutstanding(project, kg(0));
        }
    }

    // markOverIssued

    function test_mark_emits_stores_and_is_outstanding() external {
        vm.expectEmit(address(shortfalls));
        emit IShortfalls.OverIssuanceMarked(S1, B1, project, kg(4000), "evidence", "case 2");
        mark(B1, 4000);
        IShortfalls.Shortfall memory entry = shortfalls.shortfall(S1);
        vm.assertTrue(entry.project == project && entry.kind == IShortfalls.Kind.OverIssuance, "whose");
        vm.assertEq(no(entry.batch), 1);
        vm.assertTrue(entry.kilograms == kg(4000) && entry.madeGood == kg(0), "kilograms");
        vm.assertEq(entry.reportedAt, block.timestamp);
        vm.assertTrue(
            shortfalls.reported(B1).overIssued == kg(4000) && shortfalls.reported(B2).overIssued == kg(0), "marked"
        );
        assertOutstanding(0, 4000);
    }

    function test_mark_up_to_what_was_issued_less_what_is_marked() external {
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ReportExceeded.selector, B1, kg(10_001), kg(10_000)));
        mark(B1, 10_001);
        mark(B1, 4000);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ReportExceeded.selector, B1, kg(6001), kg(6000)));
        mark(B1, 6001);
        mark(B1, 6000);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ReportExceeded.selector, B1, kg(1), kg(0)));
        mark(B1, 1);
        assertOutstanding(0, 10_000);
    }

    /// @dev What was made good stays marked: the mark is what certificates say, for ever.
    function test_mark_stays_when_made_good() external {
        mark(B1, 10_000);
        makeGood(S1, lotsOf(B2, 8000, B1, 2000));
        assertOutstanding(0, 0);
        vm.assertTrue(shortfalls.reported(B1).overIssued == kg(10_000), "stays");
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ReportExceeded.selector, B1, kg(1), kg(0)));
        mark(B1, 1);
    }

    function test_mark_reverts_when_empty_without_evidence_or_for_unknown_batches() external {
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallEmpty.selector));
        mark(B1, 0);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallWithoutEvidence.selector));
        vm.prank(operator);
        shortfalls.markOverIssued(B1, kg(1), 0, "case 2");
        vm.expectRevert(abi.encodeWithSelector(ICredits.BatchUnknown.selector, BatchId.wrap(9)));
        mark(BatchId.wrap(9), 1);
    }

    /// @dev It names no serials: holders keep, transfer and retire what they have.
    function test_mark_blocks_nothing() external {
        mark(B1, 10_000);
        vm.prank(alice);
        credits.safeTransferFrom(alice, bob, 1, 1000, "");
        retire(B1, 7000);
    }

    // makeGood

    function test_make_good_cancels_the_holders_credits() external {
        mark(B1, 4000);
        vm.expectEmit(address(credits));
        emit ICredits.Cancelled(C1, B2, alice, kg(0), kg(1500), ICredits.CancellationKind.Replacement, "");
        vm.expectEmit(address(shortfalls));
        emit IShortfalls.MadeGood(S1, C1, kg(1500));
        makeGood(S1, lot(B2, 1500));
        assertMadeGood(S1, 1500);
        assertOutstanding(0, 2500);
        vm.assertEq(balance(alice, B2), 6500);
        vm.assertTrue(
            credits.cancellation(C1).kind == ICredits.CancellationKind.Replacement
                && credits.cancellation(C1).holder == alice,
            "kept"
        );
    }

    function test_make_good_takes_credits_of_any_project_for_a_reversal_too() external {
        (, BatchId elsewhere) = issuedElsewhere();
        report(3000);
        vm.expectEmit(address(credits));
        emit ICredits.Cancelled(C1, elsewhere, alice, kg(0), kg(3000), ICredits.CancellationKind.Reversal, "");
        makeGood(S1, lot(elsewhere, 3000));
        assertOutstanding(0, 0);
    }

    /// @dev A cancellation makes good one shortfall, never two.
    function test_make_good_counts_for_one_shortfall_only() external {
        report(1000);
        mark(B1, 1000);
        makeGood(S2, lot(B2, 1000));
        assertMadeGood(S1, 0);
        assertOutstanding(1000, 0);
        makeGood(S1, lot(B2, 400));
        assertMadeGood(S2, 1000);
        assertOutstanding(600, 0);
    }

    function test_make_good_reverts_beyond_what_is_outstanding() external {
        mark(B1, 1000);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallExceeded.selector, S1, 1001, kg(1000)));
        makeGood(S1, lotsOf(B2, 1000, B2, 1));
        makeGood(S1, lotsOf(B2, 500, B2, 500));
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallExceeded.selector, S1, 1, kg(0)));
        makeGood(S1, lot(B2, 1));
    }

    /// @dev Sums are taken wide: two lots cannot wrap around to what is outstanding.
    function test_make_good_reverts_for_lots_that_would_wrap_around() external {
        mark(B1, 1000);
        uint48 most = type(uint48).max;
        vm.expectRevert(
            abi.encodeWithSelector(IShortfalls.ShortfallExceeded.selector, S1, uint256(most) + 1001, kg(1000))
        );
        makeGood(S1, lotsOf(B2, most, B2, 1001));
    }

    function test_make_good_is_the_holders_or_one_it_approved() external {
        mark(B1, 1000);
        vm.expectRevert(abi.encodeWithSelector(ICredits.NotHolderNorApproved.selector, alice, mallory));
        vm.prank(mallory);
        shortfalls.makeGood(S1, lot(B2, 1), alice);
        vm.prank(alice);
        credits.setApprovalForAll(mallory, true);
        vm.prank(mallory);
        shortfalls.makeGood(S1, lot(B2, 1), alice);
        vm.assertEq(credits.cancellation(C1).holder, alice);
    }

    /// @dev Nobody holds the keys of the reserves, the operator included.
    function test_make_good_reverts_for_the_reserves_and_for_nobody() external {
        mark(B1, 1000);
        address[3] memory reserves = [buffer, address(redemptions), address(0)];
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICredits.NotHolderNorApproved.selector, reserves[i], operator));
            vm.prank(operator);
            shortfalls.makeGood(S1, lot(B1, 1), reserves[i]);
        }
    }

    function test_make_good_reverts_for_unknown_shortfalls_lots_and_balances() external {
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallUnknown.selector, UNKNOWN));
        makeGood(UNKNOWN, lot(B2, 1));
        mark(B1, 10_000);
        vm.expectRevert(abi.encodeWithSelector(ICredits.LotsInvalid.selector, 0));
        makeGood(S1, new ICredits.Lot[](0));
        vm.expectRevert(abi.encodeWithSelector(ICredits.LotsInvalid.selector, 257));
        makeGood(S1, new ICredits.Lot[](257));
        vm.expectRevert(abi.encodeWithSelector(ICredits.QuantityZero.selector, B2));
        makeGood(S1, lot(B2, 0));
        vm.expectRevert(
            abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, alice, 8000, 8001, 2)
        );
        makeGood(S1, lot(B2, 8001));
        assertMadeGood(S1, 0);
    }

    // freezes

    function test_make_good_reverts_for_frozen_holders_batches_and_amounts() external {
        mark(B1, 1000);
        credits.freeze(ICredits.FreezeScope.Account, uint160(alice), "reason", "case 3");
        vm.expectRevert(abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotSend.selector, alice));
        makeGood(S1, lot(B2, 1));
        credits.lift(ICredits.FreezeScope.Account, uint160(alice), "case 3");
        credits.freeze(ICredits.FreezeScope.Project, ProjectId.unwrap(project), "reason", "case 3");
        vm.expectRevert(abi.encodeWithSelector(ICredits.FrozenBy.selector, ICredits.FreezeScope.Project, uint256(1)));
        makeGood(S1, lot(B2, 1));
        credits.lift(ICredits.FreezeScope.Project, ProjectId.unwrap(project), "case 3");
        credits.setFrozenTokens(alice, 2, 7500);
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector, alice, uint256(2), 501, 500
            )
        );
        makeGood(S1, lot(B2, 501));
        makeGood(S1, lot(B2, 500));
    }

    function test_a_reversal_passes_every_freeze() external {
        credits.freeze(ICredits.FreezeScope.Batch, 1, "reason", "");
        credits.freeze(ICredits.FreezeScope.Project, ProjectId.unwrap(project), "reason", "");
        credits.freeze(ICredits.FreezeScope.Programme, ProgrammeId.unwrap(VCS), "reason", "");
        report(3000, lot(B1, 1000));
        cover(S1, lot(B1, 1000));
        vm.assertEq(balance(buffer, B1), 0);
    }

    // annul

    function test_annul_strikes_a_reversal_and_opens_issuance() external {
        ICredits.Issuance memory order = _further();
        report(4000);
        report(3000, lot(B1, 1000));
        vm.expectEmit(address(projects));
        emit IProjects.OutstandingSet(project, kg(4000));
        vm.expectEmit(address(shortfalls));
        emit IShortfalls.ReportAnnulled(S2, project, kg(2000), "typo");
        shortfalls.annul(S2, "typo");
        assertOutstanding(4000, 0);
        assertMadeGood(S2, 1000); // what was cancelled stays cancelled
        vm.assertTrue(shortfalls.reported(B1).reversed == kg(4000), "of the batch");
        vm.assertTrue(shortfalls.shortfall(S2).annulled && !shortfalls.shortfall(S1).annulled, "annulled");
        shortfalls.annul(S1, "stolen key");
        issueTo(alice, order);
        report(10_000); // the whole batch may be reported again
    }

    function test_annul_strikes_a_mark_with_what_was_made_good_of_it() external {
        mark(B1, 4000);
        mark(B1, 1000);
        makeGood(S1, lot(B2, 1500));
        makeGood(S2, lot(B2, 100));
        IShortfalls.Reported memory reported = shortfalls.reported(B1);
        vm.assertTrue(reported.overIssued == kg(5000) && reported.madeGood == kg(1600), "before");
        shortfalls.annul(S1, "typo");
        reported = shortfalls.reported(B1);
        vm.assertTrue(reported.overIssued == kg(1000) && reported.madeGood == kg(100), "after");
        assertOutstanding(0, 900);
        mark(B1, 9000);
    }

    function test_an_annulled_report_is_neither_covered_nor_annulled_again() external {
        report(1000);
        mark(B1, 1000);
        shortfalls.annul(S1, "");
        shortfalls.annul(S2, "");
        bytes memory refusal = abi.encodeWithSelector(IShortfalls.ShortfallIsAnnulled.selector, S1);
        vm.expectRevert(refusal);
        cover(S1, lot(B1, 1));
        vm.expectRevert(refusal);
        makeGood(S1, lot(B2, 1));
        vm.expectRevert(refusal);
        shortfalls.annul(S1, "");
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallIsAnnulled.selector, S2));
        makeGood(S2, lot(B2, 1));
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallUnknown.selector, UNKNOWN));
        shortfalls.annul(UNKNOWN, "");
    }

    function test_annul_is_for_governance_only() external {
        report(1000);
        expectUnauthorized(operator);
        shortfalls.annul(S1, "");
    }

    // the doors of Credits

    function test_the_doors_of_credits_are_for_shortfalls_only() external {
        address[3] memory strangers = [operator, address(redemptions), address(this)];
        for (uint256 i; i < strangers.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(ICredits.OnlyShortfalls.selector, strangers[i]);
            vm.startPrank(strangers[i]);
            vm.expectRevert(refusal);
            credits.cancelFor(lot(B1, 1), alice, ICredits.CancellationKind.Voluntary);
            vm.expectRevert(refusal);
            credits.releaseBuffer(lot(B1, 1), strangers[i]);
            vm.stopPrank();
        }
    }

    function test_views_of_what_is_not_there() external {
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallUnknown.selector, S1));
        shortfalls.shortfall(S1);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ShortfallUnknown.selector, ShortfallId.wrap(0)));
        shortfalls.shortfall(ShortfallId.wrap(0));
        vm.expectRevert(abi.encodeWithSelector(IProjects.ProjectUnknown.selector, ProjectId.wrap(9)));
        shortfalls.outstanding(ProjectId.wrap(9));
        vm.assertTrue(shortfalls.reported(BatchId.wrap(9)).overIssued == kg(0), "none");
    }

    /// @dev Whatever is reported and made good, in any order: nothing is made good twice, and the sums agree.
    function testFuzz_outstanding_is_the_sum_of_what_is_missing(uint256[16] calldata steps) external {
        for (uint256 i; i < steps.length; ++i) {
            _step(steps[i]);
            (uint48 lost, uint48 excess) = (0, 0);
            for (uint32 id = 1; id <= shortfalls.count(); ++id) {
                IShortfalls.Shortfall memory entry = shortfalls.shortfall(ShortfallId.wrap(id));
                vm.assertTrue(entry.madeGood <= entry.kilograms, "more made good than reported");
                uint48 missing = entry.annulled ? 0 : _missing(entry);
                if (entry.kind == IShortfalls.Kind.Reversal) lost += missing;
                else excess += missing;
            }
            assertOutstanding(lost, excess);
        }
    }

    /// @dev Ten tonnes that could be issued to the project.
    function _further() private returns (ICredits.Issuance memory order) {
        order = issuance(verify(project, methodology, END + 1, END + 1, 10_000), LAST + 31, LAST + 40);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (END + 1, END + 1, 2021);
    }

    function _step(uint256 seed) private {
        uint256 verb = seed % 5;
        uint48 amount = uint48((seed >> 8) % 1500);
        ICredits.Lot[] memory lots = lot((seed >> 24) % 2 == 0 ? B1 : B2, uint48((seed >> 32) % 1500));
        ShortfallId id = ShortfallId.wrap(uint32(1 + (seed >> 56) % (shortfalls.count() + 1)));
        if (verb == 0) {
            vm.prank(operator);
            try shortfalls.reportReversal(project, lot(B1, amount), lots, "evidence", "") {} catch {}
        } else if (verb == 1) {
            vm.prank(operator);
            try shortfalls.coverReversal(id, lots) {} catch {}
        } else if (verb == 2) {
            vm.prank(operator);
            try shortfalls.markOverIssued(lots[0].batch, kg(amount), "evidence", "") {} catch {}
        } else if (verb == 3) {
            vm.prank(alice);
            try shortfalls.makeGood(id, lots, alice) {} catch {}
        } else if (seed >> 250 == 0) {
            try shortfalls.annul(id, "") {} catch {}
        }
    }

    function _missing(IShortfalls.Shortfall memory entry) private pure returns (uint48) {
        return Kilograms.unwrap(entry.kilograms) - Kilograms.unwrap(entry.madeGood);
    }
}
