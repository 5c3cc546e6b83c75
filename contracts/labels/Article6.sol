// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {ICredits} from "../interfaces/ICredits.sol";
import {ILabels} from "../interfaces/ILabels.sol";
import {IProjects} from "../interfaces/IProjects.sol";
import {Codes} from "../libraries/Codes.sol";
import {BatchId, ProjectId} from "../types/Ids.sol";
import {Kilograms, kilogramsOfBlock} from "../types/Kilograms.sol";
import {Letter, packLetter} from "../types/Letter.sol";

/// @title Article6
/// @notice What host countries authorise, adjust and use themselves, and what was first transferred (I8).
/// @dev Every entry is a checkpoint whose key is the second after the one in which it is made: the answer for a second,
/// once that has come, no longer changes (I9). Two entries on one subject in one second count as the later one.
abstract contract Article6 is ILabels, AccessManaged {
    using Checkpoints for Checkpoints.Trace208;

    /// @dev Of a project's vintage year, in one slot: what was used, and a copy of the latest letter of `_letters`.
    /// @param since second from which the latest letter counts
    /// @param letter its number
    /// @param named how many batches it names
    struct Account {
        Kilograms transferred;
        Kilograms usedByHost;
        Kilograms cap;
        uint8 uses;
        uint48 since;
        uint32 letter;
        uint16 named;
    }

    /// @dev First vintage year whose reductions count toward a first NDC under the Paris Agreement, and so the first that
    /// needs the host's authorisation for use elsewhere.
    uint16 internal constant FIRST_NDC_YEAR = 2021;

    uint8 private constant ALL_USES =
        uint8(1 << uint8(Use.Ndc) | 1 << uint8(Use.InternationalMitigation) | 1 << uint8(Use.OtherPurposes));

    ICredits public immutable credits;
    IProjects public immutable projects;

    mapping(bytes2 country => address) private _hosts;
    mapping(ProjectId projectId => mapping(uint16 year => Checkpoints.Trace208)) private _letters;

    /// @dev Per batch, the numbers of the letters that name it, and the last of them, which most questions are about.
    mapping(BatchId batchId => Checkpoints.Trace208) private _namings;
    mapping(BatchId batchId => uint32 letter) private _namedBy;

    /// @dev Per project and vintage year, the letters that adjustments cover.
    mapping(ProjectId projectId => mapping(uint16 year => Checkpoints.Trace208)) private _adjustments;
    mapping(ProjectId projectId => mapping(uint16 year => Account)) private _accounts;
    mapping(BatchId batchId => Kilograms) private _usedByHost;

    modifier onlyHost(ProjectId projectId) {
        _requireHost(projectId, msg.sender);
        _;
    }

    constructor(address authority, ICredits credits_, IProjects projects_) AccessManaged(authority) {
        credits = credits_;
        projects = projects_;
    }

    /// @inheritdoc ILabels
    function setHost(bytes2 country, address authority) external restricted {
        Codes.checkCountry(country);
        require(_hosts[country] != authority, HostUnchanged(country, authority));
        _hosts[country] = authority;
        emit HostSet(country, authority);
    }

    /// @inheritdoc ILabels
    function authorise(
        ProjectId projectId,
        uint16 year,
        uint8 uses,
        Kilograms cap,
        BatchId[] calldata batches,
        Decision calldata decision
    ) external onlyHost(projectId) {
        require(year >= FIRST_NDC_YEAR, VintageBeforeNdc(projectId, year));
        require(uses != 0 && uses & ~ALL_USES == 0, UsesInvalid(uses));
        require(Kilograms.unwrap(cap) != 0, AuthorisationEmpty(projectId, year));
        Account memory account = _accounts[projectId][year];
        require(account.transferred <= cap, CapBelowTransferred(projectId, year, cap, account.transferred));
        (Kilograms most, uint256 kept) = _name(projectId, year, account.letter, batches);
        require(cap <= most, CapAboveIssued(projectId, year, cap, most));
        bool narrowed = account.uses & ~uses != 0 || cap < account.cap || kept < account.named;
        require(!narrowed || !_isAdjusted(projectId, year), AlreadyAdjusted(projectId, year));
        _enter(projectId, year, uses, cap, uint16(batches.length)); // a block holds no call with 65,536 batches
        emit Authorised(projectId, year, uses, cap, batches, decision);
    }

    /// @inheritdoc ILabels
    function revoke(ProjectId projectId, uint16 year, Decision calldata decision) external onlyHost(projectId) {
        Account memory account = _accounts[projectId][year];
        require(account.uses != 0, NotAuthorised(projectId, year, Use.None));
        require(!_isAdjusted(projectId, year), AlreadyAdjusted(projectId, year));
        _enter(projectId, year, 0, account.transferred, 0);
        emit AuthorisationRevoked(projectId, year, account.transferred, decision);
    }

    /// @inheritdoc ILabels
    function recordAdjustment(ProjectId projectId, uint16 year, Decision calldata decision)
        external
        onlyHost(projectId)
    {
        Account memory account = _accounts[projectId][year];
        require(account.uses != 0, NotAuthorised(projectId, year, Use.None));
        Letter letter = packLetter(account.uses, account.cap, account.letter);
        require(!letter.isCoveredBy(_adjusted(projectId, year)), AlreadyAdjusted(projectId, year));
        _push(_adjustments[projectId][year], Letter.unwrap(letter));
        emit AdjustmentRecorded(projectId, year, account.uses, account.cap, decision);
    }

    /// @inheritdoc ILabels
    function hostOf(bytes2 country) external view returns (address) {
        return _hosts[country];
    }

    /// @inheritdoc ILabels
    function authorisation(ProjectId projectId, uint16 year) external view returns (Authorisation memory) {
        Account memory account = _accounts[projectId][year];
        return Authorisation(account.uses, account.cap, account.transferred, account.usedByHost);
    }

    /// @inheritdoc ILabels
    function isNamed(BatchId batchId) external view returns (bool) {
        ICredits.Batch memory batch = credits.batch(batchId);
        uint32 letter = _accounts[batch.project][batch.vintageYear].letter;
        return letter != 0 && _namedBy[batchId] == letter;
    }

    /// @dev Kilograms retired toward the host country's own NDC: of credits that the host itself holds, of a batch that no
    /// letter leaves open to others.
    function _useByHost(BatchId batchId, ICredits.Batch memory batch, Kilograms kilograms, address holder) internal {
        (ProjectId projectId, uint16 year) = (batch.project, batch.vintageYear);
        require(year >= FIRST_NDC_YEAR, VintageBeforeNdc(projectId, year));
        _requireHost(projectId, holder);
        Account storage account = _accounts[projectId][year];
        bool named = account.uses != 0 && _namedBy[batchId] == account.letter;
        require(
            !named || account.cap == account.transferred,
            HostUseExcluded(projectId, year, account.cap, account.transferred)
        );
        Kilograms total = account.usedByHost + kilograms;
        account.usedByHost = total;
        _usedByHost[batchId] = _usedByHost[batchId] + kilograms;
        emit UsedByHost(projectId, year, batchId, kilograms, total);
    }

    /// @dev An authorisation counts from the second after it was given, a revocation at once: who retires in the second of
    /// either is refused. Vintages before 2021 ask nobody: no NDC counts them.
    function _transfer(BatchId batchId, ICredits.Batch memory batch, Use use, Kilograms kilograms) internal {
        (ProjectId projectId, uint16 year) = (batch.project, batch.vintageYear);
        Account memory account = _accounts[projectId][year];
        if (year >= FIRST_NDC_YEAR) {
            bool authorised = (account.uses >> uint8(use)) & 1 == 1 && account.since <= block.timestamp;
            require(authorised, NotAuthorised(projectId, year, use));
            require(_namedBy[batchId] == account.letter, BatchNotAuthorised(batchId, projectId, year));
            Kilograms remaining = account.cap - account.transferred;
            require(kilograms <= remaining, AuthorisationExceeded(projectId, year, kilograms, remaining));
        }
        Kilograms total = account.transferred + kilograms;
        _accounts[projectId][year].transferred = total;
        emit FirstTransferred(projectId, year, use, kilograms, total);
    }

    /// @dev Whether the letter in force at second `time` authorised `use` of the batch, and an adjustment covered it.
    function _authorityAt(BatchId batchId, ICredits.Batch memory batch, Use use, uint48 time)
        internal
        view
        returns (bool authorised, bool adjusted)
    {
        (ProjectId projectId, uint16 year) = (batch.project, batch.vintageYear);
        Account memory account = _accounts[projectId][year];
        Letter letter;
        if (account.since <= time) {
            letter = packLetter(account.uses, account.cap, account.letter);
            authorised = letter.includes(uint8(use)) && _namedBy[batchId] == account.letter;
        } else {
            letter = Letter.wrap(_at(_letters[projectId][year], time));
            authorised = letter.includes(uint8(use)) && _at(_namings[batchId], time) == letter.numberOf();
        }
        Letter adjustment = Letter.wrap(_at(_adjustments[projectId][year], time));
        adjusted = Letter.unwrap(adjustment) != 0 && letter.isCoveredBy(adjustment);
    }

    function _push(Checkpoints.Trace208 storage entries, uint208 value) internal {
        entries.push(uint48(block.timestamp) + 1, value);
    }

    function _at(Checkpoints.Trace208 storage entries, uint48 time) internal view returns (uint208) {
        return entries.upperLookupRecent(time);
    }

    /// @dev Names batches in the letter after `current`. Returns what they were issued with less what the host used of them,
    /// and how many of them `current` names too.
    function _name(ProjectId projectId, uint16 year, uint32 current, BatchId[] calldata batches)
        private
        returns (Kilograms sum, uint256 kept)
    {
        uint32 above;
        for (uint256 i; i < batches.length; ++i) {
            BatchId batchId = batches[i];
            require(BatchId.unwrap(batchId) > above, BatchesNotAscending(batchId));
            above = BatchId.unwrap(batchId);
            ICredits.Batch memory batch = credits.batch(batchId);
            bool own = batch.project == projectId && batch.vintageYear == year;
            require(own, BatchOfOtherYear(batchId, projectId, year));
            if (current != 0 && _namedBy[batchId] == current) ++kept;
            _namedBy[batchId] = current + 1;
            _push(_namings[batchId], current + 1);
            sum = sum + kilogramsOfBlock(batch.first, batch.last) - _usedByHost[batchId];
        }
    }

    /// @dev The host country's next letter: in its history, and beside what was used.
    function _enter(ProjectId projectId, uint16 year, uint8 uses, Kilograms cap, uint16 named) private {
        Account storage account = _accounts[projectId][year];
        uint32 number = account.letter + 1;
        _push(_letters[projectId][year], Letter.unwrap(packLetter(uses, cap, number)));
        (account.uses, account.cap, account.since) = (uses, cap, uint48(block.timestamp) + 1);
        (account.letter, account.named) = (number, named);
    }

    function _isAdjusted(ProjectId projectId, uint16 year) private view returns (bool) {
        return Letter.unwrap(_adjusted(projectId, year)) != 0;
    }

    function _adjusted(ProjectId projectId, uint16 year) private view returns (Letter) {
        return Letter.wrap(_adjustments[projectId][year].latest());
    }

    function _requireHost(ProjectId projectId, address account) private view {
        bytes2 country = projects.activity(projects.project(projectId).activity).country;
        require(_hosts[country] == account, NotHost(country, account));
    }
}
