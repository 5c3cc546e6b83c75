// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {ICredits} from "./interfaces/ICredits.sol";
import {ILabels} from "./interfaces/ILabels.sol";
import {IProgrammes} from "./interfaces/IProgrammes.sol";
import {IProjects} from "./interfaces/IProjects.sol";
import {Codes} from "./libraries/Codes.sol";
import {BatchId, MethodologyId, ProgrammeId, ProjectId} from "./types/Ids.sol";
import {Kilograms, kilogramsOfBlock} from "./types/Kilograms.sol";

/// @title Labels
/// @notice See `ILabels`, which is the manual.
/// @dev Every entry is a checkpoint whose key is the second after the one in which it is made: the answer for a second,
/// once that has come, no longer changes (I9). Two entries on one subject in one second count as the later one.
contract Labels is ILabels, AccessManaged {
    using Checkpoints for Checkpoints.Trace208;

    /// @dev What is open of a project's vintage year, and what was used (I8), in one slot: a retirement reads and writes no
    /// other. `uses`, `cap` and `since` repeat the latest entry of `_authorisations`.
    struct Claim {
        Kilograms transferred;
        Kilograms usedByHost;
        Kilograms cap;
        uint8 uses;
        uint48 since;
    }

    /// @dev First vintage year whose reductions count toward a first NDC under the Paris Agreement, and so the first that
    /// needs the host's authorisation for use elsewhere.
    uint16 private constant FIRST_NDC_YEAR = 2021;

    uint8 private constant ALL_USES =
        uint8(1 << uint8(Use.Ndc) | 1 << uint8(Use.InternationalMitigation) | 1 << uint8(Use.OtherPurposes));

    /// @dev What a checkpoint of an exclusion, a guarantee or an adjustment holds.
    uint208 private constant YES = 1;

    ICredits public immutable credits;
    IProgrammes public immutable programmes;
    IProjects public immutable projects;

    bytes32[] private _labels;
    mapping(bytes32 label => Framework) private _frameworks;
    mapping(bytes2 country => address) private _hosts;
    mapping(ICredits.Purpose purpose => bytes32 label) private _demanded;

    mapping(bytes32 label => mapping(ProgrammeId id => Checkpoints.Trace208)) private _programmeApprovals;
    mapping(bytes32 label => mapping(MethodologyId id => Checkpoints.Trace208)) private _methodologyApprovals;
    mapping(bytes32 label => mapping(ProgrammeId id => mapping(bytes32 activityType => Checkpoints.Trace208))) private
        _typeExclusions;
    mapping(bytes32 label => mapping(MethodologyId id => Checkpoints.Trace208)) private _methodologyExclusions;
    mapping(bytes32 label => mapping(ProjectId id => mapping(uint16 year => Checkpoints.Trace208))) private _guarantees;

    mapping(ProjectId id => mapping(uint16 year => Checkpoints.Trace208)) private _authorisations;
    mapping(ProjectId id => mapping(uint16 year => Checkpoints.Trace208)) private _adjustments;
    mapping(ProjectId id => mapping(uint16 year => Claim)) private _claims;

    modifier onlyBody(bytes32 label) {
        require(framework(label).body == msg.sender, NotBody(label, msg.sender));
        _;
    }

    modifier onlyHost(ProjectId id) {
        bytes2 country = projects.activity(projects.project(id).activity).country;
        require(_hosts[country] == msg.sender, NotHost(country, msg.sender));
        _;
    }

    constructor(address authority, ICredits credits_, IProgrammes programmes_, IProjects projects_)
        AccessManaged(authority)
    {
        credits = credits_;
        programmes = programmes_;
        projects = projects_;
    }

    /// @inheritdoc ILabels
    function admitFramework(bytes32 label, address body, Rule calldata rule) external restricted {
        Codes.check(label);
        require(_frameworks[label].admittedAt == 0, FrameworkTaken(label));
        require(body != address(0), NotBody(label, body));
        _frameworks[label] = Framework(body, uint48(block.timestamp), rule);
        _labels.push(label);
        emit FrameworkAdmitted(label, body, rule);
    }

    /// @inheritdoc ILabels
    function rotateBody(bytes32 label, address body) external restricted {
        address previous = framework(label).body;
        require(body != address(0), NotBody(label, body));
        require(body != previous, LabelUnchanged(label));
        _frameworks[label].body = body;
        emit BodyRotated(label, previous, body);
    }

    /// @inheritdoc ILabels
    function setHost(bytes2 country, address authority) external restricted {
        Codes.checkCountry(country);
        require(_hosts[country] != authority, HostUnchanged(country, authority));
        _hosts[country] = authority;
        emit HostSet(country, authority);
    }

    /// @inheritdoc ILabels
    function demandLabel(ICredits.Purpose purpose, bytes32 label) external restricted {
        if (label != 0) framework(label); // must exist
        _demanded[purpose] = label;
        emit LabelDemanded(purpose, label);
        uint8 bit = uint8(1 << uint8(purpose));
        uint8 mask = credits.purposesDemandingLabel();
        credits.setPurposesDemandingLabel(label == 0 ? mask & ~bit : mask | bit);
    }

    /// @inheritdoc ILabels
    function approveProgramme(bytes32 label, ProgrammeId id, Approval calldata approval, Decision calldata decision)
        external
        onlyBody(label)
    {
        programmes.programme(id); // must exist
        _add(_programmeApprovals[label][id], _packed(label, approval, decision));
        emit ProgrammeApproved(label, id, approval, decision);
    }

    /// @inheritdoc ILabels
    function withdrawProgramme(bytes32 label, ProgrammeId id, Decision calldata decision) external onlyBody(label) {
        _change(label, _programmeApprovals[label][id], 0);
        emit ProgrammeApprovalWithdrawn(label, id, decision);
    }

    /// @inheritdoc ILabels
    function approveMethodology(bytes32 label, MethodologyId id, Approval calldata approval, Decision calldata decision)
        external
        onlyBody(label)
    {
        programmes.methodology(id); // must exist
        _add(_methodologyApprovals[label][id], _packed(label, approval, decision));
        emit MethodologyApproved(label, id, approval, decision);
    }

    /// @inheritdoc ILabels
    function withdrawMethodology(bytes32 label, MethodologyId id, Decision calldata decision) external onlyBody(label) {
        _change(label, _methodologyApprovals[label][id], 0);
        emit MethodologyApprovalWithdrawn(label, id, decision);
    }

    /// @inheritdoc ILabels
    function setActivityTypeExclusion(
        bytes32 label,
        ProgrammeId id,
        bytes32 activityType,
        bool excluded,
        Decision calldata decision
    ) external onlyBody(label) {
        programmes.programme(id); // must exist
        if (activityType != 0) Codes.check(activityType);
        _change(label, _typeExclusions[label][id][activityType], excluded ? YES : 0);
        emit ActivityTypeExclusionSet(label, id, activityType, excluded, decision);
    }

    /// @inheritdoc ILabels
    function setMethodologyExclusion(bytes32 label, MethodologyId id, bool excluded, Decision calldata decision)
        external
        onlyBody(label)
    {
        programmes.methodology(id); // must exist
        _change(label, _methodologyExclusions[label][id], excluded ? YES : 0);
        emit MethodologyExclusionSet(label, id, excluded, decision);
    }

    /// @inheritdoc ILabels
    function setGuarantee(bytes32 label, ProjectId id, uint16 year, bool accepted, Decision calldata decision)
        external
        onlyBody(label)
    {
        projects.project(id); // must exist
        _change(label, _guarantees[label][id][year], accepted ? YES : 0);
        emit GuaranteeSet(label, id, year, accepted, decision);
    }

    /// @inheritdoc ILabels
    function authorise(
        ProjectId id,
        uint16 year,
        uint8 uses,
        Kilograms cap,
        BatchId[] calldata batches,
        Decision calldata decision
    ) external onlyHost(id) {
        require(year >= FIRST_NDC_YEAR, AuthorisationNotNeeded(id, year));
        require(uses != 0 && uses & ~ALL_USES == 0, UsesInvalid(uses));
        Claim memory claim = _claims[id][year];
        Kilograms issued = _issued(id, year, batches);
        Kilograms most = claim.usedByHost < issued ? issued - claim.usedByHost : Kilograms.wrap(0);
        bool fits = Kilograms.unwrap(cap) != 0 && claim.transferred <= cap && cap <= most;
        require(fits, AuthorisationCapInvalid(id, year, cap, claim.transferred, most));
        _requireNotNarrowed(id, year, claim, uses, cap);
        _enter(id, year, uses, cap);
        emit Authorised(id, year, uses, cap, decision);
    }

    /// @inheritdoc ILabels
    function revoke(ProjectId id, uint16 year, Decision calldata decision) external onlyHost(id) {
        Claim memory claim = _claims[id][year];
        require(Kilograms.unwrap(claim.transferred) == 0, AlreadyTransferred(id, year, claim.transferred));
        require(claim.uses != 0, NotAuthorised(id, year, Use.None));
        require(_adjustments[id][year].latest() == 0, AlreadyAdjusted(id, year));
        _enter(id, year, 0, Kilograms.wrap(0));
        emit AuthorisationRevoked(id, year, decision);
    }

    /// @inheritdoc ILabels
    function recordAdjustment(ProjectId id, uint16 year, Decision calldata decision) external onlyHost(id) {
        require(_claims[id][year].uses != 0, NotAuthorised(id, year, Use.None));
        _change(0, _adjustments[id][year], YES);
        emit AdjustmentRecorded(id, year, decision);
    }

    /// @inheritdoc ILabels
    function recordRetirement(BatchId id, ICredits.Purpose purpose, Kilograms kilograms) external {
        require(msg.sender == address(credits), OnlyCredits(msg.sender));
        ICredits.Batch memory batch = credits.batch(id);
        bytes32 label = _demanded[purpose];
        if (label != 0) {
            (uint16 missing,) = _conditions(batch, label, uint48(block.timestamp));
            require(missing == 0, LabelMissing(id, purpose, label, missing));
        }
        if (purpose == ICredits.Purpose.HostNdc) {
            _useByHost(batch.project, batch.vintageYear, kilograms);
            return;
        }
        bool corsia = purpose == ICredits.Purpose.CorsiaPhase1 || purpose == ICredits.Purpose.CorsiaPhase2;
        Use use = corsia ? Use.InternationalMitigation : _frameworks[label].rule.use;
        if (use != Use.None) _transfer(batch.project, batch.vintageYear, use, kilograms);
    }

    /// @inheritdoc ILabels
    function hasLabel(BatchId id, bytes32 label, uint48 time) external view returns (bool) {
        (uint16 missing,) = conditions(id, label, time);
        return missing == 0;
    }

    /// @inheritdoc ILabels
    function conditions(BatchId id, bytes32 label, uint48 time) public view returns (uint16 missing, bool conditional) {
        require(time <= block.timestamp, LabelTimeNotPast(time));
        return _conditions(credits.batch(id), label, time);
    }

    /// @inheritdoc ILabels
    function labelsAt(BatchId id, uint48 time) external view returns (bytes32[] memory held) {
        require(time <= block.timestamp, LabelTimeNotPast(time));
        ICredits.Batch memory batch = credits.batch(id);
        held = new bytes32[](_labels.length);
        uint256 count;
        for (uint256 i; i < held.length; ++i) {
            bytes32 label = _labels[i];
            (uint16 missing,) = _conditions(batch, label, time);
            if (missing == 0) held[count++] = label;
        }
        assembly ("memory-safe") {
            mstore(held, count) // shorter than it was made: what lies behind is not part of it
        }
    }

    /// @inheritdoc ILabels
    function labels() external view returns (bytes32[] memory) {
        return _labels;
    }

    /// @inheritdoc ILabels
    function framework(bytes32 label) public view returns (Framework memory entry) {
        entry = _frameworks[label];
        require(entry.admittedAt != 0, FrameworkUnknown(label));
    }

    /// @inheritdoc ILabels
    function hostOf(bytes2 country) external view returns (address) {
        return _hosts[country];
    }

    /// @inheritdoc ILabels
    function authorisation(ProjectId id, uint16 year) external view returns (Authorisation memory) {
        Claim memory claim = _claims[id][year];
        return Authorisation(claim.uses, claim.cap, claim.transferred, claim.usedByHost);
    }

    /// @inheritdoc ILabels
    function demandedLabel(ICredits.Purpose purpose) external view returns (bytes32) {
        return _demanded[purpose];
    }

    function _useByHost(ProjectId id, uint16 year, Kilograms kilograms) private {
        Claim storage claim = _claims[id][year];
        bool open = Kilograms.unwrap(claim.transferred) == 0 && claim.uses == 0;
        require(open, HostUseExcluded(id, year));
        Kilograms total = claim.usedByHost + kilograms;
        claim.usedByHost = total;
        emit UsedByHost(id, year, kilograms, total);
    }

    /// @dev An authorisation counts from the second after it was given, a revocation at once: who retires in the second of
    /// either is refused.
    function _transfer(ProjectId id, uint16 year, Use use, Kilograms kilograms) private {
        Claim memory claim = _claims[id][year];
        if (year < FIRST_NDC_YEAR) {
            require(Kilograms.unwrap(claim.usedByHost) == 0, UsedByHostAlready(id, year, claim.usedByHost));
        } else {
            bool authorised = (claim.uses >> uint8(use)) & 1 == 1 && claim.since <= block.timestamp;
            require(authorised, NotAuthorised(id, year, use));
            Kilograms remaining = claim.cap - claim.transferred;
            require(kilograms <= remaining, AuthorisationExceeded(id, year, kilograms, remaining));
        }
        Kilograms total = claim.transferred + kilograms;
        _claims[id][year].transferred = total;
        emit FirstTransferred(id, year, use, kilograms, total);
    }

    /// @dev Nothing that was built upon is taken back. Apart from its caller, whose stack is too deep for unoptimised code.
    function _requireNotNarrowed(ProjectId id, uint16 year, Claim memory claim, uint8 uses, Kilograms cap)
        private
        view
    {
        bool kept = claim.uses & ~uses == 0;
        require(kept || Kilograms.unwrap(claim.transferred) == 0, AlreadyTransferred(id, year, claim.transferred));
        bool adjusted = _adjustments[id][year].latest() != 0;
        require(!adjusted || (kept && claim.cap <= cap), AlreadyAdjusted(id, year));
    }

    /// @dev What the host country says now, in its history and beside what was used.
    function _enter(ProjectId id, uint16 year, uint8 uses, Kilograms cap) private {
        _add(_authorisations[id][year], uint208(uses) | uint208(Kilograms.unwrap(cap)) << 8);
        Claim storage claim = _claims[id][year];
        (claim.uses, claim.cap, claim.since) = (uses, cap, uint48(block.timestamp) + 1);
    }

    function _add(Checkpoints.Trace208 storage entries, uint208 value) private {
        entries.push(uint48(block.timestamp) + 1, value);
    }

    function _change(bytes32 label, Checkpoints.Trace208 storage entries, uint208 value) private {
        require(entries.latest() != value, LabelUnchanged(label));
        _add(entries, value);
    }

    /// @dev Kilograms issued in batches of one project and vintage year.
    function _issued(ProjectId id, uint16 year, BatchId[] calldata batches) private view returns (Kilograms sum) {
        uint32 above;
        for (uint256 i; i < batches.length; ++i) {
            ICredits.Batch memory batch = credits.batch(batches[i]);
            uint32 number = BatchId.unwrap(batches[i]);
            bool valid = number > above && batch.project == id && batch.vintageYear == year;
            require(valid, AuthorisedBatchInvalid(batches[i]));
            above = number;
            sum = sum + kilogramsOfBlock(batch.first, batch.last);
        }
    }

    function _conditions(ICredits.Batch memory batch, bytes32 label, uint48 time)
        private
        view
        returns (uint16 missing, bool conditional)
    {
        Framework memory subject = _frameworks[label];
        bool admitted = subject.admittedAt != 0 && subject.admittedAt < time;
        if (!admitted) return (_bit(Condition.Framework, true), false);
        IProjects.Project memory project = projects.project(batch.project);
        missing = _bit(Condition.Issued, batch.issuedAt > time);
        if (subject.rule.byProgramme) {
            (uint16 lacks, bool under) = _tick(
                _programmeApprovals[label][batch.programme], batch, project.creditingStart, time, Condition.Programme
            );
            (missing, conditional) = (missing | lacks, under);
        }
        if (subject.rule.byMethodology) {
            (uint16 lacks, bool under) = _tick(
                _methodologyApprovals[label][batch.methodology],
                batch,
                project.creditingStart,
                time,
                Condition.Methodology
            );
            (missing, conditional) = (missing | lacks, conditional || under);
        }
        bool excluded = _at(_typeExclusions[label][batch.programme][project.activityType], time) != 0
            || _at(_methodologyExclusions[label][batch.methodology], time) != 0;
        missing |= _bit(Condition.Exclusion, excluded) | _authority(batch, label, subject.rule, time);
    }

    /// @dev What the host country's side of a label lacks.
    function _authority(ICredits.Batch memory batch, bytes32 label, Rule memory rule, uint48 time)
        private
        view
        returns (uint16 missing)
    {
        (ProjectId id, uint16 year) = (batch.project, batch.vintageYear);
        if (rule.use == Use.None || year < FIRST_NDC_YEAR) return 0;
        Claim memory claim = _claims[id][year];
        uint8 uses = claim.since <= time ? claim.uses : uint8(_at(_authorisations[id][year], time));
        missing = _bit(Condition.Authorisation, (uses >> uint8(rule.use)) & 1 == 0);
        if (!rule.adjusted) return missing;
        bool accounted = _at(_adjustments[id][year], time) != 0 || _at(_guarantees[label][id][year], time) != 0;
        missing |= _bit(Condition.Adjustment, !accounted);
    }

    /// @dev `condition` is the approval's; its window's is the next.
    function _tick(
        Checkpoints.Trace208 storage entries,
        ICredits.Batch memory batch,
        uint32 creditingStart,
        uint48 time,
        Condition condition
    ) private view returns (uint16 missing, bool conditional) {
        uint208 entry = _at(entries, time);
        if (entry == 0) return (_bit(condition, true), false);
        conditional = uint8(entry) == 2;
        bool inside = uint32(entry >> 8) <= batch.vintageStart && batch.vintageEnd <= uint32(entry >> 40)
            && uint32(entry >> 72) <= creditingStart;
        missing = _bit(Condition(uint8(condition) + 1), !inside);
    }

    function _at(Checkpoints.Trace208 storage entries, uint48 time) private view returns (uint208) {
        return entries.upperLookupRecent(time);
    }

    /// @dev From the low bits: 1, or 2 where conditional; first day of the window; its last day; first crediting day.
    function _packed(bytes32 label, Approval calldata approval, Decision calldata decision)
        private
        view
        returns (uint208)
    {
        (uint32 start, uint32 end) = (approval.vintageStart, approval.vintageEnd);
        require(start <= end, WindowInvalid(start, end));
        require(!approval.conditional || decision.document != 0, ConditionMissing(label));
        if (approval.recognises != 0) framework(approval.recognises); // must exist
        return uint208(approval.conditional ? 2 : 1) | uint208(start) << 8 | uint208(end) << 40
            | uint208(approval.creditingFrom) << 72;
    }

    function _bit(Condition condition, bool set) private pure returns (uint16) {
        return set ? uint16(1 << uint8(condition)) : 0;
    }
}
