// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IERC5192} from "../../../contracts/interfaces/IERC5192.sol";
import {BatchId, CancellationId, RetirementId} from "../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../contracts/types/Kilograms.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";

/// @dev Retirements and cancellations: the two ways out at the front of a block.
contract CreditsRetireTest is LedgerTest {
    BatchId private constant B1 = BatchId.wrap(1);
    BatchId private constant B2 = BatchId.wrap(2);
    RetirementId private constant R1 = RetirementId.wrap(1);
    CancellationId private constant C1 = CancellationId.wrap(1);

    function setUp() public override {
        super.setUp();
        issuedTwo();
    }

    // retire

    function test_retire_emits_stores_and_burns() external {
        bytes32 details = keccak256("salted");
        vm.expectEmit(address(credits));
        emit IERC1155.TransferSingle(alice, alice, address(0), 1, 1500);
        vm.expectEmit(address(credits));
        emit ICredits.Retired(R1, B1, bob, alice, kg(0), kg(1500), ICredits.Purpose.Other, R1, details);
        vm.expectEmit(address(certificates));
        emit IERC721.Transfer(address(0), bob, 1);
        vm.expectEmit(address(certificates));
        emit IERC5192.Locked(1);
        vm.prank(alice);
        credits.retire(lot(B1, 1500), alice, bob, ICredits.Purpose.Other, details);

        ICredits.Retirement memory record = credits.retirement(R1);
        vm.assertEq(record.beneficiary, bob);
        vm.assertTrue(record.from == kg(0) && record.kilograms == kg(1500), "range");
        vm.assertEq(no(record.batch), 1);
        vm.assertEq(record.time, block.timestamp);
        vm.assertTrue(record.purpose == ICredits.Purpose.Other, "purpose");
        vm.assertEq(record.position, 0);
        vm.assertEq(bytes32(record.details), bytes32(bytes20(details)));
        vm.assertEq(balance(alice, B1), 8500);
        vm.assertTrue(credits.batch(B1).taken == kg(1500) && credits.batch(B1).cancelled == kg(0), "cursor");
        vm.assertEq(certificates.ownerOf(1), bob);
        vm.assertEq(certificates.balanceOf(bob), 1);
    }

    function test_retire_goes_on_where_the_last_one_ended() external {
        retire(B1, 1500);
        vm.assertEq(RetirementId.unwrap(retire(B1, 1)), 2);
        ICredits.Retirement memory record = credits.retirement(RetirementId.wrap(2));
        vm.assertTrue(record.from == kg(1500), "gapless");
        (,, uint256 cancellations) = credits.counts();
        vm.assertEq(cancellations, 0);
    }

    function test_retire_several_lots_is_one_claim() external {
        vm.expectEmit(address(credits));
        emit IERC1155.TransferBatch(alice, alice, address(0), pair(1, 2), pair(10, 20));
        vm.expectEmit(address(credits));
        emit ICredits.Retired(R1, B1, bob, alice, kg(0), kg(10), ICredits.Purpose.NationalScheme, R1, 0);
        vm.expectEmit(address(credits));
        emit ICredits.Retired(
            RetirementId.wrap(2), B2, bob, alice, kg(0), kg(20), ICredits.Purpose.NationalScheme, R1, 0
        );
        for (uint256 id = 1; id <= 2; ++id) {
            vm.expectEmit(address(certificates));
            emit IERC721.Transfer(address(0), bob, id);
            vm.expectEmit(address(certificates));
            emit IERC5192.Locked(id);
        }
        vm.prank(alice);
        RetirementId[] memory ids =
            credits.retire(lotsOf(B1, 10, B2, 20), alice, bob, ICredits.Purpose.NationalScheme, 0);
        vm.assertEq(ids.length, 2);
        vm.assertEq(RetirementId.unwrap(ids[1]), 2);
        vm.assertEq(credits.retirement(ids[1]).position, 1);
        vm.assertEq(certificates.balanceOf(bob), 2);
        (, uint256 retirements,) = credits.counts();
        vm.assertEq(retirements, 2);
        retire(B1, 1);
        vm.assertEq(credits.retirement(RetirementId.wrap(3)).position, 0);
    }

    function test_retire_one_batch_twice_in_one_call() external {
        vm.prank(alice);
        credits.retire(lotsOf(B1, 700, B1, 800), alice, alice, ICredits.Purpose.Other, 0);
        ICredits.Retirement memory second = credits.retirement(RetirementId.wrap(2));
        vm.assertTrue(second.from == kg(700) && second.kilograms == kg(800), "one after the other");
        vm.assertTrue(credits.batch(B1).taken == kg(1500), "cursor");
    }

    function test_retire_up_to_256_lots() external {
        ICredits.Lot[] memory lots = new ICredits.Lot[](256);
        for (uint256 i; i < 256; ++i) {
            lots[i] = ICredits.Lot(B1, kg(1));
        }
        vm.prank(alice);
        credits.retire(lots, alice, alice, ICredits.Purpose.Voluntary, 0);
        vm.assertEq(credits.retirement(RetirementId.wrap(256)).position, 255);
        vm.assertEq(certificates.balanceOf(alice), 256);
        _refuses(new ICredits.Lot[](257), abi.encodeWithSelector(ICredits.LotsInvalid.selector, 257));
    }

    function test_retire_reverts_without_lots() external {
        _refuses(new ICredits.Lot[](0), abi.encodeWithSelector(ICredits.LotsInvalid.selector, 0));
    }

    function test_retire_reverts_when_quantity_is_zero() external {
        _refuses(lot(B1, 0), abi.encodeWithSelector(ICredits.QuantityZero.selector, B1));
        _refuses(lotsOf(B1, 1, B2, 0), abi.encodeWithSelector(ICredits.QuantityZero.selector, B2));
    }

    function test_retire_reverts_above_the_balance() external {
        _refuses(lot(B1, 10_001), _insufficient(TEN_TONNES, 10_001, 1));
        _refuses(lotsOf(B1, 10_000, B1, 1), _insufficient(0, 1, 1));
        _refuses(lot(BatchId.wrap(9), 1), _insufficient(0, 1, 9));
        _refuses(lot(B1, type(uint48).max), _insufficient(TEN_TONNES, type(uint48).max, 1));
    }

    function test_retire_reverts_for_anyone_but_the_holder_and_who_it_approved() external {
        vm.expectRevert(abi.encodeWithSelector(ICredits.NotHolderNorApproved.selector, alice, mallory));
        vm.prank(mallory);
        credits.retire(lot(B1, 1), alice, mallory, ICredits.Purpose.Voluntary, 0);
        vm.prank(alice);
        credits.setApprovalForAll(mallory, true);
        vm.prank(mallory);
        credits.retire(lot(B1, 1), alice, mallory, ICredits.Purpose.Voluntary, 0);
        vm.assertEq(certificates.ownerOf(1), mallory); // the warning in the interface
        vm.expectRevert(abi.encodeWithSelector(ICredits.NotHolderNorApproved.selector, address(0), mallory));
        vm.prank(mallory);
        credits.retire(lot(B1, 1), address(0), mallory, ICredits.Purpose.Voluntary, 0);
    }

    function test_retire_reverts_for_beneficiaries_that_nobody_is() external {
        address[3] memory nobody = [address(0), credits.BUFFER(), address(redemptions)];
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ICredits.BeneficiaryInvalid.selector, nobody[i]));
            vm.prank(alice);
            credits.retire(lot(B1, 1), alice, nobody[i], ICredits.Purpose.Voluntary, 0);
        }
    }

    function test_retire_for_a_contract_that_cannot_receive() external {
        vm.prank(alice);
        credits.retire(lot(B1, 1), alice, address(programmes), ICredits.Purpose.Voluntary, 0);
        vm.assertEq(certificates.ownerOf(1), address(programmes));
    }

    // retireWithDetails

    function test_retire_with_details_hashes_and_publishes() external {
        string memory details = '{"beneficiary":"A"}';
        vm.expectEmit(address(credits));
        emit ICredits.Retired(
            R1, B1, bob, alice, kg(0), kg(10), ICredits.Purpose.Voluntary, R1, keccak256(bytes(details))
        );
        vm.expectEmit(address(credits));
        emit ICredits.RetirementDetailsPublished(R1, details);
        vm.prank(alice);
        RetirementId[] memory ids =
            credits.retireWithDetails(lotsOf(B1, 10, B2, 20), alice, bob, ICredits.Purpose.Voluntary, details);
        vm.assertEq(ids.length, 2);
        for (uint256 i; i < 2; ++i) {
            vm.assertEq(bytes32(credits.retirement(ids[i]).details), bytes32(bytes20(keccak256(bytes(details)))));
        }
    }

    function test_retire_with_details_makes_the_same_checks() external {
        vm.expectRevert(abi.encodeWithSelector(ICredits.NotHolderNorApproved.selector, alice, mallory));
        vm.prank(mallory);
        credits.retireWithDetails(lot(B1, 1), alice, mallory, ICredits.Purpose.Voluntary, "");
    }

    // cancel

    function test_cancel_emits_stores_and_burns() external {
        vm.expectEmit(address(credits));
        emit IERC1155.TransferSingle(alice, alice, address(0), 1, 1500);
        vm.expectEmit(address(credits));
        emit ICredits.Cancelled(C1, B1, alice, kg(0), kg(1500), ICredits.CancellationKind.Conversion, "ARB");
        vm.prank(alice);
        credits.cancel(lot(B1, 1500), alice, ICredits.CancellationKind.Conversion, "ARB");

        ICredits.Cancellation memory record = credits.cancellation(C1);
        vm.assertEq(record.holder, alice);
        vm.assertTrue(record.from == kg(0) && record.kilograms == kg(1500), "range");
        vm.assertEq(no(record.batch), 1);
        vm.assertEq(record.time, block.timestamp);
        vm.assertTrue(record.kind == ICredits.CancellationKind.Conversion, "kind");
        vm.assertEq(bytes32(record.reason), bytes32(bytes20(keccak256("ARB"))));
        ICredits.Batch memory batch = credits.batch(B1);
        vm.assertTrue(batch.taken == kg(1500) && batch.cancelled == kg(1500), "cursor");
        vm.assertEq(balance(alice, B1), 8500);
        (, uint256 retirements, uint256 cancellations) = credits.counts();
        vm.assertEq(retirements, 0);
        vm.assertEq(cancellations, 1);
        vm.assertEq(certificates.balanceOf(alice), 0); // no certificate
    }

    function test_cancel_several_lots() external {
        ICredits.Lot[] memory lots = new ICredits.Lot[](3);
        lots[0] = ICredits.Lot(B1, kg(10));
        lots[1] = ICredits.Lot(B2, kg(5000));
        lots[2] = ICredits.Lot(B1, kg(20));
        vm.prank(alice);
        CancellationId[] memory ids = credits.cancel(lots, alice, ICredits.CancellationKind.Error, "");
        uint48[3] memory from = [uint48(0), 0, 10];
        for (uint256 i; i < 3; ++i) {
            vm.assertTrue(credits.cancellation(ids[i]).from == kg(from[i]), "one after the other");
        }
        vm.assertTrue(credits.batch(B1).cancelled == kg(30) && credits.batch(B2).cancelled == kg(5000), "cursors");
    }

    function test_cancel_and_retire_share_one_cursor() external {
        retire(B1, 300);
        vm.prank(alice);
        credits.cancel(lotsOf(B1, 500, B1, 100), alice, ICredits.CancellationKind.Voluntary, "");
        retire(B1, 7);
        vm.assertTrue(credits.cancellation(C1).from == kg(300), "after the retirement");
        vm.assertTrue(credits.cancellation(CancellationId.wrap(2)).from == kg(800), "after the cancellation");
        vm.assertTrue(credits.retirement(RetirementId.wrap(2)).from == kg(900), "after both");
        ICredits.Batch memory batch = credits.batch(B1);
        vm.assertTrue(batch.taken == kg(907) && batch.cancelled == kg(600), "cursors");
    }

    function test_cancel_takes_every_kind_but_corsia_and_those_of_shortfalls() external {
        for (uint8 i; i < 7; ++i) {
            ICredits.CancellationKind kind = ICredits.CancellationKind(i);
            bool ofShortfalls =
                kind == ICredits.CancellationKind.Reversal || kind == ICredits.CancellationKind.Replacement;
            if (ofShortfalls || kind == ICredits.CancellationKind.Corsia) {
                vm.expectRevert(abi.encodeWithSelector(ICredits.CancellationKindReserved.selector, kind));
            }
            vm.prank(alice);
            credits.cancel(lot(B1, 1), alice, kind, "");
        }
        vm.assertTrue(credits.batch(B1).cancelled == kg(4), "four of seven");
    }

    function test_cancel_reverts_as_retire_does() external {
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(ICredits.LotsInvalid.selector, 0));
        credits.cancel(new ICredits.Lot[](0), alice, ICredits.CancellationKind.Voluntary, "");
        vm.expectRevert(abi.encodeWithSelector(ICredits.LotsInvalid.selector, 257));
        credits.cancel(new ICredits.Lot[](257), alice, ICredits.CancellationKind.Voluntary, "");
        vm.expectRevert(abi.encodeWithSelector(ICredits.QuantityZero.selector, B1));
        credits.cancel(lot(B1, 0), alice, ICredits.CancellationKind.Voluntary, "");
        vm.expectRevert(_insufficient(TEN_TONNES, 10_001, 1));
        credits.cancel(lot(B1, 10_001), alice, ICredits.CancellationKind.Voluntary, "");
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(ICredits.NotHolderNorApproved.selector, alice, mallory));
        vm.prank(mallory);
        credits.cancel(lot(B1, 1), alice, ICredits.CancellationKind.Voluntary, "");
    }

    /// @dev Any split of a batch into records: gapless, and never more than the batch.
    function testFuzz_records_are_gapless(uint16[12] calldata parts) external {
        uint256 cursor;
        for (uint256 i; i < parts.length; ++i) {
            uint48 part = parts[i] % 2000;
            if (part == 0 || cursor + part > TEN_TONNES) continue;
            Kilograms from;
            if (i % 2 == 0) {
                from = credits.retirement(retire(B1, part)).from;
            } else {
                vm.prank(alice);
                CancellationId id = credits.cancel(lot(B1, part), alice, ICredits.CancellationKind.Error, "")[0];
                from = credits.cancellation(id).from;
            }
            vm.assertEq(Kilograms.unwrap(from), cursor);
            cursor += part;
        }
        vm.assertEq(Kilograms.unwrap(credits.batch(B1).taken), cursor);
        vm.assertEq(balance(alice, B1), TEN_TONNES - cursor);
    }

    // views

    function test_views_of_what_is_not_there() external {
        vm.expectRevert(abi.encodeWithSelector(ICredits.RetirementUnknown.selector, R1));
        credits.retirement(R1);
        vm.expectRevert(abi.encodeWithSelector(ICredits.CancellationUnknown.selector, C1));
        credits.cancellation(C1);
    }

    function _refuses(ICredits.Lot[] memory lots, bytes memory refusal) private {
        vm.expectRevert(refusal);
        vm.prank(alice);
        credits.retire(lots, alice, alice, ICredits.Purpose.Voluntary, 0);
    }

    function _insufficient(uint256 held, uint256 needed, uint256 id) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, alice, held, needed, id);
    }
}
