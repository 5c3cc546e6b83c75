// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {ICredits} from "../interfaces/ICredits.sol";
import {BatchId} from "../types/Ids.sol";
import {Kilograms, kilogramsOfBlock} from "../types/Kilograms.sol";

/// @title BatchLedger
/// @notice What every part of the ledger shares: balances, batches, and the one packed slot of counters.
abstract contract BatchLedger is ICredits, ERC1155, AccessManaged {
    /// @dev One slot, read by every movement: zero freezes and an empty mask skip every further look-up.
    struct Counters {
        uint32 freezes;
        uint8 purposesDemandingLabel;
        uint32 batches;
        uint40 retirements;
        uint40 cancellations;
    }

    /// @inheritdoc ICredits
    address public constant BUFFER = address(uint160(uint256(keccak256("onetonne.buffer"))));

    Counters internal _counters;
    mapping(BatchId batchId => Batch) internal _batches;

    /// @inheritdoc ICredits
    function batch(BatchId batchId) public view returns (Batch memory entry) {
        entry = _batches[batchId];
        require(entry.issuedAt != 0, BatchUnknown(batchId));
    }

    /// @inheritdoc ICredits
    function issuedKilograms(BatchId batchId) external view returns (Kilograms) {
        Batch memory entry = batch(batchId);
        return kilogramsOfBlock(entry.first, entry.last);
    }

    /// @inheritdoc ICredits
    function counts() external view returns (uint256 batches, uint256 retirements, uint256 cancellations) {
        Counters memory counters = _counters;
        return (counters.batches, counters.retirements, counters.cancellations);
    }

    /// @dev Takes the next kilograms from the front of a batch (I4) and returns the cursor before.
    /// The balance that was burnt just before proves that they are in circulation, so the cursors cannot cross.
    function _takeFront(BatchId batchId, Kilograms kilograms) internal returns (Kilograms from) {
        require(Kilograms.unwrap(kilograms) != 0, QuantityZero(batchId));
        Batch storage entry = _batches[batchId];
        from = entry.taken;
        entry.taken = from + kilograms;
    }

    /// @dev Burns lots through the checks of `_update`; what is in the buffer has no holder to freeze, and a reversal
    /// passes the freezes of its batches. Reverts with `LotsInvalid`.
    function _burnLots(Lot[] calldata lots, address holder) internal {
        (uint256[] memory ids, uint256[] memory values) = _unzip(lots);
        if (holder == BUFFER) ERC1155._update(BUFFER, address(0), ids, values);
        else _burnBatch(holder, ids, values);
    }

    function _unzip(Lot[] calldata lots) internal pure returns (uint256[] memory ids, uint256[] memory values) {
        uint256 count = lots.length;
        require(count != 0 && count <= 256, LotsInvalid(count));
        ids = new uint256[](count);
        values = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            ids[i] = BatchId.unwrap(lots[i].batch);
            values[i] = Kilograms.unwrap(lots[i].kilograms);
        }
    }

    function _requireHolderOrApproved(address holder) internal view {
        bool allowed = msg.sender == holder || isApprovedForAll(holder, msg.sender);
        require(allowed, NotHolderNorApproved(holder, msg.sender));
    }
}
