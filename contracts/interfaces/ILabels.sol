// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BatchId} from "../types/Ids.sol";
import {ICredits} from "./ICredits.sol";

/// @title ILabels
/// @notice What the credits are good for. In this version no framework is admitted, so no batch holds a label.
/// @dev Warning: governance decides which label a purpose of retirement demands. While no framework is admitted, a
/// demand closes that purpose to every batch.
interface ILabels {
    event LabelDemanded(ICredits.Purpose indexed purpose, bytes32 indexed label);

    /// @notice A retirement for `purpose` demands `label`, which the batch does not hold.
    error LabelMissing(BatchId batch, ICredits.Purpose purpose, bytes32 label);

    /// @notice Labels are a reading of history; `time` is not past.
    error LabelTimeNotPast(uint48 time);

    /// @notice Sets the label that a purpose demands; 0 demands none. Governance only.
    function demandLabel(ICredits.Purpose purpose, bytes32 label) external;

    /// @notice The label that a purpose demands; 0 for none.
    function demandedLabel(ICredits.Purpose purpose) external view returns (bytes32);

    /// @notice Whether `batch` held `label` at second `time`, which must be past.
    function hasLabel(BatchId batch, bytes32 label, uint48 time) external view returns (bool);

    /// @dev Called by `Credits` when a purpose demands a label. Reverts with `LabelMissing`.
    function checkRetirement(BatchId batch, ICredits.Purpose purpose) external view;
}
