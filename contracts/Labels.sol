// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {ICredits} from "./interfaces/ICredits.sol";
import {ILabels} from "./interfaces/ILabels.sol";
import {IProgrammes} from "./interfaces/IProgrammes.sol";
import {IProjects} from "./interfaces/IProjects.sol";
import {Article6} from "./labels/Article6.sol";
import {Codes} from "./libraries/Codes.sol";
import {ApprovalEntry, packApproval} from "./types/Approval.sol";
import {BatchId, MethodologyId, ProgrammeId, ProjectId} from "./types/Ids.sol";
import {Kilograms} from "./types/Kilograms.sol";

/// @title Labels
/// @notice See `ILabels`, which is the manual. Frameworks and their bodies are here, host countries in `Article6`.
contract Labels is Article6 {
    using Checkpoints for Checkpoints.Trace208;

    /// @dev What a checkpoint of an exclusion or a guarantee holds.
    uint208 private constant YES = 1;

    IProgrammes public immutable programmes;

    bytes32[] private _labels;
    mapping(bytes32 label => Framework) private _frameworks;
    mapping(ICredits.Purpose purpose => bytes32 label) private _demanded;

    mapping(bytes32 label => mapping(ProgrammeId programmeId => Checkpoints.Trace208)) private _programmeApprovals;
    mapping(bytes32 label => mapping(MethodologyId methodologyId => Checkpoints.Trace208)) private
        _methodologyApprovals;
    mapping(
        bytes32 label => mapping(ProgrammeId programmeId => mapping(bytes32 activityType => Checkpoints.Trace208))
    ) private _typeExclusions;
    mapping(bytes32 label => mapping(MethodologyId methodologyId => Checkpoints.Trace208)) private
        _methodologyExclusions;
    mapping(bytes32 label => mapping(ProjectId projectId => mapping(uint16 year => Checkpoints.Trace208))) private
        _guarantees;

    modifier onlyBody(bytes32 label) {
        require(framework(label).body == msg.sender, NotBody(label, msg.sender));
        _;
    }

    constructor(address authority, ICredits credits_, IProgrammes programmes_, IProjects projects_)
        Article6(authority, credits_, projects_)
    {
        programmes = programmes_;
    }

    // ---- governance ----

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
    function demandLabel(ICredits.Purpose purpose, bytes32 label) external restricted {
        if (label != 0) framework(label); // must exist
        _demanded[purpose] = label;
        emit LabelDemanded(purpose, label);
        uint8 bit = uint8(1 << uint8(purpose));
        uint8 mask = credits.purposesDemandingLabel();
        credits.setPurposesDemandingLabel(label == 0 ? mask & ~bit : mask | bit);
    }

    // ---- a label's body ----

    /// @inheritdoc ILabels
    function approveProgramme(
        bytes32 label,
        ProgrammeId programmeId,
        Approval calldata approval,
        Decision calldata decision
    ) external onlyBody(label) {
        programmes.programme(programmeId); // must exist
        _push(_programmeApprovals[label][programmeId], _packed(label, approval, decision));
        emit ProgrammeApproved(label, programmeId, approval, decision);
    }

    /// @inheritdoc ILabels
    function withdrawProgramme(bytes32 label, ProgrammeId programmeId, Decision calldata decision)
        external
        onlyBody(label)
    {
        _change(label, _programmeApprovals[label][programmeId], 0);
        emit ProgrammeApprovalWithdrawn(label, programmeId, decision);
    }

    /// @inheritdoc ILabels
    function approveMethodology(
        bytes32 label,
        MethodologyId methodologyId,
        Approval calldata approval,
        Decision calldata decision
    ) external onlyBody(label) {
        _requirePart(methodologyId);
        _push(_methodologyApprovals[label][methodologyId], _packed(label, approval, decision));
        emit MethodologyApproved(label, methodologyId, approval, decision);
    }

    /// @inheritdoc ILabels
    function withdrawMethodology(bytes32 label, MethodologyId methodologyId, Decision calldata decision)
        external
        onlyBody(label)
    {
        _change(label, _methodologyApprovals[label][methodologyId], 0);
        emit MethodologyApprovalWithdrawn(label, methodologyId, decision);
    }

    /// @inheritdoc ILabels
    function setActivityTypeExclusion(
        bytes32 label,
        ProgrammeId programmeId,
        bytes32 activityType,
        bool excluded,
        Decision calldata decision
    ) external onlyBody(label) {
        programmes.programme(programmeId); // must exist
        if (activityType != 0) Codes.check(activityType);
        _change(label, _typeExclusions[label][programmeId][activityType], excluded ? YES : 0);
        emit ActivityTypeExclusionSet(label, programmeId, activityType, excluded, decision);
    }

    /// @inheritdoc ILabels
    function setMethodologyExclusion(
        bytes32 label,
        MethodologyId methodologyId,
        bool excluded,
        Decision calldata decision
    ) external onlyBody(label) {
        _requirePart(methodologyId);
        _change(label, _methodologyExclusions[label][methodologyId], excluded ? YES : 0);
        emit MethodologyExclusionSet(label, methodologyId, excluded, decision);
    }

    /// @inheritdoc ILabels
    function setGuarantee(bytes32 label, ProjectId projectId, uint16 year, bool accepted, Decision calldata decision)
        external
        onlyBody(label)
    {
        projects.project(projectId); // must exist
        _change(label, _guarantees[label][projectId][year], accepted ? YES : 0);
        emit GuaranteeSet(label, projectId, year, accepted, decision);
    }

    // ---- retirements ----

    /// @inheritdoc ILabels
    function recordRetirement(BatchId batchId, ICredits.Purpose purpose, Kilograms kilograms, address holder) external {
        require(msg.sender == address(credits), OnlyCredits(msg.sender));
        ICredits.Batch memory batch = credits.batch(batchId);
        bytes32 label = _demanded[purpose];
        if (label != 0) {
            (uint16 missing,) = _conditions(batchId, batch, label, uint48(block.timestamp));
            require(missing == 0, LabelMissing(batchId, purpose, label, missing));
        }
        if (purpose == ICredits.Purpose.HostNdc) {
            _useByHost(batchId, batch, kilograms, holder);
            return;
        }
        bool corsia = purpose == ICredits.Purpose.CorsiaPhase1 || purpose == ICredits.Purpose.CorsiaPhase2;
        Use use = corsia ? Use.InternationalMitigation : _frameworks[label].rule.use;
        if (use != Use.None) _transfer(batchId, batch, use, kilograms);
    }

    // ---- views ----

    /// @inheritdoc ILabels
    function hasLabel(BatchId batchId, bytes32 label, uint48 time) external view returns (bool) {
        (uint16 missing,) = conditions(batchId, label, time);
        return missing == 0;
    }

    /// @inheritdoc ILabels
    function conditions(BatchId batchId, bytes32 label, uint48 time)
        public
        view
        returns (uint16 missing, bool conditional)
    {
        require(time <= block.timestamp, LabelTimeNotPast(time));
        return _conditions(batchId, credits.batch(batchId), label, time);
    }

    /// @inheritdoc ILabels
    function labelsAt(BatchId batchId, uint48 time) external view returns (bytes32[] memory held) {
        require(time <= block.timestamp, LabelTimeNotPast(time));
        ICredits.Batch memory batch = credits.batch(batchId);
        held = new bytes32[](_labels.length);
        uint256 count;
        for (uint256 i; i < held.length; ++i) {
            bytes32 label = _labels[i];
            (uint16 missing,) = _conditions(batchId, batch, label, time);
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
    function demandedLabel(ICredits.Purpose purpose) external view returns (bytes32) {
        return _demanded[purpose];
    }

    // ---- what a label asks ----

    function _change(bytes32 label, Checkpoints.Trace208 storage entries, uint208 value) private {
        require(entries.latest() != value, LabelUnchanged(label));
        _push(entries, value);
    }

    function _conditions(BatchId batchId, ICredits.Batch memory batch, bytes32 label, uint48 time)
        private
        view
        returns (uint16 missing, bool conditional)
    {
        Framework memory subject = _frameworks[label];
        bool admitted = subject.admittedAt != 0 && subject.admittedAt < time;
        if (!admitted) return (_bit(Condition.Framework, true), false);
        (uint32 creditingStart, bytes32 activityType) = projects.creditingOf(batch.project);
        missing = _bit(Condition.Issued, batch.issuedAt > time);
        if (subject.rule.byProgramme) {
            (uint16 lacks, bool under) =
                _tick(_programmeApprovals[label][batch.programme], batch, creditingStart, time, Condition.Programme);
            (missing, conditional) = (missing | lacks, under);
        }
        bool excluded = _at(_typeExclusions[label][batch.programme][activityType], time) != 0;
        missing |= _bit(Condition.Exclusion, excluded) | _authority(batchId, batch, label, subject.rule, time);
        (uint16 of_, bool conditional_) = _methodologyConditions(batch, label, subject.rule, creditingStart, time);
        (missing, conditional) = (missing | of_, conditional || conditional_);
    }

    /// @dev Of a composed methodology every part needs its tick, and none may be excluded.
    function _methodologyConditions(
        ICredits.Batch memory batch,
        bytes32 label,
        Rule memory rule,
        uint32 creditingStart,
        uint48 time
    ) private view returns (uint16 missing, bool conditional) {
        if (!programmes.isComposed(batch.methodology)) {
            return _part(batch.methodology, batch, label, rule, creditingStart, time);
        }
        MethodologyId[] memory parts = programmes.partsOf(batch.methodology);
        for (uint256 i; i < parts.length; ++i) {
            (uint16 lacks, bool under) = _part(parts[i], batch, label, rule, creditingStart, time);
            (missing, conditional) = (missing | lacks, conditional || under);
        }
    }

    function _part(
        MethodologyId methodologyId,
        ICredits.Batch memory batch,
        bytes32 label,
        Rule memory rule,
        uint32 creditingStart,
        uint48 time
    ) private view returns (uint16 missing, bool conditional) {
        if (rule.byMethodology) {
            (missing, conditional) = _tick(
                _methodologyApprovals[label][methodologyId], batch, creditingStart, time, Condition.Methodology
            );
        }
        missing |= _bit(Condition.Exclusion, _at(_methodologyExclusions[label][methodologyId], time) != 0);
    }

    /// @dev What the host country's side of a label lacks.
    function _authority(BatchId batchId, ICredits.Batch memory batch, bytes32 label, Rule memory rule, uint48 time)
        private
        view
        returns (uint16 missing)
    {
        if (rule.use == Use.None || batch.vintageYear < FIRST_NDC_YEAR) return 0;
        (bool authorised, bool adjusted) = _authorityAt(batchId, batch, rule.use, time);
        missing = _bit(Condition.Authorisation, !authorised);
        if (!rule.adjusted || adjusted) return missing;
        bool guaranteed = _at(_guarantees[label][batch.project][batch.vintageYear], time) != 0;
        missing |= _bit(Condition.Adjustment, !guaranteed);
    }

    /// @dev `condition` is the approval's; its window's is the next.
    function _tick(
        Checkpoints.Trace208 storage entries,
        ICredits.Batch memory batch,
        uint32 creditingStart,
        uint48 time,
        Condition condition
    ) private view returns (uint16 missing, bool conditional) {
        ApprovalEntry entry = ApprovalEntry.wrap(_at(entries, time));
        if (!entry.stands()) return (_bit(condition, true), false);
        bool inside = entry.covers(batch.vintageStart, batch.vintageEnd, creditingStart);
        missing = _bit(Condition(uint8(condition) + 1), !inside);
        conditional = entry.isConditional();
    }

    function _packed(bytes32 label, Approval calldata approval, Decision calldata decision)
        private
        view
        returns (uint208)
    {
        (uint32 start, uint32 end) = (approval.vintageStart, approval.vintageEnd);
        require(start <= end, WindowInvalid(start, end));
        require(!approval.conditional || decision.document != 0, ConditionMissing(label));
        if (approval.recognises != 0) framework(approval.recognises); // must exist
        return ApprovalEntry.unwrap(packApproval(approval.conditional, start, end, approval.creditingFrom));
    }

    /// @dev Bodies speak of single methodologies: a composed one has what all of its parts have.
    function _requirePart(MethodologyId methodologyId) private view {
        bool composed = programmes.methodology(methodologyId).parts != 0; // must exist
        require(!composed, MethodologyComposed(methodologyId));
    }

    function _bit(Condition condition, bool set) private pure returns (uint16) {
        return set ? uint16(1 << uint8(condition)) : 0;
    }
}
