// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Signatures: an account's signature over a digest.
/// @notice Of a key (65 bytes, ECDSA) or of a contract (ERC-1271). An account with a key and code (ERC-7702) has both.
library Signatures {
    /// @notice Whether `signature` is `account`'s over `digest`.
    /// @dev The key is tried first: that saves the look for code, which costs 2,600 gas, and lets a key sign whose account
    /// took on code without ERC-1271. A contract's answer is a static call.
    function isValid(address account, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        (address signer, ECDSA.RecoverError problem,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (problem == ECDSA.RecoverError.NoError && signer == account) return true;
        return SignatureChecker.isValidSignatureNowCalldata(account, digest, signature);
    }
}
