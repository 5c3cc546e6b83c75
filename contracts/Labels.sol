// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ICredits} from "./interfaces/ICredits.sol";
import {ILabels} from "./interfaces/ILabels.sol";
import {BatchId} from "./types/Ids.sol";

/// @title Labels
/// @notice See `ILabels`, which is the manual.
contract Labels is ILabels, AccessManaged {
    ICredits public immutable credits;

    mapping(ICredits.Purpose purpose => bytes32 label) private _demanded;

    constructor(address authority, ICredits credits_) AccessManaged(authority) {
        credits = credits_;
    }

    /// @inheritdoc ILabels
    function demandLabel(ICredits.Purpose purpose, bytes32 label) external restricted {
        _demanded[purpose] = label;
        emit LabelDemanded(purpose, label);
        uint8 bit = uint8(1 << uint8(purpose));
        uint8 mask = credits.purposesDemandingLabel();
        credits.setPurposesDemandingLabel(label == 0 ? mask & ~bit : mask | bit);
    }

    /// @inheritdoc ILabels
    function demandedLabel(ICredits.Purpose purpose) external view returns (bytes32) {
        return _demanded[purpose];
    }

    /// @inheritdoc ILabels
    function hasLabel(BatchId batch, bytes32, uint48 time) external view returns (bool) {
        require(time < block.timestamp, LabelTimeNotPast(time));
        credits.batch(batch); // must exist
        return false; // no framework is admitted in this version
    }

    /// @inheritdoc ILabels
    function checkRetirement(BatchId batch, ICredits.Purpose purpose) external view {
        revert LabelMissing(batch, purpose, _demanded[purpose]); // no framework is admitted in this version
    }
}
