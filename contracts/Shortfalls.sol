// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ICredits} from "./interfaces/ICredits.sol";
import {IProgrammes} from "./interfaces/IProgrammes.sol";
import {IProjects} from "./interfaces/IProjects.sol";
import {IShortfalls} from "./interfaces/IShortfalls.sol";
import {Signatures} from "./libraries/Signatures.sol";
import {BatchId, CancellationId, ProgrammeId, ProjectId, ShortfallId, VvbId} from "./types/Ids.sol";
import {Kilograms} from "./types/Kilograms.sol";

/// @title Shortfalls
/// @notice See `IShortfalls`, which is the manual.
contract Shortfalls is IShortfalls, AccessManaged, EIP712 {
    bytes32 private constant RELEASE_TYPEHASH = keccak256(
        "BufferRelease(uint32 project,bytes32 programmeCode,bytes32 projectCode,uint48 kilograms,bytes32 evidence,"
        "uint48 deadline,bytes32 salt)"
    );

    ICredits public immutable credits;
    IProgrammes public immutable programmes;
    IProjects public immutable projects;

    uint32 private _count;
    mapping(ShortfallId shortfallId => Shortfall) private _shortfalls;
    mapping(ShortfallId shortfallId => ICredits.Lot[]) private _lots;
    mapping(BatchId batchId => Reported) private _reported;

    /// @dev Over-issuances to be made good; the project itself keeps what reversals have left.
    mapping(ProjectId projectId => Kilograms) private _outstanding;

    /// @dev By body, since the wallet that a body moves to may answer for its earlier account's signatures.
    mapping(VvbId vvb => mapping(bytes32 statement => bool)) private _used;

    constructor(address authority, ICredits credits_, IProgrammes programmes_, IProjects projects_)
        AccessManaged(authority)
        EIP712("onetonne", "1")
    {
        credits = credits_;
        programmes = programmes_;
        projects = projects_;
    }

    // ---- reports: operators; annulled by governance ----

    /// @inheritdoc IShortfalls
    function reportReversal(
        ProjectId projectId,
        ICredits.Lot[] calldata lost,
        ICredits.Lot[] calldata cover,
        bytes32 evidence,
        string calldata caseReference
    ) external returns (ShortfallId shortfallId) {
        _requireOperator(projectId);
        Kilograms kilograms = _recordLost(projectId, lost);
        shortfallId = _open(projectId, BatchId.wrap(0), Kind.Reversal, kilograms, evidence);
        for (uint256 i; i < lost.length; ++i) {
            _lots[shortfallId].push(lost[i]);
        }
        projects.setOutstanding(projectId, projects.project(projectId).outstanding + kilograms);
        emit ReversalReported(shortfallId, projectId, kilograms, lost, evidence, caseReference);
        if (cover.length != 0) _coverFromBuffer(shortfallId, cover);
    }

    /// @inheritdoc IShortfalls
    function coverReversal(ShortfallId shortfallId, ICredits.Lot[] calldata lots) external {
        Shortfall memory entry = shortfall(shortfallId);
        require(entry.kind == Kind.Reversal, NotAReversal(shortfallId));
        _requireOperator(entry.project);
        _coverFromBuffer(shortfallId, lots);
    }

    /// @inheritdoc IShortfalls
    function markOverIssued(BatchId batch, Kilograms kilograms, bytes32 evidence, string calldata caseReference)
        external
        returns (ShortfallId shortfallId)
    {
        ProjectId projectId = credits.batch(batch).project;
        _requireOperator(projectId);
        _requireReportable(batch, kilograms);
        shortfallId = _open(projectId, batch, Kind.OverIssuance, kilograms, evidence);
        Reported storage reported_ = _reported[batch];
        reported_.overIssued = reported_.overIssued + kilograms;
        _outstanding[projectId] = _outstanding[projectId] + kilograms;
        emit OverIssuanceMarked(shortfallId, batch, projectId, kilograms, evidence, caseReference);
    }

    /// @inheritdoc IShortfalls
    function annul(ShortfallId shortfallId, string calldata reason) external restricted {
        Shortfall memory entry = shortfall(shortfallId);
        require(!entry.annulled, ShortfallIsAnnulled(shortfallId));
        _shortfalls[shortfallId].annulled = true;
        Kilograms missing = entry.kilograms - entry.madeGood;
        if (entry.kind == Kind.Reversal) {
            ICredits.Lot[] memory lost = _lots[shortfallId];
            for (uint256 i; i < lost.length; ++i) {
                Reported storage ofBatch = _reported[lost[i].batch];
                ofBatch.reversed = ofBatch.reversed - lost[i].kilograms;
            }
            projects.setOutstanding(entry.project, projects.project(entry.project).outstanding - missing);
        } else {
            Reported storage ofBatch = _reported[entry.batch];
            ofBatch.overIssued = ofBatch.overIssued - entry.kilograms;
            ofBatch.madeGood = ofBatch.madeGood - entry.madeGood;
            _outstanding[entry.project] = _outstanding[entry.project] - missing;
        }
        emit ReportAnnulled(shortfallId, entry.project, missing, reason);
    }

    // ---- anybody makes good; the buffer is released with a VVB ----

    /// @inheritdoc IShortfalls
    function makeGood(ShortfallId shortfallId, ICredits.Lot[] calldata lots, address holder) external {
        shortfall(shortfallId); // must exist
        bool allowed = msg.sender == holder || IERC1155(address(credits)).isApprovedForAll(holder, msg.sender);
        require(allowed, ICredits.NotHolderNorApproved(holder, msg.sender));
        _makeGood(shortfallId, lots, holder);
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
                    release.programmeCode,
                    release.projectCode,
                    release.kilograms,
                    release.evidence,
                    release.deadline,
                    release.salt
                )
            )
        );
    }

    // ---- views ----

    /// @inheritdoc IShortfalls
    function isUsed(VvbId vvb, bytes32 statement) external view returns (bool) {
        return _used[vvb][statement];
    }

    /// @inheritdoc IShortfalls
    function shortfall(ShortfallId shortfallId) public view returns (Shortfall memory entry) {
        entry = _shortfalls[shortfallId];
        require(entry.kind != Kind.None, ShortfallUnknown(shortfallId));
    }

    /// @inheritdoc IShortfalls
    function count() external view returns (uint256) {
        return _count;
    }

    /// @inheritdoc IShortfalls
    function outstanding(ProjectId projectId) external view returns (Kilograms reversals, Kilograms overIssuances) {
        return (projects.project(projectId).outstanding, _outstanding[projectId]);
    }

    /// @inheritdoc IShortfalls
    function reported(BatchId batch) external view returns (Reported memory) {
        return _reported[batch];
    }

    /// @inheritdoc IShortfalls
    function lostLots(ShortfallId shortfallId) external view returns (ICredits.Lot[] memory) {
        shortfall(shortfallId); // must exist
        return _lots[shortfallId];
    }

    // ---- inside ----

    function _open(ProjectId projectId, BatchId batch, Kind kind, Kilograms kilograms, bytes32 evidence)
        private
        returns (ShortfallId shortfallId)
    {
        require(Kilograms.unwrap(kilograms) != 0, ShortfallEmpty());
        require(evidence != 0, ShortfallWithoutEvidence());
        shortfallId = ShortfallId.wrap(++_count);
        _shortfalls[shortfallId] = Shortfall({
            project: projectId,
            batch: batch,
            kind: kind,
            kilograms: kilograms,
            madeGood: Kilograms.wrap(0),
            annulled: false,
            reportedAt: uint48(block.timestamp)
        });
    }

    /// @dev A batch's reports, of both kinds, never name more than it was issued with.
    function _requireReportable(BatchId batch, Kilograms kilograms) private view {
        Reported memory before = _reported[batch];
        Kilograms remaining = credits.issuedKilograms(batch) - before.reversed - before.overIssued;
        require(kilograms <= remaining, ReportExceeded(batch, kilograms, remaining));
    }

    function _recordLost(ProjectId projectId, ICredits.Lot[] calldata lost) private returns (Kilograms sum) {
        for (uint256 i; i < lost.length; ++i) {
            (BatchId batch, Kilograms kilograms) = (lost[i].batch, lost[i].kilograms);
            require(credits.batch(batch).project == projectId, BatchOfOtherProject(batch, projectId));
            _requireReportable(batch, kilograms);
            _reported[batch].reversed = _reported[batch].reversed + kilograms;
            sum = sum + kilograms;
        }
    }

    /// @dev Both keys of a release, and that nothing stands against it. Apart from its caller, whose stack is too deep for
    /// unoptimised code, which coverage is taken from.
    function _checkRelease(BufferRelease calldata release, address vvb, bytes calldata signature)
        private
        view
        returns (VvbId body, bytes32 statement)
    {
        ProjectId projectId = release.project;
        _requireOperator(projectId);
        IProjects.Project memory subject = projects.project(projectId);
        bool named =
            release.projectCode == subject.code && release.programmeCode == programmes.programmeCode(subject.programme);
        require(named, ReleaseNamesOtherProject(projectId, release.programmeCode, release.projectCode));
        require(block.timestamp <= release.deadline, ReleaseExpired(release.deadline));
        body = programmes.requireVvb(vvb);
        statement = releaseDigest(release);
        require(Signatures.isValid(vvb, statement, signature), ReleaseSignatureInvalid(vvb));
        require(!_used[body][statement], ReleaseUsed(statement));
        Kilograms lost = subject.outstanding;
        require(Kilograms.unwrap(lost) == 0, ReversalOutstanding(projectId, lost));
    }

    function _coverFromBuffer(ShortfallId shortfallId, ICredits.Lot[] calldata lots) private {
        _sumOf(_shortfalls[shortfallId].project, lots);
        _makeGood(shortfallId, lots, credits.BUFFER());
    }

    /// @dev Counts first, and cancels last: neither door of `Credits` calls out.
    function _makeGood(ShortfallId shortfallId, ICredits.Lot[] calldata lots, address holder) private {
        Shortfall storage entry = _shortfalls[shortfallId];
        require(!entry.annulled, ShortfallIsAnnulled(shortfallId));
        Kilograms missing = entry.kilograms - entry.madeGood;
        uint256 sum;
        for (uint256 i; i < lots.length; ++i) {
            sum += Kilograms.unwrap(lots[i].kilograms);
        }
        require(sum <= Kilograms.unwrap(missing), ShortfallExceeded(shortfallId, sum, missing));
        Kilograms good = Kilograms.wrap(uint48(sum)); // at most `missing`
        entry.madeGood = entry.madeGood + good;
        bool reversal = entry.kind == Kind.Reversal;
        ProjectId projectId = entry.project;
        if (reversal) {
            projects.setOutstanding(projectId, projects.project(projectId).outstanding - good);
        } else {
            _outstanding[projectId] = _outstanding[projectId] - good;
            Reported storage ofBatch = _reported[entry.batch];
            ofBatch.madeGood = ofBatch.madeGood + good;
        }

        ICredits.CancellationKind kind =
            reversal ? ICredits.CancellationKind.Reversal : ICredits.CancellationKind.Replacement;
        CancellationId[] memory cancellations = credits.cancelFor(lots, holder, kind);
        for (uint256 i; i < lots.length; ++i) {
            emit MadeGood(shortfallId, cancellations[i], lots[i].kilograms);
        }
    }

    /// @dev What lots of one project's batches add up to.
    function _sumOf(ProjectId projectId, ICredits.Lot[] calldata lots) private view returns (uint256 sum) {
        for (uint256 i; i < lots.length; ++i) {
            BatchId batch = lots[i].batch;
            require(credits.batch(batch).project == projectId, BatchOfOtherProject(batch, projectId));
            sum += Kilograms.unwrap(lots[i].kilograms);
        }
    }

    /// @dev The operator of the project's programme, which is active: a suspended programme's key reports nothing.
    function _requireOperator(ProjectId projectId) private view {
        ProgrammeId owner = projects.project(projectId).programme;
        require(programmes.isOperator(owner, msg.sender), NotOperatorOfProject(projectId, msg.sender));
        programmes.requireOperator(msg.sender);
    }
}
