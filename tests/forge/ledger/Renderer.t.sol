// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {BatchId, RedemptionId, RetirementId} from "../../../contracts/types/Ids.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";

contract RendererTest is LedgerTest {
    BatchId private constant B1 = BatchId.wrap(1);

    function setUp() public override {
        super.setUp();
        issued();
    }

    function test_batch_uri_is_json_with_the_facts() external {
        retire(B1, 1500);
        vm.prank(alice);
        credits.cancel(lot(B1, 7), alice, ICredits.CancellationKind.Voluntary, "");
        vm.prank(alice);
        redemptions.request(B1, kg(2000), alice);
        vm.prank(operator);
        redemptions.confirm(RedemptionId.wrap(1), LAST - 1, LAST);

        string memory json = _json(credits.uri(1));
        vm.assertEq(vm.parseJsonString(json, ".name"), "VCS 1340 vintage 2020");
        vm.assertEq(vm.parseJsonUint(json, ".decimals"), 3);
        _is(json, ".properties.programme", "VCS");
        _is(json, ".properties.project", "1340");
        _is(json, ".properties.country", "ET");
        _is(json, ".properties.methodology", "VM0042 2.1");
        _is(json, ".properties.vintage", "2020-01-01 to 2020-12-31");
        _is(json, ".properties.vintage_year", "2020");
        _is(json, ".properties.batch", "1");
        _is(json, ".properties.serials", "941467007-941467016");
        _is(json, ".properties.issued_tonnes", "10");
        _is(json, ".properties.retired_tonnes", "1.5");
        _is(json, ".properties.cancelled_tonnes", "0.007");
        _is(json, ".properties.redeemed_tonnes", "2");
        vm.assertEq(vm.parseJsonKeys(json, ".properties").length, 13);
        _is(json, ".attributes[0].trait_type", "Programme");
        _is(json, ".attributes[0].value", "VCS");
        _assertWellFormed(_svg(json));
    }

    function test_batch_uri_of_one_serial_names_it_once() external {
        ICredits.Issuance memory order = issuance(verify(project, methodology, END + 1, END + 1, 1000), 0, 0);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (END + 1, END + 1, 2021);
        issueTo(alice, order);
        _is(_json(credits.uri(2)), ".properties.serials", "0");
    }

    function test_batch_uri_of_the_highest_serials() external {
        uint64 top = type(uint64).max - 1;
        ICredits.Issuance memory order = issuance(verify(project, methodology, END + 1, END + 1, 2000), top - 1, top);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (END + 1, END + 1, 2021);
        issueTo(alice, order);
        _is(_json(credits.uri(2)), ".properties.serials", "18446744073709551613-18446744073709551614");
    }

    function test_batch_uri_reverts_for_unknown_batches() external {
        vm.expectRevert(abi.encodeWithSelector(ICredits.BatchUnknown.selector, BatchId.wrap(2)));
        credits.uri(2);
    }

    function test_batch_uri_reverts_for_an_id_that_only_truncates_to_a_batch() external {
        vm.expectRevert();
        credits.uri((1 << 32) | 1);
    }

    function test_certificate_uri_is_json_with_the_facts_and_an_svg() external {
        vm.warp(1_798_761_599); // 2026-12-31 23:59:59 UTC
        retire(B1, 1500);
        string memory json = _json(certificates.tokenURI(1));
        vm.assertEq(vm.parseJsonString(json, ".name"), "Retirement certificate 1");
        _is(json, ".properties.programme", "VCS");
        _is(json, ".properties.tonnes", "1.5");
        _is(json, ".properties.serials", "941467007-941467008");
        _is(json, ".properties.fractions", "500 kg of the last serial");
        _is(json, ".properties.retired", "2026-12-31 (UTC)");
        _is(json, ".properties.purpose", "voluntary");
        _is(json, ".properties.beneficiary", "0x00000000000000000000000000000000000A11cE");
        _is(json, ".properties.batch", "1");
        _is(json, ".properties.claim", "1");

        bytes memory svg = _svg(json);
        _assertWellFormed(svg);
        vm.assertTrue(_contains(svg, ">1.5<"), "tonnes");
        vm.assertTrue(_contains(svg, ">941467007-941467008<"), "serials");
        vm.assertTrue(_contains(svg, ">500 kg of the last serial<"), "fractions");
        vm.assertTrue(_contains(svg, "No. 1<"), "number");
        vm.assertTrue(_contains(svg, ">1340<"), "project");
        vm.assertTrue(_contains(svg, "2026-12-31 (UTC)"), "date");
    }

    function test_certificate_uri_names_serials_to_the_kilogram() external {
        _retires(1000, "941467007", "", "1");
        _retires(1, "941467008", "1 kg of this serial", "0.001");
        _retires(98, "941467008", "98 kg of this serial", "0.098");
        _retires(1901, "941467008-941467009", "901 kg of the first serial", "1.901");
        _retires(999, "941467010", "999 kg of this serial", "0.999");
        _retires(2, "941467010-941467011", "1 kg of the first serial, 1 kg of the last serial", "0.002");
    }

    function test_certificate_uri_names_every_purpose_and_its_claim() external {
        string[6] memory names = [
            "voluntary", "CORSIA, first phase", "CORSIA, second phase", "host country NDC", "national scheme", "other"
        ];
        uint256 before = vm.snapshotState();
        for (uint8 i; i < 6; ++i) {
            vm.prank(alice);
            RetirementId[] memory ids = credits.retire(lotsOf(B1, 1, B1, 1), alice, bob, ICredits.Purpose(i), 0);
            string memory json = _json(certificates.tokenURI(RetirementId.unwrap(ids[1])));
            _is(json, ".properties.purpose", names[i]);
            _is(json, ".properties.claim", vm.toString(RetirementId.unwrap(ids[0])));
            vm.revertToState(before); // CORSIA and the host exclude each other (I8)
        }
    }

    /// forge-config: default.fuzz.runs = 8
    function testFuzz_certificate_uri_is_always_json_and_svg(
        uint16 before,
        uint16 kilograms,
        uint8 purpose,
        uint32 time
    ) external {
        uint48 taken = before % 5000;
        if (taken != 0) retire(B1, taken);
        vm.warp(block.timestamp + time);
        vm.prank(alice);
        RetirementId id =
            credits.retire(lot(B1, 1 + (kilograms % 4999)), alice, bob, ICredits.Purpose(purpose % 6), 0)[0];
        string memory json = _json(certificates.tokenURI(RetirementId.unwrap(id)));
        vm.assertTrue(vm.parseJsonKeys(json, ".properties").length >= 14, "facts");
        _assertWellFormed(_svg(json));
        _assertWellFormed(_svg(_json(credits.uri(1))));
    }

    function _retires(uint48 kilograms, string memory serials, string memory fractions, string memory tonnes) private {
        string memory json = _json(certificates.tokenURI(RetirementId.unwrap(retire(B1, kilograms))));
        _is(json, ".properties.serials", serials);
        _is(json, ".properties.tonnes", tonnes);
        bool whole = bytes(fractions).length == 0;
        vm.assertEq(vm.parseJsonKeys(json, ".properties").length, whole ? 14 : 15);
        if (!whole) _is(json, ".properties.fractions", fractions);
    }

    function _svg(string memory json) private pure returns (bytes memory) {
        return _decode(vm.parseJsonString(json, ".image"), "data:image/svg+xml;base64,");
    }

    function _is(string memory json, string memory key, string memory value) private pure {
        vm.assertEq(vm.parseJsonString(json, key), value);
    }

    function _json(string memory uri) private pure returns (string memory) {
        return string(_decode(uri, "data:application/json;base64,"));
    }

    function _decode(string memory uri, string memory head) private pure returns (bytes memory data) {
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

    function _sextet(bytes1 c) private pure returns (uint256) {
        if (c >= "A" && c <= "Z") return uint8(c) - 65;
        if (c >= "a" && c <= "z") return uint8(c) - 71;
        if (c >= "0" && c <= "9") return uint8(c) + 4;
        require(c == "+" || c == "/", "alphabet");
        return c == "+" ? 62 : 63;
    }

    /// @dev Tags nest and close, attributes are quoted, text has no bare markup: as far as XML goes without a parser.
    function _assertWellFormed(bytes memory svg) private pure {
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

    function _word(bytes memory text, uint256 from, uint256 to) private pure returns (bytes32 word) {
        for (uint256 i = from; i < to; ++i) {
            word |= bytes32(text[i]) >> (8 * (i - from));
        }
    }

    function _contains(bytes memory text, bytes memory part) private pure returns (bool) {
        for (uint256 i; i + part.length <= text.length; ++i) {
            uint256 j;
            while (j < part.length && text[i + j] == part[j]) ++j;
            if (j == part.length) return true;
        }
        return false;
    }
}
