// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BatchId, MethodologyId, ProgrammeId, ProjectId} from "../types/Ids.sol";
import {Kilograms} from "../types/Kilograms.sol";
import {ICredits} from "./ICredits.sol";

/// @title ILabels
/// @notice What the credits are good for: the labels of frameworks (CCP by ICVCM, CORSIA by ICAO, Article 6 use, national
/// schemes), and what host countries have authorised (I8, I9).
///
/// A label is computed, never stamped: `hasLabel` reads dated entries. An entry made at second T counts from T + 1 on, the
/// day of the decision is information only, and no entry is changed: so the answer for any second up to now is final (I9).
///
/// - Frameworks are admitted by governance with a rule that never changes, each run by its own body.
/// - Approvals, exclusions and guarantees are the body's; authorisations and adjustments the host country's.
/// - I8 one claim: per project and vintage year, what is first transferred for international mitigation and what the host
///   country uses toward its own NDC are different tonnes, together never more than were issued. While a letter is
///   open (its cap above what was transferred), the host cannot use the batches that it names; nobody but the host can
///   use any in the host's name. Vintages before 2021 lie before the first NDCs: nobody is asked, and nothing closes anything.
///
/// @dev Warning: bodies and host authorities are believed: the contract sees accounts, not offices. Governance decides which
/// label a purpose demands.
/// Warning: a label says that the tonnes of a batch may be used, not how many: the cap of a host's letter is shared by
/// all the batches that it names. `authorisation` says how much is left.
interface ILabels {
    /// @notice What a host country authorises credits for (Decision 2/CMA.3, annex, paragraph 1).
    enum Use {
        None,
        Ndc,
        InternationalMitigation,
        OtherPurposes
    }

    /// @notice What a label asks of a batch, in the order in which it is reported.
    enum Condition {
        /// The framework was admitted.
        Framework,
        /// The batch was on chain.
        Issued,
        /// The programme was approved.
        Programme,
        /// Vintage and first crediting period lie inside the programme's approval.
        ProgrammeWindow,
        /// The methodology's version was approved.
        Methodology,
        /// Vintage and first crediting period lie inside the methodology's approval.
        MethodologyWindow,
        /// Neither the activity type nor the methodology was excluded.
        Exclusion,
        /// The host country had authorised the use.
        Authorisation,
        /// A corresponding adjustment was recorded, or a guarantee accepted.
        Adjustment
    }

    /// @notice What a framework asks; fixed for ever when it is admitted.
    /// @param byProgramme a tick for the programme
    /// @param byMethodology a tick for the methodology's version; CCP needs both
    /// @param use that the host country must have authorised, for vintages from 2021 on; `None` asks for nothing
    /// @param adjusted with the authorisation, a corresponding adjustment or an accepted guarantee
    struct Rule {
        bool byProgramme;
        bool byMethodology;
        Use use;
        bool adjusted;
    }

    /// @param body the account that makes the framework's entries
    /// @param admittedAt second after which it counts
    struct Framework {
        address body;
        uint48 admittedAt;
        Rule rule;
    }

    /// @param conditional approved under a condition, whose hash is the decision's document
    /// @param vintageStart first day that a batch's vintage may have, in days since 1970-01-01
    /// @param vintageEnd last day
    /// @param creditingFrom first day on which a project's first crediting period may start; 0 for any
    /// @param recognises the label whose approval this one recognises; 0 for none. Information only
    struct Approval {
        bool conditional;
        uint32 vintageStart;
        uint32 vintageEnd;
        uint32 creditingFrom;
        bytes32 recognises;
    }

    /// @notice Where a decision can be read; kept in the event only.
    /// @param document hash of the condition, the letter or the evidence; 0 for none
    /// @param decidedOn day of the decision, in days since 1970-01-01. Information only: entries count from when they are made
    /// @param source where it is published
    struct Decision {
        bytes32 document;
        uint32 decidedOn;
        string source;
    }

    /// @param uses bit i is set where `Use(i)` is authorised; 0 where nothing is
    /// @param cap kilograms that may be first transferred
    /// @param transferred kilograms first transferred so far; never falls
    /// @param usedByHost kilograms retired toward the host's own NDC; never falls
    struct Authorisation {
        uint8 uses;
        Kilograms cap;
        Kilograms transferred;
        Kilograms usedByHost;
    }

    // ---- events ----

    event FrameworkAdmitted(bytes32 indexed label, address indexed body, Rule rule);
    event BodyRotated(bytes32 indexed label, address indexed previous, address indexed body);
    event HostSet(bytes2 indexed country, address indexed authority);
    event LabelDemanded(ICredits.Purpose indexed purpose, bytes32 indexed label);

    event ProgrammeApproved(bytes32 indexed label, ProgrammeId indexed programme, Approval approval, Decision decision);
    event ProgrammeApprovalWithdrawn(bytes32 indexed label, ProgrammeId indexed programme, Decision decision);
    event MethodologyApproved(
        bytes32 indexed label, MethodologyId indexed methodology, Approval approval, Decision decision
    );
    event MethodologyApprovalWithdrawn(bytes32 indexed label, MethodologyId indexed methodology, Decision decision);
    event ActivityTypeExclusionSet(
        bytes32 indexed label,
        ProgrammeId indexed programme,
        bytes32 indexed activityType,
        bool excluded,
        Decision decision
    );
    event MethodologyExclusionSet(
        bytes32 indexed label, MethodologyId indexed methodology, bool excluded, Decision decision
    );
    event GuaranteeSet(
        bytes32 indexed label, ProjectId indexed project, uint16 indexed vintageYear, bool accepted, Decision decision
    );

    /// @param batches that the letter names, and no others
    event Authorised(
        ProjectId indexed project,
        uint16 indexed vintageYear,
        uint8 uses,
        Kilograms cap,
        BatchId[] batches,
        Decision decision
    );

    /// @param transferred under the authorisation so far, which stay so
    event AuthorisationRevoked(
        ProjectId indexed project, uint16 indexed vintageYear, Kilograms transferred, Decision decision
    );

    /// @param uses that were authorised, and are adjusted for
    /// @param cap kilograms that were authorised, and are adjusted for
    event AdjustmentRecorded(
        ProjectId indexed project, uint16 indexed vintageYear, uint8 uses, Kilograms cap, Decision decision
    );

    /// @notice A retirement for international mitigation, which is these kilograms' first transfer.
    /// @param total kilograms of the project and vintage year first transferred, these included
    event FirstTransferred(
        ProjectId indexed project, uint16 indexed vintageYear, Use use, Kilograms kilograms, Kilograms total
    );

    /// @notice A retirement toward the host country's own NDC.
    /// @param total kilograms of the project and vintage year so used, these included
    event UsedByHost(
        ProjectId indexed project, uint16 indexed vintageYear, BatchId batch, Kilograms kilograms, Kilograms total
    );

    // ---- errors ----

    error FrameworkUnknown(bytes32 label);
    error FrameworkTaken(bytes32 label);
    error NotBody(bytes32 label, address account);
    error NotHost(bytes2 country, address account);
    error HostUnchanged(bytes2 country, address authority);

    /// @notice A window that ends before it starts.
    error WindowInvalid(uint32 vintageStart, uint32 vintageEnd);

    /// @notice A conditional approval without the hash of its condition.
    error ConditionMissing(bytes32 label);

    /// @notice There is nothing to withdraw, or the entry says what already holds.
    error LabelUnchanged(bytes32 label);

    /// @notice A retirement for `purpose` demands `label`, which the batch does not hold.
    /// @param missing bit i is set where `Condition(i)` is not met
    error LabelMissing(BatchId batch, ICredits.Purpose purpose, bytes32 label, uint16 missing);

    /// @notice Labels are a reading of history; `time` is in the future.
    error LabelTimeNotPast(uint48 time);

    /// @notice No use, or one that does not exist.
    error UsesInvalid(uint8 uses);

    /// @notice A batch is named twice, or not in ascending order.
    error BatchesNotAscending(BatchId batch);

    /// @notice The batch is not of this project and vintage year.
    error BatchOfOtherYear(BatchId batch, ProjectId project, uint16 vintageYear);

    /// @notice A cap of nothing: to end an authorisation, revoke it.
    error AuthorisationEmpty(ProjectId project, uint16 vintageYear);

    /// @notice Less than was first transferred already.
    error CapBelowTransferred(ProjectId project, uint16 vintageYear, Kilograms cap, Kilograms transferred);

    /// @notice More than the named batches were issued with, less what the host used of them.
    error CapAboveIssued(ProjectId project, uint16 vintageYear, Kilograms cap, Kilograms most);

    /// @notice Vintages before 2021 lie before the first NDCs: no use of them needs a host country's authorisation, and no
    /// host counts them.
    error VintageBeforeNdc(ProjectId project, uint16 vintageYear);

    /// @notice A corresponding adjustment was recorded: the authorisation cannot be revoked, nor a use or a batch be taken out
    /// of it, nor its cap fall; and what an adjustment covers is not adjusted for again.
    error AlreadyAdjusted(ProjectId project, uint16 vintageYear);

    /// @notice The host country's letter does not name this batch.
    error BatchNotAuthorised(BatchId batch, ProjectId project, uint16 vintageYear);

    /// @notice A composed methodology has no entry of its own: make it for its parts.
    error MethodologyComposed(MethodologyId methodology);

    /// @notice The host country has not authorised this use of the project's vintage year.
    error NotAuthorised(ProjectId project, uint16 vintageYear, Use use);

    /// @notice More than is left of the authorised quantity.
    error AuthorisationExceeded(ProjectId project, uint16 vintageYear, Kilograms asked, Kilograms remaining);

    /// @notice An open letter names the batch, so that the host cannot use it (I8). Once the host revokes the letter, or lowers
    /// its cap to what was transferred, the rest is its own.
    error HostUseExcluded(ProjectId project, uint16 vintageYear, Kilograms cap, Kilograms transferred);
    error OnlyCredits(address caller);

    // ---- functions ----

    /// @notice Admits a framework, its rule for ever. Governance only.
    /// @dev Warning: the body alone decides from then on which programmes and methodologies hold the label.
    /// @param label unique short code, such as `CCP` or `CORSIA-1`
    function admitFramework(bytes32 label, address body, Rule calldata rule) external;

    /// @notice Gives a framework another body's account. Governance only.
    function rotateBody(bytes32 label, address body) external;

    /// @notice Says which account speaks for a host country; 0 for none. Governance only.
    /// @dev Warning: that account alone authorises, adjusts and uses for the country.
    function setHost(bytes2 country, address authority) external;

    /// @notice Sets the label that a purpose demands; 0 demands none. Governance only.
    /// @dev Warning: retirements for that purpose stop for batches that do not hold the label. Purposes that touch I8 (CORSIA, host NDC) are checked against the host's authorisation with or without.
    function demandLabel(ICredits.Purpose purpose, bytes32 label) external;

    /// @notice Approves a programme, in place of an earlier approval from the next second on. The label's body only.
    function approveProgramme(
        bytes32 label,
        ProgrammeId programme,
        Approval calldata approval,
        Decision calldata decision
    ) external;

    /// @notice Ends a programme's approval from the next second on. The label's body only.
    /// @dev Warning: purposes that demand the label close to its credits; retirements made before keep the label that they had.
    function withdrawProgramme(bytes32 label, ProgrammeId programme, Decision calldata decision) external;

    /// @notice As `approveProgramme`, for a methodology's version. A composed one has what all of its parts have: reverts with
    /// `MethodologyComposed`.
    function approveMethodology(
        bytes32 label,
        MethodologyId methodology,
        Approval calldata approval,
        Decision calldata decision
    ) external;

    /// @notice As `withdrawProgramme`, for a methodology's version.
    function withdrawMethodology(bytes32 label, MethodologyId methodology, Decision calldata decision) external;

    /// @notice Excludes a programme's activity type from a label, or ends that. The label's body only.
    /// @dev Warning: as `withdrawProgramme`, for holders.
    /// @param activityType 0 for the projects that were registered without one
    function setActivityTypeExclusion(
        bytes32 label,
        ProgrammeId programme,
        bytes32 activityType,
        bool excluded,
        Decision calldata decision
    ) external;

    /// @notice Excludes a methodology's version from a label, or ends that. The label's body only.
    /// @dev Warning: a version that its programme registers later is not excluded by this: a body watches
    /// `MethodologyRegistered`. A framework that ticks methodologies is safe from it, as a new version has no tick.
    function setMethodologyExclusion(
        bytes32 label,
        MethodologyId methodology,
        bool excluded,
        Decision calldata decision
    ) external;

    /// @notice Accepts a guarantee in place of the corresponding adjustment, or ends that. The label's body only.
    function setGuarantee(
        bytes32 label,
        ProjectId project,
        uint16 vintageYear,
        bool accepted,
        Decision calldata decision
    ) external;

    /// @notice Authorises uses of named batches of a project's vintage year up to a cap, in place of an earlier
    /// authorisation. The host country's authority only.
    /// @dev Warning: whoever first retires a named batch for such a use takes from the cap, until it is used up; what was
    /// transferred stays so. A batch that is issued later needs a letter that names it, with those before it, used-up ones
    /// included. One transaction names some 200 new batches, or 340 that were named before (EIP-7825).
    /// What is redeemed of a named batch leaves the cap to the other batches.
    /// Until the next second nothing can be first transferred. The cap cannot fall below what was first transferred of the
    /// year; once an adjustment is recorded, neither cap nor uses nor batches can be taken back. Raising the cap or adding
    /// a use needs a further adjustment before the label says "adjusted" again. Reverts with `VintageBeforeNdc`, `UsesInvalid`,
    /// `AuthorisationEmpty`, `CapBelowTransferred`, `CapAboveIssued`, `BatchesNotAscending`, `BatchOfOtherYear`,
    /// `AlreadyAdjusted`.
    /// @param uses bit i stands for `Use(i)`
    /// @param cap kilograms, what was first transferred of the year included; at most what `batches` were issued with, less
    /// what the host used of them
    /// @param batches of that project and vintage year, in ascending order
    /// @param decision its document is the letter's hash
    function authorise(
        ProjectId project,
        uint16 vintageYear,
        uint8 uses,
        Kilograms cap,
        BatchId[] calldata batches,
        Decision calldata decision
    ) external;

    /// @notice Ends an authorisation: nothing more is first transferred under it, and the rest of the year is the host's
    /// again. The host country's authority only; not once an adjustment is recorded.
    /// @dev What was first transferred stays so (Decision 4/CMA.6: changes do not affect what was transferred). Nobody can
    /// prevent it by a transfer of their own. Reverts with `NotAuthorised`, `AlreadyAdjusted`.
    function revoke(ProjectId project, uint16 vintageYear, Decision calldata decision) external;

    /// @notice Records a corresponding adjustment for the uses and the cap that are authorised now. The host country's
    /// authority only.
    /// @dev Warning: for ever; the authorisation can only grow from then on, and what it grows by needs another adjustment:
    /// until then the label that asks for one is missing, for the tonnes that were adjusted as well. Nothing annuls an
    /// adjustment, so a host's stolen key can make one.
    /// @param decision its document is the evidence's hash
    function recordAdjustment(ProjectId project, uint16 vintageYear, Decision calldata decision) external;

    /// @notice Checks a retirement, and records the first transfer or the host's use. `Credits` only.
    /// @dev Toward its own NDC a host country uses credits that it holds: `holder` is `hostOf` the project's country. Approval
    /// of another account does not count here, as `SignedOrders` is approved by everybody.
    /// Reverts with `LabelMissing`, `NotAuthorised`, `BatchNotAuthorised`, `AuthorisationExceeded`, `NotHost`,
    /// `VintageBeforeNdc`, `HostUseExcluded`.
    function recordRetirement(BatchId batch, ICredits.Purpose purpose, Kilograms kilograms, address holder) external;

    /// @notice Whether `batch` held `label` at second `time`, which must not be in the future.
    /// @dev A conditional approval counts; `conditions` tells. Reverts with `LabelTimeNotPast`, `BatchUnknown`.
    function hasLabel(BatchId batch, bytes32 label, uint48 time) external view returns (bool);

    /// @notice Which conditions of `label` `batch` did not meet at second `time`.
    /// @return missing bit i is set where `Condition(i)` was not met; 0 when the label was held
    /// @return conditional whether an approval that it rests on was conditional
    function conditions(BatchId batch, bytes32 label, uint48 time)
        external
        view
        returns (uint16 missing, bool conditional);

    /// @notice The labels that `batch` held at second `time`.
    function labelsAt(BatchId batch, uint48 time) external view returns (bytes32[] memory);

    /// @notice Every label admitted so far.
    function labels() external view returns (bytes32[] memory);

    /// @dev Reverts with `FrameworkUnknown`.
    function framework(bytes32 label) external view returns (Framework memory);

    /// @notice The account that speaks for a host country; 0 for none.
    function hostOf(bytes2 country) external view returns (address);

    /// @notice What holds from now on for a project's vintage year, entries of this second included.
    function authorisation(ProjectId project, uint16 vintageYear) external view returns (Authorisation memory);

    /// @notice Whether the host country's letter of now names this batch. Reverts with `BatchUnknown`.
    function isNamed(BatchId batch) external view returns (bool);

    /// @notice The label that a purpose demands; 0 for none.
    function demandedLabel(ICredits.Purpose purpose) external view returns (bytes32);
}
