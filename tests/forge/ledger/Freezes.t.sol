// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {IProgrammes} from "../../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {BatchId} from "../../../contracts/types/Ids.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {Receiver} from "./Receiver.sol";

/// @dev Freezes, frozen amounts and forced transfers (ERC-7943).
contract FreezesTest is LedgerTest {
    BatchId private constant B1 = BatchId.wrap(1);
    BatchId private constant B2 = BatchId.wrap(2);

    function setUp() public override {
        super.setUp();
        issuedTwo();
    }

    // freeze, lift

    function test_freeze_emits_counts_and_stops_every_movement() external {
        for (uint8 i; i < 3; ++i) {
            ICredits.FreezeScope scope = ICredits.FreezeScope(i); // batch, project, programme: all have the id 1
            vm.expectEmit(address(credits));
            emit ICredits.FreezeImposed(scope, 1, "hash", "case 7");
            credits.freeze(scope, 1, "hash", "case 7");
            vm.assertTrue(credits.isFrozen(scope, 1), "frozen");
            vm.assertEq(credits.freezesInForce(), 1);
            vm.assertTrue(!credits.canTransfer(alice, bob, 1, 1), "cannot");
            _refusesAll(abi.encodeWithSelector(ICredits.FrozenBy.selector, scope, 1));
            vm.expectEmit(address(credits));
            emit ICredits.FreezeLifted(scope, 1, "case 7");
            credits.lift(scope, 1, "case 7");
            vm.assertTrue(!credits.isFrozen(scope, 1), "lifted");
            vm.assertEq(credits.freezesInForce(), 0);
            vm.prank(alice);
            credits.safeTransferFrom(alice, bob, 1, 1, "");
        }
    }

    function test_freeze_of_one_batch_leaves_the_other() external {
        credits.freeze(ICredits.FreezeScope.Batch, 2, 0, "");
        vm.startPrank(alice);
        credits.safeTransferFrom(alice, bob, 1, 1, "");
        vm.expectRevert(abi.encodeWithSelector(ICredits.FrozenBy.selector, ICredits.FreezeScope.Batch, 2));
        credits.safeBatchTransferFrom(alice, bob, pair(1, 2), pair(1, 1), "");
        vm.stopPrank();
    }

    function test_freeze_of_an_account_stops_both_directions() external {
        vm.prank(alice);
        credits.safeTransferFrom(alice, bob, 1, 10, "");
        vm.expectEmit(address(credits));
        emit ICredits.FreezeImposed(ICredits.FreezeScope.Account, uint160(alice), "hash", "case 7");
        credits.freeze(ICredits.FreezeScope.Account, uint160(alice), "hash", "case 7");
        vm.assertTrue(!credits.canSend(alice) && !credits.canReceive(alice), "cannot");
        vm.assertTrue(credits.canSend(bob) && credits.canReceive(bob), "can");
        vm.assertTrue(!credits.canTransfer(alice, bob, 1, 1) && !credits.canTransfer(bob, alice, 1, 1), "neither way");
        _refusesAll(abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotSend.selector, alice));
        vm.expectRevert(abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotReceive.selector, alice));
        vm.prank(bob);
        credits.safeTransferFrom(bob, alice, 1, 1, "");
    }

    function test_freeze_stops_an_approved_account_too() external {
        vm.prank(alice);
        credits.setApprovalForAll(bob, true);
        credits.freeze(ICredits.FreezeScope.Account, uint160(alice), 0, "");
        vm.expectRevert(abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotSend.selector, alice));
        vm.prank(bob);
        credits.safeTransferFrom(alice, bob, 1, 1, "");
    }

    function test_freezes_add_up_and_lift_one_by_one() external {
        credits.freeze(ICredits.FreezeScope.Batch, 1, 0, "");
        credits.freeze(ICredits.FreezeScope.Project, 1, 0, "");
        credits.setFrozenTokens(bob, 1, 5);
        vm.assertEq(credits.freezesInForce(), 3);
        credits.lift(ICredits.FreezeScope.Batch, 1, "");
        _refusesAll(abi.encodeWithSelector(ICredits.FrozenBy.selector, ICredits.FreezeScope.Project, 1));
    }

    function test_freeze_reverts_when_in_force_and_lift_when_not() external {
        vm.expectRevert(abi.encodeWithSelector(ICredits.FreezeUnchanged.selector, ICredits.FreezeScope.Batch, 1));
        credits.lift(ICredits.FreezeScope.Batch, 1, "");
        credits.freeze(ICredits.FreezeScope.Batch, 1, 0, "");
        vm.expectRevert(abi.encodeWithSelector(ICredits.FreezeUnchanged.selector, ICredits.FreezeScope.Batch, 1));
        credits.freeze(ICredits.FreezeScope.Batch, 1, 0, "");
    }

    function test_freeze_reverts_on_subjects_that_nothing_has() external {
        for (uint8 i; i < 4; ++i) {
            ICredits.FreezeScope scope = ICredits.FreezeScope(i);
            vm.expectRevert(abi.encodeWithSelector(ICredits.FreezeSubjectInvalid.selector, scope, 0));
            credits.freeze(scope, 0, 0, "");
        }
        uint256 tooLong = uint256(uint160(alice)) | (1 << 160);
        vm.expectRevert(
            abi.encodeWithSelector(ICredits.FreezeSubjectInvalid.selector, ICredits.FreezeScope.Account, tooLong)
        );
        credits.freeze(ICredits.FreezeScope.Account, tooLong, 0, "");
    }

    /// @dev F12 turned round: what is frozen exists, so that a mistyped id is refused and not quietly counted.
    function test_freeze_reverts_on_subjects_that_do_not_exist() external {
        uint256[3] memory next = [uint256(3), 2, 2]; // there are two batches, one project and one programme
        for (uint8 i; i < 3; ++i) {
            ICredits.FreezeScope scope = ICredits.FreezeScope(i);
            vm.expectRevert(abi.encodeWithSelector(ICredits.FreezeSubjectInvalid.selector, scope, next[i]));
            credits.freeze(scope, next[i], 0, "");
            credits.freeze(scope, next[i] - 1, 0, "");
            credits.lift(scope, next[i] - 1, "");
        }
        vm.prank(operator);
        projects.registerProject(registration("2000", "SECOND")); // more projects than programmes
        credits.freeze(ICredits.FreezeScope.Project, 2, 0, "");
        credits.lift(ICredits.FreezeScope.Project, 2, "");
        vm.expectRevert(
            abi.encodeWithSelector(ICredits.FreezeSubjectInvalid.selector, ICredits.FreezeScope.Programme, 2)
        );
        credits.freeze(ICredits.FreezeScope.Programme, 2, 0, "");
        uint256[3] memory truncated = [(uint256(1) << 32) | 1, (uint256(1) << 32) | 1, (uint256(1) << 16) | 1];
        for (uint8 i; i < 3; ++i) {
            ICredits.FreezeScope scope = ICredits.FreezeScope(i); // batch, project, programme
            vm.expectRevert(abi.encodeWithSelector(ICredits.FreezeSubjectInvalid.selector, scope, truncated[i]));
            credits.freeze(scope, truncated[i], 0, "");
        }
        vm.assertEq(credits.freezesInForce(), 0);
    }

    function test_freeze_and_lift_are_the_regulators() external {
        expectUnauthorized(operator);
        credits.freeze(ICredits.FreezeScope.Batch, 1, 0, "");
        credits.freeze(ICredits.FreezeScope.Batch, 1, 0, "");
        expectUnauthorized(operator);
        credits.lift(ICredits.FreezeScope.Batch, 1, "");
    }

    // setFrozenTokens

    function test_frozen_amount_emits_counts_and_stays() external {
        vm.expectEmit(address(credits));
        emit IERC7943MultiToken.Frozen(alice, 1, 4000);
        vm.assertTrue(credits.setFrozenTokens(alice, 1, 4000), "true");
        vm.assertEq(credits.getFrozenTokens(alice, 1), 4000);
        vm.assertEq(credits.freezesInForce(), 1);
        vm.assertTrue(credits.canTransfer(alice, bob, 1, 6000) && !credits.canTransfer(alice, bob, 1, 6001), "edge");
        _refusesAbove(6000, 6001);
        vm.prank(alice);
        credits.safeTransferFrom(alice, bob, 1, 6000, "");
        vm.assertEq(balance(alice, B1), 4000);
    }

    function test_frozen_amount_is_replaced_and_ended() external {
        credits.setFrozenTokens(alice, 1, 4000);
        credits.setFrozenTokens(alice, 1, 1);
        vm.assertEq(credits.freezesInForce(), 1);
        credits.setFrozenTokens(alice, 1, 0);
        vm.assertEq(credits.freezesInForce(), 0);
        credits.setFrozenTokens(alice, 1, 0);
        vm.assertEq(credits.freezesInForce(), 0);
        vm.prank(alice);
        credits.safeTransferFrom(alice, bob, 1, TEN_TONNES, "");
    }

    function test_frozen_amount_above_the_balance_withholds_what_arrives() external {
        credits.setFrozenTokens(alice, 1, 15_000);
        _refusesAbove(0, 1);
        vm.assertTrue(!credits.canTransfer(alice, bob, 1, 1), "nothing");
        vm.prank(alice);
        credits.safeTransferFrom(alice, bob, 2, 1, ""); // the other batch
    }

    function test_frozen_amount_counts_each_id_of_a_call_together() external {
        credits.setFrozenTokens(alice, 1, 4000);
        vm.startPrank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector, alice, 1, 6000, 0)
        );
        credits.safeBatchTransferFrom(alice, bob, pair(1, 1), pair(6000, 3000), "");
        vm.expectRevert(
            abi.encodeWithSelector(IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector, alice, 1, 3001, 0)
        );
        credits.retire(lotsOf(B1, 3001, B1, 3000), alice, alice, ICredits.Purpose.Voluntary, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector, alice, 1, 3001, 0)
        );
        credits.cancel(lotsOf(B1, 3001, B1, 3000), alice, ICredits.CancellationKind.Voluntary, "");
        credits.safeBatchTransferFrom(alice, bob, pair(1, 1), pair(3000, 3000), "");
        vm.stopPrank();
        vm.assertEq(balance(alice, B1), 4000);
    }

    /// @dev Any two parts, whatever is frozen: the frozen amount never leaves, and nothing else is held back.
    function testFuzz_frozen_amount_never_leaves(uint16 frozen, uint16 first, uint16 second, bool byRetirement)
        external
    {
        credits.setFrozenTokens(alice, 1, frozen);
        bool fits = uint256(first) + second + frozen <= TEN_TONNES && (!byRetirement || (first != 0 && second != 0));
        if (first == 0 && second == 0 && !byRetirement) fits = true;
        vm.prank(alice);
        if (byRetirement) {
            ICredits.Lot[] memory lots = lotsOf(B1, first, B1, second);
            try credits.retire(lots, alice, alice, ICredits.Purpose.Voluntary, 0) {
                vm.assertTrue(fits, "more than was free");
            } catch {
                vm.assertTrue(!fits, "held back");
            }
        } else {
            try credits.safeBatchTransferFrom(alice, bob, pair(1, 1), pair(first, second), "") {
                vm.assertTrue(fits, "more than was free");
            } catch {
                vm.assertTrue(!fits, "held back");
            }
        }
        vm.assertTrue(balance(alice, B1) == TEN_TONNES || balance(alice, B1) >= frozen, "stays");
    }

    function test_frozen_amount_leaves_transfers_to_oneself_within_what_is_free() external {
        credits.setFrozenTokens(alice, 1, 4000);
        vm.startPrank(alice);
        credits.safeBatchTransferFrom(alice, alice, pair(1, 1), pair(6000, 6000), "");
        vm.expectRevert(
            abi.encodeWithSelector(IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector, alice, 1, 6001, 6000)
        );
        credits.safeTransferFrom(alice, alice, 1, 6001, "");
        vm.stopPrank();
    }

    /// @dev ERC-7943 wants a frozen amount lowered when it is burnt; the reserves and account 0 have none to lower.
    function test_reserves_and_account_zero_have_no_freeze_and_no_frozen_amount() external {
        address[3] memory reserves = [credits.BUFFER(), address(redemptions), address(0)];
        for (uint256 i; i < reserves.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(
                ICredits.FreezeSubjectInvalid.selector, ICredits.FreezeScope.Account, uint160(reserves[i])
            );
            vm.expectRevert(refusal);
            credits.setFrozenTokens(reserves[i], 1, 5);
            vm.expectRevert(refusal);
            credits.freeze(ICredits.FreezeScope.Account, uint160(reserves[i]), 0, "");
        }
        vm.assertEq(credits.freezesInForce(), 0);
    }

    function test_set_frozen_tokens_reverts_for_unknown_batches() external {
        vm.expectRevert(abi.encodeWithSelector(ICredits.FreezeSubjectInvalid.selector, ICredits.FreezeScope.Batch, 9));
        credits.setFrozenTokens(alice, 9, 1);
        uint256 truncates = (1 << 32) | 1;
        vm.expectRevert(
            abi.encodeWithSelector(ICredits.FreezeSubjectInvalid.selector, ICredits.FreezeScope.Batch, truncates)
        );
        credits.setFrozenTokens(alice, truncates, 1);
    }

    function test_set_frozen_tokens_is_the_regulators() external {
        expectUnauthorized(mallory);
        credits.setFrozenTokens(alice, 1, 1);
    }

    // forcedTransfer

    function test_forced_transfer_emits_and_moves_past_freezes() external {
        credits.freeze(ICredits.FreezeScope.Account, uint160(alice), 0, "");
        credits.freeze(ICredits.FreezeScope.Batch, 1, 0, "");
        vm.expectEmit(address(credits));
        emit IERC7943MultiToken.ForcedTransfer(alice, bob, 1, 7000);
        vm.expectEmit(address(credits));
        emit IERC1155.TransferSingle(address(this), alice, bob, 1, 7000);
        vm.assertTrue(credits.forcedTransfer(alice, bob, 1, 7000), "true");
        vm.assertEq(balance(bob, B1), 7000);
    }

    function test_forced_transfer_lowers_the_frozen_amount_first() external {
        credits.setFrozenTokens(alice, 1, 4000);
        credits.forcedTransfer(alice, bob, 1, 6000); // all that is free
        vm.assertEq(credits.getFrozenTokens(alice, 1), 4000);
        vm.expectEmit(address(credits));
        emit IERC7943MultiToken.Frozen(alice, 1, 3000);
        vm.expectEmit(address(credits));
        emit IERC7943MultiToken.ForcedTransfer(alice, bob, 1, 1000);
        credits.forcedTransfer(alice, bob, 1, 1000);
        credits.forcedTransfer(alice, bob, 1, 3000);
        vm.assertEq(credits.getFrozenTokens(alice, 1), 0);
        vm.assertEq(credits.freezesInForce(), 0);
    }

    function test_forced_transfer_to_oneself_frees_nothing() external {
        credits.setFrozenTokens(alice, 1, 4000);
        credits.forcedTransfer(alice, alice, 1, TEN_TONNES);
        vm.assertEq(credits.getFrozenTokens(alice, 1), 4000);
        vm.assertEq(balance(alice, B1), TEN_TONNES);
    }

    function test_forced_transfer_makes_no_receiver_call() external {
        Receiver receiver = new Receiver();
        receiver.refuse(true);
        credits.forcedTransfer(alice, address(receiver), 1, 1);
        credits.forcedTransfer(alice, address(programmes), 1, 1);
        vm.assertEq(balance(address(receiver), B1), 1);
    }

    function test_forced_transfer_reverts_to_who_cannot_receive() external {
        credits.freeze(ICredits.FreezeScope.Account, uint160(bob), 0, "");
        address[3] memory closed = [bob, credits.BUFFER(), address(redemptions)];
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotReceive.selector, closed[i]));
            credits.forcedTransfer(alice, closed[i], 1, 1);
        }
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(0)));
        credits.forcedTransfer(alice, address(0), 1, 1);
    }

    function test_forced_transfer_reverts_from_nobody_escrow_and_buffer() external {
        address[2] memory reserves = [credits.BUFFER(), address(redemptions)];
        vm.prank(alice);
        redemptions.request(B1, kg(1000), alice);
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotSend.selector, reserves[i]));
            credits.forcedTransfer(reserves[i], bob, 1, 0);
        }
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidSender.selector, address(0)));
        credits.forcedTransfer(address(0), bob, 1, 0);
    }

    function test_forced_transfer_reverts_above_the_balance() external {
        vm.expectRevert(
            abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, alice, TEN_TONNES, 10_001, 1)
        );
        credits.forcedTransfer(alice, bob, 1, 10_001);
    }

    function test_forced_transfer_is_the_regulators() external {
        expectUnauthorized(mallory);
        credits.forcedTransfer(alice, mallory, 1, 1);
    }

    // views

    function testFuzz_views_of_permission_never_revert(address from, address to, uint256 id, uint256 amount)
        external
        view
    {
        credits.canSend(from);
        credits.canReceive(to);
        credits.getFrozenTokens(from, id);
        credits.canTransfer(from, to, id, amount);
        credits.canTransfer(alice, to, 1, amount);
    }

    function test_escrow_and_buffer_can_neither_send_nor_receive() external view {
        vm.assertTrue(!credits.canSend(credits.BUFFER()) && !credits.canReceive(credits.BUFFER()), "buffer");
        vm.assertTrue(!credits.canSend(address(redemptions)) && !credits.canReceive(address(redemptions)), "escrow");
    }

    function test_can_transfer_nothing_whatever_is_frozen() external {
        credits.setFrozenTokens(alice, 1, 15_000);
        vm.assertTrue(credits.canTransfer(alice, bob, 1, 0), "nothing is free to go");
        vm.prank(alice);
        credits.safeTransferFrom(alice, bob, 1, 0, "");
    }

    /// @dev Where no rule stands against it and the balance suffices, the transfer passes; else it does not.
    function testFuzz_can_transfer_says_what_a_transfer_does(uint16 frozen, uint16 amount, uint8 freezes) external {
        uint256 wanted = 1 + uint256(amount) % TEN_TONNES;
        credits.setFrozenTokens(alice, 1, frozen);
        if (freezes & 1 != 0) credits.freeze(ICredits.FreezeScope.Batch, 1, 0, "");
        if (freezes & 2 != 0) credits.freeze(ICredits.FreezeScope.Programme, 1, 0, "");
        if (freezes & 4 != 0) credits.freeze(ICredits.FreezeScope.Account, uint160(bob), 0, "");
        bool can = credits.canTransfer(alice, bob, 1, wanted);
        vm.prank(alice);
        try credits.safeTransferFrom(alice, bob, 1, wanted, "") {
            vm.assertTrue(can, "said no, and passed");
        } catch {
            vm.assertTrue(!can, "said yes, and refused");
        }
    }

    function _moreOrder() private returns (ICredits.Issuance memory order) {
        order = issuance(verify(project, methodology, END + 1, END + 1, 1000), 1, 1);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (END + 1, END + 1, 2021);
    }

    function _refusesAll(bytes memory refusal) private {
        vm.startPrank(alice);
        vm.expectRevert(refusal);
        credits.safeTransferFrom(alice, bob, 1, 1, "");
        vm.expectRevert(refusal);
        credits.safeBatchTransferFrom(alice, bob, pair(2, 1), pair(0, 0), "");
        vm.expectRevert(refusal);
        credits.retire(lot(B1, 1), alice, alice, ICredits.Purpose.Voluntary, 0);
        vm.expectRevert(refusal);
        credits.cancel(lot(B1, 1), alice, ICredits.CancellationKind.Voluntary, "");
        vm.expectRevert(refusal);
        redemptions.request(B1, kg(1000), alice);
        vm.stopPrank();
    }

    function _refusesAbove(uint256 free, uint256 asked) private {
        bytes memory refusal = abi.encodeWithSelector(
            IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector, alice, 1, asked, free
        );
        vm.startPrank(alice);
        vm.expectRevert(refusal);
        credits.safeTransferFrom(alice, bob, 1, asked, "");
        vm.expectRevert(refusal);
        credits.retire(lot(B1, uint48(asked)), alice, alice, ICredits.Purpose.Voluntary, 0);
        vm.expectRevert(refusal);
        credits.cancel(lot(B1, uint48(asked)), alice, ICredits.CancellationKind.Voluntary, "");
        vm.stopPrank();
    }
}
