// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../../contracts/interfaces/ICredits.sol";
import {IProgrammes} from "../../../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../../../contracts/interfaces/IProjects.sol";
import {IRedemptions} from "../../../../contracts/interfaces/IRedemptions.sol";
import {
    BatchId,
    CancellationId,
    ComponentId,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    RedemptionId,
    RetirementId,
    VerificationId
} from "../../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../../contracts/types/Kilograms.sol";
import {ClaimChecks} from "./ClaimChecks.sol";

/// @dev I1 to I10 by brute force: the contracts' views against each other and against what the events told.
contract Checks is ClaimChecks {
    mapping(uint256 batch => Tally) private _seen; // cursors at the last look (I5)

    /// @dev The first thing wrong, or nothing.
    function check() external returns (string memory) {
        if (bytes(violation).length == 0) _checkBatches();
        if (bytes(violation).length == 0) _checkBlocks();
        if (bytes(violation).length == 0) _checkRecords();
        if (bytes(violation).length == 0) _checkReturns();
        if (bytes(violation).length == 0) _checkRedemptions();
        if (bytes(violation).length == 0) _checkPeriods();
        if (bytes(violation).length == 0) _checkCaps();
        if (bytes(violation).length == 0) _checkKeys();
        if (bytes(violation).length == 0) _checkCertificates();
        if (bytes(violation).length == 0) _checkFreezes();
        if (bytes(violation).length == 0) _checkLabels();
        if (bytes(violation).length == 0) _checkClaims();
        if (bytes(violation).length == 0) _checkShortfalls();
        if (bytes(violation).length == 0) _checkDemands();
        return violation;
    }

    /// @dev I1 conservation, I3 size is quantity, I5 nothing comes back.
    function _checkBatches() private {
        (uint256 batches, uint256 retired, uint256 cancelled) = credits.counts();
        _hold(batches == blocks.length, "batches and events differ");
        _hold(retired == retirements.length, "retirements and events differ");
        _hold(cancelled == cancellations.length, "cancellations and events differ");
        for (uint32 id = 1; id <= batches; ++id) {
            ICredits.Batch memory batch = credits.batch(BatchId.wrap(id));
            Tally memory now_ = Tally({
                minted: Kilograms.unwrap(credits.issuedKilograms(BatchId.wrap(id))),
                taken: Kilograms.unwrap(batch.taken),
                cancelled: Kilograms.unwrap(batch.cancelled),
                redeemed: Kilograms.unwrap(batch.redeemed)
            });
            _checkConservation(id, now_);
            Block memory told = blocks[id - 1];
            _hold(batch.first == told.first && batch.last == told.last, "I5: a block changed");
            _checkOrigin(id, batch);
            _hold(now_.minted == (uint256(batch.last) - batch.first + 1) * 1000, "I3: size is not quantity");
            Tally memory events = tallies[id];
            _hold(
                events.minted == now_.minted && events.taken == now_.taken && events.cancelled == now_.cancelled
                    && events.redeemed == now_.redeemed,
                "events do not tell the cursors"
            );
            Tally storage seen = _seen[id];
            _hold(
                now_.taken >= seen.taken && now_.cancelled >= seen.cancelled && now_.redeemed >= seen.redeemed,
                "I5: a cursor fell"
            );
            _seen[id] = now_;
        }
    }

    /// @dev What a batch was issued for never changes.
    function _checkOrigin(uint32 id, ICredits.Batch memory batch) private {
        Origin memory origin = origins[id];
        bool same = VerificationId.unwrap(batch.verification) == blocks[id - 1].verification
            && ProjectId.unwrap(batch.project) == origin.project
            && ProgrammeId.unwrap(batch.programme) == origin.programme
            && MethodologyId.unwrap(batch.methodology) == origin.methodology && batch.vintageYear == origin.year
            && batch.vintageStart == origin.vintageStart && batch.vintageEnd == origin.vintageEnd
            && batch.issuedAt == origin.issuedAt;
        _hold(same, "I5: a batch changed");
    }

    function _checkConservation(uint32 id, Tally memory now_) private {
        uint256 sum = credits.balanceOf(credits.BUFFER(), id) + credits.balanceOf(address(redemptions), id);
        _hold(sum == held[id][credits.BUFFER()] + held[id][address(redemptions)], "events do not tell the reserves");
        for (uint256 i; i < accounts.length; ++i) {
            uint256 balance = credits.balanceOf(accounts[i], id);
            _hold(balance == held[id][accounts[i]], "events do not tell a balance");
            sum += balance;
        }
        sum += credits.balanceOf(address(programmes), id); // forced transfers reach it
        _hold(sum + now_.taken + now_.redeemed == now_.minted, "I1: not conserved");
        _hold(now_.cancelled <= now_.taken, "I1: more cancelled than taken");
    }

    /// @dev I2 one serial, one batch, however the prefix is spelled.
    function _checkBlocks() private {
        for (uint256 i; i < blocks.length; ++i) {
            Block memory a = blocks[i];
            _hold(_holder(a.namespace, a.first) == i + 1, "I2: first serial is another batch's");
            _hold(_holder(a.namespace, a.last) == i + 1, "I2: last serial is another batch's");
            _hold(_holder(a.namespace, a.first + (a.last - a.first) / 2) == i + 1, "I2: a serial is another batch's");
            if (a.first != 0) {
                bool below = _holder(a.namespace, a.first - 1) == _blockOf(a.namespace, a.first - 1);
                _hold(below, "I2: the serial below a block is nobody's, or the reverse");
            }
            bool above = _holder(a.namespace, a.last + 1) == _blockOf(a.namespace, a.last + 1);
            _hold(above, "I2: the serial above a block is nobody's, or the reverse");
            for (uint256 j; j < i; ++j) {
                Block memory b = blocks[j];
                bool apart = a.normal != b.normal || a.last < b.first || b.last < a.first;
                _hold(apart, "I2: two blocks overlap");
            }
        }
    }

    /// @dev I4 for the front: records are as the events said, disjoint, and add up to the cursor, so they are gapless.
    function _checkRecords() private {
        uint256[] memory sums = new uint256[](blocks.length + 1);
        for (uint256 i; i < retirements.length; ++i) {
            Record memory told = retirements[i];
            ICredits.Retirement memory kept = credits.retirement(RetirementId.wrap(uint40(i + 1)));
            _hold(
                told.batch == BatchId.unwrap(kept.batch) && told.from == Kilograms.unwrap(kept.from)
                    && told.kilograms == Kilograms.unwrap(kept.kilograms) && told.account == kept.beneficiary
                    && told.claim == i + 1 - kept.position && told.reason == uint8(kept.purpose),
                "I10: a retirement changed"
            );
            sums[told.batch] += told.kilograms;
            for (uint256 j; j < i; ++j) {
                _hold(_apart(told, retirements[j]), "I4: two retirements overlap");
            }
        }
        for (uint256 i; i < cancellations.length; ++i) {
            Record memory told = cancellations[i];
            ICredits.Cancellation memory kept = credits.cancellation(CancellationId.wrap(uint40(i + 1)));
            _hold(
                told.batch == BatchId.unwrap(kept.batch) && told.from == Kilograms.unwrap(kept.from)
                    && told.kilograms == Kilograms.unwrap(kept.kilograms) && told.account == kept.holder
                    && told.reason == uint8(kept.kind),
                "I4: a cancellation changed"
            );
            sums[told.batch] += told.kilograms;
            for (uint256 j; j < retirements.length; ++j) {
                _hold(_apart(told, retirements[j]), "I4: a cancellation overlaps a retirement");
            }
        }
        for (uint256 id = 1; id < sums.length; ++id) {
            _hold(sums[id] == tallies[id].taken, "I4: records do not add up to the cursor");
        }
    }

    /// @dev I4 for the back: whole serials, disjoint, up to the end, and none that the front has touched.
    function _checkReturns() private {
        uint256[] memory sums = new uint256[](blocks.length + 1);
        for (uint256 i; i < returns_.length; ++i) {
            Return memory a = returns_[i];
            Block memory home = blocks[a.batch - 1];
            sums[a.batch] += (uint256(a.last) - a.first + 1) * 1000;
            uint256 touched = home.first + (tallies[a.batch].taken + 999) / 1000; // not included
            _hold(a.first >= touched && a.last <= home.last, "I4: a serial was retired and redeemed");
            for (uint256 j; j < i; ++j) {
                Return memory b = returns_[j];
                _hold(a.batch != b.batch || a.last < b.first || b.last < a.first, "I4: two redemptions overlap");
            }
        }
        for (uint256 id = 1; id < sums.length; ++id) {
            _hold(sums[id] == tallies[id].redeemed, "I4: redemptions do not add up to the cursor");
        }
    }

    /// @dev Requests are as the events said, and escrow holds exactly what waits for an answer.
    function _checkRedemptions() private {
        _hold(redemptions.count() == requests.length, "redemptions and events differ");
        for (uint256 i; i < requests.length; ++i) {
            Request memory entry = requests[i];
            IRedemptions.Redemption memory kept = redemptions.redemption(RedemptionId.wrap(uint40(i + 1)));
            bool same = entry.holder == kept.holder && entry.batch == BatchId.unwrap(kept.batch)
                && entry.kilograms == Kilograms.unwrap(kept.kilograms) && entry.requestedAt == kept.requestedAt
                && entry.status == kept.status && entry.first == kept.first && entry.last == kept.last;
            _hold(same, "events do not tell a redemption");
        }
        for (uint32 id = 1; id <= blocks.length; ++id) {
            bool exact = credits.balanceOf(address(redemptions), id) == _requestedOf(id);
            _hold(exact, "I1: escrow is not what waits for an answer");
        }
    }

    /// @dev I6: claims on a component never overlap; whoever takes one over stays within it.
    function _checkPeriods() private {
        for (uint256 i; i < statements.length; ++i) {
            Statement memory a = statements[i];
            if (!a.everAccepted) continue;
            if (a.supersedes != 0) {
                Statement memory old = _claim(i + 1);
                bool within = old.component == a.component && old.start <= a.start && a.end <= old.end;
                _hold(within, "I6: a successor outside the claim");
                continue;
            }
            (VerificationId id,,) = projects.periodAt(ComponentId.wrap(a.component), a.start);
            _hold(VerificationId.unwrap(id) == i + 1, "I6: a claimed day is another's");
            for (uint256 j; j < i; ++j) {
                Statement memory b = statements[j];
                bool rivals = b.everAccepted && a.component == b.component && b.supersedes == 0;
                _hold(!rivals || a.end < b.start || b.end < a.start, "I6: two claims overlap");
            }
        }
    }

    /// @dev The first of a chain of successors, whose period is the claim.
    function _claim(uint256 id) private view returns (Statement memory first) {
        first = statements[id - 1];
        while (first.supersedes != 0) {
            first = statements[first.supersedes - 1];
        }
    }

    /// @dev I6: what was issued never exceeds a cap, and a cap is what was verified less all that predecessors issued.
    function _checkCaps() private {
        uint256[] memory issued = new uint256[](statements.length + 1);
        bool[] memory superseded = new bool[](statements.length + 1);
        for (uint256 i; i < blocks.length; ++i) {
            Block memory b = blocks[i];
            issued[b.verification] += (uint256(b.last) - b.first + 1) * 1000;
            ICredits.Batch memory batch = credits.batch(BatchId.wrap(uint32(i + 1)));
            Statement memory v = statements[b.verification - 1];
            _hold(batch.vintageStart >= v.start && batch.vintageEnd <= v.end, "I6: vintage outside the period");
            _hold(batch.vintageStart <= batch.vintageEnd, "I6: a reversed vintage");
        }
        for (uint256 i; i < statements.length; ++i) {
            uint256 old = statements[i].supersedes;
            if (!statements[i].everAccepted || old == 0) continue;
            _hold(!superseded[old], "I6: two successors of one");
            superseded[old] = true;
        }
        for (uint256 i; i < statements.length; ++i) {
            Statement storage told = statements[i];
            IProjects.Verification memory kept = projects.verification(VerificationId.wrap(uint32(i + 1)));
            uint256 cap = Kilograms.unwrap(kept.cap);
            _hold(Kilograms.unwrap(kept.issued) == issued[i + 1], "I6: issued against it, and not counted");
            _hold(issued[i + 1] <= cap && cap <= told.verified, "I6: more issued than verified");
            _hold(issued[i + 1] == 0 || told.everAccepted, "I7: issued against what nobody accepted");
            _hold(issued[i + 1] >= told.issued, "I5: the counted issuance fell");
            _hold(kept.status == _status(told, superseded[i + 1]), "events do not tell a verification's status");
            told.issued = issued[i + 1];
            if (!told.everAccepted) continue;
            uint256 before = _issuedInClaim(told.supersedes);
            _hold(before + issued[i + 1] <= _largestInClaim(i + 1), "I6: corrections opened a second count");
            _hold(cap == (before < told.verified ? told.verified - before : 0), "I6: a cap beyond what is left");
            uint256 carried = told.withdrawn ? before + issued[i + 1] : before;
            _hold(Kilograms.unwrap(kept.carried) == carried, "I6: carried is not what was issued before");
        }
    }

    /// @dev The most that was ever verified for a claim, up to this one.
    function _largestInClaim(uint256 id) private view returns (uint256 largest) {
        for (; id != 0; id = statements[id - 1].supersedes) {
            if (statements[id - 1].verified > largest) largest = statements[id - 1].verified;
        }
    }

    function _status(Statement memory told, bool superseded) private pure returns (IProjects.VerificationStatus) {
        if (superseded) return IProjects.VerificationStatus.Superseded;
        if (told.withdrawn) return IProjects.VerificationStatus.Withdrawn;
        return told.everAccepted ? IProjects.VerificationStatus.Accepted : IProjects.VerificationStatus.Proposed;
    }

    /// @dev I7: every credit has two keys, an operator's and a VVB's; no key was ever both.
    function _checkKeys() private {
        for (uint256 i; i < keys.length; ++i) {
            _hold(programmes.keyKindOf(keys[i]) == kinds[keys[i]], "I7: a key changed its kind");
        }
        for (uint256 i; i < blocks.length; ++i) {
            Statement memory v = statements[blocks[i].verification - 1];
            bool two = v.everAccepted && v.proposer != v.acceptor && kinds[v.proposer] == IProgrammes.KeyKind.Vvb
                && kinds[v.acceptor] == IProgrammes.KeyKind.Operator;
            _hold(two, "I7: a credit with one key");
        }
    }

    /// @dev I10: one retirement, one certificate, the beneficiary's.
    function _checkCertificates() private {
        for (uint256 i; i < retirements.length; ++i) {
            _hold(certificates.ownerOf(i + 1) == retirements[i].account, "I10: another's certificate");
        }
        uint256 sum;
        for (uint256 i; i < accounts.length; ++i) {
            uint256 count = certificates.balanceOf(accounts[i]);
            _hold(count == certificatesHeld[accounts[i]], "I10: certificates and events differ");
            sum += count;
        }
        _hold(sum == retirements.length, "I10: certificates without retirements, or the reverse");
    }

    function _checkFreezes() private {
        _hold(credits.freezesInForce() == freezesInForce, "freezes and events differ");
        _hold(credits.purposesDemandingLabel() == purposesDemandingLabel, "mask and events differ");
    }

    function _holder(bytes32 namespace, uint64 serial) private view returns (uint256) {
        return BatchId.unwrap(credits.batchOfSerial(namespace, serial));
    }

    /// @dev The batch that has a serial, found by looking at all of them; 0 for none.
    function _blockOf(bytes32 namespace, uint64 serial) private view returns (uint256) {
        for (uint256 i; i < blocks.length; ++i) {
            Block memory a = blocks[i];
            if (a.namespace == namespace && a.first <= serial && serial <= a.last) return i + 1;
        }
        return 0;
    }

    function _apart(Record memory a, Record memory b) private pure returns (bool) {
        return a.batch != b.batch || a.from + a.kilograms <= b.from || b.from + b.kilograms <= a.from;
    }

    function _hold(bool condition, string memory what) private {
        if (!condition) _violate(what);
    }
}
