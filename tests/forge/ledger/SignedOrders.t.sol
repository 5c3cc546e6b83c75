// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {IRedemptions} from "../../../contracts/interfaces/IRedemptions.sol";
import {IShortfalls} from "../../../contracts/interfaces/IShortfalls.sol";
import {ISignedOrders} from "../../../contracts/interfaces/ISignedOrders.sol";
import {BatchId, RetirementId, ShortfallId} from "../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../contracts/types/Kilograms.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {OwnedWallet} from "./OwnedWallet.sol";
import {Receiver} from "./Receiver.sol";

interface IOrdersOfCredits {
    function orders() external view returns (address);
}

/// @dev A wallet that holds credits, and signs what its owner signs.
contract HoldingWallet is OwnedWallet, Receiver {
    constructor(address owner) OwnedWallet(owner) {}
}

/// @dev Retirements and transfers that a holder signs, and a relayer sends.
contract SignedOrdersTest is LedgerTest {
    uint256 private constant KEY = 0x51; // holder's
    string private constant TEXT = '{"beneficiary":"Acme"}';
    address private constant RELAYER = address(0x4E1A);
    address private _holder;
    BatchId private _batch;
    BatchId private _second;

    function setUp() public override {
        super.setUp();
        _holder = vm.addr(KEY);
        (_batch, _second) = issuedTo(_holder);
    }

    // Retirements

    function test_retire_on_the_holders_signature() external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        bytes memory signature = _sign(signedOrders.retireDigest(order));
        vm.expectEmit(address(signedOrders));
        emit ISignedOrders.OrderExecuted(_holder, 0, signedOrders.retireDigest(order), RELAYER);
        vm.expectEmit(address(credits));
        emit ICredits.Retired(
            RetirementId.wrap(1),
            _batch,
            bob,
            _holder,
            kg(0),
            kg(1500),
            ICredits.Purpose.NationalScheme,
            RetirementId.wrap(1),
            keccak256(bytes(TEXT))
        );
        vm.prank(RELAYER);
        RetirementId[] memory ids = signedOrders.retire(order, "", signature);
        vm.assertEq(ids.length, 2);
        vm.assertEq(balance(_holder, _batch), 8500);
        vm.assertEq(balance(_holder, _second), 9300);
        vm.assertEq(certificates.ownerOf(1), bob);
        vm.assertEq(signedOrders.nonces(_holder, 0), 1);
    }

    function test_retire_publishes_the_text_that_was_signed() external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        order.publish = true;
        bytes memory signature = _sign(signedOrders.retireDigest(order));
        bytes32 other = keccak256("other");
        _refusesRetire(
            order,
            "other",
            signature,
            abi.encodeWithSelector(ISignedOrders.OrderDetailsDiffer.selector, other, order.details)
        );
        _refusesRetire(
            order,
            "",
            signature,
            abi.encodeWithSelector(ISignedOrders.OrderDetailsDiffer.selector, keccak256(""), order.details)
        );
        vm.expectEmit(address(credits));
        emit ICredits.RetirementDetailsPublished(RetirementId.wrap(1), TEXT);
        vm.prank(RELAYER);
        signedOrders.retire(order, TEXT, signature);
        vm.assertTrue(credits.retirement(RetirementId.wrap(1)).details == bytes20(keccak256(bytes(TEXT))), "hash");
    }

    /// @dev Whoever sends must not publish a name that the holder kept for itself, though it knows it.
    function test_retire_reverts_when_a_text_is_given_that_is_not_to_be_published() external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        bytes memory signature = _sign(signedOrders.retireDigest(order));
        _refusesRetire(
            order, TEXT, signature, abi.encodeWithSelector(ISignedOrders.OrderDetailsNotPublished.selector, _holder, 0)
        );
        order.publish = true;
        _refusesRetire(order, TEXT, signature, _invalid(order));
    }

    function test_retire_by_a_contract_wallet() external {
        address wallet = address(new HoldingWallet(_holder));
        _give(wallet);
        ISignedOrders.RetireOrder memory order = _retireOrder();
        order.holder = wallet;
        order.lots = lot(_batch, 700);
        bytes memory forged = _signWith(0xBAD, signedOrders.retireDigest(order));
        _refusesRetire(order, "", forged, _invalid(order));
        bytes memory signature = _sign(signedOrders.retireDigest(order));
        vm.prank(RELAYER);
        signedOrders.retire(order, "", signature);
        vm.assertEq(balance(wallet, _batch), 1300);
    }

    /// @dev Whatever field differs from what was signed, the signature is void.
    function testFuzz_retire_reverts_when_any_field_was_changed(uint8 field, uint32 by) external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        bytes memory signature = _sign(signedOrders.retireDigest(order));
        by = by == 0 ? 1 : by;
        field %= 10;
        if (field == 0) order.lots[0].batch = BatchId.wrap(BatchId.unwrap(order.lots[0].batch) ^ by);
        if (field == 1) order.lots[1].kilograms = kg(700 ^ by);
        if (field == 2) order.lots = lot(_batch, 1500);
        if (field == 3) (order.lots[0], order.lots[1]) = (order.lots[1], order.lots[0]);
        if (field == 4) order.holder = address(uint160(_holder) ^ by);
        if (field == 5) order.beneficiary = address(uint160(bob) ^ by);
        if (field == 6) order.purpose = ICredits.Purpose((4 + 1 + by % 5) % 6);
        if (field == 7) order.details ^= bytes32(uint256(by));
        if (field == 8) order.nonce ^= uint256(by) << 64;
        if (field == 9) order.deadline ^= by;
        _refusesRetire(order, "", signature, _invalid(order));
    }

    function test_retire_reverts_when_another_signed() external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        bytes memory forged = _signWith(0xBAD, signedOrders.retireDigest(order));
        _refusesRetire(order, "", forged, _invalid(order));
        _refusesRetire(order, "", "", _invalid(order));
        _refusesRetire(order, "", new bytes(65), _invalid(order));
    }

    /// @dev Nobody has the key of these: no signature is theirs.
    function test_retire_reverts_for_accounts_without_a_key() external {
        address[5] memory keyless =
            [address(0), credits.BUFFER(), address(redemptions), address(credits), address(signedOrders)];
        ISignedOrders.RetireOrder memory order = _retireOrder();
        for (uint256 i; i < 5; ++i) {
            order.holder = keyless[i];
            _refusesRetire(order, "", "", _invalid(order));
            _refusesRetire(order, "", new bytes(65), _invalid(order));
            _refusesRetire(order, "", _sign(signedOrders.retireDigest(order)), _invalid(order));
        }
    }

    function test_retire_reverts_when_sent_again() external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        bytes memory signature = _sign(signedOrders.retireDigest(order));
        signedOrders.retire(order, "", signature);
        _refusesRetire(order, "", signature, _used(_holder, 1));
    }

    function test_retire_until_its_deadline() external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        order.deadline = uint48(block.timestamp);
        bytes memory signature = _sign(signedOrders.retireDigest(order));
        uint256 before = vm.snapshotState();
        signedOrders.retire(order, "", signature);
        vm.revertToState(before);
        vm.warp(block.timestamp + 1);
        _refusesRetire(
            order,
            "",
            signature,
            abi.encodeWithSelector(ISignedOrders.OrderExpired.selector, _holder, order.nonce, order.deadline)
        );
    }

    function test_retire_reverts_for_what_credits_refuse() external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        order.lots = new ICredits.Lot[](0);
        _refusesSigned(order, abi.encodeWithSelector(ICredits.LotsInvalid.selector, 0));
        order.lots = lot(_batch, 0);
        _refusesSigned(order, abi.encodeWithSelector(ICredits.QuantityZero.selector, _batch));
        order.lots = lot(_batch, 10_001);
        _refusesSigned(
            order,
            abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, _holder, 10_000, 10_001, 1)
        );
        order.beneficiary = address(0);
        _refusesSigned(order, abi.encodeWithSelector(ICredits.BeneficiaryInvalid.selector, address(0)));
        vm.assertEq(signedOrders.nonces(_holder, 0), 0); // a refused order leaves its nonce
    }

    // Transfers

    function test_transfer_on_the_holders_signature() external {
        ISignedOrders.TransferOrder memory order = _transferOrder();
        bytes memory signature = _sign(signedOrders.transferDigest(order));
        vm.expectEmit(address(signedOrders));
        emit ISignedOrders.OrderExecuted(_holder, 0, signedOrders.transferDigest(order), RELAYER);
        vm.expectEmit(address(credits));
        emit IERC1155.TransferBatch(address(signedOrders), _holder, bob, pair(1, 2), pair(1500, 700));
        vm.prank(RELAYER);
        signedOrders.transfer(order, signature);
        vm.assertEq(balance(bob, _batch), 1500);
        vm.assertEq(balance(bob, _second), 700);
        vm.assertEq(balance(_holder, _batch), 8500);
        _refusesTransfer(order, signature, _used(_holder, 1));
    }

    function test_transfer_by_a_contract_wallet() external {
        address wallet = address(new HoldingWallet(_holder));
        _give(wallet);
        ISignedOrders.TransferOrder memory order = _transferOrder();
        order.holder = wallet;
        order.lots = lot(_batch, 700);
        bytes memory forged = _signWith(0xBAD, signedOrders.transferDigest(order));
        _refusesTransfer(order, forged, _invalidTransfer(order));
        bytes memory signature = _sign(signedOrders.transferDigest(order));
        vm.prank(RELAYER);
        signedOrders.transfer(order, signature);
        vm.assertEq(balance(bob, _batch), 700);
    }

    function testFuzz_transfer_reverts_when_any_field_was_changed(uint8 field, uint32 by) external {
        ISignedOrders.TransferOrder memory order = _transferOrder();
        bytes memory signature = _sign(signedOrders.transferDigest(order));
        by = by == 0 ? 1 : by;
        field %= 7;
        if (field == 0) order.lots[0].batch = BatchId.wrap(BatchId.unwrap(order.lots[0].batch) ^ by);
        if (field == 1) order.lots[1].kilograms = kg(700 ^ by);
        if (field == 2) order.lots = lot(_batch, 1500);
        if (field == 3) order.holder = address(uint160(_holder) ^ by);
        if (field == 4) order.recipient = address(uint160(bob) ^ by);
        if (field == 5) order.nonce ^= uint256(by) << 64;
        if (field == 6) order.deadline ^= by;
        _refusesTransfer(order, signature, _invalidTransfer(order));
    }

    function test_transfer_until_its_deadline() external {
        ISignedOrders.TransferOrder memory order = _transferOrder();
        order.deadline = uint48(block.timestamp);
        bytes memory signature = _sign(signedOrders.transferDigest(order));
        vm.warp(block.timestamp + 1);
        _refusesTransfer(
            order, signature, abi.encodeWithSelector(ISignedOrders.OrderExpired.selector, _holder, 0, order.deadline)
        );
        vm.warp(block.timestamp - 1);
        signedOrders.transfer(order, signature);
    }

    function test_transfer_reverts_without_lots() external {
        ISignedOrders.TransferOrder memory order = _transferOrder();
        order.lots = new ICredits.Lot[](0);
        bytes memory signature = _sign(signedOrders.transferDigest(order));
        _refusesTransfer(order, signature, abi.encodeWithSelector(ICredits.LotsInvalid.selector, 0));
    }

    /// @dev A signature for one kind of order is none for the other, nor for anything else signed in this domain.
    function test_a_signature_serves_one_kind_of_order_only() external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        ISignedOrders.TransferOrder memory other = _transferOrder();
        bytes memory ofRetirement = _sign(signedOrders.retireDigest(order));
        bytes memory ofTransfer = _sign(signedOrders.transferDigest(other));
        _refusesRetire(order, "", ofTransfer, _invalid(order));
        _refusesTransfer(other, ofRetirement, _invalidTransfer(other));
    }

    function test_orders_revert_on_another_chain_and_another_deployment() external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        ISignedOrders.TransferOrder memory other = _transferOrder();
        bytes memory ofRetirement = _sign(signedOrders.retireDigest(order));
        bytes memory ofTransfer = _sign(signedOrders.transferDigest(other));
        uint256 home = block.chainid;
        vm.chainId(home + 1);
        _refusesRetire(order, "", ofRetirement, _invalid(order));
        _refusesTransfer(other, ofTransfer, _invalidTransfer(other));
        vm.chainId(home);
        deploy();
        admit();
        issuedTo(_holder);
        _refusesRetire(order, "", ofRetirement, _invalid(order));
        _refusesTransfer(other, ofTransfer, _invalidTransfer(other));
    }

    // Nonces

    function test_cancel_voids_the_order_of_that_nonce() external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        bytes memory signature = _sign(signedOrders.retireDigest(order));
        vm.expectEmit(address(signedOrders));
        emit ISignedOrders.OrderCancelled(_holder, 0);
        vm.prank(_holder);
        signedOrders.cancel(0);
        _refusesRetire(order, "", signature, _used(_holder, 1));
        vm.expectRevert(_used(_holder, 1));
        vm.prank(_holder);
        signedOrders.cancel(0);
    }

    function test_cancel_by_anyone_else_voids_nothing() external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        bytes memory signature = _sign(signedOrders.retireDigest(order));
        vm.prank(mallory);
        signedOrders.cancel(0); // its own nonce
        vm.assertEq(signedOrders.nonces(_holder, 0), 0);
        signedOrders.retire(order, "", signature);
    }

    function test_orders_of_two_keys_are_independent() external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        order.nonce = 7 << 64;
        ISignedOrders.TransferOrder memory other = _transferOrder();
        bytes memory ofRetirement = _sign(signedOrders.retireDigest(order));
        signedOrders.transfer(other, _sign(signedOrders.transferDigest(other)));
        signedOrders.retire(order, "", ofRetirement);
        vm.assertEq(signedOrders.nonces(_holder, 0), 1);
        vm.assertEq(signedOrders.nonces(_holder, 7), (7 << 64) + 1);
        _refusesRetire(order, "", ofRetirement, _used(_holder, (7 << 64) + 1));
    }

    function test_orders_of_one_key_come_one_after_the_other() external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        order.nonce = 1;
        bytes memory signature = _sign(signedOrders.retireDigest(order));
        _refusesRetire(order, "", signature, _used(_holder, 0));
        ISignedOrders.TransferOrder memory first = _transferOrder();
        signedOrders.transfer(first, _sign(signedOrders.transferDigest(first)));
        signedOrders.retire(order, "", signature);
    }

    // What the contract's standing as an operator gives to others: nothing

    function test_signed_orders_is_an_approved_operator_of_every_account() external {
        vm.assertEq(IOrdersOfCredits(address(credits)).orders(), address(signedOrders));
        vm.assertTrue(credits.isApprovedForAll(alice, address(signedOrders)), "by construction");
        vm.assertTrue(!credits.isApprovedForAll(alice, mallory), "nobody else");
        vm.prank(alice);
        credits.setApprovalForAll(bob, true);
        vm.assertTrue(credits.isApprovedForAll(alice, bob), "whom the account approved");
    }

    /// @dev Each function with a stranger's order: no credits move, nothing enters escrow, no shortfall is made good.
    function test_a_stranger_moves_nothing_of_a_holder_who_signed_nothing() external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        ISignedOrders.TransferOrder memory other = _transferOrder();
        (order.beneficiary, other.recipient) = (mallory, mallory);
        bytes memory byMallory = _signWith(0xBAD, signedOrders.retireDigest(order));
        _refusesRetire(order, "", byMallory, _invalid(order));
        byMallory = _signWith(0xBAD, signedOrders.transferDigest(other));
        _refusesTransfer(other, byMallory, _invalidTransfer(other));
        vm.prank(mallory);
        signedOrders.cancel(0);
        vm.assertEq(balance(_holder, _batch), 10_000);
        vm.assertEq(balance(_holder, _second), 10_000);
    }

    /// @dev `Redemptions.request` and `Shortfalls.makeGood` accept approved operators. This contract forwards no call to
    /// them: it answers none of their functions, and an order's whole trace shows `Credits` alone as what it calls.
    function test_no_function_reaches_redemptions_or_shortfalls() external {
        bytes[3] memory calls = [
            abi.encodeCall(IRedemptions.request, (_batch, kg(1000), _holder)),
            abi.encodeCall(IShortfalls.makeGood, (ShortfallId.wrap(1), lot(_batch, 1000), _holder)),
            abi.encodeCall(ICredits.cancel, (lot(_batch, 1000), _holder, ICredits.CancellationKind.Voluntary, ""))
        ];
        for (uint256 i; i < 3; ++i) {
            (bool done,) = address(signedOrders).call(calls[i]);
            vm.assertTrue(!done, "no such function");
        }
        // If an order touched one of these, it would revert here.
        vm.etch(address(redemptions), hex"fe");
        vm.etch(address(shortfalls), hex"fe");
        ISignedOrders.RetireOrder memory order = _retireOrder();
        signedOrders.retire(order, "", _sign(signedOrders.retireDigest(order)));
        ISignedOrders.TransferOrder memory other = _transferOrder();
        other.nonce = 1;
        signedOrders.transfer(other, _sign(signedOrders.transferDigest(other)));
    }

    function test_orders_of_a_frozen_holder_revert() external {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        ISignedOrders.TransferOrder memory other = _transferOrder();
        bytes memory ofTransfer = _sign(signedOrders.transferDigest(other));
        credits.freeze(ICredits.FreezeScope.Account, uint160(_holder), "reason", "case");
        bytes memory frozen = abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotSend.selector, _holder);
        _refusesSigned(order, frozen);
        _refusesTransfer(other, ofTransfer, frozen);
        credits.lift(ICredits.FreezeScope.Account, uint160(_holder), "case");
        credits.setFrozenTokens(_holder, 1, 9000);
        _refusesSigned(
            order,
            abi.encodeWithSelector(
                IERC7943MultiToken.ERC7943InsufficientUnfrozenBalance.selector, _holder, 1, 1500, 1000
            )
        );
    }

    function test_a_reentrant_recipient_gains_nothing() external {
        Receiver receiver = new Receiver();
        ISignedOrders.TransferOrder memory order = _transferOrder();
        order.recipient = address(receiver);
        bytes memory signature = _sign(signedOrders.transferDigest(order));
        receiver.plan(address(signedOrders), abi.encodeCall(ISignedOrders.transfer, (order, signature)));
        signedOrders.transfer(order, signature);
        vm.assertTrue(!receiver.succeeded(), "refused");
        vm.assertEq(keccak256(receiver.answer()), keccak256(_used(_holder, 1)));
        vm.assertEq(balance(address(receiver), _batch), 1500);
        vm.assertEq(balance(_holder, _batch), 8500);
    }

    function test_a_recipient_that_refuses_leaves_the_nonce() external {
        Receiver receiver = new Receiver();
        receiver.refuse(true);
        ISignedOrders.TransferOrder memory order = _transferOrder();
        order.recipient = address(receiver);
        bytes memory signature = _sign(signedOrders.transferDigest(order));
        _refusesTransfer(
            order, signature, abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(receiver))
        );
        vm.assertEq(signedOrders.nonces(_holder, 0), 0);
    }

    // Digests

    function test_digests_are_eip712_of_the_structs_and_this_domain() external view {
        ISignedOrders.RetireOrder memory order = _retireOrder();
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "RetireOrder(Lot[] lots,address holder,address beneficiary,uint8 purpose,bytes32 details,bool publish,uint256 nonce,uint48 deadline)Lot(uint32 batch,uint48 kilograms)"
                ),
                _lotsHash(),
                _holder,
                bob,
                uint256(4),
                keccak256(bytes(TEXT)),
                false,
                uint256(0),
                uint256(order.deadline)
            )
        );
        vm.assertEq(signedOrders.retireDigest(order), _typed(structHash));
        structHash = keccak256(
            abi.encode(
                keccak256(
                    "TransferOrder(Lot[] lots,address holder,address recipient,uint256 nonce,uint48 deadline)Lot(uint32 batch,uint48 kilograms)"
                ),
                _lotsHash(),
                _holder,
                bob,
                uint256(0),
                uint256(order.deadline)
            )
        );
        vm.assertEq(signedOrders.transferDigest(_transferOrder()), _typed(structHash));
    }

    function _lotsHash() private pure returns (bytes32) {
        bytes32 kind = keccak256("Lot(uint32 batch,uint48 kilograms)");
        return keccak256(
            abi.encodePacked(
                keccak256(abi.encode(kind, uint256(1), uint256(1500))),
                keccak256(abi.encode(kind, uint256(2), uint256(700)))
            )
        );
    }

    function _typed(bytes32 structHash) private view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("onetonne"),
                keccak256("1"),
                block.chainid,
                address(signedOrders)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }

    /// @dev Batches 1 and 2, of ten tonnes each.
    function issuedTo(address account) private returns (BatchId first, BatchId second) {
        (first, second) = issuedTwo();
        vm.startPrank(alice);
        credits.safeTransferFrom(alice, account, no(first), TEN_TONNES, "");
        credits.safeTransferFrom(alice, account, no(second), TEN_TONNES, "");
        vm.stopPrank();
    }

    /// @dev Two tonnes of batch 1.
    function _give(address account) private {
        vm.prank(_holder);
        credits.safeTransferFrom(_holder, account, 1, 2000, "");
    }

    function _retireOrder() private view returns (ISignedOrders.RetireOrder memory) {
        return ISignedOrders.RetireOrder({
            lots: lotsOf(_batch, 1500, _second, 700),
            holder: _holder,
            beneficiary: bob,
            purpose: ICredits.Purpose.NationalScheme,
            details: keccak256(bytes(TEXT)),
            publish: false,
            nonce: 0,
            deadline: uint48(block.timestamp + (1 << 40))
        });
    }

    function _transferOrder() private view returns (ISignedOrders.TransferOrder memory) {
        return ISignedOrders.TransferOrder({
            lots: lotsOf(_batch, 1500, _second, 700),
            holder: _holder,
            recipient: bob,
            nonce: 0,
            deadline: uint48(block.timestamp + (1 << 40))
        });
    }

    function _sign(bytes32 digest) private pure returns (bytes memory) {
        return _signWith(KEY, digest);
    }

    function _signWith(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _invalid(ISignedOrders.RetireOrder memory order) private view returns (bytes memory) {
        bytes32 digest = signedOrders.retireDigest(order);
        return abi.encodeWithSelector(ISignedOrders.OrderSignatureInvalid.selector, order.holder, digest);
    }

    function _invalidTransfer(ISignedOrders.TransferOrder memory order) private view returns (bytes memory) {
        bytes32 digest = signedOrders.transferDigest(order);
        return abi.encodeWithSelector(ISignedOrders.OrderSignatureInvalid.selector, order.holder, digest);
    }

    function _used(address account, uint256 next) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, account, next);
    }

    function _refusesSigned(ISignedOrders.RetireOrder memory order, bytes memory reason) private {
        _refusesRetire(order, "", _sign(signedOrders.retireDigest(order)), reason);
    }

    function _refusesRetire(
        ISignedOrders.RetireOrder memory order,
        string memory details,
        bytes memory signature,
        bytes memory reason
    ) private {
        vm.expectRevert(reason);
        vm.prank(RELAYER);
        signedOrders.retire(order, details, signature);
    }

    function _refusesTransfer(ISignedOrders.TransferOrder memory order, bytes memory signature, bytes memory reason)
        private
    {
        vm.expectRevert(reason);
        vm.prank(RELAYER);
        signedOrders.transfer(order, signature);
    }
}
