// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IProgrammes} from "./interfaces/IProgrammes.sol";
import {IProjects} from "./interfaces/IProjects.sol";
import {Dates} from "./libraries/Dates.sol";
import {DaySet} from "./libraries/DaySet.sol";
import {IntervalSet} from "./libraries/IntervalSet.sol";
import {Activities} from "./projects/Activities.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {ActivityId, ComponentId, MethodologyId, ProgrammeId, ProjectId, VerificationId, VvbId} from "./types/Ids.sol";
import {Kilograms} from "./types/Kilograms.sol";

/// @title Projects
/// @notice See `IProjects`, which is the manual. Activities and projects are in `Activities`, verifications here.
contract Projects is Activities, EIP712 {
    using DaySet for DaySet.Set;
    using IntervalSet for IntervalSet.Set;

    /// @dev Names the project and the methodology by their codes too: an id can mean another one after a reorganisation.
    bytes32 private constant VERIFICATION_TYPEHASH = keccak256(
        "Verification(uint32 project,bytes32 programmeCode,bytes32 projectCode,bytes2 country,bytes32 site,"
        "uint32 component,bytes32 componentName,uint32 methodology,bytes32 methodologyCode,bytes32 methodologyVersion,uint32 periodStart,uint32 periodEnd,uint48 verified,"
        "bytes32 evidenceHash,bytes32 dataRoot,string source,uint32 supersedes,uint48 deadline,bytes32 salt)"
    );

    address public immutable credits;
    address public immutable shortfalls;

    uint32 private _verificationCount;
    mapping(VerificationId verificationId => Verification) private _verifications;
    mapping(VvbId vvb => mapping(bytes32 statement => VerificationId)) private _byStatement;

    /// @dev Accepted monitoring periods of a component, owned by their verification (I6).
    mapping(ComponentId componentId => IntervalSet.Set) private _periods;

    /// @dev Days of a component that accepted verifications with monitoring data cover.
    mapping(ComponentId componentId => DaySet.Set) private _monitored;

    /// @dev The last successor of a claim's first verification; 0 where it has none.
    mapping(VerificationId claim => VerificationId) private _successors;

    constructor(address authority, IProgrammes programmes_, address credits_, address shortfalls_)
        Activities(authority, programmes_)
        EIP712("onetonne", "1")
    {
        credits = credits_;
        shortfalls = shortfalls_;
    }

    // ---- verifications: proposed by a VVB, accepted by the operator, withdrawn by either ----

    /// @inheritdoc IProjects
    function proposeVerification(Proposal calldata proposal) external returns (VerificationId) {
        return _propose(proposal, programmes.requireVvb(msg.sender));
    }

    /// @inheritdoc IProjects
    function proposeVerificationSigned(Proposal calldata proposal, address vvb, bytes calldata signature)
        external
        returns (VerificationId)
    {
        VvbId vvbId = programmes.requireVvb(vvb);
        require(Signatures.isValid(vvb, verificationDigest(proposal), signature), VerificationSignatureInvalid(vvb));
        return _propose(proposal, vvbId);
    }

    /// @inheritdoc IProjects
    function acceptVerification(VerificationId verificationId, uint64 hint) external {
        Verification storage entry = _requireStatus(verificationId, VerificationStatus.Proposed);
        ProgrammeId owner = programmes.requireOperator(msg.sender);
        require(owner == entry.programme, VerificationOfOtherProgramme(verificationId, owner));
        programmes.requireVvbActive(entry.vvb);
        (, uint8 demanded) = programmes.requireMethodologyActive(entry.methodology);

        if (VerificationId.unwrap(entry.supersedes) == 0) _claim(verificationId, entry, hint);
        else _inherit(verificationId, entry);
        if (entry.dataRoot != 0) _monitored[entry.component].add(entry.periodStart, entry.periodEnd);
        if (demanded != 0) _requireMonitored(verificationId, entry, demanded);
        entry.status = VerificationStatus.Accepted;
        entry.acceptedAt = uint48(block.timestamp);
        emit VerificationAccepted(verificationId, entry.cap);
    }

    /// @inheritdoc IProjects
    /// @dev What was accepted carries others' monitoring years and successors, so a suspended VVB or operator withdraws only
    /// what is still proposed.
    function withdrawVerification(VerificationId verificationId, string calldata reason) external {
        Verification storage entry = _verifications[verificationId];
        VerificationStatus status = verification(verificationId).status;
        bool pending = status == VerificationStatus.Proposed || status == VerificationStatus.Accepted;
        require(pending, VerificationStatusIs(verificationId, status, VerificationStatus.Accepted));
        bool byOperator = programmes.isOperator(entry.programme, msg.sender);
        bool allowed = byOperator || programmes.vvb(entry.vvb).account == msg.sender;
        require(allowed, NotAllowedToWithdraw(verificationId, msg.sender));
        bool accepted = status == VerificationStatus.Accepted;
        if (accepted && byOperator) programmes.requireOperator(msg.sender);
        else if (accepted) programmes.requireVvbActive(entry.vvb);

        bool counted = accepted && entry.dataRoot != 0;
        if (counted) _monitored[entry.component].remove(entry.periodStart, entry.periodEnd);
        entry.status = VerificationStatus.Withdrawn;
        entry.withdrawnAt = uint48(block.timestamp);
        entry.carried = entry.carried + entry.issued;
        emit VerificationWithdrawn(verificationId, msg.sender, reason);
    }

    // ---- what `Credits` and `Shortfalls` record ----

    /// @inheritdoc IProjects
    function recordIssuance(
        VerificationId verificationId,
        ProgrammeId owner,
        uint32 vintageStart,
        uint32 vintageEnd,
        uint16 vintageYear,
        Kilograms kilograms
    ) external returns (ProjectId, MethodologyId) {
        require(msg.sender == credits, OnlyCredits(msg.sender));
        _checkVintage(vintageStart, vintageEnd, vintageYear);
        Verification storage entry = _requireStatus(verificationId, VerificationStatus.Accepted);
        require(entry.programme == owner, VerificationOfOtherProgramme(verificationId, entry.programme));
        uint32 start = entry.periodStart;
        uint32 end = entry.periodEnd;
        bool inside = vintageStart >= start && vintageEnd <= end;
        require(inside, VintageOutsidePeriod(vintageStart, vintageEnd, start, end));
        Kilograms remaining = entry.cap - entry.issued;
        require(
            kilograms <= remaining, VerifiedQuantityExceeded(verificationId, Kilograms.unwrap(kilograms), remaining)
        );

        entry.issued = entry.issued + kilograms;
        ProjectId subject = entry.project;
        Kilograms lost = _projects[subject].outstanding;
        require(Kilograms.unwrap(lost) == 0, ReversalNotMadeGood(subject, lost));
        return (subject, entry.methodology);
    }

    /// @inheritdoc IProjects
    function setOutstanding(ProjectId projectId, Kilograms kilograms) external {
        require(msg.sender == shortfalls, OnlyShortfalls(msg.sender));
        _projects[projectId].outstanding = kilograms;
        emit OutstandingSet(projectId, kilograms);
    }

    // ---- views ----

    /// @inheritdoc IProjects
    function verificationDigest(Proposal calldata proposal) public view returns (bytes32) {
        return _hashTypedDataV4(_statementHash(proposal));
    }

    /// @inheritdoc IProjects
    function periodHint(VerificationId verificationId) external view returns (uint64) {
        Verification memory entry = verification(verificationId);
        return _periods[entry.component].hintFor(entry.periodStart);
    }

    /// @inheritdoc IProjects
    function periodAt(ComponentId componentId, uint32 day)
        external
        view
        returns (VerificationId verificationId, uint32 periodStart, uint32 periodEnd)
    {
        (uint64 owner, uint64 first, uint64 last) = _periods[componentId].find(day);
        return (VerificationId.wrap(uint32(owner)), uint32(first), uint32(last));
    }

    /// @inheritdoc IProjects
    function holderOfClaim(VerificationId claim) public view returns (VerificationId) {
        VerificationId successor = _successors[claim];
        return VerificationId.unwrap(successor) == 0 ? claim : successor;
    }

    /// @inheritdoc IProjects
    function verification(VerificationId verificationId) public view returns (Verification memory entry) {
        entry = _verifications[verificationId];
        require(entry.status != VerificationStatus.None, VerificationUnknown(verificationId));
    }

    /// @inheritdoc IProjects
    function verificationByStatement(VvbId vvb, bytes32 statement) external view returns (VerificationId) {
        return _byStatement[vvb][statement];
    }

    // ---- checks and effects of a verification ----

    function _propose(Proposal calldata proposal, VvbId vvb) private returns (VerificationId verificationId) {
        require(block.timestamp <= proposal.deadline, VerificationExpired(proposal.deadline));
        bytes32 statement = _statementHash(proposal);
        VerificationId made = _byStatement[vvb][statement];
        require(VerificationId.unwrap(made) == 0, VerificationAlreadyProposed(made));
        ComponentId componentId = _checkProposal(proposal);
        ProgrammeId owner = project(proposal.project).programme;

        verificationId = VerificationId.wrap(++_verificationCount);
        _byStatement[vvb][statement] = verificationId;
        Verification storage entry = _verifications[verificationId];
        entry.project = proposal.project;
        entry.programme = owner;
        entry.methodology = proposal.methodology;
        entry.periodStart = proposal.periodStart;
        entry.periodEnd = proposal.periodEnd;
        entry.cap = proposal.verified;
        entry.status = VerificationStatus.Proposed;
        entry.component = componentId;
        entry.vvb = vvb;
        entry.proposedAt = uint48(block.timestamp);
        entry.evidenceHash = proposal.evidenceHash;
        entry.dataRoot = proposal.dataRoot;
        entry.supersedes = proposal.supersedes;

        Proposal memory stated = proposal;
        stated.component = componentId;
        emit VerificationProposed(verificationId, vvb, stated);
    }

    function _checkProposal(Proposal calldata proposal) private view returns (ComponentId componentId) {
        Project memory subject = project(proposal.project);
        bool named = proposal.projectCode == subject.code
            && proposal.programmeCode == programmes.programmeCode(subject.programme);
        require(named, ProposalNamesOtherProject(proposal.project, proposal.programmeCode, proposal.projectCode));
        componentId = proposal.component;
        if (ComponentId.unwrap(componentId) == 0) componentId = _firstComponent[subject.activity];
        Component memory part = component(componentId);
        bool own = ActivityId.unwrap(part.activity) == ActivityId.unwrap(subject.activity);
        require(own, ComponentOfOtherActivity(componentId, subject.activity));
        require(part.active, ComponentNotActive(componentId));
        _checkPlace(proposal, subject.activity, componentId, part.name);

        _checkPeriod(proposal, subject.creditingStart);
        require(Kilograms.unwrap(proposal.verified) != 0, VerificationEmpty());
        require(proposal.evidenceHash != 0, VerificationWithoutEvidence());
        _checkMethodology(proposal, subject.programme);
    }

    /// @dev One code of a project can be registered at any site, and operators number components in any order.
    function _checkPlace(Proposal calldata proposal, ActivityId activityId, ComponentId componentId, bytes32 name)
        private
        view
    {
        Activity memory place = activity(activityId);
        bool there = proposal.country == place.country && proposal.site == place.site;
        require(there, ProposalNamesOtherSite(activityId, proposal.country, proposal.site));
        require(proposal.componentName == name, ProposalNamesOtherComponent(componentId, proposal.componentName));
    }

    function _checkPeriod(Proposal calldata proposal, uint32 creditingStart) private view {
        (uint32 start, uint32 end) = (proposal.periodStart, proposal.periodEnd);
        require(start <= end, VerificationPeriodReversed(start, end));
        require((uint256(end) + 1) * 1 days <= block.timestamp, VerificationPeriodNotOver(end));
        require(creditingStart <= start, PeriodBeforeCrediting(proposal.project, start, creditingStart));
    }

    function _checkMethodology(Proposal calldata proposal, ProgrammeId owner) private view {
        MethodologyId methodologyId = proposal.methodology;
        IProgrammes.Methodology memory rule = programmes.methodology(methodologyId);
        require(rule.programme == owner, MethodologyOfOtherProgramme(methodologyId, rule.programme));
        bool named = proposal.methodologyCode == rule.code && proposal.methodologyVersion == rule.version;
        require(
            named, ProposalNamesOtherMethodology(methodologyId, proposal.methodologyCode, proposal.methodologyVersion)
        );
    }

    function _checkVintage(uint32 start, uint32 end, uint16 year) private pure {
        require(start <= end, VintageReversed(start, end));
        bool touched = Dates.yearOf(start) <= year && year <= Dates.yearOf(end);
        require(touched, VintageOutsideYear(start, end, year));
    }

    function _claim(VerificationId verificationId, Verification storage entry, uint64 hint) private {
        (uint32 start, uint32 end, ComponentId part) = (entry.periodStart, entry.periodEnd, entry.component);
        (uint64 takenBy, uint64 first, uint64 last) =
            _periods[part].add(start, end, VerificationId.unwrap(verificationId), hint);
        require(
            takenBy == 0,
            MonitoringPeriodOverlaps(
                part, start, end, VerificationId.wrap(uint32(takenBy)), uint32(first), uint32(last)
            )
        );
    }

    /// @dev Takes over a withdrawn verification's claim, and everything issued in it so far, off the cap. A claim has one
    /// verification at a time that can be issued against: what several stated side by side could be counted twice.
    function _inherit(VerificationId successor, Verification storage entry) private {
        VerificationId verificationId = entry.supersedes;
        Verification storage predecessor = _verifications[verificationId];
        bool open = predecessor.status == VerificationStatus.Withdrawn && predecessor.acceptedAt != 0;
        // Before the walk: only what was accepted forms chains without circles.
        require(open, NotSupersedable(verificationId));
        VerificationId claim = verificationId; // the first of the chain, whose days the component's set holds
        while (VerificationId.unwrap(_verifications[claim].supersedes) != 0) claim = _verifications[claim].supersedes;
        Verification storage first = _verifications[claim];
        bool same = predecessor.project == entry.project && predecessor.component == entry.component;
        require(same, SupersededElsewhere(verificationId));
        bool inside = first.periodStart <= entry.periodStart && entry.periodEnd <= first.periodEnd;
        require(inside, PeriodOutsideClaim(verificationId, first.periodStart, first.periodEnd));

        _successors[claim] = successor;
        predecessor.status = VerificationStatus.Superseded;
        Kilograms carried = predecessor.carried;
        Kilograms verified = entry.cap;
        entry.carried = carried;
        entry.cap = carried < verified ? verified - carried : Kilograms.wrap(0);
    }

    /// @dev The years that a methodology demands are counted back from the period's end, this period included.
    function _requireMonitored(VerificationId verificationId, Verification storage entry, uint8 demanded) private view {
        require(entry.dataRoot != 0, MonitoringDataMissing(verificationId));
        uint256 end = entry.periodEnd;
        uint256 needed = Dates.yearsBefore(end + 1, demanded);
        (bool missing, uint256 gapFirst, uint256 gapLast) = _monitored[entry.component].lastGap(needed, end);
        require(!missing, MonitoringGap(verificationId, demanded, uint32(gapFirst), uint32(gapLast)));
    }

    function _requireStatus(VerificationId verificationId, VerificationStatus needed)
        private
        view
        returns (Verification storage entry)
    {
        entry = _verifications[verificationId];
        VerificationStatus actual = entry.status;
        require(actual != VerificationStatus.None, VerificationUnknown(verificationId));
        require(actual == needed, VerificationStatusIs(verificationId, actual, needed));
    }

    /// @dev Encoded in two parts: one is too deep for the stack of unoptimised code, which coverage is taken from.
    function _statementHash(Proposal calldata proposal) private pure returns (bytes32) {
        return keccak256(
            bytes.concat(
                abi.encode(
                    VERIFICATION_TYPEHASH,
                    proposal.project,
                    proposal.programmeCode,
                    proposal.projectCode,
                    proposal.country,
                    proposal.site,
                    proposal.component,
                    proposal.componentName,
                    proposal.methodology,
                    proposal.methodologyCode,
                    proposal.methodologyVersion
                ),
                abi.encode(
                    proposal.periodStart,
                    proposal.periodEnd,
                    proposal.verified,
                    proposal.evidenceHash,
                    proposal.dataRoot,
                    keccak256(bytes(proposal.source)),
                    proposal.supersedes,
                    proposal.deadline,
                    proposal.salt
                )
            )
        );
    }
}
