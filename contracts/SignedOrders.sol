// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {NoncesKeyed} from "@openzeppelin/contracts/utils/NoncesKeyed.sol";
import {ICredits} from "./interfaces/ICredits.sol";
import {ISignedOrders} from "./interfaces/ISignedOrders.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {BatchId, RetirementId} from "./types/Ids.sol";
import {Kilograms} from "./types/Kilograms.sol";

/// @title SignedOrders
/// @notice See `ISignedOrders`, which is the manual.
contract SignedOrders is ISignedOrders, EIP712, NoncesKeyed {
    bytes32 private constant LOT_TYPEHASH = keccak256("Lot(uint32 batch,uint48 kilograms)");

    bytes32 private constant RETIRE_TYPEHASH = keccak256(
        "RetireOrder(Lot[] lots,address holder,address beneficiary,uint8 purpose,bytes32 details,bool publish,"
        "uint256 nonce,uint48 deadline)Lot(uint32 batch,uint48 kilograms)"
    );

    bytes32 private constant TRANSFER_TYPEHASH = keccak256(
        "TransferOrder(Lot[] lots,address holder,address recipient,uint256 nonce,uint48 deadline)"
        "Lot(uint32 batch,uint48 kilograms)"
    );

    ICredits public immutable credits;

    constructor(ICredits credits_) EIP712("onetonne", "1") {
        credits = credits_;
    }

    /// @inheritdoc ISignedOrders
    function retire(RetireOrder calldata order, string calldata details, bytes calldata signature)
        external
        returns (RetirementId[] memory)
    {
        if (order.publish) {
            bytes32 actual = keccak256(bytes(details));
            require(actual == order.details, OrderDetailsDiffer(actual, order.details));
        } else {
            require(bytes(details).length == 0, OrderDetailsNotPublished(order.holder, order.nonce));
        }
        _execute(order.holder, order.nonce, order.deadline, retireDigest(order), signature);
        if (order.publish) {
            return credits.retireWithDetails(order.lots, order.holder, order.beneficiary, order.purpose, details);
        }
        return credits.retire(order.lots, order.holder, order.beneficiary, order.purpose, order.details);
    }

    /// @inheritdoc ISignedOrders
    function transfer(TransferOrder calldata order, bytes calldata signature) external {
        uint256 count = order.lots.length;
        require(count != 0, ICredits.LotsInvalid(count)); // ERC-1155 itself accepts a transfer of nothing
        _execute(order.holder, order.nonce, order.deadline, transferDigest(order), signature);
        uint256[] memory ids = new uint256[](count);
        uint256[] memory values = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            ids[i] = BatchId.unwrap(order.lots[i].batch);
            values[i] = Kilograms.unwrap(order.lots[i].kilograms);
        }
        IERC1155(address(credits)).safeBatchTransferFrom(order.holder, order.recipient, ids, values, "");
    }

    /// @inheritdoc ISignedOrders
    function cancel(uint256 nonce) external {
        _useCheckedNonce(msg.sender, nonce);
        emit OrderCancelled(msg.sender, nonce);
    }

    /// @inheritdoc ISignedOrders
    function retireDigest(RetireOrder calldata order) public view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    RETIRE_TYPEHASH,
                    _hashLots(order.lots),
                    order.holder,
                    order.beneficiary,
                    order.purpose,
                    order.details,
                    order.publish,
                    order.nonce,
                    order.deadline
                )
            )
        );
    }

    /// @inheritdoc ISignedOrders
    function transferDigest(TransferOrder calldata order) public view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    TRANSFER_TYPEHASH, _hashLots(order.lots), order.holder, order.recipient, order.nonce, order.deadline
                )
            )
        );
    }

    /// @inheritdoc ISignedOrders
    function nonces(address holder, uint192 key) public view override(ISignedOrders, NoncesKeyed) returns (uint256) {
        return super.nonces(holder, key);
    }

    /// @dev The checks of every order, its nonce and its event. A contract's answer for its signature is a static call.
    function _execute(address holder, uint256 nonce, uint48 deadline, bytes32 digest, bytes calldata signature)
        private
    {
        require(block.timestamp <= deadline, OrderExpired(holder, nonce, deadline));
        require(Signatures.isValid(holder, digest, signature), OrderSignatureInvalid(holder, digest));
        _useCheckedNonce(holder, nonce);
        emit OrderExecuted(holder, nonce, digest, msg.sender);
    }

    function _hashLots(ICredits.Lot[] calldata lots) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](lots.length);
        for (uint256 i; i < lots.length; ++i) {
            hashes[i] = keccak256(abi.encode(LOT_TYPEHASH, lots[i].batch, lots[i].kilograms));
        }
        return keccak256(abi.encodePacked(hashes));
    }
}
