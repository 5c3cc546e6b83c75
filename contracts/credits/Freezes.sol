// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC1155} from "@openzeppelin/contracts/token/ERC1155/ERC1155.sol";
import {IERC7943MultiToken} from "../interfaces/IERC7943MultiToken.sol";
import {ICredits} from "../interfaces/ICredits.sol";
import {BatchId, ProgrammeId, ProjectId} from "../types/Ids.sol";
import {BatchLedger} from "./BatchLedger.sol";

/// @title Freezes
/// @notice What stops a movement (ERC-7943): frozen accounts, batches, projects and programmes, and frozen amounts.
/// @dev `_update` checks every movement. The few that pass freezes call `ERC1155._update` by name, each with its reason.
abstract contract Freezes is BatchLedger, IERC7943MultiToken {
    mapping(FreezeScope scope => mapping(uint256 subject => bool)) private _frozen;
    mapping(address account => mapping(uint256 batchId => uint256)) private _frozenAmounts;

    /// @inheritdoc ICredits
    function freeze(FreezeScope scope, uint256 subject, bytes32 reasonHash, string calldata caseReference)
        external
        restricted
    {
        _requireSubject(scope, subject);
        require(!_frozen[scope][subject], FreezeUnchanged(scope, subject));
        _frozen[scope][subject] = true;
        ++_counters.freezes;
        emit FreezeImposed(scope, subject, reasonHash, caseReference);
    }

    /// @inheritdoc ICredits
    function lift(FreezeScope scope, uint256 subject, string calldata caseReference) external restricted {
        require(_frozen[scope][subject], FreezeUnchanged(scope, subject));
        _frozen[scope][subject] = false;
        --_counters.freezes;
        emit FreezeLifted(scope, subject, caseReference);
    }

    /// @inheritdoc IERC7943MultiToken
    function setFrozenTokens(address account, uint256 tokenId, uint256 amount) external restricted returns (bool) {
        _requireSubject(FreezeScope.Batch, tokenId);
        _requireSubject(FreezeScope.Account, uint160(account));
        _setFrozenAmount(account, tokenId, amount);
        return true;
    }

    /// @inheritdoc IERC7943MultiToken
    /// @dev Passes every freeze but one: `to` must be able to receive. Escrow and buffer are out of reach: their units
    /// are promised to a redemption or to a reversal.
    function forcedTransfer(address from, address to, uint256 tokenId, uint256 amount)
        external
        restricted
        returns (bool)
    {
        require(from != address(0), ERC1155InvalidSender(from));
        require(!_isReserve(from), ERC7943CannotSend(from));
        require(to != address(0), ERC1155InvalidReceiver(to));
        require(canReceive(to), ERC7943CannotReceive(to));
        uint256 balance = balanceOf(from, tokenId);
        require(amount <= balance, ERC1155InsufficientBalance(from, balance, amount, tokenId));
        uint256 left = from == to ? balance : balance - amount;
        if (_frozenAmounts[from][tokenId] > left) _setFrozenAmount(from, tokenId, left);

        emit ForcedTransfer(from, to, tokenId, amount);
        _moveUnchecked(from, to, tokenId, amount);
        // No receiver call: a court's order does not wait for the consent of a contract.
        return true;
    }

    /// @inheritdoc IERC7943MultiToken
    function canSend(address account) public view returns (bool) {
        return !_isReserve(account) && !_frozen[FreezeScope.Account][uint160(account)];
    }

    /// @inheritdoc IERC7943MultiToken
    function canReceive(address account) public view returns (bool) {
        return canSend(account);
    }

    /// @inheritdoc IERC7943MultiToken
    function getFrozenTokens(address account, uint256 tokenId) external view returns (uint256) {
        return _frozenAmounts[account][tokenId];
    }

    /// @inheritdoc IERC7943MultiToken
    function canTransfer(address from, address to, uint256 tokenId, uint256 amount) external view returns (bool) {
        if (!canSend(from) || !canReceive(to)) return false;
        (bool frozen,,) = _batchFreeze(tokenId);
        if (frozen) return false;
        uint256 frozenAmount = _frozenAmounts[from][tokenId];
        if (frozenAmount == 0) return true; // how much `from` has is no question of permission
        uint256 balance = balanceOf(from, tokenId);
        return amount <= (balance > frozenAmount ? balance - frozenAmount : 0);
    }

    /// @inheritdoc ICredits
    function isFrozen(FreezeScope scope, uint256 subject) external view returns (bool) {
        return _frozen[scope][subject];
    }

    /// @inheritdoc ICredits
    function freezesInForce() external view returns (uint256) {
        return _counters.freezes;
    }

    /// @dev Every mint, transfer and burn that is not explicitly exempt.
    function _update(address from, address to, uint256[] memory ids, uint256[] memory values)
        internal
        virtual
        override
    {
        require(!_isReserve(to), ERC7943CannotReceive(to));
        bool looks = _counters.freezes != 0;
        if (looks) _requireNotFrozen(from, to, ids, values);
        super._update(from, to, ids, values);
        if (looks && from != address(0)) _requireFrozenStays(from, ids, values);
    }

    /// @dev Moves without asking for freezes or for the receiver's consent.
    function _moveUnchecked(address from, address to, uint256 batchId, uint256 amount) internal {
        uint256[] memory ids = new uint256[](1);
        uint256[] memory values = new uint256[](1);
        (ids[0], values[0]) = (batchId, amount);
        ERC1155._update(from, to, ids, values);
    }

    /// @dev Reverts where a freeze stands against taking `amount` out of an account.
    function _requireLeavable(address from, uint256 batchId, uint256 amount) internal view {
        if (_counters.freezes != 0) _requireLeaves(from, batchId, amount);
    }

    /// @dev Reverts where a freeze stands against a holder or a batch, or an amount that the holder no longer has on hand.
    function _requireNoFreeze(address holder, uint256 batchId) internal view {
        if (_counters.freezes == 0) return;
        require(canSend(holder), ERC7943CannotSend(holder));
        _requireBatchMovable(batchId);
        bool covered = balanceOf(holder, batchId) >= _frozenAmounts[holder][batchId];
        require(covered, ERC7943InsufficientUnfrozenBalance(holder, batchId, 0, 0));
    }

    /// @dev Escrow and buffer: accounts of the ledger that no key controls.
    function _isReserve(address account) internal view returns (bool) {
        return account == BUFFER || account == _escrowAccount();
    }

    function _escrowAccount() internal view virtual returns (address);

    /// @dev Reverts unless the subject of a freeze exists; the reserves, which have no holder, are none.
    function _requireSubject(FreezeScope scope, uint256 subject) internal view virtual;

    function _requireNotFrozen(address from, address to, uint256[] memory ids, uint256[] memory values) private view {
        require(ids.length == values.length, ERC1155InvalidArrayLength(ids.length, values.length));
        require(canReceive(to), ERC7943CannotReceive(to));
        for (uint256 i; i < ids.length; ++i) {
            _requireLeaves(from, ids[i], values[i]);
        }
    }

    /// @dev What leaves a reserve is released by the ledger's own contracts.
    function _requireLeaves(address from, uint256 batchId, uint256 amount) private view {
        require(_isReserve(from) || canSend(from), ERC7943CannotSend(from));
        _requireBatchMovable(batchId);
        uint256 frozenAmount = _frozenAmounts[from][batchId];
        if (frozenAmount == 0 || from == address(0)) return;
        uint256 balance = balanceOf(from, batchId);
        if (amount > balance) return; // ERC-1155's own error says more
        uint256 unfrozen = balance > frozenAmount ? balance - frozenAmount : 0;
        require(amount <= unfrozen, ERC7943InsufficientUnfrozenBalance(from, batchId, amount, unfrozen));
    }

    /// @dev One id may come several times in a call, and pass each time: what is left must still cover the frozen
    /// amount. `_requireNotFrozen` alone would miss that, this alone would miss a transfer to oneself.
    function _requireFrozenStays(address from, uint256[] memory ids, uint256[] memory values) private view {
        for (uint256 i; i < ids.length; ++i) {
            uint256 frozenAmount = _frozenAmounts[from][ids[i]];
            bool covered = values[i] == 0 || balanceOf(from, ids[i]) >= frozenAmount;
            require(covered, ERC7943InsufficientUnfrozenBalance(from, ids[i], values[i], 0));
        }
    }

    function _requireBatchMovable(uint256 batchId) private view {
        (bool frozen, FreezeScope scope, uint256 subject) = _batchFreeze(batchId);
        require(!frozen, FrozenBy(scope, subject));
    }

    function _batchFreeze(uint256 batchId) private view returns (bool frozen, FreezeScope scope, uint256 subject) {
        if (_frozen[FreezeScope.Batch][batchId]) return (true, FreezeScope.Batch, batchId);
        Batch storage entry = _batches[BatchId.wrap(uint32(batchId))];
        subject = ProjectId.unwrap(entry.project);
        if (_frozen[FreezeScope.Project][subject]) return (true, FreezeScope.Project, subject);
        subject = ProgrammeId.unwrap(entry.programme);
        return (_frozen[FreezeScope.Programme][subject], FreezeScope.Programme, subject);
    }

    /// @dev A frozen amount counts as one freeze, however large.
    function _setFrozenAmount(address account, uint256 batchId, uint256 amount) private {
        uint256 previous = _frozenAmounts[account][batchId];
        if (previous == 0 && amount != 0) ++_counters.freezes;
        if (previous != 0 && amount == 0) --_counters.freezes;
        _frozenAmounts[account][batchId] = amount;
        emit Frozen(account, batchId, amount);
    }
}
