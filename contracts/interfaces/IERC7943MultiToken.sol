// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title IERC7943MultiToken
/// @notice ERC-7943 (final), the variant for ERC-1155: interface id 0x41c4fbad. OpenZeppelin 5.7 has no copy of it.
interface IERC7943MultiToken is IERC165 {
    /// @notice `amount` of `tokenId` was taken from `from` and given to `to`.
    event ForcedTransfer(address indexed from, address indexed to, uint256 indexed tokenId, uint256 amount);

    /// @notice The frozen amount of `tokenId` in `account` is `amount` from now on.
    event Frozen(address indexed account, uint256 indexed tokenId, uint256 amount);

    error ERC7943CannotSend(address account);
    error ERC7943CannotReceive(address account);
    error ERC7943CannotTransfer(address from, address to, uint256 tokenId, uint256 amount);

    /// @notice `amount` is within the balance of `account`, and above its `unfrozen` part.
    error ERC7943InsufficientUnfrozenBalance(address account, uint256 tokenId, uint256 amount, uint256 unfrozen);

    /// @notice Takes `amount` of `tokenId` from `from` and gives it to `to`, without the consent of `from`.
    /// @dev Warning: the regulator alone (a role of the `AccessManager`) may do this, to any holder, frozen or not.
    function forcedTransfer(address from, address to, uint256 tokenId, uint256 amount) external returns (bool result);

    /// @notice Sets how much of `tokenId` in `account` may not leave it; replaces the amount set before. It may exceed
    /// the balance, and then withholds what arrives later.
    /// @dev Warning: the regulator alone (a role of the `AccessManager`) may do this, and undo it.
    function setFrozenTokens(address account, uint256 tokenId, uint256 amount) external returns (bool result);

    /// @notice Whether `account` may send anything at all. Never reverts.
    function canSend(address account) external view returns (bool allowed);

    /// @notice Whether `account` may receive anything at all. Never reverts.
    function canReceive(address account) external view returns (bool allowed);

    /// @notice The frozen amount of `tokenId` in `account`. Never reverts.
    function getFrozenTokens(address account, uint256 tokenId) external view returns (uint256 amount);

    /// @notice Whether no rule of permission stands against a transfer; balances and approvals are not looked at,
    /// frozen amounts are. Never reverts.
    function canTransfer(address from, address to, uint256 tokenId, uint256 amount) external view returns (bool allowed);
}
