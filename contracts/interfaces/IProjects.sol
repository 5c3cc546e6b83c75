// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ActivityId, ComponentId, MethodologyId, ProgrammeId, ProjectId, VerificationId, VvbId} from "../types/Ids.sol";
import {Kilograms} from "../types/Kilograms.sol";

/// @title IProjects
/// @notice What earned the credits: mitigation activities, the projects that programmes register for them, and the
/// verifications of what was measured (I6, I7).
/// @dev An activity is the thing in the world; several programmes may have a project for it. Monitoring periods are
/// kept per component of an activity, so that no second project or programme can count the same days again.
///
/// Warning: the key of an activity is only as good as the site reference that the first operator gives it. One site under
/// two references is two activities here; no contract can see that, an audit lists the likely ones.
interface IProjects {
    enum VerificationStatus {
        None,
        Proposed,
        Accepted,
        Withdrawn,
        Superseded
    }

    /// @param programmes how many programmes have a project on it
    /// @param site the first operator's site or asset reference, unique in its country
    struct Activity {
        bytes2 country;
        uint16 programmes;
        bytes32 site;
    }

    /// @param approvals programmes on the activity that agreed to this component
    /// @param active whether verifications may name it
    struct Component {
        ActivityId activity;
        uint16 approvals;
        bool active;
        bytes32 name;
    }

    /// @param creditingStart first day of the first crediting period, in days since 1970-01-01
    /// @param outstanding kilograms lost in reversals and not made good; nothing is issued to the project until it is 0
    /// @param activityType the programme's type code, such as `AFOLU`, or 0; labels exclude some
    struct Project {
        ActivityId activity;
        ProgrammeId programme;
        uint32 creditingStart;
        uint48 registeredAt;
        Kilograms outstanding;
        bytes32 code;
        bytes32 activityType;
    }

    /// @param code the programme's own number for the project, such as `1340`
    /// @param country ISO 3166-1 alpha-2
    /// @param site the activity's site or asset reference within its country: `A-Z 0-9 . _ -`
    /// @param name of the project; kept in the event only
    struct Registration {
        bytes32 code;
        bytes2 country;
        bytes32 site;
        bytes32 activityType;
        uint32 creditingStart;
        string name;
    }

    /// @notice A VVB's statement, and the EIP-712 struct `Verification` that it signs.
    /// @dev Ids count up, so that another chain history can give one to something else. The codes beside them say what was
    /// meant, and must agree: a reorganisation cannot move a statement to another project, site, component or methodology.
    /// @param programmeCode code of the project's programme, such as `VCS`
    /// @param projectCode the programme's own number for the project
    /// @param country of the project's activity
    /// @param site of the project's activity
    /// @param component 0 for the activity's first
    /// @param componentName its name; the first is named as the site
    /// @param methodologyCode code of the methodology
    /// @param methodologyVersion its version
    /// @param periodStart first day monitored, in days since 1970-01-01
    /// @param periodEnd last day monitored, included; over before the proposal
    /// @param verified what was verified; at most this much is ever issued against it
    /// @param evidenceHash keccak256 of the verification report
    /// @param dataRoot Merkle root of the monitoring data
    /// @param source where the report is published
    /// @param supersedes a withdrawn verification of the same project and component, not superseded yet, whose claim
    /// contains this period; 0 for none. A claim is the period of the first in a chain of successors
    /// @param deadline last second at which it may be proposed
    /// @param salt makes two equal statements different
    struct Proposal {
        ProjectId project;
        bytes32 programmeCode;
        bytes32 projectCode;
        bytes2 country;
        bytes32 site;
        ComponentId component;
        bytes32 componentName;
        MethodologyId methodology;
        bytes32 methodologyCode;
        bytes32 methodologyVersion;
        uint32 periodStart;
        uint32 periodEnd;
        Kilograms verified;
        bytes32 evidenceHash;
        bytes32 dataRoot;
        string source;
        VerificationId supersedes;
        uint48 deadline;
        bytes32 salt;
    }

    /// @param cap kilograms that may be issued against it: what was verified, less `carried` when it was accepted
    /// @param issued kilograms issued against it so far; never falls
    /// @param carried kilograms issued in its claim by its predecessors; once it is withdrawn, with its own added, which
    /// is what its successor takes over
    struct Verification {
        ProjectId project;
        ProgrammeId programme;
        MethodologyId methodology;
        uint32 periodStart;
        uint32 periodEnd;
        Kilograms cap;
        Kilograms issued;
        VerificationStatus status;
        // second slot
        ComponentId component;
        VvbId vvb;
        uint48 proposedAt;
        uint48 acceptedAt;
        uint48 withdrawnAt;
        Kilograms carried;
        // third and fourth slot
        bytes32 evidenceHash;
        bytes32 dataRoot;
        // fifth slot
        VerificationId supersedes;
    }

    // ---- events ----

    event ActivityRegistered(
        ActivityId indexed activity, bytes2 indexed country, bytes32 site, ProgrammeId indexed programme
    );

    /// @param by the programme that consented; a suspended one where governance consented in its place
    event ActivityJoinConsented(ActivityId indexed activity, ProgrammeId indexed by, ProgrammeId indexed joining);
    event ActivityJoined(ActivityId indexed activity, ProgrammeId indexed programme);
    event ComponentProposed(ComponentId indexed component, ActivityId indexed activity, bytes32 name);
    event ComponentApproved(ComponentId indexed component, ProgrammeId indexed programme);
    event ComponentActivated(ComponentId indexed component);
    event ProjectRegistered(
        ProjectId indexed project,
        ProgrammeId indexed programme,
        ActivityId indexed activity,
        bytes32 code,
        bytes32 activityType,
        uint32 creditingStart,
        string name
    );

    /// @param proposal as the VVB stated it, except that `component` is never 0
    event VerificationProposed(VerificationId indexed verification, VvbId indexed vvb, Proposal proposal);
    event VerificationAccepted(VerificationId indexed verification, Kilograms cap);
    event VerificationWithdrawn(VerificationId indexed verification, address indexed by, string reason);
    event OutstandingSet(ProjectId indexed project, Kilograms kilograms);

    // ---- errors ----

    error ActivityUnknown(ActivityId activity);

    /// @notice The programme is not on the activity; an operator on it must consent first.
    error ActivityNotShared(ActivityId activity, ProgrammeId programme);
    error ActivityAlreadyShared(ActivityId activity, ProgrammeId programme);

    error ComponentUnknown(ComponentId component);
    error ComponentNotActive(ComponentId component);
    error ComponentAlreadyApproved(ComponentId component, ProgrammeId programme);
    error ComponentAlreadyActive(ComponentId component);

    /// @notice `missing` programmes on the activity have not approved the component, and `named` of them were named as
    /// suspended.
    error ComponentApprovalsMissing(ComponentId component, uint256 missing, uint256 named);

    /// @notice The programmes are not in ascending order, or one is named twice.
    error ProgrammesNotAscending(ProgrammeId programme);

    /// @notice Only a suspended programme is spoken for, or left out.
    error ProgrammeNotSuspended(ProgrammeId programme);

    /// @notice A suspended programme is left out only when it has been suspended for 30 days: at `earliest`.
    error SuspensionTooShort(ProgrammeId programme, uint48 earliest);

    /// @notice The component belongs to another activity than the project.
    error ComponentOfOtherActivity(ComponentId component, ActivityId activity);

    error ProjectUnknown(ProjectId project);
    error ProjectCodeTaken(ProgrammeId programme, bytes32 code, ProjectId project);

    error VerificationUnknown(VerificationId verification);

    /// @notice The VVB has made this very statement before.
    error VerificationAlreadyProposed(VerificationId verification);
    error VerificationExpired(uint48 deadline);
    error VerificationSignatureInvalid(address vvb);

    /// @notice The project with this id is not the one that the codes name.
    error ProposalNamesOtherProject(ProjectId project, bytes32 programmeCode, bytes32 projectCode);

    /// @notice The methodology with this id is not the one that code and version name.
    error ProposalNamesOtherSite(ActivityId activity, bytes2 country, bytes32 site);
    error ProposalNamesOtherComponent(ComponentId component, bytes32 name);
    error ProposalNamesOtherMethodology(MethodologyId methodology, bytes32 code, bytes32 version);

    /// @notice The period's last day comes before its first.
    error VerificationPeriodReversed(uint32 periodStart, uint32 periodEnd);

    /// @notice The period's last day is not over.
    error VerificationPeriodNotOver(uint32 periodEnd);

    /// @notice The period begins before the project's first crediting day: nothing was credited then.
    error PeriodBeforeCrediting(ProjectId project, uint32 periodStart, uint32 creditingStart);
    error VerificationEmpty();
    error VerificationWithoutEvidence();
    error VerificationStatusIs(VerificationId verification, VerificationStatus actual, VerificationStatus needed);
    error VerificationOfOtherProgramme(VerificationId verification, ProgrammeId programme);
    error MethodologyOfOtherProgramme(MethodologyId methodology, ProgrammeId programme);

    /// @notice Days of this component are claimed by an accepted verification already (I6).
    error MonitoringPeriodOverlaps(
        ComponentId component,
        uint32 periodStart,
        uint32 periodEnd,
        VerificationId takenBy,
        uint32 takenStart,
        uint32 takenEnd
    );

    /// @notice `superseded` is not a withdrawn, once accepted verification without a successor.
    error NotSupersedable(VerificationId superseded);

    /// @notice `superseded` is of another project or component.
    error SupersededElsewhere(VerificationId superseded);

    /// @notice The claim of `superseded` does not contain the new period.
    error PeriodOutsideClaim(VerificationId superseded, uint32 claimStart, uint32 claimEnd);

    /// @notice More than is left of the verification's cap (I6).
    error VerifiedQuantityExceeded(VerificationId verification, uint256 asked, Kilograms remaining);

    /// @notice The vintage ends before it starts.
    error VintageReversed(uint32 vintageStart, uint32 vintageEnd);

    /// @notice The vintage does not touch the year that the programme declares for it.
    error VintageOutsideYear(uint32 vintageStart, uint32 vintageEnd, uint16 vintageYear);
    error VintageOutsidePeriod(uint32 vintageStart, uint32 vintageEnd, uint32 periodStart, uint32 periodEnd);

    /// @notice The methodology demands `yearsDemanded` consecutive years of accepted monitoring up to the verification's
    /// end; `gapStart..gapEnd` is the last stretch that is missing.
    error MonitoringGap(VerificationId verification, uint8 yearsDemanded, uint32 gapStart, uint32 gapEnd);

    /// @notice The methodology demands monitoring data, and the verification has no root of them.
    error MonitoringDataMissing(VerificationId verification);

    /// @notice A reversal of the project is not made good: nothing is issued to it.
    error ReversalNotMadeGood(ProjectId project, Kilograms outstanding);

    error NotAllowedToWithdraw(VerificationId verification, address account);
    error OnlyCredits(address caller);
    error OnlyShortfalls(address caller);

    // ---- functions ----

    /// @notice Registers a project, and its activity where it is the first to name it. Operators only.
    /// @dev Another programme on the activity must have consented (`consentToJoin`). Reverts with `ProjectCodeTaken`,
    /// `ActivityNotShared`, or an error of `Codes`.
    function registerProject(Registration calldata registration) external returns (ProjectId project);

    /// @notice Lets another programme register projects for an activity. An operator on it only; not revocable.
    /// @dev Warning: the one who consents vouches that the other's monitoring will not count the same tonnes under
    /// another component; the contracts only keep the periods of one component apart. Any programme on an activity can
    /// close days to the others, by a period that it accepts and then withdraws.
    function consentToJoin(ActivityId activity, ProgrammeId joining) external;

    /// @notice Consents in the place of a suspended programme on the activity, so that a project can move to another
    /// programme. Governance only; not revocable.
    /// @dev Any operator can be the first to register a site. Governance suspends a programme that squats on one, and
    /// consents in its place. Reverts with `ActivityNotShared`, `ProgrammeNotSuspended`, `ActivityAlreadyShared`.
    function consentForSuspended(ActivityId activity, ProgrammeId suspended, ProgrammeId joining) external;

    /// @notice Proposes a further component, such as a second planting area. An operator on the activity only; it
    /// becomes active when the operators of all programmes on it have agreed, the proposer's included.
    function proposeComponent(ActivityId activity, bytes32 name) external returns (ComponentId component);

    /// @notice Agrees to a component. An operator on the activity only.
    function approveComponent(ComponentId component) external;

    /// @notice Activates a component that every programme on the activity has approved, but for suspended ones. An operator
    /// on the activity only.
    /// @dev Warning: irreversible. A programme is left out only after 30 days of suspension, so that a stolen key can be
    /// rotated without its veto being lost. Reverts with `ProgrammeNotSuspended`, `SuspensionTooShort`,
    /// `ComponentApprovalsMissing`, `ComponentAlreadyApproved`, `ComponentAlreadyActive`, `ProgrammesNotAscending`.
    /// @param suspended all the programmes that have not approved it, in ascending order; each must be suspended
    function activateComponent(ComponentId component, ProgrammeId[] calldata suspended) external;

    /// @notice Records the sender's verification, which claims nothing until it is accepted. VVBs only.
    /// @dev Reverts with `ProposalNamesOtherProject`, `ProposalNamesOtherSite`, `ProposalNamesOtherComponent`,
    /// `ProposalNamesOtherMethodology`, `VerificationPeriodReversed`,
    /// `VerificationPeriodNotOver`, `PeriodBeforeCrediting`, `VerificationExpired`, `VerificationAlreadyProposed`, among
    /// others.
    function proposeVerification(Proposal calldata proposal) external returns (VerificationId verification);

    /// @notice Records `vvb`'s signed verification, carried by anyone.
    /// @param signature EIP-712, by an account or an ERC-1271 wallet; domain `onetonne`, version `1`
    function proposeVerificationSigned(Proposal calldata proposal, address vvb, bytes calldata signature)
        external
        returns (VerificationId verification);

    /// @notice Accepts a proposed verification: claims its period, or takes over the claim of the one it supersedes, and
    /// fixes its cap. The project's operator only.
    /// @dev Where the methodology demands consecutive years of monitoring, the component's accepted periods, this one's
    /// included, must cover them up to this one's end without a gap; withdrawn ones and those without a root of their data
    /// don't count. The gas does not depend on how many periods there are, so that no partner can raise it.
    /// Reverts with `MonitoringPeriodOverlaps`, `MonitoringGap`, `MonitoringDataMissing`, `NotSupersedable`,
    /// `SupersededElsewhere`, `PeriodOutsideClaim`.
    /// @param hint last day of any claimed period of the component that ends after this one, or 2^64 - 1; a stale one
    /// costs gas, a wrong one reverts
    function acceptVerification(VerificationId verification, uint64 hint) external;

    /// @notice Stops issuance against a verification. Its VVB or the project's operator only; not reversible. What was
    /// issued stays issued, its period stays claimed until a successor takes the claim over.
    /// @dev Warning: days of a withdrawn verification no longer count as monitored, for partners on the component too.
    /// While its programme or VVB is suspended, that one's key withdraws only what is still proposed.
    /// Reverts with `VerificationStatusIs`, `NotAllowedToWithdraw`, `ProgrammeNotActive`, `VvbNotActive`.
    function withdrawVerification(VerificationId verification, string calldata reason) external;

    /// @notice Counts an issuance against a verification. `Credits` only.
    /// @dev Reverts with `VerificationStatusIs`, `VerificationOfOtherProgramme`, `VintageReversed`, `VintageOutsideYear`,
    /// `VintageOutsidePeriod`,
    /// `VerifiedQuantityExceeded`, `ReversalNotMadeGood`.
    function recordIssuance(
        VerificationId verification,
        ProgrammeId programme,
        uint32 vintageStart,
        uint32 vintageEnd,
        uint16 vintageYear,
        Kilograms kilograms
    ) external returns (ProjectId project, MethodologyId methodology);

    /// @notice Sets what a project has still to make good of its reversals. `Shortfalls` only.
    function setOutstanding(ProjectId project, Kilograms kilograms) external;

    /// @notice The EIP-712 digest that a VVB signs.
    function verificationDigest(Proposal calldata proposal) external view returns (bytes32);

    /// @notice A hint for `acceptVerification`.
    function periodHint(VerificationId verification) external view returns (uint64);

    /// @notice The claimed period of a component that contains `day`; verification 0 for none.
    function periodAt(ComponentId component, uint32 day)
        external
        view
        returns (VerificationId verification, uint32 periodStart, uint32 periodEnd);

    /// @notice The verification that holds a claim now: the last successor of the one that claimed it.
    function holderOfClaim(VerificationId claim) external view returns (VerificationId);

    function activity(ActivityId activityId) external view returns (Activity memory);
    function activityBySite(bytes2 country, bytes32 site) external view returns (ActivityId);

    /// @notice Whether a programme is on an activity or may join it.
    function isShared(ActivityId activityId, ProgrammeId programme) external view returns (bool);

    function component(ComponentId componentId) external view returns (Component memory);

    /// @notice The component that an activity was registered with.
    function firstComponent(ActivityId activityId) external view returns (ComponentId);

    function project(ProjectId projectId) external view returns (Project memory);

    /// @notice Of a project, what labels ask: the first day of its first crediting period, and its type code, or 0.
    function creditingOf(ProjectId projectId) external view returns (uint32 creditingStart, bytes32 activityType);

    /// @notice Projects so far: the highest id.
    function projectCount() external view returns (uint256);
    function projectByCode(ProgrammeId programme, bytes32 code) external view returns (ProjectId);

    function verification(VerificationId verificationId) external view returns (Verification memory);

    /// @notice The verification that `vvb` made of this statement; 0 for none.
    function verificationByStatement(VvbId vvb, bytes32 statement) external view returns (VerificationId);
}
