// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProgrammes} from "../../../contracts/interfaces/IProgrammes.sol";
import {SerialPrefix} from "../../../contracts/libraries/SerialPrefix.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";

/// @dev One spelling for each namespace (I2): what `Programmes.checkIssuance` lets through.
contract PrefixesTest is LedgerTest {
    string private constant ACR_PREFIX = "ACR-US-499-2022-2006";

    function test_canonical_prefixes_pass() external {
        admitOther();
        vm.assertTrue(programmes.checkIssuance(operator, "VCS-VCU", "VCS-VCU") == VCS, "family");
        vm.assertTrue(programmes.checkIssuance(operator, "ACR", ACR_PREFIX) == VCS, "whole prefix");
        vm.assertTrue(
            programmes.checkIssuance(otherOperator, "GS1", "GS1-1-KE-11603-16-2025-30256") == GS,
            "without the second GS"
        );
    }

    function test_opaque_root_takes_any_number_of_segments() external {
        programmes.registerRoot("CCER", VCS, 0, 0);
        programmes.checkIssuance(operator, "CCER", "CCER");
        programmes.checkIssuance(operator, "CCER", "CCER-0-00-A-B-C-D-E-F-G-H-I-J-K-L-M-N-O-P-Q-R-S-T-U-V-W-X-Y-Z");
    }

    function test_only_the_first_sixteen_segments_can_be_numeric() external {
        programmes.registerRoot("X", VCS, 0, type(uint16).max - 1);
        programmes.checkIssuance(operator, "X", "X-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-A16-017");
        _malformed("X", "X-1-2-3-4-5-6-7-8-9-10-11-12-13-14-A15", 35);
    }

    function test_reverts_for_unknown_root() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.SerialRootUnknown.selector, bytes32("VCU")));
        programmes.checkIssuance(operator, "VCU", "VCU");
    }

    function test_reverts_for_another_programmes_operator() external {
        admitOther();
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotOperator.selector, VCS, otherOperator));
        programmes.checkIssuance(otherOperator, "VCS-VCU", "VCS-VCU");
    }

    function test_reverts_on_another_root_than_named() external {
        _notOfRoot("VCS-VCU", "VCU");
        _notOfRoot("VCS-VCU", "");
        _notOfRoot("VCS-VCU", "VCS");
        _notOfRoot("VCS-VCU", "VCS-VCUX"); // goes on without a hyphen
        _notOfRoot("VCS-VCU", "vcs-vcu");
        _notOfRoot("VCS-VCU", " VCS-VCU");
        _notOfRoot("VCS-VCU", "VCS-VCU ");
        _notOfRoot("VCS-VCU", unicode"VCS‑VCU"); // a no-break hyphen
        _notOfRoot("ACR", "XCR-US-499-2022-2006");
        _notOfRoot("VCS-VCU", "VCS-vCU");
        _notOfRoot("VCS-VCU", "VCS_VCU");
        _notOfRoot("VCS-VCU", "vCS-VCU-");
        _notOfRoot("VCS-VCU", "ACR-US-499-2022-2007"); // the operator's other root
        programmes.registerRoot("VCU", VCS, 1, 0);
        _notOfRoot("VCU", "VCUX");
    }

    function test_reverts_on_other_spellings() external {
        _malformed("ACR", "ACR-us-499-2022-2006", 4);
        _malformed("ACR", "ACR-US-0499-2022-2006", 7); // leading zero
        _malformed("ACR", "ACR-US-499-2022-0", 16); // zero itself
        _malformed("ACR", "ACR-US-499-2022- 2006", 16);
        _malformed("ACR", "ACR-US-499-2022-2006 ", 20);
        _malformed("ACR", "ACR-US-499-2022-2006A", 20); // a letter in a number
        _malformed("ACR", "ACR-US-49.9-2022-2006", 9);
        _malformed("ACR", "ACR-US\x00-499-2022-2006", 6);
        _malformed("ACR", "ACR-US-499-2022-2006\xc2\xa0", 20); // no-break space
        _malformed("ACR", unicode"ACR-ÜS-499-2022-2006", 4);
        _malformed("ACR", "ACR-US -499-2022-2006", 6);
        _malformed("ACR", "ACR- US-499-2022-2006", 4);
        _malformed("ACR", "ACR-US-499-2022-2006\t", 20);
        _malformed("ACR", "ACR-US-499-2022-2006\xe2\x80\x8b", 20); // a blank of no width
        _malformed("ACR", "ACR-US-499-2022-2006\x00", 20);
        _malformed("ACR", "ACR-US-499-02022-2006", 11);
        _malformed("ACR", "ACR-US-499A-2022-2006", 10);
        _malformed("ACR", "ACR-US-499-2022-2oo6", 17);
        _malformed("ACR", "ACR-US-499-2022-\xd9\xa2006", 16); // an Arabic-Indic digit
    }

    function test_reverts_on_other_spellings_of_nine_segments() external {
        programmes.admitProgramme("CAR", otherOperator);
        programmes.registerRoot("CAR", GS, 9, 440); // segments 3 to 5, 7 and 8 are numbers
        programmes.checkIssuance(otherOperator, "CAR", "CAR-1-US-1335-31-983-KS-2025-9205");
        string[2] memory wrong = ["CAR-1-US-01335-31-983-KS-2025-9205", "CAR-1-US-1335-31-983-ks-2025-9205"];
        uint8[2] memory position = [9, 21];
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(SerialPrefix.SerialPrefixMalformed.selector, wrong[i], uint256(position[i]))
            );
            programmes.checkIssuance(otherOperator, "CAR", wrong[i]);
        }
    }

    function test_reverts_on_empty_segments() external {
        _malformed("ACR", "ACR--US-499-2022-2006", 4);
        _malformed("ACR", "ACR-US-499--2022-2006", 11);
        _malformed("ACR", "ACR-US-499-2022-2006-", 21);
        _malformed("ACR", "ACR-US--499-2022-2006", 7);
        _malformed("ACR", "ACR-US-499-2022-", 16);
        _malformed("ACR", "ACR-", 4);
        _malformed("VCS-VCU", "VCS-VCU-", 8);
    }

    function test_reverts_on_another_number_of_segments() external {
        _segments("ACR", "ACR-US-499-2022", 4, 5);
        _segments("ACR", "ACR-US-499-2022-2006-1", 6, 5);
        _segments("ACR", "ACR", 1, 5);
        _segments("VCS-VCU", "VCS-VCU-1507", 3, 2);
        programmes.registerRoot("VCU", VCS, 1, 0);
        _segments("VCU", "VCU-VCS", 2, 1);
    }

    function test_reverts_on_the_second_gs() external {
        admitOther();
        vm.expectRevert(
            abi.encodeWithSelector(SerialPrefix.SerialPrefixMalformed.selector, "GS1-1-KE-GS11603-16-2025-30256", 9)
        );
        programmes.checkIssuance(otherOperator, "GS1", "GS1-1-KE-GS11603-16-2025-30256");
    }

    /// @dev Any one byte put in, taken out or changed makes another string: it must be refused, or be another number.
    function testFuzz_no_two_spellings_of_one_prefix(uint256 position, bytes1 c, uint8 kind) external view {
        bytes memory text = bytes(ACR_PREFIX);
        position %= text.length;
        bytes memory other;
        bytes memory head = _slice(text, 0, position);
        if (kind % 3 == 0) other = abi.encodePacked(head, c, _slice(text, position, text.length));
        else if (kind % 3 == 1) other = abi.encodePacked(head, _slice(text, position + 1, text.length));
        else other = abi.encodePacked(head, c, _slice(text, position + 1, text.length));
        try programmes.checkIssuance(operator, "ACR", string(other)) {
            require(_canonical(other), "accepted another spelling");
        } catch {
            require(!_canonical(other), "refused a canonical prefix");
        }
    }

    function testFuzz_random_text_agrees_with_the_grammar(bytes calldata tail, bool dashes) external view {
        bytes memory text = abi.encodePacked("ACR-", tail);
        bytes memory alphabet = "AZ09-1234567890-B";
        for (uint256 i = 4; dashes && i < text.length; ++i) {
            text[i] = alphabet[uint8(text[i]) % alphabet.length];
        }
        try programmes.checkIssuance(operator, "ACR", string(text)) {
            require(_canonical(text), "accepted another spelling");
        } catch {
            require(!_canonical(text), "refused a canonical prefix");
        }
    }

    /// @dev The grammar again, written as a state machine for this one root: ACR, letters or digits, three numbers.
    function _canonical(bytes memory text) private pure returns (bool) {
        if (text.length < 4 || bytes4(text) != "ACR-") return false;
        uint256 segment = 1;
        uint256 size;
        for (uint256 i = 4; i < text.length; ++i) {
            bytes1 c = text[i];
            if (c == "-") {
                if (size == 0) return false;
                (segment, size) = (segment + 1, 0);
            } else if (c >= "0" && c <= "9") {
                if (segment >= 2 && size == 0 && c == "0") return false;
                ++size;
            } else if (c >= "A" && c <= "Z" && (segment < 2 || segment > 4)) {
                ++size;
            } else {
                return false;
            }
        }
        return size != 0 && segment == 4;
    }

    function _slice(bytes memory text, uint256 from, uint256 to) private pure returns (bytes memory part) {
        part = new bytes(to - from);
        for (uint256 i; i < part.length; ++i) {
            part[i] = text[from + i];
        }
    }

    function _malformed(bytes32 root, string memory prefix, uint256 position) private {
        vm.expectRevert(abi.encodeWithSelector(SerialPrefix.SerialPrefixMalformed.selector, prefix, position));
        programmes.checkIssuance(operator, root, prefix);
    }

    function _notOfRoot(bytes32 root, string memory prefix) private {
        vm.expectRevert(abi.encodeWithSelector(SerialPrefix.SerialPrefixNotOfRoot.selector, prefix, root));
        programmes.checkIssuance(operator, root, prefix);
    }

    function _segments(bytes32 root, string memory prefix, uint256 actual, uint256 needed) private {
        vm.expectRevert(abi.encodeWithSelector(SerialPrefix.SerialPrefixSegments.selector, prefix, actual, needed));
        programmes.checkIssuance(operator, root, prefix);
    }
}
