// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {
    BatchId,
    CancellationId,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    RetirementId,
    VerificationId
} from "../types/Ids.sol";
import {Kilograms} from "../types/Kilograms.sol";

/// @title ICredits
/// @notice The ledger of certified carbon credits. An ERC-1155 token id is a batch: one issuance of one project and
/// vintage, one block of serial numbers. One token unit is one kilogram of CO2 equivalent; a tonne, 1,000 units, is one
/// serial number.
///
/// What it guarantees:
/// - I1 conservation: for each batch, all balances (escrow and buffer are accounts) + retired + cancelled + redeemed =
///   issued, to the kilogram.
/// - I2 one serial, one batch: serial blocks of a namespace never overlap, in any order, whatever hint or spelling.
/// - I3 size is quantity: issued kilograms = 1,000 x (last - first + 1); nobody types a quantity.
/// - I4 one door out: `retire`, `cancel` and `redeem` (see `IRedemptions`). The first two take the next kilograms
///   from the front of the block, redemptions whole serials from its back; every record names exact serials.
/// - I5 nothing comes back: the two cursors never fall.
/// - I6 verified first and I7 two keys: see `IProjects` and `IProgrammes`.
/// - I10 one retirement, one batch, one certificate: see `ICertificates`.
///
/// @dev Warning: the credits must be immobilised in the programme registry by the time they are issued here. The
/// operator attests that by `custody`; the chain cannot look. Two deployments can each hold one block: neither can see
/// the other, an audit over both finds it.
interface ICredits {
    /// @notice What a retirement is claimed for.
    enum Purpose {
        Voluntary,
        CorsiaPhase1,
        CorsiaPhase2,
        HostNdc,
        NationalScheme,
        Other
    }

    /// @notice Why credits leave without a claim. `AtSource`: they had been retired or cancelled in the programme registry
    /// already; `Reversal` and `Replacement`: to make a shortfall good (see `IShortfalls`). `Corsia` is what programmes
    /// call a use that is a claim: never made here, where `retire` with a CORSIA purpose asks the host country (I8).
    enum CancellationKind {
        Voluntary,
        Corsia,
        Conversion,
        Reversal,
        Error,
        AtSource,
        Replacement
    }

    /// @notice What a freeze stops. A subject is a batch, project or programme id, or an account as a number.
    enum FreezeScope {
        Batch,
        Project,
        Programme,
        Account
    }

    /// @notice A block of serial numbers to put on chain.
    /// @param root registered root of the programme's serial numbers
    /// @param prefix canonical prefix: the namespace of the block; kept in the event only
    /// @param first first serial number, included
    /// @param last last serial number, included; below 2^64 - 1
    /// @param hint last serial number of any block of the namespace above this one, or 2^64 - 1 for "above everything";
    /// a stale one costs gas, a wrong one reverts
    /// @param verification accepted verification to issue against
    /// @param vintageStart first day of the reductions, in days since 1970-01-01
    /// @param vintageEnd last day, included
    /// @param vintageYear the year that the programme declares; one that the vintage touches
    /// @param custody EIP-712 hash of the programme's immobilisation record, which names this chain and contract
    struct Issuance {
        bytes32 root;
        string prefix;
        uint64 first;
        uint64 last;
        uint64 hint;
        VerificationId verification;
        uint32 vintageStart;
        uint32 vintageEnd;
        uint16 vintageYear;
        bytes32 custody;
    }

    /// @param taken kilograms retired and cancelled, from the front of the block (I4); never falls (I5)
    /// @param cancelled the part of `taken` that was cancelled
    /// @param redeemed kilograms redeemed, from the back of the block (I4); never falls (I5)
    struct Batch {
        uint64 first;
        uint64 last;
        VerificationId verification;
        ProjectId project;
        ProgrammeId programme;
        uint16 vintageYear;
        MethodologyId methodology;
        // second slot
        uint32 vintageStart;
        uint32 vintageEnd;
        Kilograms taken;
        Kilograms cancelled;
        Kilograms redeemed;
        uint48 issuedAt;
    }

    /// @notice Part of a batch.
    struct Lot {
        BatchId batch;
        Kilograms kilograms;
    }

    /// @param beneficiary account that owns the certificate
    /// @param from kilograms of the batch taken before this retirement: it covers `from .. from + kilograms`
    /// @param position of this retirement within its claim, from 0; claim id = retirement id - position
    /// @param details first 20 bytes of the hash of the details; the event has all 32
    struct Retirement {
        address beneficiary;
        Kilograms from;
        Kilograms kilograms;
        // second slot
        BatchId batch;
        uint48 time;
        Purpose purpose;
        uint8 position;
        bytes20 details;
    }

    /// @param from as in `Retirement`
    /// @param reason first 20 bytes of the hash of the reason, whose text is in the event
    struct Cancellation {
        address holder;
        Kilograms from;
        Kilograms kilograms;
        // second slot
        BatchId batch;
        uint48 time;
        CancellationKind kind;
        bytes20 reason;
    }

    // ---- events ----

    /// @notice A batch came on chain. Project, programme and methodology are the verification's.
    event BatchIssued(
        BatchId indexed batch,
        VerificationId indexed verification,
        bytes32 indexed root,
        string prefix,
        uint64 first,
        uint64 last,
        uint32 vintageStart,
        uint32 vintageEnd,
        uint16 vintageYear,
        bytes32 custody
    );

    /// @param claim id of the first retirement of the same call
    /// @param details hash of the text of the details; 0 for none
    event Retired(
        RetirementId indexed retirement,
        BatchId indexed batch,
        address indexed beneficiary,
        address holder,
        Kilograms from,
        Kilograms kilograms,
        Purpose purpose,
        RetirementId claim,
        bytes32 details
    );

    /// @notice The text behind the details' hash, for every retirement of the claim.
    event RetirementDetailsPublished(RetirementId indexed claim, string details);

    event Cancelled(
        CancellationId indexed cancellation,
        BatchId indexed batch,
        address indexed holder,
        Kilograms from,
        Kilograms kilograms,
        CancellationKind kind,
        string reason
    );

    /// @notice Serial numbers `first..last` left this chain, from the back of the block.
    event Redeemed(BatchId indexed batch, Kilograms kilograms, uint64 first, uint64 last);

    /// @param subject batch, project or programme id, or an account as a number
    event FreezeImposed(FreezeScope indexed scope, uint256 indexed subject, bytes32 reasonHash, string caseReference);
    event FreezeLifted(FreezeScope indexed scope, uint256 indexed subject, string caseReference);

    /// @param mask bit i is set where purpose i demands a label
    event PurposesDemandingLabelSet(uint8 mask);

    // ---- errors ----

    /// @notice Serial numbers of this block are on chain already, in batch `takenBy` (I2).
    error SerialBlockOverlaps(
        bytes32 namespace, uint64 first, uint64 last, BatchId takenBy, uint64 takenFirst, uint64 takenLast
    );

    /// @notice The issuance names no immobilisation record.
    error CustodyMissing(bytes32 namespace, uint64 first, uint64 last);

    error BatchUnknown(BatchId batch);
    error RetirementUnknown(RetirementId retirement);
    error CancellationUnknown(CancellationId cancellation);

    /// @notice No lot, or more than 256.
    error LotsInvalid(uint256 count);
    error QuantityZero(BatchId batch);
    error BeneficiaryInvalid(address beneficiary);

    /// @notice This kind makes a shortfall good (see `IShortfalls.makeGood`), or is a CORSIA use, which is retired.
    error CancellationKindReserved(CancellationKind kind);
    error NotHolderNorApproved(address holder, address account);

    error FrozenBy(FreezeScope scope, uint256 subject);
    error FreezeUnchanged(FreezeScope scope, uint256 subject);

    /// @notice There is no such batch, project or programme, or the account is 0 or a reserve.
    error FreezeSubjectInvalid(FreezeScope scope, uint256 subject);
    error OnlyLabels(address caller);
    error OnlyRedemptions(address caller);
    error OnlyShortfalls(address caller);

    // ---- functions ----

    /// @notice Puts blocks of serial numbers on chain and gives them to `recipient`. The programme's operator only.
    /// @dev Checks, in this order: overlap, authority, prefix, then custody, vintage, verification, methodology. A
    /// methodology's buffer share goes to `BUFFER`. Reverts with the errors of `IProgrammes.checkIssuance`,
    /// `SerialBlockOverlaps`, `CustodyMissing`, those of `IProjects.recordIssuance`,
    /// `MethodologyNotActive`.
    function issue(Issuance[] calldata issuances, address recipient) external returns (BatchId[] memory batches);

    /// @notice Retires lots for one claim: each becomes a retirement and a certificate. The holder or one it approved.
    /// @dev Warning: irreversible. An approved account chooses the beneficiary. A purpose may demand a label, and CORSIA and
    /// host NDC touch the host country's authorisation: reverts with the errors of `ILabels.recordRetirement`.
    /// @param beneficiary account on whose behalf, owner of the certificates
    /// @param details hash of the text of the details, which the buyer keeps; 0 for none
    /// @return retirements ids, which are the certificates'
    function retire(Lot[] calldata lots, address holder, address beneficiary, Purpose purpose, bytes32 details)
        external
        returns (RetirementId[] memory retirements);

    /// @notice As `retire`, with the text of the details published in an event and hashed here.
    /// @dev Warning: a published name stays public for ever.
    /// @param details a JSON object: who benefits, why, the period and jurisdiction of the claim
    function retireWithDetails(
        Lot[] calldata lots,
        address holder,
        address beneficiary,
        Purpose purpose,
        string calldata details
    ) external returns (RetirementId[] memory retirements);

    /// @notice Removes lots for ever without a claim. The holder or one it approved.
    /// @dev Warning: irreversible. Reverts with `CancellationKindReserved` for `Corsia`, `Reversal` and `Replacement`.
    function cancel(Lot[] calldata lots, address holder, CancellationKind kind, string calldata reason)
        external
        returns (CancellationId[] memory cancellations);

    /// @notice Moves a holder's units into escrow; what stops a retirement stops this. `Redemptions` only.
    function escrow(address holder, BatchId batch, Kilograms kilograms) external;

    /// @notice Gives units in escrow back to their holder. `Redemptions` only.
    /// @dev Passes freezes and makes no receiver call: what comes back was the holder's, and must not get stuck.
    function release(address holder, BatchId batch, Kilograms kilograms) external;

    /// @notice Takes whole serial numbers in escrow out of circulation, from the back of the block. `Redemptions` only.
    /// @return first first serial number that left
    /// @return last last serial number that left
    function redeem(address holder, BatchId batch, Kilograms kilograms) external returns (uint64 first, uint64 last);

    /// @notice Cancels lots to make a shortfall good; those of `BUFFER` pass freezes. `Shortfalls` only.
    function cancelFor(Lot[] calldata lots, address holder, CancellationKind kind)
        external
        returns (CancellationId[] memory cancellations);

    /// @notice Gives lots in the buffer to an account. `Shortfalls` only; freezes stop it.
    function releaseBuffer(Lot[] calldata lots, address recipient) external;

    /// @notice Stops all movement of a batch, of a project's or a programme's batches, or into and out of an account; an
    /// approval that a frozen account holds still serves those who gave it. Regulator only.
    /// @dev Warning: the regulator (a role of the `AccessManager`) alone freezes and lifts; its reasons are off chain.
    /// What is frozen exists, and has a holder: batches, projects and programmes that do not exist, account 0 and the
    /// reserves (escrow and buffer) revert with `FreezeSubjectInvalid`.
    function freeze(FreezeScope scope, uint256 subject, bytes32 reasonHash, string calldata caseReference) external;

    /// @notice Ends a freeze. Regulator only.
    function lift(FreezeScope scope, uint256 subject, string calldata caseReference) external;

    /// @notice Says which purposes demand a label. `Labels` only.
    function setPurposesDemandingLabel(uint8 mask) external;

    /// @notice Where a methodology's buffer share goes; nobody holds its key, and it leaves only by `IShortfalls`.
    function BUFFER() external view returns (address);

    /// @notice Name of the collection, as explorers and marketplaces show it.
    function name() external view returns (string memory);

    /// @notice Short name of the collection.
    function symbol() external view returns (string memory);

    /// @notice On-chain JSON about the collection (ERC-7572; a data URI).
    function contractURI() external view returns (string memory);

    /// @notice Kilograms of a batch in circulation: issued less retired, cancelled and redeemed. Escrow and buffer are in
    /// circulation (I1). 0 for a batch that does not exist, as ERC-1155's extensions answer.
    function totalSupply(uint256 id) external view returns (uint256);

    /// @dev Reverts with `BatchUnknown`.
    function batch(BatchId batchId) external view returns (Batch memory);

    /// @notice Kilograms that a batch was issued with.
    function issuedKilograms(BatchId batchId) external view returns (Kilograms);

    /// @notice Batches, retirements and cancellations so far: each kind's highest id.
    function counts() external view returns (uint256 batches, uint256 retirements, uint256 cancellations);

    /// @dev Reverts with `RetirementUnknown`.
    function retirement(RetirementId retirementId) external view returns (Retirement memory);

    /// @dev Reverts with `CancellationUnknown`.
    function cancellation(CancellationId cancellationId) external view returns (Cancellation memory);

    /// @notice Which batch of a namespace holds a serial number; 0 for none.
    /// @param namespace keccak256 of the canonical prefix
    function batchOfSerial(bytes32 namespace, uint64 serial) external view returns (BatchId);

    /// @notice A hint for an issuance; walks the namespace from its top, so call it off chain.
    function serialHint(bytes32 namespace, uint64 first) external view returns (uint64);

    /// @notice Whether a freeze of this scope is in force.
    function isFrozen(FreezeScope scope, uint256 subject) external view returns (bool);

    /// @notice How many freezes and frozen amounts are in force; movements look further only when it is not 0.
    function freezesInForce() external view returns (uint256);

    /// @notice Bit i is set where purpose i demands a label.
    function purposesDemandingLabel() external view returns (uint8);
}
