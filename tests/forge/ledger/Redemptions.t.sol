// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {IProgrammes} from "../../../contracts/interfaces/IProgrammes.sol";
import {IRedemptions} from "../../../contracts/interfaces/IRedemptions.sol";
import {BatchId, RedemptionId, RetirementId} from "../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../contracts/types/Kilograms.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {Receiver} from "./Receiver.sol";

contract RedemptionsTest is LedgerTest {
    BatchId private constant B1 = BatchId.wrap(1);
    RedemptionId private constant X1 = RedemptionId.wrap(1);
    RedemptionId private constant UNKNOWN = RedemptionId.wrap(9);

    function setUp() public override {
        super.setUp();
        issued();
    }

    // request

    function test_request_of_a_whole_balance_reverts_when_a_part_is_frozen() external {
        credits.setFrozenTokens(alice, 1, 4000);
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector, alice, 1, 10_000, 6000
            )
        );
        vm.prank(alice);
        redemptions.request(B1, kg(10_000), alice);
    }

    function test_request_emits_stores_and_escrows() external {
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionRequested(X1, B1, alice, kg(2000));
        vm.expectEmit(address(credits));
        emit IERC1155.TransferSingle(address(redemptions), alice, address(redemptions), 1, 2000);
        _request(2000);

        IRedemptions.Redemption memory entry = redemptions.redemption(X1);
        vm.assertEq(entry.holder, alice);
        vm.assertTrue(entry.kilograms == kg(2000), "kilograms");
        vm.assertEq(entry.requestedAt, block.timestamp);
        vm.assertEq(no(entry.batch), 1);
        vm.assertTrue(entry.status == IRedemptions.Status.Requested, "status");
        vm.assertEq(uint256(entry.first) + entry.last, 0);
        vm.assertEq(redemptions.count(), 1);
        vm.assertEq(balance(alice, B1), 8000);
        vm.assertEq(balance(address(redemptions), B1), 2000);
        vm.assertTrue(credits.batch(B1).redeemed == kg(0), "no serial yet");
    }

    function test_request_reverts_on_parts_of_a_tonne() external {
        uint48[4] memory bad = [uint48(0), 1, 999, 1001];
        for (uint256 i; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRedemptions.RedemptionNotWholeTonnes.selector, B1, kg(bad[i])));
            _request(bad[i]);
        }
    }

    function test_request_reverts_above_the_balance() external {
        vm.expectRevert(
            abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, alice, 10_000, 11_000, 1)
        );
        _request(11_000);
        vm.assertEq(redemptions.count(), 0);
    }

    function test_request_belongs_to_the_holder_and_who_it_approved() external {
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.NotHolderNorApproved.selector, alice, mallory));
        vm.prank(mallory);
        redemptions.request(B1, kg(1000), alice);
        vm.prank(alice);
        credits.setApprovalForAll(bob, true);
        vm.prank(bob);
        redemptions.request(B1, kg(1000), alice);
        vm.assertEq(redemptions.redemption(X1).holder, alice);
    }

    function test_escrowed_units_can_neither_move_nor_retire() external {
        _request(10_000);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, alice, 0, 1, 1));
        vm.prank(alice);
        credits.safeTransferFrom(alice, bob, 1, 1, "");
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, alice, 0, 1, 1));
        vm.prank(alice);
        credits.retire(lot(B1, 1), alice, alice, ICredits.Purpose.Voluntary, 0);
        vm.expectRevert(abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotSend.selector, address(redemptions)));
        credits.forcedTransfer(address(redemptions), bob, 1, 1);
    }

    function test_request_respects_freezes() external {
        credits.setFrozenTokens(alice, 1, 9001);
        vm.expectRevert(
            abi.encodeWithSelector(IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector, alice, 1, 1000, 999)
        );
        _request(1000);
        credits.setFrozenTokens(alice, 1, 9000);
        _request(1000);
        credits.freeze(ICredits.FreezeScope.Account, uint160(alice), 0, "");
        vm.expectRevert(abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotSend.selector, alice));
        _request(1000);
    }

    // confirm

    function test_confirm_emits_and_takes_serials_from_the_back() external {
        _request(2000);
        vm.expectEmit(address(credits));
        emit IERC1155.TransferSingle(address(redemptions), address(redemptions), address(0), 1, 2000);
        vm.expectEmit(address(credits));
        emit ICredits.Redeemed(B1, kg(2000), LAST - 1, LAST);
        _confirm(X1, LAST - 1, LAST);

        IRedemptions.Redemption memory entry = redemptions.redemption(X1);
        vm.assertTrue(entry.status == IRedemptions.Status.Confirmed, "status");
        vm.assertEq(entry.first, LAST - 1);
        vm.assertEq(entry.last, LAST);
        vm.assertTrue(credits.batch(B1).redeemed == kg(2000), "cursor");
        vm.assertEq(balance(address(redemptions), B1), 0);
        vm.assertEq(no(credits.batchOfSerial(keccak256("VCS-VCU"), LAST)), 1); // closed for ever (I5)
    }

    function test_confirm_emits_redemption_confirmed() external {
        _request(2000);
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionConfirmed(X1, LAST - 1, LAST);
        _confirm(X1, LAST - 1, LAST);
    }

    function test_confirm_goes_on_where_the_last_one_ended_in_any_order() external {
        _request(2000);
        _request(3000);
        _confirm(RedemptionId.wrap(2), LAST - 2, LAST);
        _confirm(X1, LAST - 4, LAST - 3);
    }

    function test_front_and_back_meet_in_the_middle() external {
        _request(4000);
        retire(B1, 5500);
        _confirm(X1, LAST - 3, LAST);
        retire(B1, 500);
        ICredits.Batch memory batch = credits.batch(B1);
        vm.assertTrue(batch.taken == kg(6000) && batch.redeemed == kg(4000), "all");
        vm.assertEq(balance(alice, B1), 0);
        (, uint64 last,,) = certificates.serialsOf(RetirementId.wrap(2));
        vm.assertEq(last, LAST - 4); // right before what went back
    }

    function test_a_whole_block_that_starts_at_zero_goes_back() external {
        ICredits.Issuance memory order = issuance(verify(project, methodology, END + 1, END + 9, 3000), 0, 2);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (END + 1, END + 1, 2021);
        BatchId batch = issueTo(alice, order);
        vm.prank(alice);
        redemptions.request(batch, kg(3000), alice);
        _confirm(X1, 0, 2);
        vm.assertTrue(credits.batch(batch).redeemed == kg(3000), "all");
    }

    function test_confirm_reverts_on_other_serials() external {
        _request(2000);
        uint64[2][4] memory bad = [[LAST - 2, LAST], [LAST, LAST], [LAST - 2, LAST - 1], [uint64(0), 0]];
        for (uint256 i; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRedemptions.RedemptionSerialsDiffer.selector, X1, LAST - 1, LAST));
            _confirm(X1, bad[i][0], bad[i][1]);
        }
    }

    function test_confirm_reverts_for_anyone_but_the_programmes_operator() external {
        admitOther();
        _request(1000);
        address[4] memory strangers = [alice, vvb, otherOperator, address(this)];
        for (uint256 i; i < strangers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRedemptions.NotOperatorOfBatch.selector, B1, strangers[i]));
            vm.prank(strangers[i]);
            redemptions.confirm(X1, LAST, LAST);
            vm.expectRevert(abi.encodeWithSelector(IRedemptions.NotOperatorOfBatch.selector, B1, strangers[i]));
            vm.prank(strangers[i]);
            redemptions.refuse(X1, "");
        }
    }

    function test_confirm_by_the_operator_of_the_day() external {
        _request(1000);
        programmes.rotateOperator(VCS, otherOperator);
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.NotOperatorOfBatch.selector, B1, operator));
        _confirm(X1, LAST, LAST);
        vm.prank(otherOperator);
        redemptions.confirm(X1, LAST, LAST);
    }

    function test_confirm_respects_freezes_imposed_meanwhile() external {
        _request(1000);
        credits.freeze(ICredits.FreezeScope.Account, uint160(alice), 0, "");
        vm.expectRevert(abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotSend.selector, alice));
        _confirm(X1, LAST, LAST);
        credits.lift(ICredits.FreezeScope.Account, uint160(alice), "");
        for (uint8 i; i < 3; ++i) {
            ICredits.FreezeScope scope = ICredits.FreezeScope(i); // batch, project, programme: all have the id 1
            credits.freeze(scope, 1, 0, "");
            vm.expectRevert(abi.encodeWithSelector(ICredits.FrozenBy.selector, scope, 1));
            _confirm(X1, LAST, LAST);
            credits.lift(scope, 1, "");
        }
        _confirm(X1, LAST, LAST);
    }

    function test_confirm_waits_while_an_amount_frozen_since_is_not_on_hand() external {
        _request(2000);
        credits.setFrozenTokens(alice, 1, 8001); // alice has 8,000 left
        vm.expectRevert(
            abi.encodeWithSelector(IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector, alice, 1, 0, 0)
        );
        _confirm(X1, LAST - 1, LAST);
        credits.setFrozenTokens(alice, 1, 8000);
        _confirm(X1, LAST - 1, LAST);
    }

    // refuse

    function test_refuse_emits_and_gives_back() external {
        _request(2000);
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionRefused(X1, "account closed");
        vm.expectEmit(address(credits));
        emit IERC1155.TransferSingle(address(redemptions), address(redemptions), alice, 1, 2000);
        _refuse(X1);
        vm.assertTrue(redemptions.redemption(X1).status == IRedemptions.Status.Refused, "status");
        vm.assertEq(balance(alice, B1), TEN_TONNES);
    }

    function test_refuse_gives_back_to_a_frozen_account_that_refuses_credits() external {
        Receiver receiver = new Receiver();
        vm.prank(alice);
        credits.safeTransferFrom(alice, address(receiver), 1, 1000, "");
        receiver.act(address(redemptions), abi.encodeCall(redemptions.request, (B1, kg(1000), address(receiver))));
        receiver.refuse(true);
        credits.freeze(ICredits.FreezeScope.Account, uint160(address(receiver)), 0, "");
        credits.freeze(ICredits.FreezeScope.Programme, 1, 0, "");
        _refuse(X1);
        vm.assertEq(balance(address(receiver), B1), 1000);
    }

    // withdraw

    function test_withdraw_after_the_waiting_time() external {
        _request(2000);
        uint48 until = uint48(block.timestamp) + redemptions.WAITING_TIME();
        vm.warp(until - 1);
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.RedemptionWaiting.selector, X1, until));
        vm.prank(alice);
        redemptions.withdraw(X1);
        vm.warp(until);
        vm.expectEmit(address(redemptions));
        emit IRedemptions.RedemptionWithdrawn(X1);
        vm.prank(alice);
        redemptions.withdraw(X1);
        vm.assertTrue(redemptions.redemption(X1).status == IRedemptions.Status.Withdrawn, "status");
        vm.assertEq(balance(alice, B1), TEN_TONNES);
    }

    function test_withdraw_reverts_for_strangers() external {
        _request(2000);
        vm.warp(block.timestamp + 30 days);
        address[2] memory strangers = [bob, operator];
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRedemptions.NotHolderNorApproved.selector, alice, strangers[i]));
            vm.prank(strangers[i]);
            redemptions.withdraw(X1);
        }
    }

    /// @dev Whoever may request may withdraw: a vault without a call of its own is not locked in. F22 turned round.
    function test_withdraw_by_an_approved_account_gives_back_to_the_holder() external {
        Receiver vault = new Receiver();
        vm.prank(alice);
        credits.safeTransferFrom(alice, address(vault), 1, 2000, "");
        vault.act(address(credits), abi.encodeCall(credits.setApprovalForAll, (bob, true)));
        vm.startPrank(bob);
        redemptions.request(B1, kg(2000), address(vault));
        vm.warp(block.timestamp + 30 days);
        redemptions.withdraw(X1);
        vm.stopPrank();
        vm.assertEq(balance(address(vault), B1), 2000);
        vm.assertEq(balance(bob, B1), 0);
    }

    // reactivated

    function test_report_reactivated_emits_and_closes() external {
        _request(1000);
        _confirm(X1, LAST, LAST);
        vm.expectEmit(address(redemptions));
        emit IRedemptions.Reactivated(X1, "VCS-2026-77");
        vm.prank(operator);
        redemptions.reportReactivated(X1, "VCS-2026-77");
        vm.assertTrue(redemptions.redemption(X1).status == IRedemptions.Status.Reactivated, "status");
        vm.expectRevert(
            abi.encodeWithSelector(
                IRedemptions.RedemptionStatusIs.selector,
                X1,
                IRedemptions.Status.Reactivated,
                IRedemptions.Status.Confirmed
            )
        );
        vm.prank(operator);
        redemptions.reportReactivated(X1, "VCS-2026-77");
    }

    function test_report_reactivated_reverts_before_the_credits_are_burnt() external {
        _request(1000);
        vm.expectRevert(
            abi.encodeWithSelector(
                IRedemptions.RedemptionStatusIs.selector,
                X1,
                IRedemptions.Status.Requested,
                IRedemptions.Status.Confirmed
            )
        );
        vm.prank(operator);
        redemptions.reportReactivated(X1, "VCS-2026-77");
    }

    function test_report_reactivated_reverts_without_a_reference_and_for_others() external {
        admitOther();
        _request(1000);
        _confirm(X1, LAST, LAST);
        vm.expectRevert(abi.encodeWithSelector(IRedemptions.ReactivationWithoutReference.selector, X1));
        vm.prank(operator);
        redemptions.reportReactivated(X1, "");
        address[3] memory strangers = [alice, vvb, otherOperator];
        for (uint256 i; i < strangers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRedemptions.NotOperatorOfBatch.selector, B1, strangers[i]));
            vm.prank(strangers[i]);
            redemptions.reportReactivated(X1, "VCS-2026-77");
        }
    }

    /// @dev F5 turned round: a suspended programme's key burns nothing in escrow and reports nothing; it may give back.
    function test_a_suspended_programme_neither_confirms_nor_reports_but_refuses() external {
        _request(1000);
        _request(1000);
        _confirm(X1, LAST, LAST);
        programmes.suspendProgramme(VCS, "stolen key");
        bytes memory refusal = abi.encodeWithSelector(
            IProgrammes.ProgrammeNotActive.selector, VCS, IProgrammes.Standing.Suspended, block.timestamp
        );
        vm.startPrank(operator);
        vm.expectRevert(refusal);
        redemptions.confirm(RedemptionId.wrap(2), LAST - 1, LAST - 1);
        vm.expectRevert(refusal);
        redemptions.reportReactivated(X1, "VCS-2026-77");
        redemptions.refuse(RedemptionId.wrap(2), "");
        vm.stopPrank();
        vm.assertEq(balance(alice, B1), 9000);
    }

    /// @dev F7 turned round. The registry acts only after the burn: the holder's withdrawal comes too late, and a freeze
    /// stops the confirmation before anything is live.
    function test_nothing_is_taken_back_once_it_is_burnt() external {
        _request(1000);
        vm.warp(block.timestamp + 30 days);
        credits.freeze(ICredits.FreezeScope.Account, uint160(alice), 0, "");
        vm.expectRevert(abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotSend.selector, alice));
        _confirm(X1, LAST, LAST);
        credits.lift(ICredits.FreezeScope.Account, uint160(alice), "");
        _confirm(X1, LAST, LAST);
        credits.freeze(ICredits.FreezeScope.Account, uint160(alice), 0, "");
        vm.expectRevert(
            abi.encodeWithSelector(
                IRedemptions.RedemptionStatusIs.selector,
                X1,
                IRedemptions.Status.Confirmed,
                IRedemptions.Status.Requested
            )
        );
        vm.prank(alice);
        redemptions.withdraw(X1);
        vm.prank(operator);
        redemptions.reportReactivated(X1, "VCS-2026-77"); // the freeze came too late to hold the report up
        vm.assertEq(balance(alice, B1), 9000);
    }

    // the end of each

    function test_what_was_answered_stays_answered() external {
        for (uint40 i = 1; i <= 3; ++i) {
            _request(1000);
        }
        vm.warp(block.timestamp + 30 days);
        _confirm(X1, LAST, LAST);
        _refuse(RedemptionId.wrap(2));
        vm.prank(alice);
        redemptions.withdraw(RedemptionId.wrap(3));
        for (uint40 i = 1; i <= 3; ++i) {
            RedemptionId id = RedemptionId.wrap(i);
            bytes memory refusal = abi.encodeWithSelector(
                IRedemptions.RedemptionStatusIs.selector,
                id,
                uint8(i) + 1, // Confirmed, Refused, Withdrawn
                IRedemptions.Status.Requested
            );
            vm.expectRevert(refusal);
            _confirm(id, LAST - 1, LAST - 1);
            vm.expectRevert(refusal);
            _refuse(id);
            vm.expectRevert(refusal);
            vm.prank(alice);
            redemptions.withdraw(id);
        }
        vm.assertEq(balance(alice, B1), 9000);
        vm.assertEq(balance(address(redemptions), B1), 0);
    }

    function test_unknown_redemptions_revert() external {
        bytes memory refusal = abi.encodeWithSelector(IRedemptions.RedemptionUnknown.selector, UNKNOWN);
        vm.expectRevert(refusal);
        redemptions.redemption(UNKNOWN);
        vm.expectRevert(refusal);
        _confirm(UNKNOWN, 0, 0);
        vm.expectRevert(refusal);
        _refuse(UNKNOWN);
        vm.expectRevert(refusal);
        redemptions.withdraw(UNKNOWN);
    }

    // the three doors of Credits that are only Redemptions'

    function test_doors_of_redemptions_are_closed_to_everyone_else() external {
        address[3] memory strangers = [alice, operator, address(this)];
        for (uint256 i; i < strangers.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(ICredits.OnlyRedemptions.selector, strangers[i]);
            vm.startPrank(strangers[i]);
            vm.expectRevert(refusal);
            credits.escrow(alice, B1, kg(1000));
            vm.expectRevert(refusal);
            credits.release(alice, B1, kg(1000));
            vm.expectRevert(refusal);
            credits.redeem(alice, B1, kg(1000));
            vm.stopPrank();
        }
    }

    function _request(uint48 kilograms) private {
        vm.prank(alice);
        redemptions.request(B1, Kilograms.wrap(kilograms), alice);
    }

    function _confirm(RedemptionId id, uint64 first, uint64 last) private {
        vm.prank(operator);
        redemptions.confirm(id, first, last);
    }

    function _refuse(RedemptionId id) private {
        vm.prank(operator);
        redemptions.refuse(id, "account closed");
    }
}
