// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BatchId, RedemptionId} from "../types/Ids.sol";
import {Kilograms} from "../types/Kilograms.sol";

/// @title IRedemptions
/// @notice Credits back to the programme registry: a holder asks, the programme answers, whole serial numbers leave
/// from the back of the batch (I4). Serial numbers that went back stay closed on this chain (I5).
/// @dev This contract's own account is the escrow: units in it are in circulation (I1), but can neither be transferred
/// nor retired.
///
/// Warning: the operator alone confirms that serial numbers are live in the programme registry again; a holder can only
/// wait, and take the request back after `WAITING_TIME`. The regulator cannot take units out of escrow: the operator must
/// refuse the request first.
interface IRedemptions {
    enum Status {
        None,
        Requested,
        Confirmed,
        Refused,
        Withdrawn
    }

    /// @param requestedAt second of the request
    /// @param first first serial number that went back, once confirmed
    /// @param last last serial number that went back, once confirmed
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
    event RedemptionRefused(RedemptionId indexed redemption, string reason);
    event RedemptionWithdrawn(RedemptionId indexed redemption);

    error RedemptionUnknown(RedemptionId redemption);

    /// @notice A programme registry cannot take back a part of a serial number.
    error RedemptionNotWholeTonnes(BatchId batch, Kilograms kilograms);
    error RedemptionStatusIs(RedemptionId redemption, Status actual, Status needed);

    /// @notice The batch's next serial numbers from the back are `first..last`.
    error RedemptionSerialsDiffer(RedemptionId redemption, uint64 first, uint64 last);
    error RedemptionWaiting(RedemptionId redemption, uint48 until);
    error NotRedeemer(RedemptionId redemption, address account);
    error NotHolderNorApproved(address holder, address account);
    error NotOperatorOfBatch(BatchId batch, address account);

    /// @notice Asks for whole tonnes to be taken back, and moves them to escrow. The holder or one it approved.
    function request(BatchId batch, Kilograms kilograms, address holder) external returns (RedemptionId redemption);

    /// @notice Confirms that serial numbers are live in the programme registry again. The programme's operator only.
    /// @param first expected first serial number: the batch's next from the back, at the time of this call
    /// @param last expected last serial number
    function confirm(RedemptionId redemption, uint64 first, uint64 last) external;

    /// @notice Gives escrowed units back to their holder. The programme's operator only.
    function refuse(RedemptionId redemption, string calldata reason) external;

    /// @notice Takes a request back after `WAITING_TIME`. Its holder only.
    function withdraw(RedemptionId redemption) external;

    /// @notice Seconds after which a holder may withdraw an unanswered request.
    function WAITING_TIME() external view returns (uint48);

    /// @notice Redemptions so far: the highest id.
    function count() external view returns (uint256);

    /// @dev Reverts with `RedemptionUnknown`.
    function redemption(RedemptionId id) external view returns (Redemption memory);
}
