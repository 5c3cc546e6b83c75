// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IProgrammes} from "./interfaces/IProgrammes.sol";
import {Codes} from "./libraries/Codes.sol";
import {SerialPrefix} from "./libraries/SerialPrefix.sol";
import {MethodologyId, ProgrammeId, VvbId} from "./types/Ids.sol";

/// @title Programmes
/// @notice See `IProgrammes`, which is the manual.
contract Programmes is IProgrammes, AccessManaged {
    uint16 private constant BASIS_POINTS = 10_000;
    uint256 private constant MOST_PARTS = 8;

    uint16 private _programmeCount;
    uint32 private _methodologyCount;
    uint32 private _vvbCount;

    mapping(ProgrammeId id => Programme) private _programmes;
    mapping(ProgrammeId id => bytes32) private _programmeCodes;
    mapping(bytes32 code => ProgrammeId) private _programmeByCode;
    mapping(bytes32 root => Root) private _roots;
    mapping(ProgrammeId id => bytes32[]) private _rootsOf;
    mapping(MethodologyId id => Methodology) private _methodologies;
    mapping(MethodologyId id => MethodologyId[]) private _parts;
    mapping(ProgrammeId programme => mapping(bytes32 code => mapping(bytes32 version => MethodologyId))) private
        _methodologyByCode;
    mapping(VvbId id => Vvb) private _vvbs;
    mapping(bytes32 code => VvbId) private _vvbByCode;

    mapping(address account => KeyKind) private _keyKinds;
    mapping(address account => ProgrammeId) private _programmeOf;
    mapping(address account => VvbId) private _vvbOf;

    constructor(address authority) AccessManaged(authority) {}

    /// @inheritdoc IProgrammes
    function admitProgramme(bytes32 code, address operator) external restricted returns (ProgrammeId id) {
        Codes.check(code);
        require(ProgrammeId.unwrap(_programmeByCode[code]) == 0, CodeTaken(code));
        _takeKey(operator, KeyKind.Operator);

        id = ProgrammeId.wrap(++_programmeCount);
        _programmes[id] = Programme(operator, Standing.Active, uint48(block.timestamp));
        _programmeCodes[id] = code;
        _programmeByCode[code] = id;
        _programmeOf[operator] = id;
        emit ProgrammeAdmitted(id, code, operator);
    }

    /// @inheritdoc IProgrammes
    function suspendProgramme(ProgrammeId id, string calldata reason) external restricted {
        _setProgrammeStanding(id, Standing.Suspended, reason);
    }

    /// @inheritdoc IProgrammes
    function reinstateProgramme(ProgrammeId id, string calldata reason) external restricted {
        _setProgrammeStanding(id, Standing.Active, reason);
    }

    /// @inheritdoc IProgrammes
    function rotateOperator(ProgrammeId id, address operator) external restricted {
        address previous = programme(id).operator;
        _takeKey(operator, KeyKind.Operator);

        _programmes[id].operator = operator;
        _copyToRoots(id);
        _programmeOf[previous] = ProgrammeId.wrap(0);
        _programmeOf[operator] = id;
        emit OperatorRotated(id, previous, operator);
    }

    /// @inheritdoc IProgrammes
    function registerRoot(bytes32 root, ProgrammeId owner, uint8 segments, uint16 numericSegments) external restricted {
        Programme memory body = programme(owner);
        ProgrammeId taken = _roots[root].programme;
        require(ProgrammeId.unwrap(taken) == 0, SerialRootTaken(root, taken));

        (uint8 rootSegments, uint8 rootLength) = SerialPrefix.measureRoot(root, segments, numericSegments);
        _refuseNested(root, rootLength);
        _rootsOf[owner].push(root);
        _roots[root] = Root({
            operator: body.operator,
            standing: body.standing,
            programme: owner,
            segments: segments,
            numericSegments: numericSegments,
            rootSegments: rootSegments,
            rootLength: rootLength
        });
        emit SerialRootRegistered(root, owner, segments, numericSegments);
    }

    /// @inheritdoc IProgrammes
    function registerMethodology(bytes32 code, bytes32 version, uint8 monitoringYears, uint16 bufferBasisPoints)
        external
        returns (MethodologyId id)
    {
        ProgrammeId owner = requireOperator(msg.sender);
        require(bufferBasisPoints <= BASIS_POINTS, BufferShareTooLarge(bufferBasisPoints));
        return _register(owner, code, version, monitoringYears, bufferBasisPoints, 0);
    }

    /// @inheritdoc IProgrammes
    function registerComposedMethodology(bytes32 code, bytes32 version, MethodologyId[] calldata parts)
        external
        returns (MethodologyId id)
    {
        ProgrammeId owner = requireOperator(msg.sender);
        uint256 count = parts.length;
        require(count > 1 && count <= MOST_PARTS, PartsInvalid(count, MOST_PARTS));
        uint32 above;
        uint8 monitoringYears;
        uint16 share;
        for (uint256 i; i < count; ++i) {
            MethodologyId partId = parts[i];
            Methodology memory part = methodology(partId);
            require(MethodologyId.unwrap(partId) > above, PartsNotAscending(partId));
            require(part.programme == owner, PartOfOtherProgramme(partId, part.programme));
            require(part.parts == 0, PartComposed(partId));
            above = MethodologyId.unwrap(partId);
            if (part.monitoringYears > monitoringYears) monitoringYears = part.monitoringYears;
            if (part.bufferBasisPoints > share) share = part.bufferBasisPoints;
        }
        id = _register(owner, code, version, monitoringYears, share, uint8(count));
        _parts[id] = parts;
        emit MethodologyComposed(id, parts);
    }

    /// @inheritdoc IProgrammes
    function suspendMethodology(MethodologyId id, string calldata reason) external {
        _setMethodologyStanding(id, Standing.Suspended, reason);
    }

    /// @inheritdoc IProgrammes
    function reinstateMethodology(MethodologyId id, string calldata reason) external {
        _setMethodologyStanding(id, Standing.Active, reason);
    }

    /// @inheritdoc IProgrammes
    function admitVvb(bytes32 code, address account) external restricted returns (VvbId id) {
        Codes.check(code);
        require(VvbId.unwrap(_vvbByCode[code]) == 0, CodeTaken(code));
        _takeKey(account, KeyKind.Vvb);

        id = VvbId.wrap(++_vvbCount);
        _vvbs[id] = Vvb(account, Standing.Active, uint48(block.timestamp));
        _vvbByCode[code] = id;
        _vvbOf[account] = id;
        emit VvbAdmitted(id, code, account);
    }

    /// @inheritdoc IProgrammes
    function suspendVvb(VvbId id, string calldata reason) external restricted {
        _setVvbStanding(id, Standing.Suspended, reason);
    }

    /// @inheritdoc IProgrammes
    function reinstateVvb(VvbId id, string calldata reason) external restricted {
        _setVvbStanding(id, Standing.Active, reason);
    }

    /// @inheritdoc IProgrammes
    function rotateVvbKey(VvbId id, address account) external restricted {
        address previous = vvb(id).account;
        _takeKey(account, KeyKind.Vvb);

        _vvbs[id].account = account;
        _vvbOf[previous] = VvbId.wrap(0);
        _vvbOf[account] = id;
        emit VvbKeyRotated(id, previous, account);
    }

    /// @inheritdoc IProgrammes
    function checkIssuance(address operator, bytes32 root, string calldata prefix)
        external
        view
        returns (ProgrammeId id)
    {
        Root memory entry = _roots[root];
        id = entry.programme;
        require(ProgrammeId.unwrap(id) != 0, SerialRootUnknown(root));
        require(entry.operator == operator, NotOperator(id, operator));
        if (entry.standing != Standing.Active) _requireActive(id);
        SerialPrefix.check(prefix, root, entry.rootSegments, entry.rootLength, entry.segments, entry.numericSegments);
    }

    /// @inheritdoc IProgrammes
    function requireOperator(address account) public view returns (ProgrammeId id) {
        id = _programmeOf[account];
        require(ProgrammeId.unwrap(id) != 0, NotAnOperator(account));
        _requireActive(id);
    }

    /// @inheritdoc IProgrammes
    function requireVvb(address account) external view returns (VvbId id) {
        id = _vvbOf[account];
        require(VvbId.unwrap(id) != 0, NotAVvb(account));
        requireVvbActive(id);
    }

    /// @inheritdoc IProgrammes
    function requireVvbActive(VvbId id) public view {
        Vvb memory body = vvb(id);
        require(body.standing == Standing.Active, VvbNotActive(id, body.standing, body.since));
    }

    /// @inheritdoc IProgrammes
    function requireMethodologyActive(MethodologyId id) external view returns (uint16, uint8) {
        Methodology storage rule = _methodologies[id];
        Standing standing = rule.standing;
        if (standing != Standing.Active) revert MethodologyNotActive(id, standing, rule.since);
        if (rule.parts != 0) _requirePartsActive(id);
        return (rule.bufferBasisPoints, rule.monitoringYears);
    }

    /// @inheritdoc IProgrammes
    function isOperator(ProgrammeId id, address account) external view returns (bool) {
        return account != address(0) && _programmes[id].operator == account;
    }

    /// @inheritdoc IProgrammes
    function programmeOf(address account) external view returns (ProgrammeId) {
        return _programmeOf[account];
    }

    /// @inheritdoc IProgrammes
    function vvbOf(address account) external view returns (VvbId) {
        return _vvbOf[account];
    }

    /// @inheritdoc IProgrammes
    function keyKindOf(address account) external view returns (KeyKind) {
        return _keyKinds[account];
    }

    /// @inheritdoc IProgrammes
    function programmeCount() external view returns (uint256) {
        return _programmeCount;
    }

    /// @inheritdoc IProgrammes
    function programme(ProgrammeId id) public view returns (Programme memory body) {
        body = _programmes[id];
        require(body.standing != Standing.None, ProgrammeUnknown(id));
    }

    /// @inheritdoc IProgrammes
    function programmeCode(ProgrammeId id) external view returns (bytes32) {
        return _programmeCodes[id];
    }

    /// @inheritdoc IProgrammes
    function programmeByCode(bytes32 code) external view returns (ProgrammeId) {
        return _programmeByCode[code];
    }

    /// @inheritdoc IProgrammes
    function methodology(MethodologyId id) public view returns (Methodology memory rule) {
        rule = _methodologies[id];
        require(rule.standing != Standing.None, MethodologyUnknown(id));
    }

    /// @inheritdoc IProgrammes
    function isComposed(MethodologyId id) external view returns (bool) {
        return _methodologies[id].parts != 0;
    }

    /// @inheritdoc IProgrammes
    function partsOf(MethodologyId id) external view returns (MethodologyId[] memory parts) {
        if (methodology(id).parts != 0) return _parts[id];
        parts = new MethodologyId[](1);
        parts[0] = id;
    }

    /// @inheritdoc IProgrammes
    function methodologyByCode(ProgrammeId owner, bytes32 code, bytes32 version) external view returns (MethodologyId) {
        return _methodologyByCode[owner][code][version];
    }

    /// @inheritdoc IProgrammes
    function vvb(VvbId id) public view returns (Vvb memory body) {
        body = _vvbs[id];
        require(body.standing != Standing.None, VvbUnknown(id));
    }

    /// @inheritdoc IProgrammes
    function vvbByCode(bytes32 code) external view returns (VvbId) {
        return _vvbByCode[code];
    }

    /// @inheritdoc IProgrammes
    function serialRoot(bytes32 root) public view returns (Root memory entry) {
        entry = _roots[root];
        require(ProgrammeId.unwrap(entry.programme) != 0, SerialRootUnknown(root));
    }

    function _register(
        ProgrammeId owner,
        bytes32 code,
        bytes32 version,
        uint8 monitoringYears,
        uint16 bufferBasisPoints,
        uint8 parts
    ) private returns (MethodologyId id) {
        Codes.check(code);
        Codes.check(version);
        require(MethodologyId.unwrap(_methodologyByCode[owner][code][version]) == 0, CodeTaken(code));
        id = MethodologyId.wrap(++_methodologyCount);
        _methodologyByCode[owner][code][version] = id;
        _methodologies[id] = Methodology({
            programme: owner,
            standing: Standing.Active,
            bufferBasisPoints: bufferBasisPoints,
            monitoringYears: monitoringYears,
            since: uint48(block.timestamp),
            parts: parts,
            code: code,
            version: version
        });
        emit MethodologyRegistered(id, owner, code, version, monitoringYears, bufferBasisPoints);
    }

    /// @dev A composed methodology is active while it and all of its parts are.
    function _requirePartsActive(MethodologyId id) private view {
        MethodologyId[] storage parts = _parts[id];
        for (uint256 i; i < parts.length; ++i) {
            Methodology storage part = _methodologies[parts[i]];
            Standing standing = part.standing;
            require(standing == Standing.Active, MethodologyNotActive(parts[i], standing, part.since));
        }
    }

    /// @dev A root that begins with another, up to a hyphen, could give the same segments other rules, and one namespace a
    /// second spelling (I2). Governance registers a handful of roots, so that looking at all of them is fine.
    function _refuseNested(bytes32 root, uint256 length) private view {
        for (uint16 number = 1; number <= _programmeCount; ++number) {
            bytes32[] storage roots = _rootsOf[ProgrammeId.wrap(number)];
            for (uint256 i; i < roots.length; ++i) {
                bytes32 other = roots[i];
                uint256 otherLength = _roots[other].rootLength;
                (bytes32 longer, uint256 shared) = length < otherLength ? (other, length) : (root, otherLength);
                bool begins = (root ^ other) >> (8 * (32 - shared)) == 0;
                require(!begins || longer[shared] != "-", SerialRootNested(root, other));
            }
        }
    }

    /// @dev I7: a key serves one body in one role, for ever, even after it was rotated away.
    function _takeKey(address account, KeyKind kind) private {
        require(account != address(0), AccountZero());
        require(_keyKinds[account] == KeyKind.None, KeyTaken(account, _keyKinds[account]));
        _keyKinds[account] = kind;
    }

    function _requireActive(ProgrammeId id) private view {
        Programme memory body = _programmes[id];
        require(body.standing == Standing.Active, ProgrammeNotActive(id, body.standing, body.since));
    }

    function _setProgrammeStanding(ProgrammeId id, Standing standing, string calldata reason) private {
        require(programme(id).standing != standing, StandingUnchanged(standing));
        _programmes[id].standing = standing;
        _programmes[id].since = uint48(block.timestamp);
        _copyToRoots(id);
        emit ProgrammeStandingSet(id, standing, reason);
    }

    /// @dev A programme has a handful of roots, each registered by governance.
    function _copyToRoots(ProgrammeId id) private {
        bytes32[] storage roots = _rootsOf[id];
        Programme memory body = _programmes[id];
        for (uint256 i; i < roots.length; ++i) {
            _roots[roots[i]].operator = body.operator;
            _roots[roots[i]].standing = body.standing;
        }
    }

    function _setMethodologyStanding(MethodologyId id, Standing standing, string calldata reason) private {
        Methodology memory rule = methodology(id);
        ProgrammeId caller = requireOperator(msg.sender);
        require(caller == rule.programme, NotOperator(rule.programme, msg.sender));
        require(rule.standing != standing, StandingUnchanged(standing));
        _methodologies[id].standing = standing;
        _methodologies[id].since = uint48(block.timestamp);
        emit MethodologyStandingSet(id, standing, reason);
    }

    function _setVvbStanding(VvbId id, Standing standing, string calldata reason) private {
        require(vvb(id).standing != standing, StandingUnchanged(standing));
        _vvbs[id].standing = standing;
        _vvbs[id].since = uint48(block.timestamp);
        emit VvbStandingSet(id, standing, reason);
    }
}
