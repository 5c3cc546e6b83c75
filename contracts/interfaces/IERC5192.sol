// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IERC5192
/// @notice ERC-5192 (final), minimal soulbound NFTs: interface id 0xb45a3c0e. OpenZeppelin 5.7 has no copy of it.
interface IERC5192 {
    event Locked(uint256 tokenId);
    event Unlocked(uint256 tokenId);

    /// @notice Whether `tokenId` can never be transferred. Reverts for a token that does not exist.
    function locked(uint256 tokenId) external view returns (bool);
}
