// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MethodologyId, ProgrammeId, VvbId} from "../types/Ids.sol";

/// @title IProgrammes
/// @notice Who may certify: carbon-crediting programmes and their operators, the namespaces of their serial numbers,
/// their methodologies, and the validation and verification bodies (VVBs).
/// @dev Warning: governance (the `AccessManager`) admits both keys of I7. Whoever holds it can admit a programme and a
/// VVB that are one and the same legal entity; the contracts only see that the accounts differ.
interface IProgrammes {
    /// @notice `Suspended` stops new acts from that block on; nothing already issued changes hands because of it.
    enum Standing {
        None,
        Active,
        Suspended
    }

    /// @notice What an account has ever been. It never changes once set (I7).
    enum KeyKind {
        None,
        Operator,
        Vvb
    }

    /// @param operator the account that accepts verifications and issues for the programme
    /// @param since second from which the standing holds
    struct Programme {
        address operator;
        Standing standing;
        uint48 since;
    }

    /// @param account the account that signs verifications
    /// @param since second from which the standing holds
    struct Vvb {
        address account;
        Standing standing;
        uint48 since;
    }

    /// @param bufferBasisPoints share of each issuance withheld against reversals, in 1/10,000
    /// @param monitoringYears consecutive years of monitoring that the methodology demands up to a verification's end
    /// @param since second from which the standing holds
    /// @param parts how many methodologies it is composed of; 0 for a single one
    struct Methodology {
        ProgrammeId programme;
        Standing standing;
        uint16 bufferBasisPoints;
        uint8 monitoringYears;
        uint48 since;
        uint8 parts;
        bytes32 code;
        bytes32 version;
    }

    /// @notice A root of serial numbers: one slot, with a copy of its programme's operator and standing, so that an
    /// issuance is authorised by one look-up.
    /// @param programme the one programme whose serial numbers begin with this root
    /// @param segments of a whole prefix, the root's own included; 0 for any
    /// @param numericSegments bit i is set where segment i, from 0, is a number
    /// @param rootSegments how many segments the root has
    /// @param rootLength how many bytes the root has
    struct Root {
        address operator;
        Standing standing;
        ProgrammeId programme;
        uint8 segments;
        uint16 numericSegments;
        uint8 rootSegments;
        uint8 rootLength;
    }

    // ---- events ----

    event ProgrammeAdmitted(ProgrammeId indexed programme, bytes32 indexed code, address indexed operator);
    event ProgrammeStandingSet(ProgrammeId indexed programme, Standing standing, string reason);
    event OperatorRotated(ProgrammeId indexed programme, address indexed previous, address indexed operator);
    event SerialRootRegistered(
        bytes32 indexed root, ProgrammeId indexed programme, uint8 segments, uint16 numericSegments
    );
    event MethodologyRegistered(
        MethodologyId indexed methodology,
        ProgrammeId indexed programme,
        bytes32 code,
        bytes32 version,
        uint8 monitoringYears,
        uint16 bufferBasisPoints
    );

    /// @notice After `MethodologyRegistered`, which says the most years and the greatest share of the parts.
    event MethodologyComposed(MethodologyId indexed methodology, MethodologyId[] parts);
    event MethodologyStandingSet(MethodologyId indexed methodology, Standing standing, string reason);
    event VvbAdmitted(VvbId indexed vvb, bytes32 indexed code, address indexed account);
    event VvbStandingSet(VvbId indexed vvb, Standing standing, string reason);
    event VvbKeyRotated(VvbId indexed vvb, address indexed previous, address indexed account);

    // ---- errors ----

    /// @notice `code` already names a programme, a VVB, or this methodology's version.
    error CodeTaken(bytes32 code);

    /// @notice `account` is zero.
    error AccountZero();

    /// @notice `account` has been a key of kind `kind` before; a key is used for one body and one role, for ever (I7).
    error KeyTaken(address account, KeyKind kind);

    error ProgrammeUnknown(ProgrammeId programme);
    error ProgrammeNotActive(ProgrammeId programme, Standing standing, uint48 since);
    error MethodologyUnknown(MethodologyId methodology);
    error MethodologyNotActive(MethodologyId methodology, Standing standing, uint48 since);
    error VvbUnknown(VvbId vvb);
    error VvbNotActive(VvbId vvb, Standing standing, uint48 since);

    /// @notice The standing is already `standing`.
    error StandingUnchanged(Standing standing);

    /// @notice No programme has registered `root`.
    error SerialRootUnknown(bytes32 root);

    /// @notice `root` belongs to `programme` already; one root, one programme.
    error SerialRootTaken(bytes32 root, ProgrammeId programme);

    /// @notice One of the two roots is the beginning of the other, up to a hyphen.
    error SerialRootNested(bytes32 root, bytes32 other);

    /// @notice `account` is not the operator of `programme`.
    error NotOperator(ProgrammeId programme, address account);

    /// @notice `account` is not the operator of any programme.
    error NotAnOperator(address account);

    /// @notice `account` is not a VVB's current account.
    error NotAVvb(address account);

    /// @notice A buffer share above 10,000 basis points.
    error BufferShareTooLarge(uint16 basisPoints);

    /// @notice A methodology is composed of 2 to `most` others.
    error PartsInvalid(uint256 count, uint256 most);

    /// @notice A part is named twice, or not in ascending order.
    error PartsNotAscending(MethodologyId part);
    error PartOfOtherProgramme(MethodologyId part, ProgrammeId programme);

    /// @notice The part is composed itself: compositions are flat.
    error PartComposed(MethodologyId part);

    // ---- functions ----

    /// @notice Admits a programme with its operator's account. Governance only.
    /// @dev Warning: the operator alone decides, from then on, which of a VVB's verifications become credits.
    /// @param code unique short code, such as `VCS`
    function admitProgramme(bytes32 code, address operator) external returns (ProgrammeId programme);

    /// @notice Stops a programme's acts from this block on: registering, accepting, issuing. Governance only.
    /// Redemptions stay open, so that holders can leave.
    function suspendProgramme(ProgrammeId programme, string calldata reason) external;

    /// @notice Ends a suspension. Governance only.
    function reinstateProgramme(ProgrammeId programme, string calldata reason) external;

    /// @notice Gives a programme another operator's account. Governance only; the old account can hold no key again.
    /// @dev Warning: the new account takes over every pending redemption and verification.
    function rotateOperator(ProgrammeId programme, address operator) external;

    /// @notice Gives a programme a root of serial numbers. Governance only, for ever.
    /// @dev Reverts with `SerialRootTaken`, or with `SerialRootNested`: two roots that begin alike could spell one
    /// namespace twice (I2).
    /// @param root such as `VCS-VCU` or `ACR`
    /// @param segments number of segments of a whole prefix, the root's own included; 0 for any (opaque grammars)
    /// @param numericSegments bit i is set where segment i, from 0, is a number
    function registerRoot(bytes32 root, ProgrammeId programme, uint8 segments, uint16 numericSegments) external;

    /// @notice Registers a version of a methodology. The programme's operator only.
    /// @param monitoringYears consecutive years of monitoring that the methodology demands up to a verification's end
    /// @param bufferBasisPoints share of each issuance withheld against reversals, in 1/10,000
    function registerMethodology(bytes32 code, bytes32 version, uint8 monitoringYears, uint16 bufferBasisPoints)
        external
        returns (MethodologyId methodology);

    /// @notice Registers a methodology composed of others, for projects that apply several at once (CAD Trust data model 2).
    /// The programme's operator only.
    /// @dev It demands the most years of monitoring and withholds the greatest buffer share of its parts, holds a label where
    /// every part does, and is active while every part is. Reverts with `PartsInvalid`, `PartsNotAscending`,
    /// `PartOfOtherProgramme`, `PartComposed`, `CodeTaken`.
    /// @param parts single methodologies of the same programme, in ascending order: 2 to 8
    function registerComposedMethodology(bytes32 code, bytes32 version, MethodologyId[] calldata parts)
        external
        returns (MethodologyId methodology);

    /// @notice Stops issuance under a methodology's version from this block on. The programme's operator only.
    function suspendMethodology(MethodologyId methodology, string calldata reason) external;

    /// @notice Ends a suspension. The programme's operator only.
    function reinstateMethodology(MethodologyId methodology, string calldata reason) external;

    /// @notice Admits a VVB: accredits it to verify for every programme. Governance only.
    /// @dev Warning: see the head of this interface on two keys in one hand.
    /// @param code unique short code
    function admitVvb(bytes32 code, address account) external returns (VvbId vvb);

    /// @notice Withdraws a VVB's accreditation from this block on: its proposals and their acceptance. Governance only.
    function suspendVvb(VvbId vvb, string calldata reason) external;

    /// @notice Ends a suspension. Governance only.
    function reinstateVvb(VvbId vvb, string calldata reason) external;

    /// @notice Gives a VVB another account. Governance only; the old account can hold no key again.
    function rotateVvbKey(VvbId vvb, address account) external;

    /// @notice Checks an issuance's authority and the spelling of its serial numbers, for `Credits`.
    /// @dev Reverts with `SerialRootUnknown`, `NotOperator`, `ProgrammeNotActive`, or an error of `SerialPrefix`.
    /// @return programme the programme of `root`, whose operator `operator` is
    function checkIssuance(address operator, bytes32 root, string calldata prefix)
        external
        view
        returns (ProgrammeId programme);

    /// @notice The active programme whose operator `account` is.
    /// @dev Reverts with `NotAnOperator` or `ProgrammeNotActive`.
    function requireOperator(address account) external view returns (ProgrammeId programme);

    /// @notice The accredited VVB whose account `account` is.
    /// @dev Reverts with `NotAVvb` or `VvbNotActive`.
    function requireVvb(address account) external view returns (VvbId vvb);

    /// @dev Reverts with `VvbNotActive` unless the VVB is accredited now.
    function requireVvbActive(VvbId vvb) external view;

    /// @notice The active methodology's buffer share, in basis points, and the years of monitoring that it demands.
    /// @dev Reverts with `MethodologyNotActive`.
    function requireMethodologyActive(MethodologyId methodology)
        external
        view
        returns (uint16 bufferBasisPoints, uint8 monitoringYears);

    /// @notice Whether `account` is the current operator of `programme`, suspended or not.
    function isOperator(ProgrammeId programme, address account) external view returns (bool);

    /// @notice The programme whose current operator `account` is, suspended or not; 0 for none.
    function programmeOf(address account) external view returns (ProgrammeId);

    /// @notice The VVB whose current account `account` is, suspended or not; 0 for none.
    function vvbOf(address account) external view returns (VvbId);

    /// @notice What `account` has ever been.
    function keyKindOf(address account) external view returns (KeyKind);

    /// @notice Programmes so far: the highest id.
    function programmeCount() external view returns (uint256);

    /// @dev Reverts with `ProgrammeUnknown`.
    function programme(ProgrammeId programmeId) external view returns (Programme memory);

    function programmeCode(ProgrammeId programmeId) external view returns (bytes32);

    /// @notice The programme of that code; 0 for none.
    function programmeByCode(bytes32 code) external view returns (ProgrammeId);

    /// @dev Reverts with `MethodologyUnknown`.
    function methodology(MethodologyId methodologyId) external view returns (Methodology memory);

    /// @notice Whether a methodology is composed of others.
    function isComposed(MethodologyId methodologyId) external view returns (bool);

    /// @notice The methodologies that a composed one consists of; of a single one, itself. Reverts with `MethodologyUnknown`.
    function partsOf(MethodologyId methodologyId) external view returns (MethodologyId[] memory);

    /// @notice The methodology of that code and version; 0 for none.
    function methodologyByCode(ProgrammeId programme, bytes32 code, bytes32 version)
        external
        view
        returns (MethodologyId);

    /// @dev Reverts with `VvbUnknown`.
    function vvb(VvbId vvbId) external view returns (Vvb memory);

    /// @notice The VVB of that code; 0 for none.
    function vvbByCode(bytes32 code) external view returns (VvbId);

    /// @dev Reverts with `SerialRootUnknown`.
    function serialRoot(bytes32 root) external view returns (Root memory);
}
