// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRedemptions} from "../../../../contracts/interfaces/IRedemptions.sol";
import {Cheats} from "../Cheats.sol";
import {ShortfallTwin} from "./ShortfallTwin.sol";

/// @dev Requests for redemption and what became of them, told from events.
abstract contract RedemptionTwin is ShortfallTwin {
    struct Request {
        address holder;
        uint32 batch;
        uint48 kilograms;
        uint48 requestedAt;
        IRedemptions.Status status;
        uint64 first;
        uint64 last;
    }

    Request[] internal requests; // redemption id - 1

    function _replayRedemptions(Cheats.Log memory log) internal {
        bytes32 topic = log.topics[0];
        if (topic == IRedemptions.RedemptionRequested.selector) {
            if (uint256(log.topics[1]) != requests.length + 1) _violate("redemption ids are not sequential");
            Request storage made = requests.push();
            made.batch = uint32(uint256(log.topics[2]));
            made.holder = address(uint160(uint256(log.topics[3])));
            made.kilograms = abi.decode(log.data, (uint48));
            (made.requestedAt, made.status) = (uint48(block.timestamp), IRedemptions.Status.Requested);
            return;
        }
        Request storage entry = requests[uint256(log.topics[1]) - 1];
        if (topic == IRedemptions.Reactivated.selector) {
            if (entry.status != IRedemptions.Status.Confirmed) _violate("I4: live again before it was burnt");
            entry.status = IRedemptions.Status.Reactivated;
            return;
        }
        if (entry.status != IRedemptions.Status.Requested) _violate("a redemption was answered twice");
        if (topic == IRedemptions.RedemptionConfirmed.selector) {
            (entry.first, entry.last) = abi.decode(log.data, (uint64, uint64));
            entry.status = IRedemptions.Status.Confirmed;
        } else if (topic == IRedemptions.RedemptionRefused.selector) {
            entry.status = IRedemptions.Status.Refused;
        } else if (topic == IRedemptions.RedemptionWithdrawn.selector) {
            entry.status = IRedemptions.Status.Withdrawn;
        } else {
            _violate("an unknown event of redemptions");
        }
    }

    /// @dev Kilograms of a batch whose redemption waits for an answer.
    function _requestedOf(uint256 batch) internal view returns (uint256 sum) {
        for (uint256 i; i < requests.length; ++i) {
            bool waits = requests[i].batch == batch && requests[i].status == IRedemptions.Status.Requested;
            if (waits) sum += requests[i].kilograms;
        }
    }
}
