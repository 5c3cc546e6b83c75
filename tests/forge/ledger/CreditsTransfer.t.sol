// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {BatchId} from "../../../contracts/types/Ids.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {Receiver} from "./Receiver.sol";

/// @dev A contract that refuses credits in words of its own.
contract Refuser {
    error NoThanks(uint256 id, uint256 value);

    function onERC1155Received(address, address, uint256 id, uint256 value, bytes calldata)
        external
        pure
        returns (bytes4)
    {
        revert NoThanks(id, value);
    }
}

contract CreditsTransferTest is LedgerTest {
    BatchId private constant B1 = BatchId.wrap(1);
    BatchId private constant B2 = BatchId.wrap(2);

    function setUp() public override {
        super.setUp();
        issuedTwo();
    }

    function test_total_supply_is_what_is_left_of_a_batch() external {
        BatchId id = B1;
        uint256 whole = credits.totalSupply(no(id));
        vm.assertEq(whole, 1000 * (credits.batch(id).last - credits.batch(id).first + 1));
        vm.prank(alice);
        credits.retire(lot(id, 1500), alice, alice, ICredits.Purpose.Voluntary, 0);
        vm.assertEq(credits.totalSupply(no(id)), whole - 1500);
        vm.assertEq(credits.totalSupply(0), 0);
        vm.assertEq(credits.totalSupply(3), 0, "no such batch");
        vm.assertEq(credits.totalSupply(no(id) + 2 ** 32), 0, "not the batch of the lower bits");
    }

    function test_transfer_of_a_whole_balance_to_oneself_reverts_when_a_part_is_frozen() external {
        credits.setFrozenTokens(alice, 1, 4000);
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector, alice, 1, 10_000, 6000
            )
        );
        vm.prank(alice);
        credits.safeTransferFrom(alice, alice, 1, 10_000, "");
    }

    function test_transfer_emits_and_moves() external {
        bytes32 before = keccak256(abi.encode(credits.batch(B1)));
        vm.expectEmit(address(credits));
        emit IERC1155.TransferSingle(alice, alice, bob, 1, 1500);
        vm.prank(alice);
        credits.safeTransferFrom(alice, bob, 1, 1500, "");
        vm.assertEq(balance(alice, B1), 8500);
        vm.assertEq(balance(bob, B1), 1500);
        vm.assertEq(keccak256(abi.encode(credits.batch(B1))), before); // the batch is as it was
    }

    function test_transfer_goes_on_when_programme_is_suspended() external {
        programmes.suspendProgramme(VCS, "");
        vm.prank(alice);
        credits.safeTransferFrom(alice, bob, 1, 7, "");
        vm.assertEq(balance(bob, B1), 7);
    }

    function test_transfer_batch_emits_and_moves() external {
        vm.expectEmit(address(credits));
        emit IERC1155.TransferBatch(alice, alice, bob, pair(1, 2), pair(1500, 7));
        vm.prank(alice);
        credits.safeBatchTransferFrom(alice, bob, pair(1, 2), pair(1500, 7), "");
        vm.assertEq(balance(bob, B1), 1500);
        vm.assertEq(balance(bob, B2), 7);
    }

    function test_transfer_adds_up_an_id_that_comes_twice() external {
        vm.prank(alice);
        credits.safeBatchTransferFrom(alice, bob, pair(1, 1), pair(4000, 6000), "");
        vm.assertEq(balance(bob, B1), TEN_TONNES);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, bob, 4000, 6001, 1));
        vm.prank(bob);
        credits.safeBatchTransferFrom(bob, alice, pair(1, 1), pair(6000, 6001), "");
    }

    function test_transfer_to_oneself_changes_nothing() external {
        vm.prank(alice);
        credits.safeBatchTransferFrom(alice, alice, pair(1, 1), pair(TEN_TONNES, TEN_TONNES), "");
        vm.assertEq(balance(alice, B1), TEN_TONNES);
    }

    function test_transfer_of_nothing() external {
        vm.prank(alice);
        credits.safeTransferFrom(alice, bob, 1, 0, "");
        vm.prank(alice);
        credits.safeTransferFrom(alice, bob, 77, 0, "");
        vm.assertEq(balance(bob, B1), 0);
    }

    function test_transfer_by_an_approved_account() external {
        vm.prank(alice);
        credits.setApprovalForAll(bob, true);
        vm.prank(bob);
        credits.safeTransferFrom(alice, bob, 1, 1, "");
        vm.prank(alice);
        credits.setApprovalForAll(bob, false);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155MissingApprovalForAll.selector, bob, alice));
        vm.prank(bob);
        credits.safeTransferFrom(alice, bob, 1, 1, "");
    }

    function test_transfer_reverts_without_approval() external {
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155MissingApprovalForAll.selector, mallory, alice));
        vm.prank(mallory);
        credits.safeTransferFrom(alice, mallory, 1, 1, "");
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155MissingApprovalForAll.selector, mallory, alice));
        vm.prank(mallory);
        credits.safeBatchTransferFrom(alice, mallory, pair(1, 2), pair(1, 1), "");
    }

    function test_transfer_reverts_above_the_balance() external {
        vm.expectRevert(
            abi.encodeWithSelector(
                IERC1155Errors.ERC1155InsufficientBalance.selector, alice, TEN_TONNES, TEN_TONNES + 1, 1
            )
        );
        vm.prank(alice);
        credits.safeTransferFrom(alice, bob, 1, TEN_TONNES + 1, "");
    }

    /// @dev A token id is a whole word, a batch id 32 bits of it: the rest must not be cut off anywhere.
    function test_transfer_reverts_for_an_id_that_only_truncates_to_a_batch() external {
        uint256 alias_ = (1 << 32) | 1;
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, alice, 0, 1, alias_));
        vm.prank(alice);
        credits.safeTransferFrom(alice, bob, alias_, 1, "");
    }

    function test_transfer_reverts_to_zero() external {
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(0)));
        vm.prank(alice);
        credits.safeTransferFrom(alice, address(0), 1, 1, "");
    }

    function test_transfer_reverts_to_escrow_and_buffer() external {
        address[2] memory reserves = [credits.BUFFER(), address(redemptions)];
        for (uint256 i; i < 2; ++i) {
            bytes memory refusal = abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotReceive.selector, reserves[i]);
            vm.expectRevert(refusal);
            vm.prank(alice);
            credits.safeTransferFrom(alice, reserves[i], 1, 1000, "");
            vm.expectRevert(refusal);
            vm.prank(alice);
            credits.safeBatchTransferFrom(alice, reserves[i], pair(1, 2), pair(0, 0), "");
        }
    }

    function test_transfer_reverts_when_lists_differ_in_length_while_something_is_frozen() external {
        credits.freeze(ICredits.FreezeScope.Account, uint160(mallory), 0, "");
        test_transfer_reverts_when_lists_differ_in_length();
    }

    function test_transfer_reverts_when_lists_differ_in_length() public {
        uint256[] memory ids = new uint256[](1);
        ids[0] = 1;
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidArrayLength.selector, 1, 2));
        vm.prank(alice);
        credits.safeBatchTransferFrom(alice, bob, ids, pair(1, 1), "");
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidArrayLength.selector, 2, 1));
        vm.prank(alice);
        credits.safeBatchTransferFrom(alice, bob, pair(1, 1), ids, "");
    }

    function test_transfer_reverts_when_a_contract_refuses() external {
        Receiver receiver = new Receiver();
        receiver.refuse(true);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(receiver)));
        vm.prank(alice);
        credits.safeTransferFrom(alice, address(receiver), 1, 1, "");
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(receiver)));
        vm.prank(alice);
        credits.safeBatchTransferFrom(alice, address(receiver), pair(1, 2), pair(1, 1), "");
    }

    /// @dev The receiver's own error comes through.
    function test_transfer_reverts_with_the_words_of_a_contract_that_refuses() external {
        Refuser refuser = new Refuser();
        vm.expectRevert(abi.encodeWithSelector(Refuser.NoThanks.selector, 1, 1500));
        vm.prank(alice);
        credits.safeTransferFrom(alice, address(refuser), 1, 1500, "");
    }

    function test_transfer_is_done_when_the_receiver_calls_back() external {
        Receiver receiver = new Receiver();
        ICredits.Lot[] memory lots = lot(B1, 1001);
        receiver.plan(
            address(credits),
            abi.encodeCall(credits.retire, (lots, address(receiver), alice, ICredits.Purpose.Voluntary, bytes32(0)))
        );
        vm.prank(alice);
        credits.safeTransferFrom(alice, address(receiver), 1, 1000, "");
        vm.assertTrue(!receiver.succeeded(), "no more than has arrived");

        lots[0].kilograms = kg(1500);
        receiver.plan(
            address(credits),
            abi.encodeCall(credits.retire, (lots, address(receiver), alice, ICredits.Purpose.Voluntary, bytes32(0)))
        );
        vm.prank(alice);
        credits.safeBatchTransferFrom(alice, address(receiver), pair(1, 1), pair(300, 200), "");
        vm.assertTrue(receiver.succeeded(), "all that has arrived");
        vm.assertEq(balance(address(receiver), B1), 0);
        vm.assertTrue(credits.batch(B1).taken == kg(1500), "cursor");
    }

    function test_transfer_from_escrow_and_buffer_has_no_door() external {
        vm.prank(alice);
        redemptions.request(B1, kg(1000), alice);
        vm.expectRevert(
            abi.encodeWithSelector(IERC1155Errors.ERC1155MissingApprovalForAll.selector, alice, address(redemptions))
        );
        vm.prank(alice);
        credits.safeTransferFrom(address(redemptions), alice, 1, 1000, "");
        vm.expectRevert(abi.encodeWithSelector(ICredits.NotHolderNorApproved.selector, address(redemptions), alice));
        vm.prank(alice);
        credits.retire(lot(B1, 1000), address(redemptions), alice, ICredits.Purpose.Voluntary, 0);
    }

    function testFuzz_transfers_keep_the_sum(uint256 first, uint256 second, bool toSelf) external {
        (first, second) = (first % 12_000, second % 12_000);
        address to = toSelf ? alice : bob;
        vm.prank(alice);
        try credits.safeBatchTransferFrom(alice, to, pair(1, 1), pair(first, second), "") {
            vm.assertTrue(toSelf || first + second <= TEN_TONNES, "more than there was");
        } catch {
            vm.assertTrue(first > TEN_TONNES || second > TEN_TONNES || first + second > TEN_TONNES, "refused");
        }
        vm.assertEq(balance(alice, B1) + balance(bob, B1), TEN_TONNES);
    }
}
