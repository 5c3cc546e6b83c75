// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Codes} from "./Codes.sol";

/// @title SerialPrefix
/// @notice One spelling for each namespace of serial numbers. A canonical prefix is a registered root followed by
/// segments, all joined by single hyphens, of `A-Z 0-9` only; a numeric segment has digits and no leading zero; the
/// number of segments is the root's. Two spellings of one namespace would let one block pass twice (I2).
library SerialPrefix {
    uint256 private constant HYPHEN = 0x2d;

    // Sets of characters: bit c stands for the character with code c.
    uint256 private constant ZERO = 1 << 0x30;
    uint256 private constant DIGITS = 0x3ff << 0x30; // 0 to 9
    uint256 private constant CAPITALS = 0x3ffffff << 0x41; // A to Z

    /// @notice `prefix` has a character that is not allowed at `position` (bytes, from 0): not `A-Z 0-9`, an empty
    /// segment, or a letter or leading zero in a numeric segment. `position` is the length when the end comes too soon.
    error SerialPrefixMalformed(string prefix, uint256 position);

    /// @notice `prefix` does not begin with `root` and then a hyphen or its end.
    error SerialPrefixNotOfRoot(string prefix, bytes32 root);

    /// @notice `prefix` has `actual` segments where its root has `needed`.
    error SerialPrefixSegments(string prefix, uint256 actual, uint256 needed);

    /// @dev Checks a root itself, and measures it. `segments` counts a whole prefix's, the root's own included; 0 admits
    /// any number (an opaque grammar). Bit i of `numericSegments` says that segment i, from 0, is numeric.
    /// @return rootSegments how many segments the root has
    /// @return rootLength how many bytes the root has
    function measureRoot(bytes32 root, uint8 segments, uint16 numericSegments)
        internal
        pure
        returns (uint8 rootSegments, uint8 rootLength)
    {
        string memory text = Codes.toString(root);
        uint256 own = _scan(bytes(text), 0, 0, numericSegments);
        require(segments == 0 || segments >= own, SerialPrefixSegments(text, own, segments));
        return (uint8(own), uint8(bytes(text).length)); // both at most 32: a root is one word
    }

    /// @dev Reverts unless `prefix` is canonical under `root`, which `measureRoot` has measured.
    function check(
        string calldata prefix,
        bytes32 root,
        uint256 rootSegments,
        uint256 rootLength,
        uint256 segments,
        uint256 numericSegments
    ) internal pure {
        bytes calldata text = bytes(prefix);
        bool ends = text.length == rootLength;
        bool begins = ends || (text.length > rootLength && text[rootLength] == "-");
        bytes32 start = bytes32(text) & bytes32(~(type(uint256).max >> (8 * rootLength)));
        require(begins && start == root, SerialPrefixNotOfRoot(prefix, root));

        uint256 count = rootSegments;
        if (!ends) count += _scan(text, rootLength + 1, count, numericSegments);
        require(count == segments || segments == 0, SerialPrefixSegments(prefix, count, segments));
    }

    /// @dev Counts the segments of `text` from byte `from` on; the first of them is segment number `segment`.
    function _scan(bytes memory text, uint256 from, uint256 segment, uint256 numericSegments)
        private
        pure
        returns (uint256 count)
    {
        uint256 size = text.length;
        bool starts = true;
        bool numeric = (numericSegments >> segment) & 1 == 1;
        for (uint256 i = from; i < size; ++i) {
            uint256 c = uint8(text[i]);
            if (c == HYPHEN) {
                require(!starts, SerialPrefixMalformed(string(text), i));
                starts = true;
                numeric = (numericSegments >> (segment + ++count)) & 1 == 1;
            } else {
                uint256 allowed = !numeric ? DIGITS | CAPITALS : starts ? DIGITS ^ ZERO : DIGITS;
                require((allowed >> c) & 1 == 1, SerialPrefixMalformed(string(text), i));
                starts = false;
            }
        }
        require(!starts, SerialPrefixMalformed(string(text), size));
        return count + 1;
    }
}
