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
/// - A reversal is reported on a project; the operator cancels credits of the project's own buffer against it. What the
///   buffer does not cover is outstanding, and stops issuance to the project until it is made good.
/// - An over-issuance is marked on a batch; it names no serials and blocks no transfer. It is outstanding until credits
///   are cancelled in replacement.
/// - A cancellation makes good one shortfall, never two: it is made here, for that one.
///
/// @dev Warning: the operator alone decides what is reported; a report cannot be taken back, only made good. A release from
/// the buffer needs a VVB's signature too.
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
    struct Shortfall {
        ProjectId project;
        BatchId batch;
        Kind kind;
        Kilograms kilograms;
        Kilograms madeGood;
        uint48 reportedAt;
    }

    /// @notice A VVB's statement that buffer credits are no longer needed, and the EIP-712 struct `BufferRelease` that it
    /// signs.
    /// @param kilograms that leave the buffer
    /// @param evidence hash of the report
    /// @param deadline last second at which it may be used; it is used once
    /// @param salt makes two equal statements different
    struct BufferRelease {
        ProjectId project;
        Kilograms kilograms;
        bytes32 evidence;
        uint48 deadline;
        bytes32 salt;
    }

    /// @param evidence hash of the report
    /// @param caseReference the programme's own
    event ReversalReported(
        ShortfallId indexed shortfall,
        ProjectId indexed project,
        Kilograms kilograms,
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

    /// @notice More than can be counted for a project.
    error ShortfallTooLarge(ProjectId project, Kilograms kilograms);
    error ShortfallWithoutEvidence();
    error NotOperatorOfProject(ProjectId project, address account);

    /// @notice Lots of another project, whose buffer is not there for this one.
    error BatchOfOtherProject(BatchId batch, ProjectId project);

    /// @notice The buffer covers reversals only.
    error NotAReversal(ShortfallId shortfall);

    /// @notice More than is outstanding.
    error ShortfallExceeded(ShortfallId shortfall, uint256 asked, Kilograms outstanding);

    /// @notice More than the batch was issued with, less what is marked on it already.
    error OverIssuanceExceeded(BatchId batch, Kilograms asked, Kilograms remaining);

    error ReleaseExpired(uint48 deadline);
    error ReleaseUsed(bytes32 statement);
    error ReleaseSignatureInvalid(address vvb);

    /// @notice The lots add up to something else than the VVB stated.
    error ReleaseQuantityDiffers(uint256 asked, Kilograms stated);

    /// @notice The project has a reversal that is not made good: its buffer stays.
    error ReversalOutstanding(ProjectId project, Kilograms outstanding);

    /// @notice Reports that stored carbon of a project was lost, and cancels buffer credits against it. The project's
    /// operator only.
    /// @param lots of the project's batches in the buffer; none where it is empty. What they do not cover is outstanding
    function reportReversal(
        ProjectId project,
        Kilograms kilograms,
        ICredits.Lot[] calldata lots,
        bytes32 evidence,
        string calldata caseReference
    ) external returns (ShortfallId shortfall);

    /// @notice Cancels further buffer credits of the project against a reversal. The project's operator only.
    function coverReversal(ShortfallId shortfall, ICredits.Lot[] calldata lots) external;

    /// @notice Marks tonnes of a batch as over-issued. The programme's operator only.
    /// @dev Warning: the mark names no serials; holders keep what they have, and certificates say so when they are read.
    function markOverIssued(BatchId batch, Kilograms kilograms, bytes32 evidence, string calldata caseReference)
        external
        returns (ShortfallId shortfall);

    /// @notice Cancels credits of any batch to make a shortfall good. Their holder or one it approved.
    /// @dev Warning: irreversible.
    function makeGood(ShortfallId shortfall, ICredits.Lot[] calldata lots, address holder) external;

    /// @notice Gives buffer credits back into circulation. The project's operator, with a VVB's signature.
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
    function shortfall(ShortfallId id) external view returns (Shortfall memory);

    /// @notice Shortfalls so far, which is the highest id.
    function count() external view returns (uint256);

    /// @notice What a project has still to make good, of each kind.
    function outstanding(ProjectId project) external view returns (Kilograms reversals, Kilograms overIssuances);

    /// @notice Kilograms of a batch marked as over-issued, made good or not.
    function overIssued(BatchId batch) external view returns (Kilograms);
}
