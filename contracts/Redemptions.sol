// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {ICredits} from "./interfaces/ICredits.sol";
import {IProgrammes} from "./interfaces/IProgrammes.sol";
import {IRedemptions} from "./interfaces/IRedemptions.sol";
import {BatchId, RedemptionId} from "./types/Ids.sol";
import {Kilograms, KILOGRAMS_PER_TONNE} from "./types/Kilograms.sol";

/// @title Redemptions
/// @notice See `IRedemptions`, which is the manual.
contract Redemptions is IRedemptions {
    /// @inheritdoc IRedemptions
    uint48 public constant WAITING_TIME = 14 days;

    ICredits public immutable credits;
    IProgrammes public immutable programmes;

    uint40 private _count;
    mapping(RedemptionId id => Redemption) private _redemptions;

    constructor(ICredits credits_, IProgrammes programmes_) {
        credits = credits_;
        programmes = programmes_;
    }

    /// @inheritdoc IRedemptions
    function request(BatchId batch, Kilograms kilograms, address holder) external returns (RedemptionId id) {
        _requireHolderOrApproved(holder);
        uint256 amount = Kilograms.unwrap(kilograms);
        bool whole = amount != 0 && amount % KILOGRAMS_PER_TONNE == 0;
        require(whole, RedemptionNotWholeTonnes(batch, kilograms));

        id = RedemptionId.wrap(++_count);
        _redemptions[id] = Redemption({
            holder: holder,
            kilograms: kilograms,
            requestedAt: uint48(block.timestamp),
            batch: batch,
            status: Status.Requested,
            first: 0,
            last: 0
        });
        emit RedemptionRequested(id, batch, holder, kilograms);
        credits.escrow(holder, batch, kilograms);
    }

    /// @inheritdoc IRedemptions
    function confirm(RedemptionId id, uint64 first, uint64 last) external {
        Redemption storage entry = _requireStatus(id, Status.Requested);
        _requireOperator(entry.batch);
        programmes.requireOperator(msg.sender); // a suspended programme's key burns nothing
        entry.status = Status.Confirmed;
        (entry.first, entry.last) = (first, last);
        emit RedemptionConfirmed(id, first, last);

        (uint64 actualFirst, uint64 actualLast) = credits.redeem(entry.holder, entry.batch, entry.kilograms);
        bool expected = first == actualFirst && last == actualLast;
        require(expected, RedemptionSerialsDiffer(id, actualFirst, actualLast));
    }

    /// @inheritdoc IRedemptions
    function reportReactivated(RedemptionId id, string calldata registryReference) external {
        Redemption storage entry = _requireStatus(id, Status.Confirmed);
        _requireOperator(entry.batch);
        programmes.requireOperator(msg.sender);
        require(bytes(registryReference).length != 0, ReactivationWithoutReference(id));
        entry.status = Status.Reactivated;
        emit Reactivated(id, registryReference);
    }

    /// @inheritdoc IRedemptions
    /// @dev A suspended programme's operator may refuse: the credits only go back to their holder.
    function refuse(RedemptionId id, string calldata reason) external {
        Redemption storage entry = _requireStatus(id, Status.Requested);
        _requireOperator(entry.batch);
        entry.status = Status.Refused;
        emit RedemptionRefused(id, reason);
        credits.release(entry.holder, entry.batch, entry.kilograms);
    }

    /// @inheritdoc IRedemptions
    function withdraw(RedemptionId id) external {
        Redemption storage entry = _requireStatus(id, Status.Requested);
        _requireHolderOrApproved(entry.holder);
        uint48 until = entry.requestedAt + WAITING_TIME;
        require(block.timestamp >= until, RedemptionWaiting(id, until));
        entry.status = Status.Withdrawn;
        emit RedemptionWithdrawn(id);
        credits.release(entry.holder, entry.batch, entry.kilograms);
    }

    /// @inheritdoc IRedemptions
    function count() external view returns (uint256) {
        return _count;
    }

    /// @inheritdoc IRedemptions
    function redemption(RedemptionId id) external view returns (Redemption memory entry) {
        entry = _redemptions[id];
        require(entry.status != Status.None, RedemptionUnknown(id));
    }

    function _requireHolderOrApproved(address holder) private view {
        bool allowed = msg.sender == holder || IERC1155(address(credits)).isApprovedForAll(holder, msg.sender);
        require(allowed, NotHolderNorApproved(holder, msg.sender));
    }

    function _requireOperator(BatchId batch) private view {
        bool allowed = programmes.isOperator(credits.batch(batch).programme, msg.sender);
        require(allowed, NotOperatorOfBatch(batch, msg.sender));
    }

    function _requireStatus(RedemptionId id, Status needed) private view returns (Redemption storage entry) {
        entry = _redemptions[id];
        Status actual = entry.status;
        require(actual != Status.None, RedemptionUnknown(id));
        require(actual == needed, RedemptionStatusIs(id, actual, needed));
    }
}
