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

    IProgrammes public immutable programmes;

    uint32 private _activityCount;
    uint32 private _componentCount;
    uint32 private _projectCount;

    mapping(ActivityId id => Activity) private _activities;
    mapping(bytes2 country => mapping(bytes32 site => ActivityId)) private _activityBySite;
    mapping(ActivityId id => mapping(ProgrammeId programme => Share)) private _shares;
    mapping(ActivityId id => ComponentId) internal _firstComponent;
    mapping(ComponentId id => Component) private _components;
    mapping(ComponentId id => mapping(ProgrammeId programme => bool)) private _approved;
    mapping(ProjectId id => Project) internal _projects;
    mapping(ProgrammeId programme => mapping(bytes32 code => ProjectId)) private _projectByCode;

    constructor(address authority, IProgrammes programmes_) AccessManaged(authority) {
        programmes = programmes_;
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
        _consent(id, _requireOnActivity(id), joining);
    }

    /// @inheritdoc IProjects
    function consentForSuspended(ActivityId id, ProgrammeId suspended, ProgrammeId joining) external restricted {
        activity(id); // must exist
        require(_shares[id][suspended] == Share.Joined, ActivityNotShared(id, suspended));
        require(_isSuspended(suspended), ProgrammeNotSuspended(suspended));
        _consent(id, suspended, joining);
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
    function activateComponent(ComponentId id, ProgrammeId[] calldata suspended) external {
        Component storage entry = _components[id];
        ActivityId activityId = component(id).activity;
        _requireOnActivity(activityId);
        require(!entry.active, ComponentAlreadyActive(id));
        for (uint256 i; i < suspended.length; ++i) {
            ProgrammeId absent = suspended[i];
            bool ordered = i == 0 || ProgrammeId.unwrap(suspended[i - 1]) < ProgrammeId.unwrap(absent);
            require(ordered, ProgrammesNotAscending(absent));
            require(_shares[activityId][absent] == Share.Joined, ActivityNotShared(activityId, absent));
            require(!_approved[id][absent], ComponentAlreadyApproved(id, absent));
            require(_isSuspended(absent), ProgrammeNotSuspended(absent));
        }
        uint256 missing = uint256(_activities[activityId].programmes) - entry.approvals;
        require(suspended.length == missing, ComponentApprovalsMissing(id, missing, suspended.length));
        entry.active = true;
        emit ComponentActivated(id);
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
    function creditingOf(ProjectId id) external view returns (uint32 creditingStart, bytes32 activityType) {
        Project storage entry = _projects[id];
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

    function _consent(ActivityId id, ProgrammeId by, ProgrammeId joining) private {
        programmes.programme(joining); // must exist
        require(_shares[id][joining] == Share.None, ActivityAlreadyShared(id, joining));
        _shares[id][joining] = Share.Consented;
        emit ActivityJoinConsented(id, by, joining);
    }

    function _isSuspended(ProgrammeId id) private view returns (bool) {
        return programmes.programme(id).standing == IProgrammes.Standing.Suspended;
    }
}
