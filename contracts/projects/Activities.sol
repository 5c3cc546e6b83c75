// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IProgrammes} from "../interfaces/IProgrammes.sol";
import {IProjects} from "../interfaces/IProjects.sol";
import {Codes} from "../libraries/Codes.sol";
import {ActivityId, ComponentId, ProgrammeId, ProjectId} from "../types/Ids.sol";
import {Kilograms} from "../types/Kilograms.sol";

/// @title Activities
/// @notice Activities, their components, the programmes that share them, and the projects registered for them.
abstract contract Activities is IProjects, AccessManaged {
    enum Share {
        None,
        Consented,
        Joined
    }

    /// @dev How long a programme must have been suspended before its partners decide without it: longer than it takes to
    /// rotate a stolen key.
    uint48 private constant ABSENCE = 30 days;

    IProgrammes public immutable programmes;

    uint32 private _activityCount;
    uint32 private _componentCount;
    uint32 private _projectCount;

    mapping(ActivityId activityId => Activity) private _activities;
    mapping(bytes2 country => mapping(bytes32 site => ActivityId)) private _activityBySite;
    mapping(ActivityId activityId => mapping(ProgrammeId programme => Share)) private _shares;
    mapping(ActivityId activityId => ComponentId) internal _firstComponent;
    mapping(ComponentId componentId => Component) private _components;
    mapping(ComponentId componentId => mapping(ProgrammeId programme => bool)) private _approved;
    mapping(ProjectId projectId => Project) internal _projects;
    mapping(ProgrammeId programme => mapping(bytes32 code => ProjectId)) private _projectByCode;

    constructor(address authority, IProgrammes programmes_) AccessManaged(authority) {
        programmes = programmes_;
    }

    /// @inheritdoc IProjects
    function registerProject(Registration calldata registration) external returns (ProjectId projectId) {
        ProgrammeId owner = programmes.requireOperator(msg.sender);
        Codes.check(registration.code);
        if (registration.activityType != 0) Codes.check(registration.activityType);
        ProjectId taken = _projectByCode[owner][registration.code];
        require(ProjectId.unwrap(taken) == 0, ProjectCodeTaken(owner, registration.code, taken));

        ActivityId activityId = _join(registration.country, registration.site, owner);
        projectId = ProjectId.wrap(++_projectCount);
        _projectByCode[owner][registration.code] = projectId;
        _projects[projectId] = Project({
            activity: activityId,
            programme: owner,
            creditingStart: registration.creditingStart,
            registeredAt: uint48(block.timestamp),
            outstanding: Kilograms.wrap(0),
            code: registration.code,
            activityType: registration.activityType
        });
        emit ProjectRegistered(
            projectId,
            owner,
            activityId,
            registration.code,
            registration.activityType,
            registration.creditingStart,
            registration.name
        );
    }

    /// @inheritdoc IProjects
    function consentToJoin(ActivityId activityId, ProgrammeId joining) external {
        _consent(activityId, _requireOnActivity(activityId), joining);
    }

    /// @inheritdoc IProjects
    function consentForSuspended(ActivityId activityId, ProgrammeId suspended, ProgrammeId joining)
        external
        restricted
    {
        activity(activityId); // must exist
        require(_shares[activityId][suspended] == Share.Joined, ActivityNotShared(activityId, suspended));
        require(_isSuspended(suspended), ProgrammeNotSuspended(suspended));
        _consent(activityId, suspended, joining);
    }

    /// @inheritdoc IProjects
    function proposeComponent(ActivityId activityId, bytes32 name) external returns (ComponentId componentId) {
        ProgrammeId by = _requireOnActivity(activityId);
        Codes.check(name);
        componentId = _newComponent(activityId, name);
        _approve(componentId, by);
    }

    /// @inheritdoc IProjects
    function approveComponent(ComponentId componentId) external {
        ProgrammeId by = _requireOnActivity(component(componentId).activity);
        require(!_approved[componentId][by], ComponentAlreadyApproved(componentId, by));
        _approve(componentId, by);
    }

    /// @inheritdoc IProjects
    function activateComponent(ComponentId componentId, ProgrammeId[] calldata suspended) external {
        Component storage entry = _components[componentId];
        ActivityId activityId = component(componentId).activity;
        _requireOnActivity(activityId);
        require(!entry.active, ComponentAlreadyActive(componentId));
        for (uint256 i; i < suspended.length; ++i) {
            ProgrammeId absent = suspended[i];
            bool ordered = i == 0 || ProgrammeId.unwrap(suspended[i - 1]) < ProgrammeId.unwrap(absent);
            require(ordered, ProgrammesNotAscending(absent));
            require(_shares[activityId][absent] == Share.Joined, ActivityNotShared(activityId, absent));
            require(!_approved[componentId][absent], ComponentAlreadyApproved(componentId, absent));
            require(_isSuspended(absent), ProgrammeNotSuspended(absent));
            uint256 earliest = programmes.programme(absent).since + ABSENCE;
            require(block.timestamp >= earliest, SuspensionTooShort(absent, uint48(earliest)));
        }
        uint256 missing = uint256(_activities[activityId].programmes) - entry.approvals;
        require(suspended.length == missing, ComponentApprovalsMissing(componentId, missing, suspended.length));
        entry.active = true;
        emit ComponentActivated(componentId);
    }

    /// @inheritdoc IProjects
    function activity(ActivityId activityId) public view returns (Activity memory entry) {
        entry = _activities[activityId];
        require(entry.country != 0, ActivityUnknown(activityId));
    }

    /// @inheritdoc IProjects
    function activityBySite(bytes2 country, bytes32 site) external view returns (ActivityId) {
        return _activityBySite[country][site];
    }

    /// @inheritdoc IProjects
    function isShared(ActivityId activityId, ProgrammeId owner) external view returns (bool) {
        return _shares[activityId][owner] != Share.None;
    }

    /// @inheritdoc IProjects
    function component(ComponentId componentId) public view returns (Component memory entry) {
        entry = _components[componentId];
        require(ActivityId.unwrap(entry.activity) != 0, ComponentUnknown(componentId));
    }

    /// @inheritdoc IProjects
    function firstComponent(ActivityId activityId) external view returns (ComponentId) {
        return _firstComponent[activityId];
    }

    /// @inheritdoc IProjects
    function project(ProjectId projectId) public view returns (Project memory entry) {
        entry = _projects[projectId];
        require(ActivityId.unwrap(entry.activity) != 0, ProjectUnknown(projectId));
    }

    /// @inheritdoc IProjects
    function creditingOf(ProjectId projectId) external view returns (uint32 creditingStart, bytes32 activityType) {
        Project storage entry = _projects[projectId];
        return (entry.creditingStart, entry.activityType);
    }

    /// @inheritdoc IProjects
    function projectCount() external view returns (uint256) {
        return _projectCount;
    }

    /// @inheritdoc IProjects
    function projectByCode(ProgrammeId owner, bytes32 code) external view returns (ProjectId) {
        return _projectByCode[owner][code];
    }

    /// @dev The activity of that site, with the programme on it; registers it where it is new.
    function _join(bytes2 country, bytes32 site, ProgrammeId owner) private returns (ActivityId activityId) {
        activityId = _activityBySite[country][site];
        if (ActivityId.unwrap(activityId) == 0) {
            Codes.checkCountry(country);
            Codes.check(site);
            activityId = ActivityId.wrap(++_activityCount);
            _activityBySite[country][site] = activityId;
            _activities[activityId] = Activity(country, 1, site);
            _shares[activityId][owner] = Share.Joined;
            emit ActivityRegistered(activityId, country, site, owner);
            ComponentId first = _newComponent(activityId, site);
            _firstComponent[activityId] = first;
            _approve(first, owner);
            return activityId;
        }
        Share share = _shares[activityId][owner];
        require(share != Share.None, ActivityNotShared(activityId, owner));
        if (share == Share.Consented) {
            _shares[activityId][owner] = Share.Joined;
            ++_activities[activityId].programmes;
            emit ActivityJoined(activityId, owner);
        }
    }

    function _newComponent(ActivityId activityId, bytes32 name) private returns (ComponentId componentId) {
        componentId = ComponentId.wrap(++_componentCount);
        _components[componentId] = Component({activity: activityId, approvals: 0, active: false, name: name});
        emit ComponentProposed(componentId, activityId, name);
    }

    /// @dev Programmes can only be added to an activity, so that equal numbers mean that all of them agreed.
    function _approve(ComponentId componentId, ProgrammeId by) private {
        Component storage entry = _components[componentId];
        _approved[componentId][by] = true;
        ++entry.approvals;
        emit ComponentApproved(componentId, by);
        if (!entry.active && entry.approvals == _activities[entry.activity].programmes) {
            entry.active = true;
            emit ComponentActivated(componentId);
        }
    }

    function _requireOnActivity(ActivityId activityId) private view returns (ProgrammeId by) {
        activity(activityId); // must exist
        by = programmes.requireOperator(msg.sender);
        require(_shares[activityId][by] == Share.Joined, ActivityNotShared(activityId, by));
    }

    function _consent(ActivityId activityId, ProgrammeId by, ProgrammeId joining) private {
        programmes.programme(joining); // must exist
        require(_shares[activityId][joining] == Share.None, ActivityAlreadyShared(activityId, joining));
        _shares[activityId][joining] = Share.Consented;
        emit ActivityJoinConsented(activityId, by, joining);
    }

    function _isSuspended(ProgrammeId programmeId) private view returns (bool) {
        return programmes.programme(programmeId).standing == IProgrammes.Standing.Suspended;
    }
}
