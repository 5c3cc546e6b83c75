// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../../../contracts/interfaces/ILabels.sol";
import {BatchId} from "../../../../contracts/types/Ids.sol";
import {Cheats} from "../Cheats.sol";
import {Deployment} from "../Deployment.sol";

/// @dev Labels and Article 6, told from events alone: every entry is kept, and every question answered by looking at all
/// of them. And the first thing that was seen to be wrong, in whatever part of the twin.
abstract contract LabelTwin is Deployment {
    /// @dev What a batch's labels depend on.
    struct Origin {
        uint32 project;
        uint16 programme;
        uint32 methodology;
        uint32 vintageStart;
        uint32 vintageEnd;
        uint16 year;
        uint48 issuedAt;
        uint256 kilograms;
    }

    struct Subject {
        bytes32 activityType;
        uint32 creditingStart;
    }

    /// @dev One entry of a body or a host, of whatever kind.
    struct Entry {
        uint48 made;
        bool stands;
        bool conditional;
        uint32 start;
        uint32 end;
        uint32 crediting;
        uint8 uses;
        uint48 cap;
        uint32 letter;
    }

    /// @dev A project's vintage year (I8).
    struct Claim {
        uint8 uses;
        uint48 cap;
        uint48 said; // when the host last spoke
        bool adjusted;
        uint32 letter; // how often it spoke
        uint256 transferred;
        uint256 usedByHost;
        uint256 toldTransferred;
        uint256 toldUsed;
    }

    /// @dev When an entry was made, and to which label; 0 for a host's, which many read.
    struct Moment {
        bytes32 label;
        uint48 time;
    }

    string public violation;

    bytes32[] internal admitted;
    Moment[] internal moments;
    uint256 internal batchCount;
    mapping(bytes32 label => ILabels.Framework) internal frameworks;
    mapping(bytes32 country => address) internal hosts;
    mapping(uint256 purpose => bytes32 label) internal demanded;
    mapping(bytes32 subject => Entry[]) private _histories;
    mapping(uint256 project => mapping(uint256 year => Claim)) internal claims;
    mapping(uint256 batch => Origin) internal origins;
    mapping(uint256 batch => uint32 letter) internal namings; // the last that names it
    mapping(uint256 methodology => uint256[]) internal composed; // their parts
    mapping(uint256 batch => uint256) internal usedOf; // by the host
    mapping(uint256 project => Subject) internal subjects;

    /// @dev Who calls; set by the handler before each call.
    address internal caller;

    function _violate(string memory what) internal {
        if (bytes(violation).length == 0) violation = what;
    }

    function _replayLabels(Cheats.Log memory log) internal {
        bytes32 topic = log.topics[0];
        if (topic == ILabels.FrameworkAdmitted.selector) {
            if (frameworks[log.topics[1]].admittedAt != 0) _violate("I9: a framework was admitted twice");
            ILabels.Rule memory rule = abi.decode(log.data, (ILabels.Rule));
            frameworks[log.topics[1]] =
                ILabels.Framework(address(uint160(uint256(log.topics[2]))), uint48(block.timestamp), rule);
            admitted.push(log.topics[1]);
            moments.push(Moment(log.topics[1], uint48(block.timestamp)));
        } else if (topic == ILabels.BodyRotated.selector) {
            frameworks[log.topics[1]].body = address(uint160(uint256(log.topics[3])));
        } else if (topic == ILabels.HostSet.selector) {
            hosts[log.topics[1]] = address(uint160(uint256(log.topics[2])));
        } else if (topic == ILabels.LabelDemanded.selector) {
            demanded[uint256(log.topics[1])] = log.topics[2];
        } else if (log.topics.length > 1 && frameworks[log.topics[1]].admittedAt != 0) {
            if (caller != frameworks[log.topics[1]].body) _violate("an entry by another than the body");
            moments.push(Moment(log.topics[1], uint48(block.timestamp)));
            _replayBody(log);
        } else {
            _replayHost(log);
        }
    }

    function _replayBody(Cheats.Log memory log) private {
        bytes32 topic = log.topics[0];
        (bytes32 label, bytes32 subject) = (log.topics[1], log.topics[2]);
        Entry memory entry;
        if (topic == ILabels.ProgrammeApproved.selector) {
            _enter(_key("programme", label, subject, 0), _approval(log));
        } else if (topic == ILabels.ProgrammeApprovalWithdrawn.selector) {
            _enter(_key("programme", label, subject, 0), entry);
        } else if (topic == ILabels.MethodologyApproved.selector) {
            _enter(_key("methodology", label, subject, 0), _approval(log));
        } else if (topic == ILabels.MethodologyApprovalWithdrawn.selector) {
            _enter(_key("methodology", label, subject, 0), entry);
        } else {
            (entry.stands,) = abi.decode(log.data, (bool, ILabels.Decision));
            if (topic == ILabels.ActivityTypeExclusionSet.selector) {
                _enter(_key("type", label, subject, log.topics[3]), entry);
            } else if (topic == ILabels.MethodologyExclusionSet.selector) {
                _enter(_key("exclusion", label, subject, 0), entry);
            } else if (topic == ILabels.GuaranteeSet.selector) {
                _enter(_key("guarantee", label, subject, log.topics[3]), entry);
            } else {
                _violate("an unknown event of a body");
            }
        }
    }

    function _replayHost(Cheats.Log memory log) private {
        bytes32 topic = log.topics[0];
        Claim storage claim = claims[uint256(log.topics[1])][uint256(log.topics[2])];
        Entry memory entry;
        if (topic == ILabels.FirstTransferred.selector) {
            (, uint48 kilograms, uint48 total) = abi.decode(log.data, (uint8, uint48, uint48));
            claim.toldTransferred += kilograms;
            if (claim.toldTransferred != total) _violate("I8: a first transfer's total is not the sum");
            return;
        }
        if (topic == ILabels.UsedByHost.selector) {
            (, uint48 kilograms, uint48 total) = abi.decode(log.data, (uint32, uint48, uint48));
            claim.toldUsed += kilograms;
            if (claim.toldUsed != total) _violate("I8: the host's total is not the sum");
            return;
        }
        if (caller != hosts["KE"]) _violate("I8: another than the host spoke for it");
        moments.push(Moment(0, uint48(block.timestamp)));
        if (topic == ILabels.AdjustmentRecorded.selector) {
            if (claim.uses == 0) _violate("I8: adjusted what is not authorised");
            (claim.adjusted, entry.stands) = (true, true);
            (entry.uses, entry.cap,) = abi.decode(log.data, (uint8, uint48, ILabels.Decision));
            if (entry.uses != claim.uses || entry.cap != claim.cap) _violate("I8: adjusted for something else");
            _enter(_key("adjustment", 0, log.topics[1], log.topics[2]), entry);
            return;
        }
        (uint8 uses, uint48 cap) = (claim.uses, claim.cap);
        (claim.uses, claim.cap, claim.said) = (0, uint48(claim.transferred), uint48(block.timestamp));
        entry.letter = ++claim.letter;
        if (topic == ILabels.Authorised.selector) {
            BatchId[] memory named_;
            (claim.uses, claim.cap, named_,) = abi.decode(log.data, (uint8, uint48, BatchId[], ILabels.Decision));
            (entry.uses, entry.cap) = (claim.uses, claim.cap);
            uint256 most = _replayNaming(named_, claim.letter, log.topics[1], log.topics[2]);
            if (claim.transferred > claim.cap || claim.cap > most) _violate("I8: a cap beyond what was issued");
            bool narrower = uses & ~claim.uses != 0 || claim.cap < cap
                || _namedBy(claim.letter - 1, log.topics[1], log.topics[2]) != 0;
            if (claim.adjusted && narrower) _violate("I8: narrowed after an adjustment");
        } else if (topic == ILabels.AuthorisationRevoked.selector) {
            (uint48 transferred,) = abi.decode(log.data, (uint48, ILabels.Decision));
            if (transferred != claim.transferred) _violate("I8: revoked with another sum than was transferred");
            if (claim.adjusted) _violate("I8: revoked after an adjustment");
        } else {
            _violate("an unknown event of a host");
        }
        _enter(_key("authorisation", 0, log.topics[1], log.topics[2]), entry);
    }

    /// @dev The batches of a letter, in ascending order and of its project and year. Returns the most that its cap may be.
    function _replayNaming(BatchId[] memory named_, uint32 letter, bytes32 project, bytes32 year)
        private
        returns (uint256 most)
    {
        uint256 above;
        for (uint256 i; i < named_.length; ++i) {
            uint256 id = BatchId.unwrap(named_[i]);
            bool own = origins[id].project == uint256(project) && origins[id].year == uint256(year);
            if (!own || id <= above) _violate("I8: a letter names another year's batch, or one twice");
            above = id;
            namings[id] = letter;
            Entry memory entry;
            entry.letter = letter;
            _enter(_key("naming", 0, bytes32(id), 0), entry);
            most += origins[id].kilograms - usedOf[id];
        }
    }

    /// @dev How many batches of a year a letter names that no later one does.
    function _namedBy(uint32 letter, bytes32 project, bytes32 year) private view returns (uint256 count) {
        if (letter == 0) return 0;
        for (uint256 id = 1; id <= batchCount; ++id) {
            bool own = origins[id].project == uint256(project) && origins[id].year == uint256(year);
            if (own && namings[id] == letter) ++count;
        }
    }

    /// @dev What a retirement may be claimed for, and what it uses up (I8); told from the retirement alone.
    function _claimed(uint256 batch, uint256 purpose, uint256 kilograms, address holder) internal {
        Origin memory origin = origins[batch];
        Claim storage claim = claims[origin.project][origin.year];
        bytes32 label = demanded[purpose];
        if (label != 0) {
            (uint16 missing,) = _evaluate(batch, label, uint48(block.timestamp));
            if (missing != 0) _violate("a retirement without the label that its purpose demands");
        }
        if (purpose == uint256(ICredits.Purpose.HostNdc)) {
            bool open = claim.uses != 0 && namings[batch] == claim.letter && claim.cap > claim.transferred;
            if (open) _violate("I8: the host used what is open to others");
            if (holder != hosts["KE"]) _violate("I8: another than the host used in its name");
            if (origin.year < 2021) _violate("I8: a host used what no NDC counts");
            claim.usedByHost += kilograms;
            usedOf[batch] += kilograms;
        } else {
            bool corsia =
                purpose == uint256(ICredits.Purpose.CorsiaPhase1) || purpose == uint256(ICredits.Purpose.CorsiaPhase2);
            ILabels.Use use = corsia ? ILabels.Use.InternationalMitigation : frameworks[label].rule.use;
            if (use == ILabels.Use.None) return;
            claim.transferred += kilograms;
            if (origin.year > 2020) {
                _requireOpen(claim, use);
                if (namings[batch] != claim.letter) _violate("I8: transferred a batch that no letter names");
            }
        }
        if (claim.transferred + claim.usedByHost > _issuedOf(origin.project, origin.year)) {
            _violate("I8: more claimed than was issued");
        }
    }

    function _requireOpen(Claim memory claim, ILabels.Use use) private {
        if (claim.uses & (1 << uint8(use)) == 0) _violate("I8: transferred without authorisation");
        if (claim.said >= block.timestamp) _violate("I8: transferred in the second of a host's word");
        if (claim.transferred > claim.cap) _violate("I8: transferred beyond the cap");
    }

    function _issuedOf(uint256 project, uint256 year) internal view returns (uint256 sum) {
        for (uint256 id = 1; id <= batchCount; ++id) {
            if (origins[id].project == project && origins[id].year == year) sum += origins[id].kilograms;
        }
    }

    /// @dev What `ILabels.conditions` must answer, in plain words of the manual.
    function _evaluate(uint256 batch, bytes32 label, uint48 time)
        internal
        view
        returns (uint16 missing, bool conditional)
    {
        ILabels.Framework memory framework = frameworks[label];
        if (framework.admittedAt == 0 || framework.admittedAt >= time) return (1, false);
        Origin memory origin = origins[batch];
        if (origin.issuedAt > time) missing += 2;
        if (framework.rule.byProgramme) {
            Entry memory tick = _at(_key("programme", label, bytes32(uint256(origin.programme)), 0), time);
            if (!tick.stands) missing += 4;
            else if (_outside(tick, origin)) missing += 8;
            if (tick.conditional) conditional = true;
        }
        if (framework.rule.byMethodology) {
            (uint16 lacks, bool under) = _methodology(label, origin, time);
            missing += lacks;
            conditional = conditional || under;
        }
        if (_excluded(label, origin, time)) missing += 64;
        if (framework.rule.use == ILabels.Use.None || origin.year < 2021) return (missing, conditional);
        (bytes32 project, bytes32 year) = (bytes32(uint256(origin.project)), bytes32(uint256(origin.year)));
        Entry memory letter = _at(_key("authorisation", 0, project, year), time);
        bool named_ = _at(_key("naming", 0, bytes32(batch), 0), time).letter == letter.letter;
        if (letter.uses & (1 << uint8(framework.rule.use)) == 0 || !named_) missing += 128;
        Entry memory adjustment = _at(_key("adjustment", 0, project, year), time);
        bool accounted = adjustment.stands && letter.uses & ~adjustment.uses == 0 && letter.cap <= adjustment.cap;
        if (!accounted) accounted = _at(_key("guarantee", label, project, year), time).stands;
        if (framework.rule.adjusted && !accounted) missing += 256;
    }

    /// @dev The tick of a methodology, or of each part of a composed one.
    function _methodology(bytes32 label, Origin memory origin, uint48 time)
        private
        view
        returns (uint16 missing, bool conditional)
    {
        uint256[] memory parts = _partsOf(origin.methodology);
        for (uint256 i; i < parts.length; ++i) {
            Entry memory tick = _at(_key("methodology", label, bytes32(parts[i]), 0), time);
            if (!tick.stands) missing |= 16;
            else if (_outside(tick, origin)) missing |= 32;
            if (tick.conditional) conditional = true;
        }
    }

    function _partsOf(uint256 methodology) private view returns (uint256[] memory parts) {
        parts = composed[methodology];
        if (parts.length != 0) return parts;
        parts = new uint256[](1);
        parts[0] = methodology;
    }

    function _excluded(bytes32 label, Origin memory origin, uint48 time) private view returns (bool) {
        bytes32 activityType = subjects[origin.project].activityType;
        uint256[] memory parts = _partsOf(origin.methodology);
        for (uint256 i; i < parts.length; ++i) {
            if (_at(_key("exclusion", label, bytes32(parts[i]), 0), time).stands) return true;
        }
        return _at(_key("type", label, bytes32(uint256(origin.programme)), activityType), time).stands;
    }

    function _outside(Entry memory tick, Origin memory origin) private view returns (bool) {
        return origin.vintageStart < tick.start || origin.vintageEnd > tick.end
            || subjects[origin.project].creditingStart < tick.crediting;
    }

    /// @dev The last entry made before second `time`.
    function _at(bytes32 key, uint48 time) private view returns (Entry memory entry) {
        Entry[] storage history = _histories[key];
        for (uint256 i; i < history.length && history[i].made < time; ++i) {
            entry = history[i];
        }
    }

    function _enter(bytes32 key, Entry memory entry) private {
        entry.made = uint48(block.timestamp);
        _histories[key].push(entry);
    }

    function _approval(Cheats.Log memory log) private pure returns (Entry memory) {
        (ILabels.Approval memory told,) = abi.decode(log.data, (ILabels.Approval, ILabels.Decision));
        return Entry(0, true, told.conditional, told.vintageStart, told.vintageEnd, told.creditingFrom, 0, 0, 0);
    }

    function _key(string memory kind, bytes32 label, bytes32 a, bytes32 b) private pure returns (bytes32) {
        return keccak256(abi.encode(kind, label, a, b));
    }
}
