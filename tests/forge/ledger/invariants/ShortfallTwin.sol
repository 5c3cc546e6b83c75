// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../../contracts/interfaces/ICredits.sol";
import {IProgrammes} from "../../../../contracts/interfaces/IProgrammes.sol";
import {IShortfalls} from "../../../../contracts/interfaces/IShortfalls.sol";
import {BatchId, ProgrammeId, ProjectId, VvbId} from "../../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../../contracts/types/Kilograms.sol";
import {Cheats} from "../Cheats.sol";
import {LabelTwin} from "./LabelTwin.sol";

/// @dev Reversals, over-issuances, what was cancelled to make them good, and what left the buffer, told from events.
abstract contract ShortfallTwin is LabelTwin {
    struct Shortfall {
        bool reversal;
        uint32 project;
        uint32 batch;
        uint256 kilograms;
        uint256 madeGood;
        bool annulled;
        ICredits.Lot[] lost;
    }

    /// @dev A cancellation of a kind that makes a shortfall good.
    struct Good {
        bool reversal;
        bool fromBuffer;
        uint32 batch;
        uint256 kilograms;
    }

    Shortfall[] internal told; // shortfall id - 1
    mapping(uint256 batch => uint256) internal marked;
    mapping(uint256 batch => uint256) internal replaced; // of `marked`
    mapping(uint256 batch => uint256) internal lostOf;
    mapping(uint256 cancellation => Good) private _goods; // until it made something good
    uint256 private _goodsLeft;
    mapping(bytes32 use => bool) private _released;
    uint256 private _releaseLeft; // kilograms that may leave the buffer in this call
    uint256 private _releaseProject;

    function _replayShortfalls(Cheats.Log memory log) internal {
        bytes32 topic = log.topics[0];
        if (topic == IShortfalls.MadeGood.selector) {
            _replayMadeGood(uint256(log.topics[1]), uint256(log.topics[2]), abi.decode(log.data, (uint48)));
        } else if (topic == IShortfalls.BufferReleased.selector) {
            _replayReleased(log);
        } else if (topic == IShortfalls.ReportAnnulled.selector) {
            _replayAnnulled(told[uint256(log.topics[1]) - 1], abi.decode(log.data, (uint48)));
        } else {
            if (uint256(log.topics[1]) != told.length + 1) _violate("shortfall ids are not sequential");
            Shortfall storage entry = told.push();
            entry.reversal = topic == IShortfalls.ReversalReported.selector;
            if (entry.reversal) {
                ICredits.Lot[] memory lost;
                entry.project = uint32(uint256(log.topics[2]));
                (entry.kilograms, lost,,) = abi.decode(log.data, (uint48, ICredits.Lot[], bytes32, string));
                _replayLost(entry, lost);
            } else {
                entry.batch = uint32(uint256(log.topics[2]));
                entry.project = uint32(uint256(log.topics[3]));
                (entry.kilograms,,) = abi.decode(log.data, (uint48, bytes32, string));
                marked[entry.batch] += entry.kilograms;
                _checkReported(entry.batch, entry.project);
            }
            if (!_isOperatorOf(entry.project)) _violate("a shortfall reported by another than the operator");
        }
    }

    function _replayLost(Shortfall storage entry, ICredits.Lot[] memory lost) private {
        uint256 sum;
        for (uint256 i; i < lost.length; ++i) {
            (uint256 batch, uint256 kilograms) = (BatchId.unwrap(lost[i].batch), Kilograms.unwrap(lost[i].kilograms));
            entry.lost.push(lost[i]);
            lostOf[batch] += kilograms;
            sum += kilograms;
            _checkReported(batch, entry.project);
        }
        if (sum != entry.kilograms) _violate("a reversal is not what was lost of its batches");
    }

    function _checkReported(uint256 batch, uint256 project) private {
        if (origins[batch].project != project) _violate("a report on another project's batch");
        if (marked[batch] + lostOf[batch] > origins[batch].kilograms) _violate("more reported than issued");
    }

    function _replayAnnulled(Shortfall storage entry, uint256 missing) private {
        if (caller != address(this)) _violate("annulled by another than governance");
        if (missing != entry.kilograms - entry.madeGood) _violate("annulled another quantity than was missing");
        entry.annulled = true;
        for (uint256 i; i < entry.lost.length; ++i) {
            lostOf[BatchId.unwrap(entry.lost[i].batch)] -= Kilograms.unwrap(entry.lost[i].kilograms);
        }
        if (entry.reversal) return;
        marked[entry.batch] -= entry.kilograms;
        replaced[entry.batch] -= entry.madeGood;
    }

    /// @dev A cancellation makes one shortfall good, of its kind, by its quantity, and no other.
    function _replayMadeGood(uint256 id, uint256 cancellation, uint256 kilograms) private {
        Shortfall storage entry = told[id - 1];
        Good memory good = _goods[cancellation];
        bool right = good.kilograms == kilograms && kilograms != 0 && good.reversal == entry.reversal;
        if (!right) _violate("made good without a cancellation of its own");
        if (good.fromBuffer) {
            bool own = entry.reversal && origins[good.batch].project == entry.project;
            if (!own) _violate("the buffer of one project was used for another's");
            if (!_isOperatorOf(entry.project)) _violate("the buffer was used by another than the operator");
        }
        delete _goods[cancellation];
        --_goodsLeft;
        entry.madeGood += kilograms;
        if (!entry.reversal) replaced[entry.batch] += kilograms;
        if (entry.annulled) _violate("made good what was annulled");
        if (entry.madeGood > entry.kilograms) _violate("more made good than reported");
    }

    function _replayReleased(Cheats.Log memory log) private {
        (bytes32 statement, uint48 kilograms,) = abi.decode(log.data, (bytes32, uint48, bytes32));
        uint256 project = uint256(log.topics[1]);
        VvbId vvb_ = programmes.vvbOf(address(uint160(uint256(log.topics[2]))));
        bytes32 use = keccak256(abi.encode(vvb_, statement));
        if (_released[use]) _violate("a release was used twice");
        _released[use] = true;
        if (!_isOperatorOf(project)) _violate("a release by another than the operator");
        if (programmes.vvb(vvb_).standing != IProgrammes.Standing.Active) _violate("a release without a second key");
        (uint256 lost,) = _outstanding(project);
        if (lost != 0) _violate("a release while a reversal was outstanding");
        (_releaseLeft, _releaseProject) = (kilograms, project);
    }

    /// @dev Units left the buffer for an account.
    function _leftBuffer(uint256 batch, uint256 kilograms) internal {
        if (kilograms > _releaseLeft || origins[batch].project != _releaseProject) {
            _violate("the buffer was reached");
        } else {
            _releaseLeft -= kilograms;
        }
    }

    function _cancelled(uint256 id, uint32 batch, bool fromBuffer, uint256 kilograms, ICredits.CancellationKind kind)
        internal
    {
        if (kind == ICredits.CancellationKind.Corsia) _violate("I8: a CORSIA use that asked no host");
        bool reversal = kind == ICredits.CancellationKind.Reversal;
        if (fromBuffer && !reversal) _violate("the buffer was reached");
        if (!reversal && kind != ICredits.CancellationKind.Replacement) return;
        _goods[id] = Good(reversal, fromBuffer, batch, kilograms);
        ++_goodsLeft;
    }

    /// @dev After each call: nothing is left half done.
    function _settled() internal {
        if (_goodsLeft != 0) _violate("a cancellation that made nothing good");
        if (_releaseLeft != 0) _violate("a release of less than was stated");
    }

    function _outstanding(uint256 project) internal view returns (uint256 reversals, uint256 overIssuances) {
        for (uint256 i; i < told.length; ++i) {
            if (told[i].project != project || told[i].annulled) continue;
            uint256 missing = told[i].kilograms - told[i].madeGood;
            if (told[i].reversal) reversals += missing;
            else overIssuances += missing;
        }
    }

    /// @dev And its programme is active: a suspended programme's key does nothing irreparable.
    function _isOperatorOf(uint256 project) private view returns (bool) {
        ProgrammeId id = projects.project(ProjectId.wrap(uint32(project))).programme;
        return programmes.isOperator(id, caller) && programmes.programme(id).standing == IProgrammes.Standing.Active;
    }
}
