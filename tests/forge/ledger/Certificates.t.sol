// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC721Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICertificates} from "../../../contracts/interfaces/ICertificates.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {BatchId, RetirementId} from "../../../contracts/types/Ids.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {Receiver} from "./Receiver.sol";

contract CertificatesTest is LedgerTest {
    BatchId private constant B1 = BatchId.wrap(1);
    RetirementId private constant R1 = RetirementId.wrap(1);
    uint256 private constant UNKNOWN = 2;

    function setUp() public override {
        super.setUp();
        issued();
        retire(B1, 1500);
    }

    function test_a_certificate_is_the_beneficiarys_and_locked() external view {
        vm.assertEq(certificates.ownerOf(1), alice);
        vm.assertEq(certificates.balanceOf(alice), 1);
        vm.assertEq(certificates.balanceOf(bob), 0);
        vm.assertTrue(certificates.locked(1), "locked");
        vm.assertEq(certificates.getApproved(1), address(0));
        vm.assertTrue(!certificates.isApprovedForAll(alice, alice), "nobody is approved");
        vm.assertEq(certificates.name(), "onetonne retirement certificate");
        vm.assertEq(certificates.symbol(), "TONNE");
    }

    function test_a_certificate_never_moves_nor_gets_approved() external {
        bytes memory refusal = abi.encodeWithSelector(ICertificates.CertificateNotTransferable.selector, 1);
        vm.startPrank(alice);
        vm.expectRevert(refusal);
        certificates.transferFrom(alice, bob, 1);
        vm.expectRevert(refusal);
        certificates.safeTransferFrom(alice, bob, 1);
        vm.expectRevert(refusal);
        certificates.safeTransferFrom(alice, bob, 1, "data");
        vm.expectRevert(refusal);
        certificates.approve(bob, 1);
        vm.expectRevert(abi.encodeWithSelector(ICertificates.CertificateNotTransferable.selector, 0));
        certificates.setApprovalForAll(bob, true);
        vm.stopPrank();
        vm.assertEq(certificates.ownerOf(1), alice);
        vm.assertEq(certificates.getApproved(1), address(0));
        vm.assertTrue(!certificates.isApprovedForAll(alice, bob), "nobody is approved");
    }

    /// @dev Nor by anyone else: the holder who retired, and governance.
    function test_a_certificate_is_moved_by_nobody_else() external {
        address[2] memory others = [bob, address(this)];
        for (uint256 i; i < 2; ++i) {
            bytes memory refusal = abi.encodeWithSelector(ICertificates.CertificateNotTransferable.selector, 1);
            vm.startPrank(others[i]);
            vm.expectRevert(refusal);
            certificates.transferFrom(alice, bob, 1);
            vm.expectRevert(refusal);
            certificates.safeTransferFrom(alice, bob, 1);
            vm.expectRevert(refusal);
            certificates.safeTransferFrom(alice, bob, 1, "data");
            vm.stopPrank();
        }
    }

    function test_announce_is_for_credits_only() external {
        vm.expectRevert(abi.encodeWithSelector(ICertificates.OnlyCredits.selector, operator));
        vm.prank(operator);
        certificates.announce(alice, R1, 1);
    }

    function test_unknown_certificates_revert() external {
        bytes memory refusal = abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, UNKNOWN);
        vm.expectRevert(refusal);
        certificates.ownerOf(UNKNOWN);
        vm.expectRevert(refusal);
        certificates.tokenURI(UNKNOWN);
        vm.expectRevert(refusal);
        certificates.locked(UNKNOWN);
        vm.expectRevert(refusal);
        certificates.getApproved(UNKNOWN);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 0));
        certificates.ownerOf(0);
        vm.expectRevert(abi.encodeWithSelector(ICredits.RetirementUnknown.selector, RetirementId.wrap(uint40(UNKNOWN))));
        certificates.serialsOf(RetirementId.wrap(uint40(UNKNOWN)));
    }

    function test_total_supply_is_the_highest_id() external {
        vm.assertEq(certificates.totalSupply(), 1);
        certificates.ownerOf(1);
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, 2));
        certificates.ownerOf(2);
        retire(B1, 1);
        vm.assertEq(certificates.totalSupply(), 2);
        certificates.ownerOf(2);
    }

    function test_an_id_that_only_truncates_to_a_certificate_reverts() external {
        uint256 truncates = (1 << 40) | 1;
        bytes memory refusal = abi.encodeWithSelector(IERC721Errors.ERC721NonexistentToken.selector, truncates);
        vm.expectRevert(refusal);
        certificates.ownerOf(truncates);
        vm.expectRevert(refusal);
        certificates.tokenURI(truncates);
        vm.expectRevert(refusal);
        certificates.locked(truncates);
        vm.expectRevert(refusal);
        certificates.getApproved(truncates);
    }

    function test_nobody_owns_the_certificates_of_account_zero() external {
        vm.expectRevert(abi.encodeWithSelector(IERC721Errors.ERC721InvalidOwner.selector, address(0)));
        certificates.balanceOf(address(0));
    }

    function test_serials_of_parts_and_wholes() external {
        _assertSerials(1, FIRST, FIRST + 1, 1000, 500); // 0 to 1,500
        retire(B1, 300);
        _assertSerials(2, FIRST + 1, FIRST + 1, 300, 300); // within one serial
        retire(B1, 200);
        _assertSerials(3, FIRST + 1, FIRST + 1, 200, 200); // its end
        retire(B1, 3000);
        _assertSerials(4, FIRST + 2, FIRST + 4, 1000, 1000);
        retire(B1, 1);
        _assertSerials(5, FIRST + 5, FIRST + 5, 1, 1);
        retire(B1, 1000);
        _assertSerials(6, FIRST + 5, FIRST + 6, 999, 1);
        retire(B1, 3999);
        _assertSerials(7, FIRST + 6, LAST, 999, 1000);
    }

    /// @dev Serial numbers of neighbouring records touch, and their kilograms add up.
    function testFuzz_serials_are_gapless_and_add_up(uint16[6] calldata parts) external {
        uint256 cursor = 1500;
        (, uint64 previous,, uint256 used) = certificates.serialsOf(R1);
        for (uint256 i; i < parts.length; ++i) {
            uint48 part = 1 + (parts[i] % 2500);
            if (cursor + part > TEN_TONNES) break;
            cursor += part;
            RetirementId id = retire(B1, part);
            (uint64 first, uint64 last, uint256 ofFirst, uint256 ofLast) = certificates.serialsOf(id);
            vm.assertEq(first, used == 1000 ? previous + 1 : previous);
            uint256 sum = first == last ? ofFirst : ofFirst + ofLast + (uint256(last - first) - 1) * 1000;
            vm.assertEq(sum, part);
            if (used != 1000) vm.assertTrue(used + ofFirst <= 1000, "one serial number is one tonne");
            (used, previous) = (first == last && used != 1000 ? used + ofFirst : ofLast, last);
        }
    }

    function test_a_contract_beneficiary_is_not_called() external {
        Receiver receiver = new Receiver();
        receiver.refuse(true);
        vm.prank(alice);
        credits.retire(lot(B1, 1), alice, address(receiver), ICredits.Purpose.Voluntary, 0);
        vm.assertEq(certificates.balanceOf(address(receiver)), 1);
    }

    function test_supports_the_interfaces_it_names() external view {
        vm.assertTrue(certificates.supportsInterface(0x01ffc9a7), "ERC-165");
        vm.assertTrue(certificates.supportsInterface(0x80ac58cd), "ERC-721");
        vm.assertTrue(certificates.supportsInterface(0x5b5e139f), "ERC-721 metadata");
        vm.assertTrue(certificates.supportsInterface(0xb45a3c0e), "ERC-5192");
        vm.assertTrue(!certificates.supportsInterface(0xffffffff), "the invalid id");
        vm.assertTrue(!certificates.supportsInterface(0xd9b67a26), "not ERC-1155");
    }

    function _assertSerials(uint40 id, uint64 first, uint64 last, uint256 ofFirst, uint256 ofLast) private view {
        (uint64 f, uint64 l, uint256 a, uint256 b) = certificates.serialsOf(RetirementId.wrap(id));
        vm.assertEq(f, first);
        vm.assertEq(l, last);
        vm.assertEq(a, ofFirst);
        vm.assertEq(b, ofLast);
    }
}
