// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev An ERC-1271 wallet that signs whatever `approve` was told.
contract Wallet {
    mapping(bytes32 digest => bool) private _approved;

    function approve(bytes32 digest) external {
        _approved[digest] = true;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        return _approved[digest] ? this.isValidSignature.selector : bytes4(0xffffffff);
    }
}
