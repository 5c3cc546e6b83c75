// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BatchId, RedemptionId} from "../types/Ids.sol";
import {Kilograms} from "../types/Kilograms.sol";

/// @title IRedemptions
/// @notice Credits back to the programme registry: whole serial numbers leave from the back of the batch (I4), and stay
/// closed on this chain (I5). Four steps, in this order:
///
/// 1. The holder requests it; the credits move to escrow.
/// 2. The operator confirms: the credits are burnt and their serial numbers fixed.
/// 3. The operator waits until that is final on the chain, and makes these serial numbers live in the programme registry.
/// 4. The operator reports that, with the registry's reference.
///
/// Burnt first, live afterwards: what goes wrong between two steps can make a tonne late, never live twice.
/// @dev This contract's own account is the escrow: units in it are in circulation (I1), but can neither be transferred
/// nor retired.
///
/// Warning: once a redemption is confirmed, the holder depends on the operator for step 3: the chain cannot look into the
/// programme registry. Until it is confirmed, the holder can take the request back after `WAITING_TIME`.
/// Warning: the regulator cannot take credits out of escrow: the operator must refuse the request first.
interface IRedemptions {
    enum Status {
        None,
        Requested,
        Confirmed,
        Refused,
        Withdrawn,
        Reactivated
    }

    /// @param requestedAt second of the request
    /// @param first first serial number that was burnt, once confirmed
    /// @param last last serial number that was burnt, once confirmed
    struct Redemption {
        address holder;
        Kilograms kilograms;
        uint48 requestedAt;
        // second slot
        BatchId batch;
        Status status;
        uint64 first;
        uint64 last;
    }

    event RedemptionRequested(
        RedemptionId indexed redemption, BatchId indexed batch, address indexed holder, Kilograms kilograms
    );
    event RedemptionConfirmed(RedemptionId indexed redemption, uint64 first, uint64 last);

    /// @param registryReference the programme registry's own reference of the entry that made the serial numbers live
    event Reactivated(RedemptionId indexed redemption, string registryReference);
    event RedemptionRefused(RedemptionId indexed redemption, string reason);
    event RedemptionWithdrawn(RedemptionId indexed redemption);

    error RedemptionUnknown(RedemptionId redemption);

    /// @notice A programme registry cannot take back a part of a serial number.
    error RedemptionNotWholeTonnes(BatchId batch, Kilograms kilograms);
    error RedemptionStatusIs(RedemptionId redemption, Status actual, Status needed);

    /// @notice The batch's next serial numbers from the back are `first..last`.
    error RedemptionSerialsDiffer(RedemptionId redemption, uint64 first, uint64 last);
    error RedemptionWaiting(RedemptionId redemption, uint48 until);

    /// @notice A report of reactivation names no entry of the programme registry.
    error ReactivationWithoutReference(RedemptionId redemption);
    error NotHolderNorApproved(address holder, address account);
    error NotOperatorOfBatch(BatchId batch, address account);

    /// @notice Requests that whole tonnes are taken back, and moves them to escrow. The holder or an account it approved.
    /// @dev Reverts with `NotHolderNorApproved`, `RedemptionNotWholeTonnes`, or the errors of `ICredits.escrow`.
    function request(BatchId batch, Kilograms kilograms, address holder) external returns (RedemptionId redemption);

    /// @notice Burns the credits and fixes their serial numbers. The operator of the batch's programme only, while the
    /// programme is active.
    /// @dev Warning: irreversible. Make the serial numbers live in the programme registry only when this is final: live
    /// before, they would be live twice if the holder withdrew or the chain reorganised.
    /// Freezes of the holder or the batch stop it. Reverts with `RedemptionSerialsDiffer`, `NotOperatorOfBatch`,
    /// `RedemptionStatusIs`, `IProgrammes.ProgrammeNotActive`.
    /// @param first expected first serial number: the batch's next from the back, at the time of this call
    /// @param last expected last serial number
    function confirm(RedemptionId redemption, uint64 first, uint64 last) external;

    /// @notice Reports that the serial numbers of a confirmed redemption are live in the programme registry again. The
    /// operator of the batch's programme only, while the programme is active.
    /// @dev Warning: a statement of the operator; the chain cannot look into the programme registry.
    /// @param registryReference the registry's own reference of that entry; not empty
    function reportReactivated(RedemptionId redemption, string calldata registryReference) external;

    /// @notice Gives escrowed credits back to their holder. The operator of the batch's programme only.
    function refuse(RedemptionId redemption, string calldata reason) external;

    /// @notice Takes a request back after `WAITING_TIME`, to its holder. The holder or an account it approved.
    function withdraw(RedemptionId redemption) external;

    /// @notice Seconds after which an unanswered request may be withdrawn.
    function WAITING_TIME() external view returns (uint48);

    /// @notice Redemptions so far: the highest id.
    function count() external view returns (uint256);

    /// @dev Reverts with `RedemptionUnknown`.
    function redemption(RedemptionId id) external view returns (Redemption memory);
}
