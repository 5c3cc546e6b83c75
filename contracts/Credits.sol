// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Freezes} from "./credits/Freezes.sol";
import {ICertificates} from "./interfaces/ICertificates.sol";
import {ICredits} from "./interfaces/ICredits.sol";
import {IERC7943MultiToken} from "./interfaces/IERC7943MultiToken.sol";
import {ILabels} from "./interfaces/ILabels.sol";
import {IProgrammes} from "./interfaces/IProgrammes.sol";
import {IProjects} from "./interfaces/IProjects.sol";
import {IRedemptions} from "./interfaces/IRedemptions.sol";
import {IRenderer} from "./interfaces/IRenderer.sol";
import {IShortfalls} from "./interfaces/IShortfalls.sol";
import {ISignedOrders} from "./interfaces/ISignedOrders.sol";
import {IntervalSet} from "./libraries/IntervalSet.sol";
import {BatchId, CancellationId, MethodologyId, ProgrammeId, ProjectId, RetirementId} from "./types/Ids.sol";
import {Kilograms, KILOGRAMS_PER_TONNE, kilogramsOfBlock} from "./types/Kilograms.sol";

/// @title Credits
/// @notice See `ICredits`, which is the manual.
contract Credits is Freezes, Multicall {
    using IntervalSet for IntervalSet.Set;
    using SafeCast for uint256;

    /// @dev What the retirements of one call share; `id` is the first one's.
    struct Claim {
        address holder;
        address beneficiary;
        Purpose purpose;
        bytes32 details;
        uint40 id;
    }

    /// @inheritdoc ICredits
    string public constant name = "onetonne certified carbon credits";

    /// @inheritdoc ICredits
    string public constant symbol = "TONNE";

    uint256 private constant BASIS_POINTS = 10_000;

    /// @dev Purposes that touch I8, which `Labels` checks whether or not they demand a label.
    uint8 private constant PURPOSES_OF_HOST =
        uint8(1 << uint8(Purpose.CorsiaPhase1) | 1 << uint8(Purpose.CorsiaPhase2) | 1 << uint8(Purpose.HostNdc));

    IProgrammes public immutable programmes;
    IProjects public immutable projects;
    ILabels public immutable labels;
    ICertificates public immutable certificates;
    IRedemptions public immutable redemptions;
    IShortfalls public immutable shortfalls;
    IRenderer public immutable renderer;

    /// @notice `SignedOrders`: an approved operator of every account, which acts on that account's signature only.
    ISignedOrders public immutable orders;

    /// @dev Serial blocks of each namespace, owned by their batch (I2). Never freed: not by retirement, not by
    /// redemption.
    mapping(bytes32 namespace => IntervalSet.Set) private _serials;
    mapping(RetirementId retirementId => Retirement) private _retirements;
    mapping(CancellationId cancellationId => Cancellation) private _cancellations;

    modifier onlyRedemptions() {
        require(msg.sender == address(redemptions), OnlyRedemptions(msg.sender));
        _;
    }

    modifier onlyShortfalls() {
        require(msg.sender == address(shortfalls), OnlyShortfalls(msg.sender));
        _;
    }

    constructor(
        address authority,
        IProgrammes programmes_,
        IProjects projects_,
        ILabels labels_,
        ICertificates certificates_,
        IRedemptions redemptions_,
        IShortfalls shortfalls_,
        IRenderer renderer_,
        ISignedOrders orders_
    ) ERC1155("") AccessManaged(authority) {
        programmes = programmes_;
        projects = projects_;
        labels = labels_;
        certificates = certificates_;
        redemptions = redemptions_;
        shortfalls = shortfalls_;
        renderer = renderer_;
        orders = orders_;
    }

    // ---- issuance, retirement, cancellation ----

    /// @inheritdoc ICredits
    function issue(Issuance[] calldata issuances, address recipient) external returns (BatchId[] memory batches) {
        uint256 count = issuances.length;
        require(count != 0, LotsInvalid(count));
        batches = new BatchId[](count);
        uint256[] memory ids = new uint256[](count);
        uint256[] memory values = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            (BatchId batchId, Kilograms kilograms, uint16 bufferShare) = _open(issuances[i]);
            batches[i] = batchId;
            ids[i] = BatchId.unwrap(batchId);
            values[i] = Kilograms.unwrap(kilograms);
            if (bufferShare != 0) {
                uint256 withheld = (values[i] * bufferShare + BASIS_POINTS - 1) / BASIS_POINTS;
                values[i] -= withheld;
                _moveUnchecked(address(0), BUFFER, ids[i], withheld); // to a reserve, which `_update` refuses
            }
        }
        _mintBatch(recipient, ids, values, ""); // checks freezes; calls the recipient last
    }

    /// @inheritdoc ICredits
    function retire(Lot[] calldata lots, address holder, address beneficiary, Purpose purpose, bytes32 details)
        external
        returns (RetirementId[] memory)
    {
        return _retire(lots, holder, beneficiary, purpose, details);
    }

    /// @inheritdoc ICredits
    function retireWithDetails(
        Lot[] calldata lots,
        address holder,
        address beneficiary,
        Purpose purpose,
        string calldata details
    ) external returns (RetirementId[] memory ids) {
        ids = _retire(lots, holder, beneficiary, purpose, keccak256(bytes(details)));
        emit RetirementDetailsPublished(ids[0], details);
    }

    /// @inheritdoc ICredits
    function cancel(Lot[] calldata lots, address holder, CancellationKind kind, string calldata reason)
        external
        returns (CancellationId[] memory ids)
    {
        bool ofShortfalls = kind == CancellationKind.Reversal || kind == CancellationKind.Replacement;
        // a CORSIA use is a claim: cancelled, it would pass by the host country (I8)
        require(!ofShortfalls && kind != CancellationKind.Corsia, CancellationKindReserved(kind));
        _requireHolderOrApproved(holder);
        return _cancel(lots, holder, kind, reason);
    }

    // ---- what `Shortfalls`, `Redemptions` and `Labels` do ----

    /// @inheritdoc ICredits
    function cancelFor(Lot[] calldata lots, address holder, CancellationKind kind)
        external
        onlyShortfalls
        returns (CancellationId[] memory)
    {
        return _cancel(lots, holder, kind, "");
    }

    /// @inheritdoc ICredits
    function releaseBuffer(Lot[] calldata lots, address recipient) external onlyShortfalls {
        (uint256[] memory ids, uint256[] memory values) = _unzip(lots);
        _safeBatchTransferFrom(BUFFER, recipient, ids, values, "");
    }

    /// @inheritdoc ICredits
    function escrow(address holder, BatchId batchId, Kilograms kilograms) external onlyRedemptions {
        (uint256 tokenId, uint256 amount) = (BatchId.unwrap(batchId), Kilograms.unwrap(kilograms));
        _requireLeavable(holder, tokenId, amount);
        _moveUnchecked(holder, msg.sender, tokenId, amount);
    }

    /// @inheritdoc ICredits
    function release(address holder, BatchId batchId, Kilograms kilograms) external onlyRedemptions {
        _moveUnchecked(msg.sender, holder, BatchId.unwrap(batchId), Kilograms.unwrap(kilograms));
    }

    /// @inheritdoc ICredits
    /// @dev What is in escrow is in circulation, so the two cursors cannot cross.
    function redeem(address holder, BatchId batchId, Kilograms kilograms)
        external
        onlyRedemptions
        returns (uint64 first, uint64 last)
    {
        (uint256 tokenId, uint256 amount) = (BatchId.unwrap(batchId), Kilograms.unwrap(kilograms));
        _requireNoFreeze(holder, tokenId);
        _moveUnchecked(msg.sender, address(0), tokenId, amount);
        Batch storage source = _batches[batchId];
        last = source.last - uint64(Kilograms.unwrap(source.redeemed) / KILOGRAMS_PER_TONNE);
        first = last + 1 - uint64(amount / KILOGRAMS_PER_TONNE);
        source.redeemed = source.redeemed + kilograms;
        emit Redeemed(batchId, kilograms, first, last);
    }

    /// @inheritdoc ICredits
    function setPurposesDemandingLabel(uint8 mask) external {
        require(msg.sender == address(labels), OnlyLabels(msg.sender));
        _counters.purposesDemandingLabel = mask;
        emit PurposesDemandingLabelSet(mask);
    }

    // ---- views ----

    /// @inheritdoc ICredits
    function purposesDemandingLabel() external view returns (uint8) {
        return _counters.purposesDemandingLabel;
    }

    /// @inheritdoc ICredits
    function retirement(RetirementId retirementId) external view returns (Retirement memory entry) {
        entry = _retirements[retirementId];
        require(entry.time != 0, RetirementUnknown(retirementId));
    }

    /// @inheritdoc ICredits
    function cancellation(CancellationId cancellationId) external view returns (Cancellation memory entry) {
        entry = _cancellations[cancellationId];
        require(entry.time != 0, CancellationUnknown(cancellationId));
    }

    /// @inheritdoc ICredits
    function batchOfSerial(bytes32 namespace, uint64 serial) external view returns (BatchId) {
        (uint64 owner,,) = _serials[namespace].find(serial);
        return BatchId.wrap(uint32(owner));
    }

    /// @inheritdoc ICredits
    function serialHint(bytes32 namespace, uint64 first) external view returns (uint64) {
        return _serials[namespace].hintFor(first);
    }

    // ---- the standards' views and approvals ----

    /// @inheritdoc ICredits
    function contractURI() external view returns (string memory) {
        return renderer.contractURI(address(this));
    }

    /// @inheritdoc ICredits
    function totalSupply(uint256 id) external view returns (uint256) {
        if (id > type(uint32).max) return 0;
        Batch storage entry = _batches[BatchId.wrap(uint32(id))];
        if (entry.issuedAt == 0) return 0;
        Kilograms left = kilogramsOfBlock(entry.first, entry.last) - entry.taken - entry.redeemed;
        return Kilograms.unwrap(left);
    }

    /// @notice On-chain JSON with the facts of a batch (a data URI). Reverts with `BatchUnknown`.
    function uri(uint256 id) public view override returns (string memory) {
        return renderer.batchURI(BatchId.wrap(id.toUint32()));
    }

    /// @notice Whether `operator` may act for `account`: approved by it, or `SignedOrders` (see `ISignedOrders`).
    function isApprovedForAll(address account, address operator) public view override returns (bool) {
        return operator == address(orders) || super.isApprovedForAll(account, operator);
    }

    /// @dev `SignedOrders` is approved by construction: an event that says otherwise would be false.
    function _setApprovalForAll(address account, address operator, bool approved) internal override {
        require(operator != address(orders), ERC1155InvalidOperator(operator));
        super._setApprovalForAll(account, operator, approved);
    }

    /// @inheritdoc ERC1155
    function supportsInterface(bytes4 interfaceId) public view override(ERC1155, IERC165) returns (bool) {
        return interfaceId == type(IERC7943MultiToken).interfaceId || super.supportsInterface(interfaceId);
    }

    // ---- issuance, inside ----

    /// @dev The checks of one issuance in the order of the interface, and its effects. Mints nothing.
    function _open(Issuance calldata order)
        private
        returns (BatchId batchId, Kilograms kilograms, uint16 bufferBasisPoints)
    {
        bytes32 namespace = keccak256(bytes(order.prefix));
        IntervalSet.Set storage serials = _serials[namespace];
        _requireFree(serials, namespace, order);
        ProgrammeId programme = programmes.checkIssuance(msg.sender, order.root, order.prefix);
        require(order.custody != 0, CustodyMissing(namespace, order.first, order.last));
        kilograms = kilogramsOfBlock(order.first, order.last);
        (ProjectId project, MethodologyId methodology) = projects.recordIssuance(
            order.verification, programme, order.vintageStart, order.vintageEnd, order.vintageYear, kilograms
        );
        (bufferBasisPoints,) = programmes.requireMethodologyActive(methodology);

        uint32 number = ++_counters.batches;
        batchId = BatchId.wrap(number);
        (uint64 takenBy,,) = serials.add(order.first, order.last, number, order.hint);
        assert(takenBy == 0); // found free above, and nothing came in between
        Batch storage entry = _batches[batchId];
        entry.first = order.first;
        entry.last = order.last;
        entry.verification = order.verification;
        entry.project = project;
        entry.programme = programme;
        entry.vintageYear = order.vintageYear;
        entry.methodology = methodology;
        entry.vintageStart = order.vintageStart;
        entry.vintageEnd = order.vintageEnd;
        entry.issuedAt = uint48(block.timestamp);
        _emitIssued(batchId, order);
    }

    function _emitIssued(BatchId batchId, Issuance calldata order) private {
        emit BatchIssued(
            batchId,
            order.verification,
            order.root,
            order.prefix,
            order.first,
            order.last,
            order.vintageStart,
            order.vintageEnd,
            order.vintageYear,
            order.custody
        );
    }

    /// @dev The first check, before authority: it costs one or two slots, so that a refused overlap is cheap.
    function _requireFree(IntervalSet.Set storage serials, bytes32 namespace, Issuance calldata order) private view {
        (uint64 takenBy, uint64 takenFirst, uint64 takenLast) = serials.overlap(order.first, order.last, order.hint);
        require(
            takenBy == 0,
            SerialBlockOverlaps(
                namespace, order.first, order.last, BatchId.wrap(uint32(takenBy)), takenFirst, takenLast
            )
        );
    }

    // ---- freezes, inside ----

    /// @inheritdoc Freezes
    function _escrowAccount() internal view override returns (address) {
        return address(redemptions);
    }

    /// @inheritdoc Freezes
    function _requireSubject(FreezeScope scope, uint256 subject) internal view override {
        uint256 last; // ids count from 1
        if (scope == FreezeScope.Account) last = type(uint160).max;
        else if (scope == FreezeScope.Batch) last = _counters.batches;
        else last = scope == FreezeScope.Project ? projects.projectCount() : programmes.programmeCount();
        bool reserve = scope == FreezeScope.Account && _isReserve(address(uint160(subject)));
        require(subject != 0 && subject <= last && !reserve, FreezeSubjectInvalid(scope, subject));
    }

    // ---- records, inside ----

    function _cancel(Lot[] calldata lots, address holder, CancellationKind kind, string memory reason)
        private
        returns (CancellationId[] memory ids)
    {
        _burnLots(lots, holder);
        ids = new CancellationId[](lots.length);
        for (uint256 i; i < lots.length; ++i) {
            Lot calldata lot = lots[i];
            CancellationId cancellationId = CancellationId.wrap(++_counters.cancellations);
            Kilograms from = _takeFront(lot.batch, lot.kilograms);
            Batch storage source = _batches[lot.batch];
            source.cancelled = source.cancelled + lot.kilograms;
            _cancellations[cancellationId] = Cancellation({
                holder: holder,
                from: from,
                kilograms: lot.kilograms,
                batch: lot.batch,
                time: uint48(block.timestamp),
                kind: kind,
                reason: bytes20(keccak256(bytes(reason)))
            });
            ids[i] = cancellationId;
            emit Cancelled(cancellationId, lot.batch, holder, from, lot.kilograms, kind, reason);
        }
    }

    function _retire(Lot[] calldata lots, address holder, address beneficiary, Purpose purpose, bytes32 details)
        private
        returns (RetirementId[] memory ids)
    {
        require(beneficiary != address(0) && !_isReserve(beneficiary), BeneficiaryInvalid(beneficiary));
        _requireHolderOrApproved(holder);
        _burnLots(lots, holder);
        Claim memory claim = Claim(holder, beneficiary, purpose, details, _counters.retirements + 1);
        uint8 asking = _counters.purposesDemandingLabel | PURPOSES_OF_HOST;
        bool asks = (asking >> uint8(purpose)) & 1 == 1;
        ids = new RetirementId[](lots.length);
        for (uint256 i; i < lots.length; ++i) {
            if (asks) labels.recordRetirement(lots[i].batch, purpose, lots[i].kilograms, holder);
            ids[i] = _record(lots[i], claim, i);
        }
        _counters.retirements = claim.id + uint40(lots.length) - 1;
        certificates.announce(beneficiary, RetirementId.wrap(claim.id), lots.length); // ours, and hook-free
    }

    function _record(Lot calldata lot, Claim memory claim, uint256 position)
        private
        returns (RetirementId retirementId)
    {
        retirementId = RetirementId.wrap(claim.id + uint40(position));
        Kilograms from = _takeFront(lot.batch, lot.kilograms);
        _retirements[retirementId] = Retirement({
            beneficiary: claim.beneficiary,
            from: from,
            kilograms: lot.kilograms,
            batch: lot.batch,
            time: uint48(block.timestamp),
            purpose: claim.purpose,
            position: uint8(position), // `_burnLots` admits 256 lots
            details: bytes20(claim.details)
        });
        emit Retired(
            retirementId,
            lot.batch,
            claim.beneficiary,
            claim.holder,
            from,
            lot.kilograms,
            claim.purpose,
            RetirementId.wrap(claim.id),
            claim.details
        );
    }
}
