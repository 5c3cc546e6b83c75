// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {ICredits} from "./interfaces/ICredits.sol";
import {IProgrammes} from "./interfaces/IProgrammes.sol";
import {IProjects} from "./interfaces/IProjects.sol";
import {IShortfalls} from "./interfaces/IShortfalls.sol";
import {BatchId, CancellationId, ProgrammeId, ProjectId, ShortfallId, VvbId} from "./types/Ids.sol";
import {Kilograms} from "./types/Kilograms.sol";

/// @title Shortfalls
/// @notice See `IShortfalls`, which is the manual.
contract Shortfalls is IShortfalls, EIP712 {
    bytes32 private constant RELEASE_TYPEHASH =
        keccak256("BufferRelease(uint32 project,uint48 kilograms,bytes32 evidence,uint48 deadline,bytes32 salt)");

    ICredits public immutable credits;
    IProgrammes public immutable programmes;
    IProjects public immutable projects;

    uint32 private _count;
    mapping(ShortfallId id => Shortfall) private _shortfalls;
    mapping(BatchId id => Kilograms) private _overIssued;

    /// @dev Over-issuances to be made good; the project itself keeps what reversals have left.
    mapping(ProjectId id => Kilograms) private _outstanding;

    /// @dev By body, since the wallet that a body moves to may answer for its earlier account's signatures.
    mapping(VvbId vvb => mapping(bytes32 statement => bool)) private _used;

    constructor(ICredits credits_, IProgrammes programmes_, IProjects projects_) EIP712("onetonne", "1") {
        credits = credits_;
        programmes = programmes_;
        projects = projects_;
    }

    /// @inheritdoc IShortfalls
    /// @dev Open to a suspended operator, as everything here but a release: it only ever reports and makes good.
    function reportReversal(
        ProjectId project,
        Kilograms kilograms,
        ICredits.Lot[] calldata lots,
        bytes32 evidence,
        string calldata caseReference
    ) external returns (ShortfallId id) {
        _requireOperator(project);
        id = _open(project, BatchId.wrap(0), Kind.Reversal, kilograms, evidence);
        projects.setOutstanding(project, _sum(project, projects.project(project).outstanding, kilograms));
        emit ReversalReported(id, project, kilograms, evidence, caseReference);
        if (lots.length != 0) _coverFromBuffer(id, lots);
    }

    /// @inheritdoc IShortfalls
    function coverReversal(ShortfallId id, ICredits.Lot[] calldata lots) external {
        Shortfall memory entry = shortfall(id);
        require(entry.kind == Kind.Reversal, NotAReversal(id));
        _requireOperator(entry.project);
        _coverFromBuffer(id, lots);
    }

    /// @inheritdoc IShortfalls
    function markOverIssued(BatchId batch, Kilograms kilograms, bytes32 evidence, string calldata caseReference)
        external
        returns (ShortfallId id)
    {
        ProjectId project = credits.batch(batch).project;
        _requireOperator(project);
        Kilograms marked = _overIssued[batch];
        Kilograms remaining = credits.issuedKilograms(batch) - marked;
        require(kilograms <= remaining, OverIssuanceExceeded(batch, kilograms, remaining));
        id = _open(project, batch, Kind.OverIssuance, kilograms, evidence);
        _overIssued[batch] = marked + kilograms;
        _outstanding[project] = _sum(project, _outstanding[project], kilograms);
        emit OverIssuanceMarked(id, batch, project, kilograms, evidence, caseReference);
    }

    /// @inheritdoc IShortfalls
    function makeGood(ShortfallId id, ICredits.Lot[] calldata lots, address holder) external {
        shortfall(id); // must exist
        bool allowed = msg.sender == holder || IERC1155(address(credits)).isApprovedForAll(holder, msg.sender);
        require(allowed, ICredits.NotHolderNorApproved(holder, msg.sender));
        _makeGood(id, lots, holder);
    }

    /// @inheritdoc IShortfalls
    function releaseBuffer(
        BufferRelease calldata release,
        address vvb,
        bytes calldata signature,
        ICredits.Lot[] calldata lots,
        address recipient
    ) external {
        (VvbId body, bytes32 statement) = _checkRelease(release, vvb, signature);
        uint256 sum = _sumOf(release.project, lots);
        require(sum == Kilograms.unwrap(release.kilograms), ReleaseQuantityDiffers(sum, release.kilograms));

        _used[body][statement] = true;
        emit BufferReleased(release.project, vvb, recipient, statement, release.kilograms, release.evidence);
        credits.releaseBuffer(lots, recipient); // calls the recipient last
    }

    /// @inheritdoc IShortfalls
    function releaseDigest(BufferRelease calldata release) public view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    RELEASE_TYPEHASH,
                    release.project,
                    release.kilograms,
                    release.evidence,
                    release.deadline,
                    release.salt
                )
            )
        );
    }

    /// @inheritdoc IShortfalls
    function isUsed(VvbId vvb, bytes32 statement) external view returns (bool) {
        return _used[vvb][statement];
    }

    /// @inheritdoc IShortfalls
    function shortfall(ShortfallId id) public view returns (Shortfall memory entry) {
        entry = _shortfalls[id];
        require(entry.kind != Kind.None, ShortfallUnknown(id));
    }

    /// @inheritdoc IShortfalls
    function count() external view returns (uint256) {
        return _count;
    }

    /// @inheritdoc IShortfalls
    function outstanding(ProjectId project) external view returns (Kilograms reversals, Kilograms overIssuances) {
        return (projects.project(project).outstanding, _outstanding[project]);
    }

    /// @inheritdoc IShortfalls
    function overIssued(BatchId batch) external view returns (Kilograms) {
        return _overIssued[batch];
    }

    function _open(ProjectId project, BatchId batch, Kind kind, Kilograms kilograms, bytes32 evidence)
        private
        returns (ShortfallId id)
    {
        require(Kilograms.unwrap(kilograms) != 0, ShortfallEmpty());
        require(evidence != 0, ShortfallWithoutEvidence());
        id = ShortfallId.wrap(++_count);
        _shortfalls[id] = Shortfall({
            project: project,
            batch: batch,
            kind: kind,
            kilograms: kilograms,
            madeGood: Kilograms.wrap(0),
            reportedAt: uint48(block.timestamp)
        });
    }

    function _sum(ProjectId project, Kilograms outstanding_, Kilograms kilograms) private pure returns (Kilograms) {
        uint256 sum = uint256(Kilograms.unwrap(outstanding_)) + Kilograms.unwrap(kilograms);
        require(sum <= type(uint48).max, ShortfallTooLarge(project, kilograms));
        return Kilograms.wrap(uint48(sum));
    }

    /// @dev Both keys of a release, and that nothing stands against it. Apart from its caller, whose stack is too deep for
    /// unoptimised code, which coverage is taken from.
    function _checkRelease(BufferRelease calldata release, address vvb, bytes calldata signature)
        private
        view
        returns (VvbId body, bytes32 statement)
    {
        ProjectId project = release.project;
        require(
            programmes.requireOperator(msg.sender) == projects.project(project).programme,
            NotOperatorOfProject(project, msg.sender)
        );
        require(block.timestamp <= release.deadline, ReleaseExpired(release.deadline));
        body = programmes.requireVvb(vvb);
        statement = releaseDigest(release);
        bool valid = SignatureChecker.isValidSignatureNow(vvb, statement, signature);
        require(valid, ReleaseSignatureInvalid(vvb));
        require(!_used[body][statement], ReleaseUsed(statement));
        Kilograms lost = projects.project(project).outstanding;
        require(Kilograms.unwrap(lost) == 0, ReversalOutstanding(project, lost));
    }

    function _coverFromBuffer(ShortfallId id, ICredits.Lot[] calldata lots) private {
        _sumOf(_shortfalls[id].project, lots);
        _makeGood(id, lots, credits.BUFFER());
    }

    /// @dev Counts first, and cancels last: neither door of `Credits` calls out.
    function _makeGood(ShortfallId id, ICredits.Lot[] calldata lots, address holder) private {
        Shortfall storage entry = _shortfalls[id];
        Kilograms missing = entry.kilograms - entry.madeGood;
        uint256 sum;
        for (uint256 i; i < lots.length; ++i) {
            sum += Kilograms.unwrap(lots[i].kilograms);
        }
        require(sum <= Kilograms.unwrap(missing), ShortfallExceeded(id, sum, missing));
        Kilograms good = Kilograms.wrap(uint48(sum));
        entry.madeGood = entry.madeGood + good;
        bool reversal = entry.kind == Kind.Reversal;
        ProjectId project = entry.project;
        if (reversal) projects.setOutstanding(project, projects.project(project).outstanding - good);
        else _outstanding[project] = _outstanding[project] - good;

        ICredits.CancellationKind kind =
            reversal ? ICredits.CancellationKind.Reversal : ICredits.CancellationKind.Replacement;
        CancellationId[] memory cancellations = credits.cancelFor(lots, holder, kind);
        for (uint256 i; i < lots.length; ++i) {
            emit MadeGood(id, cancellations[i], lots[i].kilograms);
        }
    }

    /// @dev What lots of one project's batches add up to.
    function _sumOf(ProjectId project, ICredits.Lot[] calldata lots) private view returns (uint256 sum) {
        for (uint256 i; i < lots.length; ++i) {
            BatchId batch = lots[i].batch;
            require(credits.batch(batch).project == project, BatchOfOtherProject(batch, project));
            sum += Kilograms.unwrap(lots[i].kilograms);
        }
    }

    function _requireOperator(ProjectId project) private view {
        ProgrammeId owner = projects.project(project).programme;
        require(programmes.isOperator(owner, msg.sender), NotOperatorOfProject(project, msg.sender));
    }
}
