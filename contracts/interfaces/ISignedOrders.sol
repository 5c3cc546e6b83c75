// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RetirementId} from "../types/Ids.sol";
import {ICredits} from "./ICredits.sol";

/// @title ISignedOrders
/// @notice Retirements and transfers that a holder signs, and anybody sends and pays for.
///
/// This contract is an approved operator of every account of `ICredits`: `isApprovedForAll(account, orders)` is true, and
/// no account can withdraw that. It acts for an account only on that account's signature over the exact act: an EIP-712
/// signature of its key or, for a contract, an ERC-1271 one. It calls exactly three functions of `ICredits` (`retire`,
/// `retireWithDetails`, `safeBatchTransferFrom`), each with holder = the signer, and no other contract: although
/// `IRedemptions.request` and `IShortfalls.makeGood` accept approved operators too, no signature leads there.
///
/// Each order uses one nonce of its holder. A nonce is a key (192 bits) and a number within it (64 bits), as in ERC-4337:
/// the numbers of one key are used one after the other, and orders of different keys are independent.
///
/// @dev Warning: whoever has a signed order can send it until its deadline or until its nonce is used. Whoever sends
/// chooses the moment and the order among keys; `cancel` is the holder's way out.
/// Warning: a contract answers for itself by ERC-1271. One that accepts anything gives its credits to anybody. An account
/// with a key and code (ERC-7702) has both: its key signs, and so does its code.
/// Warning: an order names batches by number. Sign for batches that are final on the chain: a reorganisation can give a
/// number to another block.
/// Warning: anybody sends a transfer, also one that its recipient, a contract, meant to send itself.
/// Warning: `cancel` uses up the next nonce of a key only. Give orders that may have to be cancelled keys of their own.
/// Warning: a contract that grants a right to accounts "approved by X" grants it to this contract too, whoever sends. It
/// must ask for the holder instead, or leave this contract out.
interface ISignedOrders {
    /// @param lots parts of batches, each one retirement of the claim
    /// @param holder account whose credits are retired: the signer
    /// @param beneficiary account that owns the certificates
    /// @param details hash of the text of the details; 0 for none
    /// @param publish whether the text of the details goes on chain; if not, whoever sends need not know it
    /// @param nonce key (upper 192 bits) and next number of that key (lower 64 bits)
    /// @param deadline last second, in seconds since 1970-01-01, at which the order can be sent
    struct RetireOrder {
        ICredits.Lot[] lots;
        address holder;
        address beneficiary;
        ICredits.Purpose purpose;
        bytes32 details;
        bool publish;
        uint256 nonce;
        uint48 deadline;
    }

    /// @param lots parts of batches
    /// @param holder account whose credits move: the signer
    /// @param recipient account that gets them; a contract is asked for its consent, as in every ERC-1155 transfer
    /// @param nonce as in `RetireOrder`
    /// @param deadline as in `RetireOrder`
    struct TransferOrder {
        ICredits.Lot[] lots;
        address holder;
        address recipient;
        uint256 nonce;
        uint48 deadline;
    }

    /// @param digest what the holder signed
    /// @param relayer account that sent the order
    event OrderExecuted(address indexed holder, uint256 nonce, bytes32 indexed digest, address relayer);

    /// @notice A holder used up a nonce of its own: no order with this nonce can be sent any more.
    event OrderCancelled(address indexed holder, uint256 nonce);

    error OrderExpired(address holder, uint256 nonce, uint48 deadline);

    /// @notice The signature is not the holder's, or not one over this order on this chain and contract.
    error OrderSignatureInvalid(address holder, bytes32 digest);

    /// @notice The text to publish is not the one that was signed.
    error OrderDetailsDiffer(bytes32 actual, bytes32 signed);

    /// @notice The order does not publish its details, and a text was given.
    error OrderDetailsNotPublished(address holder, uint256 nonce);

    /// @notice Retires credits of `order.holder` for one claim, on its signature. Anybody may send.
    /// @dev Warning: irreversible, as `ICredits.retire`, whose conditions and errors apply. Reverts with `OrderExpired`,
    /// `OrderDetailsDiffer`, `OrderDetailsNotPublished`, `OrderSignatureInvalid`, OpenZeppelin's `InvalidAccountNonce`.
    /// @param details text of the details where the order publishes it; empty otherwise
    /// @param signature 65 bytes of a key, or what the holder's contract takes
    function retire(RetireOrder calldata order, string calldata details, bytes calldata signature)
        external
        returns (RetirementId[] memory retirements);

    /// @notice Moves credits of `order.holder` to `order.recipient`, on the holder's signature. Anybody may send.
    /// @dev Reverts with `LotsInvalid` where there is no lot, `OrderExpired`, `OrderSignatureInvalid`, OpenZeppelin's
    /// `InvalidAccountNonce`, and what stops any transfer. Calls the recipient last.
    function transfer(TransferOrder calldata order, bytes calldata signature) external;

    /// @notice Uses up the caller's nonce, so that no order signed with it can be sent. It must be the next of its key.
    /// @dev Reverts with OpenZeppelin's `InvalidAccountNonce`, which names the next one.
    function cancel(uint256 nonce) external;

    /// @notice What a holder signs (EIP-712, domain "onetonne", version "1").
    function retireDigest(RetireOrder calldata order) external view returns (bytes32);

    /// @notice What a holder signs (EIP-712, domain "onetonne", version "1").
    function transferDigest(TransferOrder calldata order) external view returns (bytes32);

    /// @notice The next nonce of a holder's key, with the key in its upper 192 bits.
    function nonces(address holder, uint192 key) external view returns (uint256);
}
