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

    mapping(ProgrammeId programmeId => Programme) private _programmes;
    mapping(ProgrammeId programmeId => bytes32) private _programmeCodes;
    mapping(bytes32 code => ProgrammeId) private _programmeByCode;
    mapping(bytes32 root => Root) private _roots;
    mapping(ProgrammeId programmeId => bytes32[]) private _rootsOf;
    mapping(MethodologyId methodologyId => Methodology) private _methodologies;
    mapping(MethodologyId methodologyId => MethodologyId[]) private _parts;
    mapping(ProgrammeId programme => mapping(bytes32 code => mapping(bytes32 version => MethodologyId))) private
        _methodologyByCode;
    mapping(VvbId vvbId => Vvb) private _vvbs;
    mapping(bytes32 code => VvbId) private _vvbByCode;

    mapping(address account => KeyKind) private _keyKinds;
    mapping(address account => ProgrammeId) private _programmeOf;
    mapping(address account => VvbId) private _vvbOf;

    constructor(address authority) AccessManaged(authority) {}

    // ---- programmes and their serial roots: governance ----

    /// @inheritdoc IProgrammes
    function admitProgramme(bytes32 code, address operator) external restricted returns (ProgrammeId programmeId) {
        Codes.check(code);
        require(ProgrammeId.unwrap(_programmeByCode[code]) == 0, CodeTaken(code));
        _takeKey(operator, KeyKind.Operator);

        programmeId = ProgrammeId.wrap(++_programmeCount);
        _programmes[programmeId] = Programme(operator, Standing.Active, uint48(block.timestamp));
        _programmeCodes[programmeId] = code;
        _programmeByCode[code] = programmeId;
        _programmeOf[operator] = programmeId;
        emit ProgrammeAdmitted(programmeId, code, operator);
    }

    /// @inheritdoc IProgrammes
    function suspendProgramme(ProgrammeId programmeId, string calldata reason) external restricted {
        _setProgrammeStanding(programmeId, Standing.Suspended, reason);
    }

    /// @inheritdoc IProgrammes
    function reinstateProgramme(ProgrammeId programmeId, string calldata reason) external restricted {
        _setProgrammeStanding(programmeId, Standing.Active, reason);
    }

    /// @inheritdoc IProgrammes
    function rotateOperator(ProgrammeId programmeId, address operator) external restricted {
        address previous = programme(programmeId).operator;
        _takeKey(operator, KeyKind.Operator);

        _programmes[programmeId].operator = operator;
        _copyToRoots(programmeId);
        _programmeOf[previous] = ProgrammeId.wrap(0);
        _programmeOf[operator] = programmeId;
        emit OperatorRotated(programmeId, previous, operator);
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

    // ---- methodologies: operators ----

    /// @inheritdoc IProgrammes
    function registerMethodology(bytes32 code, bytes32 version, uint8 monitoringYears, uint16 bufferBasisPoints)
        external
        returns (MethodologyId methodologyId)
    {
        ProgrammeId owner = requireOperator(msg.sender);
        require(bufferBasisPoints <= BASIS_POINTS, BufferShareTooLarge(bufferBasisPoints));
        return _register(owner, code, version, monitoringYears, bufferBasisPoints, 0);
    }

    /// @inheritdoc IProgrammes
    function registerComposedMethodology(bytes32 code, bytes32 version, MethodologyId[] calldata parts)
        external
        returns (MethodologyId methodologyId)
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
        methodologyId = _register(owner, code, version, monitoringYears, share, uint8(count));
        _parts[methodologyId] = parts;
        emit MethodologyComposed(methodologyId, parts);
    }

    /// @inheritdoc IProgrammes
    function suspendMethodology(MethodologyId methodologyId, string calldata reason) external {
        _setMethodologyStanding(methodologyId, Standing.Suspended, reason);
    }

    /// @inheritdoc IProgrammes
    function reinstateMethodology(MethodologyId methodologyId, string calldata reason) external {
        _setMethodologyStanding(methodologyId, Standing.Active, reason);
    }

    // ---- VVBs: governance ----

    /// @inheritdoc IProgrammes
    function admitVvb(bytes32 code, address account) external restricted returns (VvbId vvbId) {
        Codes.check(code);
        require(VvbId.unwrap(_vvbByCode[code]) == 0, CodeTaken(code));
        _takeKey(account, KeyKind.Vvb);

        vvbId = VvbId.wrap(++_vvbCount);
        _vvbs[vvbId] = Vvb(account, Standing.Active, uint48(block.timestamp));
        _vvbByCode[code] = vvbId;
        _vvbOf[account] = vvbId;
        emit VvbAdmitted(vvbId, code, account);
    }

    /// @inheritdoc IProgrammes
    function suspendVvb(VvbId vvbId, string calldata reason) external restricted {
        _setVvbStanding(vvbId, Standing.Suspended, reason);
    }

    /// @inheritdoc IProgrammes
    function reinstateVvb(VvbId vvbId, string calldata reason) external restricted {
        _setVvbStanding(vvbId, Standing.Active, reason);
    }

    /// @inheritdoc IProgrammes
    function rotateVvbKey(VvbId vvbId, address account) external restricted {
        address previous = vvb(vvbId).account;
        _takeKey(account, KeyKind.Vvb);

        _vvbs[vvbId].account = account;
        _vvbOf[previous] = VvbId.wrap(0);
        _vvbOf[account] = vvbId;
        emit VvbKeyRotated(vvbId, previous, account);
    }

    // ---- what the other contracts ask ----

    /// @inheritdoc IProgrammes
    function checkIssuance(address operator, bytes32 root, string calldata prefix)
        external
        view
        returns (ProgrammeId programmeId)
    {
        Root memory entry = _roots[root];
        programmeId = entry.programme;
        require(ProgrammeId.unwrap(programmeId) != 0, SerialRootUnknown(root));
        require(entry.operator == operator, NotOperator(programmeId, operator));
        if (entry.standing != Standing.Active) _requireActive(programmeId);
        SerialPrefix.check(prefix, root, entry.rootSegments, entry.rootLength, entry.segments, entry.numericSegments);
    }

    /// @inheritdoc IProgrammes
    function requireOperator(address account) public view returns (ProgrammeId programmeId) {
        programmeId = _programmeOf[account];
        require(ProgrammeId.unwrap(programmeId) != 0, NotAnOperator(account));
        _requireActive(programmeId);
    }

    /// @inheritdoc IProgrammes
    function requireVvb(address account) external view returns (VvbId vvbId) {
        vvbId = _vvbOf[account];
        require(VvbId.unwrap(vvbId) != 0, NotAVvb(account));
        requireVvbActive(vvbId);
    }

    /// @inheritdoc IProgrammes
    function requireVvbActive(VvbId vvbId) public view {
        Vvb memory body = vvb(vvbId);
        require(body.standing == Standing.Active, VvbNotActive(vvbId, body.standing, body.since));
    }

    /// @inheritdoc IProgrammes
    function requireMethodologyActive(MethodologyId methodologyId) external view returns (uint16, uint8) {
        Methodology storage rule = _methodologies[methodologyId];
        Standing standing = rule.standing;
        if (standing != Standing.Active) revert MethodologyNotActive(methodologyId, standing, rule.since);
        if (rule.parts != 0) _requirePartsActive(methodologyId);
        return (rule.bufferBasisPoints, rule.monitoringYears);
    }

    // ---- views ----

    /// @inheritdoc IProgrammes
    function isOperator(ProgrammeId programmeId, address account) external view returns (bool) {
        return account != address(0) && _programmes[programmeId].operator == account;
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
    function programme(ProgrammeId programmeId) public view returns (Programme memory body) {
        body = _programmes[programmeId];
        require(body.standing != Standing.None, ProgrammeUnknown(programmeId));
    }

    /// @inheritdoc IProgrammes
    function programmeCode(ProgrammeId programmeId) external view returns (bytes32) {
        return _programmeCodes[programmeId];
    }

    /// @inheritdoc IProgrammes
    function programmeByCode(bytes32 code) external view returns (ProgrammeId) {
        return _programmeByCode[code];
    }

    /// @inheritdoc IProgrammes
    function methodology(MethodologyId methodologyId) public view returns (Methodology memory rule) {
        rule = _methodologies[methodologyId];
        require(rule.standing != Standing.None, MethodologyUnknown(methodologyId));
    }

    /// @inheritdoc IProgrammes
    function isComposed(MethodologyId methodologyId) external view returns (bool) {
        return _methodologies[methodologyId].parts != 0;
    }

    /// @inheritdoc IProgrammes
    function partsOf(MethodologyId methodologyId) external view returns (MethodologyId[] memory parts) {
        if (methodology(methodologyId).parts != 0) return _parts[methodologyId];
        parts = new MethodologyId[](1);
        parts[0] = methodologyId;
    }

    /// @inheritdoc IProgrammes
    function methodologyByCode(ProgrammeId owner, bytes32 code, bytes32 version) external view returns (MethodologyId) {
        return _methodologyByCode[owner][code][version];
    }

    /// @inheritdoc IProgrammes
    function vvb(VvbId vvbId) public view returns (Vvb memory body) {
        body = _vvbs[vvbId];
        require(body.standing != Standing.None, VvbUnknown(vvbId));
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

    // ---- inside ----

    function _register(
        ProgrammeId owner,
        bytes32 code,
        bytes32 version,
        uint8 monitoringYears,
        uint16 bufferBasisPoints,
        uint8 parts
    ) private returns (MethodologyId methodologyId) {
        Codes.check(code);
        Codes.check(version);
        require(MethodologyId.unwrap(_methodologyByCode[owner][code][version]) == 0, CodeTaken(code));
        methodologyId = MethodologyId.wrap(++_methodologyCount);
        _methodologyByCode[owner][code][version] = methodologyId;
        _methodologies[methodologyId] = Methodology({
            programme: owner,
            standing: Standing.Active,
            bufferBasisPoints: bufferBasisPoints,
            monitoringYears: monitoringYears,
            since: uint48(block.timestamp),
            parts: parts,
            code: code,
            version: version
        });
        emit MethodologyRegistered(methodologyId, owner, code, version, monitoringYears, bufferBasisPoints);
    }

    /// @dev A composed methodology is active while it and all of its parts are.
    function _requirePartsActive(MethodologyId methodologyId) private view {
        MethodologyId[] storage parts = _parts[methodologyId];
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

    function _requireActive(ProgrammeId programmeId) private view {
        Programme memory body = _programmes[programmeId];
        require(body.standing == Standing.Active, ProgrammeNotActive(programmeId, body.standing, body.since));
    }

    function _setProgrammeStanding(ProgrammeId programmeId, Standing standing, string calldata reason) private {
        require(programme(programmeId).standing != standing, StandingUnchanged(standing));
        _programmes[programmeId].standing = standing;
        _programmes[programmeId].since = uint48(block.timestamp);
        _copyToRoots(programmeId);
        emit ProgrammeStandingSet(programmeId, standing, reason);
    }

    /// @dev A programme has a handful of roots, each registered by governance.
    function _copyToRoots(ProgrammeId programmeId) private {
        bytes32[] storage roots = _rootsOf[programmeId];
        Programme memory body = _programmes[programmeId];
        for (uint256 i; i < roots.length; ++i) {
            _roots[roots[i]].operator = body.operator;
            _roots[roots[i]].standing = body.standing;
        }
    }

    function _setMethodologyStanding(MethodologyId methodologyId, Standing standing, string calldata reason) private {
        Methodology memory rule = methodology(methodologyId);
        ProgrammeId caller = requireOperator(msg.sender);
        require(caller == rule.programme, NotOperator(rule.programme, msg.sender));
        require(rule.standing != standing, StandingUnchanged(standing));
        _methodologies[methodologyId].standing = standing;
        _methodologies[methodologyId].since = uint48(block.timestamp);
        emit MethodologyStandingSet(methodologyId, standing, reason);
    }

    function _setVvbStanding(VvbId vvbId, Standing standing, string calldata reason) private {
        require(vvb(vvbId).standing != standing, StandingUnchanged(standing));
        _vvbs[vvbId].standing = standing;
        _vvbs[vvbId].since = uint48(block.timestamp);
        emit VvbStandingSet(vvbId, standing, reason);
    }
}
