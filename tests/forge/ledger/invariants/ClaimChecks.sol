// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../../../contracts/interfaces/ILabels.sol";
import {IShortfalls} from "../../../../contracts/interfaces/IShortfalls.sol";
import {BatchId, ProjectId, ShortfallId} from "../../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../../contracts/types/Kilograms.sol";
import {ClaimHandler} from "./ClaimHandler.sol";

/// @dev I8, I9 and shortfalls: the contracts' views against what the events told, and against what they said before.
abstract contract ClaimChecks is ClaimHandler {
    /// @dev What was once answered for a second, and must be answered for ever.
    struct Answer {
        uint32 batch;
        bytes32 label;
        uint48 time;
        uint16 missing;
        bool conditional;
    }

    uint256 private constant KEPT = 64;
    Answer[] private _answers;
    uint256 private _asked;

    /// @dev I9: a few random questions about any past second, answered as the twin answers them; a few earlier answers
    /// again.
    function _checkLabels() internal {
        for (uint256 i; i < 8; ++i) {
            _ask();
        }
        for (uint256 i; i < 5; ++i) {
            Answer memory before = _answers[_any(_answers.length)];
            (uint16 missing, bool conditional) =
                labels.conditions(BatchId.wrap(before.batch), before.label, before.time);
            bool same = missing == before.missing && conditional == before.conditional;
            if (!same) _violate("I9: a past label changed");
        }
    }

    function _ask() private {
        (bytes32 label, uint48 time) = _question();
        uint32 batch = uint32(1 + _any(batchCount));
        (uint16 missing, bool conditional) = labels.conditions(BatchId.wrap(batch), label, time);
        (uint16 expected, bool under) = _evaluate(batch, label, time);
        if (missing != expected || conditional != under) _violate("I9: the twin reads another label");
        if (labels.hasLabel(BatchId.wrap(batch), label, time) != (missing == 0)) _violate("I9: has, and has not");
        bool listed;
        bytes32[] memory held_ = labels.labelsAt(BatchId.wrap(batch), time);
        for (uint256 i; i < held_.length; ++i) {
            if (held_[i] == label) listed = true;
        }
        if (listed != (missing == 0)) _violate("I9: held, and not listed");
        Answer memory answer = Answer(batch, label, time, missing, conditional);
        if (_answers.length < KEPT) _answers.push(answer);
        else _answers[_asked++ % KEPT] = answer;
    }

    /// @dev Mostly around an entry's own second; else now, or at any second since the beginning.
    function _question() private returns (bytes32 label, uint48 time) {
        (label, time) = (_label(), uint48(block.timestamp));
        uint256 kind = _any(6);
        if (kind == 0) return (label, time);
        if (kind == 1) return (label, uint48(time - _any(time - 1_789_999_990)));
        uint256 recent = moments.length < 6 || kind < 4 ? moments.length : 6;
        Moment memory moment = moments[moments.length - 1 - _any(recent)];
        if (moment.label != 0) label = moment.label;
        uint48 near = moment.time + uint48(_any(3)) - 1;
        return (label, near < time ? near : time);
    }

    /// @dev I8, per project and vintage year.
    function _checkClaims() internal {
        for (uint32 project = 1; project <= _projectCount; ++project) {
            for (uint16 year = 2019; year < 2022; ++year) {
                Claim memory told_ = claims[project][year];
                ILabels.Authorisation memory kept = labels.authorisation(ProjectId.wrap(project), year);
                bool same = kept.uses == told_.uses && Kilograms.unwrap(kept.cap) == told_.cap
                    && Kilograms.unwrap(kept.transferred) == told_.transferred
                    && Kilograms.unwrap(kept.usedByHost) == told_.usedByHost;
                if (!same) _violate("I8: retirements do not tell what is kept");
                bool told2 = told_.toldTransferred == told_.transferred && told_.toldUsed == told_.usedByHost;
                if (!told2) _violate("I8: events do not tell what was retired");
                if (told_.transferred + told_.usedByHost > _issuedOf(project, year)) {
                    _violate("I8: more claimed than was issued");
                }
                if (year > 2020 && told_.transferred > told_.cap) _violate("I8: more transferred than authorised");
                if (year < 2021 && told_.transferred != 0 && told_.usedByHost != 0) {
                    _violate("I8: one year, two claims");
                }
            }
        }
    }

    function _checkShortfalls() internal {
        if (shortfalls.count() != told.length) _violate("shortfalls and events differ");
        for (uint256 i; i < told.length; ++i) {
            Shortfall memory entry = told[i];
            IShortfalls.Shortfall memory kept = shortfalls.shortfall(ShortfallId.wrap(uint32(i + 1)));
            bool same = (kept.kind == IShortfalls.Kind.Reversal) == entry.reversal
                && ProjectId.unwrap(kept.project) == entry.project && BatchId.unwrap(kept.batch) == entry.batch
                && Kilograms.unwrap(kept.kilograms) == entry.kilograms
                && Kilograms.unwrap(kept.madeGood) == entry.madeGood && kept.annulled == entry.annulled;
            if (!same) _violate("events do not tell a shortfall");
        }
        for (uint32 project = 1; project <= _projectCount; ++project) {
            (uint256 reversals, uint256 overIssuances) = _outstanding(project);
            (Kilograms lost, Kilograms excess) = shortfalls.outstanding(ProjectId.wrap(project));
            Kilograms kept = projects.project(ProjectId.wrap(project)).outstanding;
            bool same = Kilograms.unwrap(lost) == reversals && Kilograms.unwrap(excess) == overIssuances && kept == lost;
            if (!same) _violate("what is outstanding is not the sum of what is missing");
        }
        for (uint32 id = 1; id <= batchCount; ++id) {
            IShortfalls.Reported memory kept = shortfalls.reported(BatchId.wrap(id));
            bool same = Kilograms.unwrap(kept.overIssued) == marked[id] && Kilograms.unwrap(kept.reversed) == lostOf[id]
                && Kilograms.unwrap(kept.madeGood) == replaced[id];
            if (!same) _violate("events do not tell what is reported");
        }
    }

    /// @dev Which purposes demand a label, in both contracts.
    function _checkDemands() internal {
        uint8 mask;
        for (uint8 purpose; purpose < 6; ++purpose) {
            bytes32 label = labels.demandedLabel(ICredits.Purpose(purpose));
            if (label != demanded[purpose]) _violate("demands and events differ");
            if (label != 0) mask |= uint8(1 << purpose);
        }
        if (credits.purposesDemandingLabel() != mask) _violate("a demand is not in the mask");
    }
}
