// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IProgrammes} from "./interfaces/IProgrammes.sol";
import {IProjects} from "./interfaces/IProjects.sol";
import {Codes} from "./libraries/Codes.sol";
import {Dates} from "./libraries/Dates.sol";
import {IntervalSet} from "./libraries/IntervalSet.sol";
import {ActivityId, ComponentId, MethodologyId, ProgrammeId, ProjectId, VerificationId, VvbId} from "./types/Ids.sol";
import {Kilograms} from "./types/Kilograms.sol";

/// @title Projects
/// @notice See `IProjects`, which is the manual.
contract Projects is IProjects, EIP712 {
    using IntervalSet for IntervalSet.Set;

    bytes32 private constant VERIFICATION_TYPEHASH = keccak256(
        "Verification(uint32 project,uint32 component,uint32 methodology,uint32 periodStart,uint32 periodEnd,"
        "uint48 verified,bytes32 evidenceHash,bytes32 dataRoot,string source,uint32 supersedes,uint48 deadline,"
        "bytes32 salt)"
    );

    IProgrammes public immutable programmes;
    address public immutable credits;
    address public immutable shortfalls;

    uint32 private _activityCount;
    uint32 private _componentCount;
    uint32 private _projectCount;
    uint32 private _verificationCount;

    mapping(ActivityId id => Activity) private _activities;
    mapping(bytes2 country => mapping(bytes32 site => ActivityId)) private _activityBySite;
    mapping(ActivityId id => mapping(ProgrammeId programme => Share)) private _shares;
    mapping(ActivityId id => ComponentId) private _firstComponent;
    mapping(ComponentId id => Component) private _components;
    mapping(ComponentId id => mapping(ProgrammeId programme => bool)) private _approved;
    mapping(ProjectId id => Project) private _projects;
    mapping(ProgrammeId programme => mapping(bytes32 code => ProjectId)) private _projectByCode;
    mapping(VerificationId id => Verification) private _verifications;
    mapping(VvbId vvb => mapping(bytes32 statement => VerificationId)) private _byStatement;

    /// @dev Accepted monitoring periods of a component, owned by their verification (I6).
    mapping(ComponentId id => IntervalSet.Set) private _periods;

    /// @dev The last successor of a claim's first verification; 0 where it has none.
    mapping(VerificationId claim => VerificationId) private _successors;

    enum Share {
        None,
        Consented,
        Joined
    }

    constructor(IProgrammes programmes_, address credits_, address shortfalls_) EIP712("onetonne", "1") {
        programmes = programmes_;
        credits = credits_;
        shortfalls = shortfalls_;
    }

    /// @inheritdoc IProjects
    function registerProject(Registration calldata registration) external returns (ProjectId id) {
        ProgrammeId owner = programmes.requireOperator(msg.sender);
        Codes.check(registration.code);
        if (registration.activityType != 0) Codes.check(registration.activityType);
        ProjectId taken = _projectByCode[owner][registration.code];
        require(ProjectId.unwrap(taken) == 0, ProjectCodeTaken(owner, registration.code, taken));

        ActivityId activityId = _join(registration.country, registration.site, owner);
        id = ProjectId.wrap(++_projectCount);
        _projectByCode[owner][registration.code] = id;
        _projects[id] = Project({
            activity: activityId,
            programme: owner,
            creditingStart: registration.creditingStart,
            registeredAt: uint48(block.timestamp),
            outstanding: Kilograms.wrap(0),
            code: registration.code,
            activityType: registration.activityType
        });
        emit ProjectRegistered(
            id,
            owner,
            activityId,
            registration.code,
            registration.activityType,
            registration.creditingStart,
            registration.name
        );
    }

    /// @inheritdoc IProjects
    function consentToJoin(ActivityId id, ProgrammeId joining) external {
        ProgrammeId by = _requireOnActivity(id);
        programmes.programme(joining); // must exist
        require(_shares[id][joining] == Share.None, ActivityAlreadyShared(id, joining));
        _shares[id][joining] = Share.Consented;
        emit ActivityJoinConsented(id, by, joining);
    }

    /// @inheritdoc IProjects
    function proposeComponent(ActivityId id, bytes32 name) external returns (ComponentId componentId) {
        ProgrammeId by = _requireOnActivity(id);
        Codes.check(name);
        componentId = _newComponent(id, name);
        _approve(componentId, by);
    }

    /// @inheritdoc IProjects
    function approveComponent(ComponentId id) external {
        ProgrammeId by = _requireOnActivity(component(id).activity);
        require(!_approved[id][by], ComponentAlreadyApproved(id, by));
        _approve(id, by);
    }

    /// @inheritdoc IProjects
    function proposeVerification(Proposal calldata proposal) external returns (VerificationId) {
        return _propose(proposal, programmes.requireVvb(msg.sender));
    }

    /// @inheritdoc IProjects
    function proposeVerificationSigned(Proposal calldata proposal, address vvb, bytes calldata signature)
        external
        returns (VerificationId)
    {
        VvbId id = programmes.requireVvb(vvb);
        bool valid = SignatureChecker.isValidSignatureNow(vvb, verificationDigest(proposal), signature);
        require(valid, VerificationSignatureInvalid(vvb));
        return _propose(proposal, id);
    }

    /// @inheritdoc IProjects
    function acceptVerification(VerificationId id, uint64 hint) external {
        Verification storage entry = _requireStatus(id, VerificationStatus.Proposed);
        ProgrammeId owner = programmes.requireOperator(msg.sender);
        require(owner == entry.programme, VerificationOfOtherProgramme(id, owner));
        programmes.requireVvbActive(entry.vvb);
        (, uint8 demanded) = programmes.requireMethodologyActive(entry.methodology);

        if (VerificationId.unwrap(entry.supersedes) == 0) _claim(id, entry, hint);
        else _inherit(id, entry);
        if (demanded != 0) _requireMonitored(id, entry, demanded);
        entry.status = VerificationStatus.Accepted;
        entry.acceptedAt = uint48(block.timestamp);
        emit VerificationAccepted(id, entry.cap);
    }

    /// @inheritdoc IProjects
    /// @dev Open to a suspended VVB or operator: it only ever stops issuance.
    function withdrawVerification(VerificationId id, string calldata reason) external {
        Verification storage entry = _verifications[id];
        VerificationStatus status = verification(id).status;
        bool pending = status == VerificationStatus.Proposed || status == VerificationStatus.Accepted;
        require(pending, VerificationStatusIs(id, status, VerificationStatus.Accepted));
        bool allowed =
            programmes.isOperator(entry.programme, msg.sender) || programmes.vvb(entry.vvb).account == msg.sender;
        require(allowed, NotAllowedToWithdraw(id, msg.sender));

        entry.status = VerificationStatus.Withdrawn;
        entry.withdrawnAt = uint48(block.timestamp);
        entry.carried = entry.carried + entry.issued;
        emit VerificationWithdrawn(id, msg.sender, reason);
    }

    /// @inheritdoc IProjects
    function recordIssuance(
        VerificationId id,
        ProgrammeId owner,
        uint32 vintageStart,
        uint32 vintageEnd,
        Kilograms kilograms
    ) external returns (ProjectId, MethodologyId) {
        require(msg.sender == credits, OnlyCredits(msg.sender));
        Verification storage entry = _requireStatus(id, VerificationStatus.Accepted);
        require(entry.programme == owner, VerificationOfOtherProgramme(id, entry.programme));
        uint32 start = entry.periodStart;
        uint32 end = entry.periodEnd;
        bool inside = vintageStart >= start && vintageEnd <= end;
        require(inside, VintageOutsidePeriod(vintageStart, vintageEnd, start, end));
        Kilograms remaining = entry.cap - entry.issued;
        require(kilograms <= remaining, VerifiedQuantityExceeded(id, Kilograms.unwrap(kilograms), remaining));

        entry.issued = entry.issued + kilograms;
        ProjectId subject = entry.project;
        Kilograms lost = _projects[subject].outstanding;
        require(Kilograms.unwrap(lost) == 0, ReversalNotMadeGood(subject, lost));
        return (subject, entry.methodology);
    }

    /// @inheritdoc IProjects
    function setOutstanding(ProjectId id, Kilograms kilograms) external {
        require(msg.sender == shortfalls, OnlyShortfalls(msg.sender));
        _projects[id].outstanding = kilograms;
        emit OutstandingSet(id, kilograms);
    }

    /// @inheritdoc IProjects
    function verificationDigest(Proposal calldata proposal) public view returns (bytes32) {
        return _hashTypedDataV4(_statementHash(proposal));
    }

    /// @inheritdoc IProjects
    function periodHint(VerificationId id) external view returns (uint64) {
        Verification memory entry = verification(id);
        return _periods[entry.component].hintFor(entry.periodStart);
    }

    /// @inheritdoc IProjects
    function periodAt(ComponentId id, uint32 day)
        external
        view
        returns (VerificationId verificationId, uint32 periodStart, uint32 periodEnd)
    {
        (uint64 owner, uint64 first, uint64 last) = _periods[id].find(day);
        return (VerificationId.wrap(uint32(owner)), uint32(first), uint32(last));
    }

    /// @inheritdoc IProjects
    function holderOfClaim(VerificationId claim) public view returns (VerificationId) {
        VerificationId successor = _successors[claim];
        return VerificationId.unwrap(successor) == 0 ? claim : successor;
    }

    /// @inheritdoc IProjects
    function activity(ActivityId id) public view returns (Activity memory entry) {
        entry = _activities[id];
        require(entry.country != 0, ActivityUnknown(id));
    }

    /// @inheritdoc IProjects
    function activityBySite(bytes2 country, bytes32 site) external view returns (ActivityId) {
        return _activityBySite[country][site];
    }

    /// @inheritdoc IProjects
    function isShared(ActivityId id, ProgrammeId owner) external view returns (bool) {
        return _shares[id][owner] != Share.None;
    }

    /// @inheritdoc IProjects
    function component(ComponentId id) public view returns (Component memory entry) {
        entry = _components[id];
        require(ActivityId.unwrap(entry.activity) != 0, ComponentUnknown(id));
    }

    /// @inheritdoc IProjects
    function firstComponent(ActivityId id) external view returns (ComponentId) {
        return _firstComponent[id];
    }

    /// @inheritdoc IProjects
    function project(ProjectId id) public view returns (Project memory entry) {
        entry = _projects[id];
        require(ActivityId.unwrap(entry.activity) != 0, ProjectUnknown(id));
    }

    /// @inheritdoc IProjects
    function projectByCode(ProgrammeId owner, bytes32 code) external view returns (ProjectId) {
        return _projectByCode[owner][code];
    }

    /// @inheritdoc IProjects
    function verification(VerificationId id) public view returns (Verification memory entry) {
        entry = _verifications[id];
        require(entry.status != VerificationStatus.None, VerificationUnknown(id));
    }

    /// @inheritdoc IProjects
    function verificationByStatement(VvbId vvb, bytes32 statement) external view returns (VerificationId) {
        return _byStatement[vvb][statement];
    }

    /// @dev The activity of that site, with the programme on it; registers it where it is new.
    function _join(bytes2 country, bytes32 site, ProgrammeId owner) private returns (ActivityId id) {
        id = _activityBySite[country][site];
        if (ActivityId.unwrap(id) == 0) {
            Codes.checkCountry(country);
            Codes.check(site);
            id = ActivityId.wrap(++_activityCount);
            _activityBySite[country][site] = id;
            _activities[id] = Activity(country, 1, site);
            _shares[id][owner] = Share.Joined;
            emit ActivityRegistered(id, country, site, owner);
            ComponentId first = _newComponent(id, site);
            _firstComponent[id] = first;
            _approve(first, owner);
            return id;
        }
        Share share = _shares[id][owner];
        require(share != Share.None, ActivityNotShared(id, owner));
        if (share == Share.Consented) {
            _shares[id][owner] = Share.Joined;
            ++_activities[id].programmes;
            emit ActivityJoined(id, owner);
        }
    }

    function _newComponent(ActivityId id, bytes32 name) private returns (ComponentId componentId) {
        componentId = ComponentId.wrap(++_componentCount);
        _components[componentId] = Component({activity: id, approvals: 0, active: false, name: name});
        emit ComponentProposed(componentId, id, name);
    }

    /// @dev Programmes can only be added to an activity, so that equal numbers mean that all of them agreed.
    function _approve(ComponentId id, ProgrammeId by) private {
        Component storage entry = _components[id];
        _approved[id][by] = true;
        ++entry.approvals;
        emit ComponentApproved(id, by);
        if (!entry.active && entry.approvals == _activities[entry.activity].programmes) {
            entry.active = true;
            emit ComponentActivated(id);
        }
    }

    function _requireOnActivity(ActivityId id) private view returns (ProgrammeId by) {
        activity(id); // must exist
        by = programmes.requireOperator(msg.sender);
        require(_shares[id][by] == Share.Joined, ActivityNotShared(id, by));
    }

    function _propose(Proposal calldata proposal, VvbId vvb) private returns (VerificationId id) {
        require(block.timestamp <= proposal.deadline, VerificationExpired(proposal.deadline));
        bytes32 statement = _statementHash(proposal);
        VerificationId made = _byStatement[vvb][statement];
        require(VerificationId.unwrap(made) == 0, VerificationAlreadyProposed(made));
        ComponentId componentId = _checkProposal(proposal);
        ProgrammeId owner = project(proposal.project).programme;

        id = VerificationId.wrap(++_verificationCount);
        _byStatement[vvb][statement] = id;
        Verification storage entry = _verifications[id];
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
        emit VerificationProposed(id, vvb, stated);
    }

    function _checkProposal(Proposal calldata proposal) private view returns (ComponentId id) {
        Project memory subject = project(proposal.project);
        id = proposal.component;
        if (ComponentId.unwrap(id) == 0) id = _firstComponent[subject.activity];
        Component memory part = component(id);
        bool own = ActivityId.unwrap(part.activity) == ActivityId.unwrap(subject.activity);
        require(own, ComponentOfOtherActivity(id, subject.activity));
        require(part.active, ComponentNotActive(id));

        (uint32 start, uint32 end) = (proposal.periodStart, proposal.periodEnd);
        bool past = start <= end && uint256(end) * 1 days <= block.timestamp;
        require(past, VerificationPeriodInvalid(start, end));
        require(Kilograms.unwrap(proposal.verified) != 0, VerificationEmpty());
        require(proposal.evidenceHash != 0, VerificationWithoutEvidence());
        ProgrammeId owner = programmes.methodology(proposal.methodology).programme;
        require(owner == subject.programme, MethodologyOfOtherProgramme(proposal.methodology, owner));
    }

    function _claim(VerificationId id, Verification storage entry, uint64 hint) private {
        (uint32 start, uint32 end, ComponentId part) = (entry.periodStart, entry.periodEnd, entry.component);
        (uint64 takenBy, uint64 first, uint64 last) = _periods[part].add(start, end, VerificationId.unwrap(id), hint);
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
        VerificationId id = entry.supersedes;
        Verification storage predecessor = _verifications[id];
        bool open = predecessor.status == VerificationStatus.Withdrawn && predecessor.acceptedAt != 0;
        require(open, NotSupersedable(id)); // before the walk: only what was accepted forms chains without circles
        VerificationId claim = id; // the first of the chain, whose days the component's set holds
        while (VerificationId.unwrap(_verifications[claim].supersedes) != 0) claim = _verifications[claim].supersedes;
        Verification storage first = _verifications[claim];
        bool fits = predecessor.project == entry.project && predecessor.component == entry.component
            && first.periodStart <= entry.periodStart && entry.periodEnd <= first.periodEnd;
        require(fits, NotSupersedable(id));

        _successors[claim] = successor;
        predecessor.status = VerificationStatus.Superseded;
        Kilograms carried = predecessor.carried;
        Kilograms verified = entry.cap;
        entry.carried = carried;
        entry.cap = carried < verified ? verified - carried : Kilograms.wrap(0);
    }

    /// @dev The years that a methodology demands are counted back from the period's end, over accepted periods that follow
    /// each other without a missing day.
    function _requireMonitored(VerificationId id, Verification storage entry, uint8 demanded) private view {
        require(entry.dataRoot != 0, MonitoringDataMissing(id));
        uint32 needed = uint32(Dates.yearsBefore(uint256(entry.periodEnd) + 1, demanded));
        uint32 start = entry.periodStart;
        while (start > needed) {
            (bool monitored, uint32 from) = _monitored(entry.component, start - 1);
            require(monitored, MonitoringGap(id, demanded, from < needed ? needed : from, start - 1));
            start = from;
        }
    }

    /// @dev Whether an accepted period with data holds `day`, and its first day; else the first day of the stretch without one.
    function _monitored(ComponentId part, uint32 day) private view returns (bool, uint32) {
        IntervalSet.Set storage periods = _periods[part];
        (uint64 claim, uint64 first,) = periods.find(day);
        if (claim == 0) {
            uint64 below = periods.below(day);
            return (false, below == IntervalSet.NONE ? 0 : uint32(below) + 1);
        }
        Verification storage holder = _verifications[holderOfClaim(VerificationId.wrap(uint32(claim)))];
        bool counts = holder.status == VerificationStatus.Accepted && holder.dataRoot != 0;
        if (!counts) return (false, uint32(first));
        (uint32 start, uint32 end) = (holder.periodStart, holder.periodEnd);
        if (end < day) return (false, end + 1);
        return start <= day ? (true, start) : (false, uint32(first));
    }

    function _requireStatus(VerificationId id, VerificationStatus needed)
        private
        view
        returns (Verification storage entry)
    {
        entry = _verifications[id];
        VerificationStatus actual = entry.status;
        require(actual != VerificationStatus.None, VerificationUnknown(id));
        require(actual == needed, VerificationStatusIs(id, actual, needed));
    }

    /// @dev Encoded in two parts: one is too deep for the stack of unoptimised code, which coverage is taken from.
    function _statementHash(Proposal calldata proposal) private pure returns (bytes32) {
        return keccak256(
            bytes.concat(
                abi.encode(
                    VERIFICATION_TYPEHASH,
                    proposal.project,
                    proposal.component,
                    proposal.methodology,
                    proposal.periodStart,
                    proposal.periodEnd
                ),
                abi.encode(
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
