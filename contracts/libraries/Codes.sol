// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Codes
/// @notice Short identifiers in one word: `A-Z 0-9 . _ -`, zero-padded on the right, no inner NUL, never empty.
library Codes {
    /// @notice `code` is empty, or holds something else than `A-Z 0-9 . _ -` and trailing zeros.
    error CodeMalformed(bytes32 code);

    /// @notice `country` is not two letters `A-Z` (ISO 3166-1 alpha-2).
    error CountryMalformed(bytes2 country);

    /// @dev Reverts with `CodeMalformed`.
    function check(bytes32 code) internal pure {
        uint256 size = length(code);
        require(size != 0, CodeMalformed(code));
        for (uint256 i; i < size; ++i) {
            bytes1 c = code[i];
            bool allowed = (c >= "A" && c <= "Z") || (c >= "0" && c <= "9") || c == "." || c == "_" || c == "-";
            require(allowed, CodeMalformed(code));
        }
    }

    /// @dev Reverts with `CountryMalformed`.
    function checkCountry(bytes2 country) internal pure {
        bool letters = country[0] >= "A" && country[0] <= "Z" && country[1] >= "A" && country[1] <= "Z";
        require(letters, CountryMalformed(country));
    }

    /// @dev Bytes before the zero padding; `check` refuses a zero before the last of them.
    function length(bytes32 code) internal pure returns (uint256 size) {
        size = 32;
        while (size != 0 && code[size - 1] == 0) --size;
    }

    /// @dev `code` without its padding.
    function toString(bytes32 code) internal pure returns (string memory text) {
        uint256 size = length(code);
        text = new string(size);
        for (uint256 i; i < size; ++i) {
            bytes(text)[i] = code[i];
        }
    }
}
