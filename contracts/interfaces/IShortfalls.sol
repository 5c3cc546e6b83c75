// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BatchId, CancellationId, ProjectId, ShortfallId, VvbId} from "../types/Ids.sol";
import {Kilograms} from "../types/Kilograms.sol";
import {ICredits} from "./ICredits.sol";

/// @title IShortfalls
/// @notice What programmes do when something went wrong: stored carbon that was lost (a reversal), tonnes that should not
/// have been issued (an over-issuance), and the credits that are cancelled to make them good. And the buffer, which exists
/// for the first.
///
/// - A reversal is reported of batches of a project; the operator cancels credits of the project's own buffer against it.
///   What the buffer does not cover is outstanding, and stops issuance to the project until it is made good.
/// - An over-issuance is marked on a batch; it names no serials and blocks no transfer. It is outstanding until credits
///   are cancelled in replacement.
/// - A cancellation makes good one shortfall, never two: it is made here, for that one.
///
/// - What is reported of a batch, of both kinds together, is never more than it was issued with. Governance can annul a
///   report that was an error or a theft's; what was cancelled against it stays cancelled.
///
/// @dev Warning: the operator alone decides what is reported. A suspended programme's key reports, covers, marks and
/// releases nothing. Against a stolen key: suspend, rotate and reinstate, by `multicall` of the `AccessManager` in one
/// transaction. Annulments of many reports go into one `multicall` as well.
/// Warning: an outstanding reversal stops one project. Another project of its operator on the same activity goes on.
/// Warning: a release that was signed before a reversal can be used once that reversal is made good. VVBs should sign short
/// deadlines.
interface IShortfalls {
    enum Kind {
        None,
        Reversal,
        OverIssuance
    }

    /// @param batch that an over-issuance was marked on; 0 for a reversal
    /// @param kilograms reported
    /// @param madeGood kilograms cancelled against it so far; never falls
    /// @param annulled by governance: it counts as never made
    struct Shortfall {
        ProjectId project;
        BatchId batch;
        Kind kind;
        Kilograms kilograms;
        Kilograms madeGood;
        uint48 reportedAt;
        bool annulled;
    }

    /// @notice What was reported of a batch, annulled reports left out; in kilograms.
    /// @param reversed lost in reversals
    /// @param overIssued marked as over-issued
    /// @param madeGood of `overIssued`, cancelled in replacement so far
    struct Reported {
        Kilograms reversed;
        Kilograms overIssued;
        Kilograms madeGood;
    }

    /// @notice A VVB's statement that buffer credits are no longer needed, and the EIP-712 struct `BufferRelease` that it
    /// signs.
    /// @dev The codes say which project was meant, and must agree with its id: see `IProjects.Proposal`.
    /// @param programmeCode code of the project's programme
    /// @param projectCode the programme's own number for the project
    /// @param kilograms that leave the buffer
    /// @param evidence hash of the report
    /// @param deadline last second at which it may be used; it is used once
    /// @param salt makes two equal statements different
    struct BufferRelease {
        ProjectId project;
        bytes32 programmeCode;
        bytes32 projectCode;
        Kilograms kilograms;
        bytes32 evidence;
        uint48 deadline;
        bytes32 salt;
    }

    /// @param kilograms the sum of `lost`
    /// @param lost what was lost of each batch
    /// @param evidence hash of the report
    /// @param caseReference the programme's own
    event ReversalReported(
        ShortfallId indexed shortfall,
        ProjectId indexed project,
        Kilograms kilograms,
        ICredits.Lot[] lost,
        bytes32 evidence,
        string caseReference
    );
    event OverIssuanceMarked(
        ShortfallId indexed shortfall,
        BatchId indexed batch,
        ProjectId indexed project,
        Kilograms kilograms,
        bytes32 evidence,
        string caseReference
    );

    /// @param kilograms that were outstanding, and are no longer
    event ReportAnnulled(ShortfallId indexed shortfall, ProjectId indexed project, Kilograms kilograms, string reason);
    event MadeGood(ShortfallId indexed shortfall, CancellationId indexed cancellation, Kilograms kilograms);
    event BufferReleased(
        ProjectId indexed project,
        address indexed vvb,
        address indexed recipient,
        bytes32 statement,
        Kilograms kilograms,
        bytes32 evidence
    );

    error ShortfallUnknown(ShortfallId shortfall);
    error ShortfallEmpty();
    error ShortfallIsAnnulled(ShortfallId shortfall);
    error ShortfallWithoutEvidence();
    error NotOperatorOfProject(ProjectId project, address account);

    /// @notice Lots of another project, whose buffer is not there for this one.
    error BatchOfOtherProject(BatchId batch, ProjectId project);

    /// @notice The buffer covers reversals only.
    error NotAReversal(ShortfallId shortfall);

    /// @notice More than is outstanding.
    error ShortfallExceeded(ShortfallId shortfall, uint256 asked, Kilograms outstanding);

    /// @notice More than the batch was issued with, less what was reported of it already.
    error ReportExceeded(BatchId batch, Kilograms asked, Kilograms remaining);

    /// @notice The project with this id is not the one that the codes name.
    error ReleaseNamesOtherProject(ProjectId project, bytes32 programmeCode, bytes32 projectCode);

    error ReleaseExpired(uint48 deadline);
    error ReleaseUsed(bytes32 statement);
    error ReleaseSignatureInvalid(address vvb);

    /// @notice The lots add up to something else than the VVB stated.
    error ReleaseQuantityDiffers(uint256 asked, Kilograms stated);

    /// @notice The project has a reversal that is not made good: its buffer stays.
    error ReversalOutstanding(ProjectId project, Kilograms outstanding);

    /// @notice Reports that stored carbon of a project was lost, and cancels buffer credits against it. The project's
    /// operator only, while its programme is active.
    /// @dev Warning: nothing is issued to the project until the reversal is made good. Reverts with `ReportExceeded`,
    /// `BatchOfOtherProject`, `ShortfallEmpty`, `ShortfallWithoutEvidence`, `NotOperatorOfProject`.
    /// @param lost how much was lost of each batch
    /// @param cover lots of the project's batches in the buffer; none where it is empty. What they do not cover is outstanding
    function reportReversal(
        ProjectId project,
        ICredits.Lot[] calldata lost,
        ICredits.Lot[] calldata cover,
        bytes32 evidence,
        string calldata caseReference
    ) external returns (ShortfallId shortfall);

    /// @notice Cancels further buffer credits of the project against a reversal. The project's operator only, while its
    /// programme is active.
    /// @dev Warning: irreversible. Anybody can make part of a reversal good meanwhile: lots of more than is outstanding
    /// revert with `ShortfallExceeded`; read what is left, and send again.
    function coverReversal(ShortfallId shortfall, ICredits.Lot[] calldata lots) external;

    /// @notice Marks tonnes of a batch as over-issued. The programme's operator only, while the programme is active.
    /// @dev Warning: the mark names no serials; holders keep what they have, and certificates say so when they are read.
    function markOverIssued(BatchId batch, Kilograms kilograms, bytes32 evidence, string calldata caseReference)
        external
        returns (ShortfallId shortfall);

    /// @notice Annuls a report: what is outstanding of it is struck, and its batches count as if it was never made.
    /// Governance only, with its delay.
    /// @dev Warning: credits that were cancelled against it stay cancelled.
    function annul(ShortfallId shortfall, string calldata reason) external;

    /// @notice Cancels credits of any batch to make a shortfall good. Their holder or one it approved.
    /// @dev Warning: irreversible.
    function makeGood(ShortfallId shortfall, ICredits.Lot[] calldata lots, address holder) external;

    /// @notice Gives buffer credits back into circulation. The project's operator, while its programme is active, with a
    /// VVB's signature.
    /// @param signature EIP-712, by an account or an ERC-1271 wallet; domain `onetonne`, version `1`
    function releaseBuffer(
        BufferRelease calldata release,
        address vvb,
        bytes calldata signature,
        ICredits.Lot[] calldata lots,
        address recipient
    ) external;

    /// @notice The EIP-712 digest that a VVB signs.
    function releaseDigest(BufferRelease calldata release) external view returns (bytes32);

    /// @notice Whether a VVB's statement was used, under whichever of its accounts.
    function isUsed(VvbId vvb, bytes32 statement) external view returns (bool);

    /// @dev Reverts with `ShortfallUnknown`.
    function shortfall(ShortfallId shortfallId) external view returns (Shortfall memory);

    /// @notice Shortfalls so far, which is the highest id.
    function count() external view returns (uint256);

    /// @notice What a project has still to make good, of each kind.
    function outstanding(ProjectId project) external view returns (Kilograms reversals, Kilograms overIssuances);

    /// @notice What was reported of a batch.
    function reported(BatchId batch) external view returns (Reported memory);

    /// @notice What a reversal named as lost, batch by batch; empty for an over-issuance, which names one batch.
    function lostLots(ShortfallId shortfall) external view returns (ICredits.Lot[] memory);
}
