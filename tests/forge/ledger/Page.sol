// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {vm} from "./Cheats.sol";

/// @dev Reads what the contract draws: data URIs, JSON, SVG.
abstract contract Page {
    function _svg(string memory json) internal pure returns (bytes memory) {
        return _decode(vm.parseJsonString(json, ".image"), "data:image/svg+xml;base64,");
    }

    function _is(string memory json, string memory key, string memory value) internal pure {
        vm.assertEq(vm.parseJsonString(json, key), value);
    }

    function _json(string memory uri) internal pure returns (string memory) {
        return string(_decode(uri, "data:application/json;base64,"));
    }

    function _decode(string memory uri, string memory head) internal pure returns (bytes memory data) {
        bytes memory text = bytes(uri);
        uint256 start = bytes(head).length;
        require((text.length - start) % 4 == 0, "padding");
        for (uint256 i; i < start; ++i) {
            require(text[i] == bytes(head)[i], "media type");
        }
        uint256 pads = text[text.length - 1] != "=" ? 0 : text[text.length - 2] != "=" ? 1 : 2;
        data = new bytes((text.length - start) / 4 * 3 - pads);
        uint256 word;
        uint256 filled;
        for (uint256 i = start; i < text.length - pads; ++i) {
            word = (word << 6) | _sextet(text[i]);
            if ((i - start) % 4 == 0) continue;
            data[filled++] = bytes1(uint8(word >> (6 - 2 * ((i - start) % 4))));
        }
        require(filled == data.length, "length");
    }

    function _sextet(bytes1 c) internal pure returns (uint256) {
        if (c >= "A" && c <= "Z") return uint8(c) - 65;
        if (c >= "a" && c <= "z") return uint8(c) - 71;
        if (c >= "0" && c <= "9") return uint8(c) + 4;
        require(c == "+" || c == "/", "alphabet");
        return c == "+" ? 62 : 63;
    }

    /// @dev Tags nest and close, attributes are quoted, text has no bare markup: as far as XML goes without a parser.
    function _assertWellFormed(bytes memory svg) internal pure {
        bytes32[16] memory open;
        uint256 depth;
        uint256 i;
        uint256 elements;
        while (i < svg.length) {
            require(svg[i] != "&" && svg[i] != ">", "bare markup");
            if (svg[i] != "<") {
                require(depth != 0, "text outside the root");
                ++i;
                continue;
            }
            bool closes = svg[++i] == "/";
            if (closes) ++i;
            uint256 start = i;
            while (svg[i] != " " && svg[i] != ">" && svg[i] != "/") ++i;
            bytes32 name = _word(svg, start, i);
            bool quoted;
            while (quoted || svg[i] != ">") {
                require(svg[i] != "<", "markup in a tag");
                if (svg[i] == '"') quoted = !quoted;
                ++i;
            }
            bool empty = svg[i - 1] == "/";
            ++i;
            if (closes) {
                require(depth != 0 && open[--depth] == name, "closes another");
                require(depth != 0 || i == svg.length, "after the root");
            } else if (!empty) {
                open[depth++] = name;
            }
            ++elements;
        }
        require(depth == 0 && elements > 10, "not closed");
    }

    function _word(bytes memory text, uint256 from, uint256 to) internal pure returns (bytes32 word) {
        for (uint256 i = from; i < to; ++i) {
            word |= bytes32(text[i]) >> (8 * (i - from));
        }
    }

    function _contains(bytes memory text, string memory part) internal view returns (bool) {
        return vm.contains(string(text), part);
    }
}
