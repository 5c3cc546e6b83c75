// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Factory
/// @notice Creates the contracts of one deployment, one after the other, at addresses that are known beforehand.
///
/// The factory itself is placed by the CREATE2 deployer 0x4e59b44847b379578588920cA78FbF26c0B4956C: its address follows
/// from a salt, this code and the owner. What it creates follows from its address and from how many contracts it created
/// before (EIP-161: the first has nonce 1). So one owner and one salt give the same addresses on every chain, and contracts
/// can refer to each other before all of them exist.
/// @dev Warning: the owner can create any contract at the next address. That gives no power over contracts that exist: the
/// factory is the owner or the administrator of none of them, and calls none.
contract Factory {
    /// @notice The only account that can create contracts here.
    address public immutable owner;

    event FactoryPlaced(address indexed owner);
    event Created(address indexed created);

    error FactoryOwnerRequired(address caller, address owner);
    error CreatedElsewhere(address created, address expected);

    /// @param owner_ part of the init code, and so of this address: nobody can place it here with another owner
    constructor(address owner_) {
        owner = owner_;
        emit FactoryPlaced(owner_);
    }

    /// @notice Creates a contract at the next address. The owner only. Reverts with what its constructor reverts with.
    /// @param initCode creation code, and the constructor's arguments behind it
    /// @param expected the next address. A transaction that was sent twice, or late, reverts instead of taking the place of
    /// another contract
    /// @return created the contract's address, which is `expected`
    function create(bytes calldata initCode, address expected) external returns (address created) {
        require(msg.sender == owner, FactoryOwnerRequired(msg.sender, owner));
        bytes memory code = initCode;
        assembly ("memory-safe") {
            created := create(0, add(code, 0x20), mload(code))
            if iszero(created) {
                let free := mload(0x40)
                returndatacopy(free, 0, returndatasize())
                revert(free, returndatasize())
            }
        }
        require(created == expected, CreatedElsewhere(created, expected));
        emit Created(created);
    }
}
