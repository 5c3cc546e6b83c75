// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICertificates} from "../../../contracts/interfaces/ICertificates.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IProgrammes} from "../../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {SerialPrefix} from "../../../contracts/libraries/SerialPrefix.sol";
import {BatchId, MethodologyId, ProjectId, RedemptionId, VerificationId} from "../../../contracts/types/Ids.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";

/// @dev The ways to count a tonne twice that the demo shows, one test each. Batch 1 is the honest one: ten tonnes of
/// 2020, serial numbers `FIRST` to `LAST`, held by alice.
contract AttacksTest is LedgerTest {
    bytes32 private constant FAMILY = keccak256("VCS-VCU");
    string private constant ACR_PREFIX = "ACR-US-499-2022-2006";
    BatchId private constant B1 = BatchId.wrap(1);
    VerificationId private constant V1 = VerificationId.wrap(1);

    VerificationId private _more;

    function setUp() public override {
        super.setUp();
        issued();
        _more = verify(project, methodology, END + 1, END + 365, 1_000_000); // room enough for every attack
    }

    // double issuance

    function test_attack_the_same_block_again() external {
        _refusesBlock(FIRST, LAST);
    }

    function test_attack_the_same_block_again_after_it_was_retired() external {
        retire(B1, 10_000);
        _refusesBlock(FIRST, LAST);
    }

    function test_attack_the_same_block_again_after_it_was_redeemed() external {
        vm.prank(alice);
        redemptions.request(B1, kg(10_000), alice);
        vm.prank(operator);
        redemptions.confirm(RedemptionId.wrap(1), FIRST, LAST);
        _refusesBlock(FIRST, LAST);
    }

    function test_attack_a_sub_range() external {
        _refusesBlock(FIRST + 2, FIRST + 3);
    }

    function test_attack_a_range_around() external {
        _refusesBlock(FIRST - 100, LAST + 100);
    }

    function test_attack_a_range_over_one_edge() external {
        _refusesBlock(FIRST - 100, FIRST);
        _refusesBlock(LAST, LAST + 100);
    }

    function test_attack_with_every_hint() external {
        issueTo(alice, _order(LAST + 50, LAST + 60));
        uint64[6] memory hints = [LAST, LAST + 60, FIRST, 0, LAST + 55, HEAD - 1];
        for (uint256 i; i < hints.length; ++i) {
            ICredits.Issuance memory order = _order(FIRST, LAST);
            order.hint = hints[i];
            vm.expectRevert(); // by the overlap, or by the hint
            vm.prank(operator);
            credits.issue(one(order), operator);
        }
    }

    function test_attack_another_spelling_of_the_prefix() external {
        ICredits.Issuance memory order = _order(FIRST, LAST);
        (order.root, order.prefix) = ("ACR", ACR_PREFIX);
        issueTo(alice, order);
        _malformed("ACR-us-499-2022-2006", 4); // case
        _malformed("ACR-US-499-2022-2006 ", 20); // a blank
        _malformed("ACR-US-0499-2022-2006", 7); // a leading zero
        _malformed("ACR-US--499-2022-2006", 7); // an empty segment
        _malformed("ACR-US-499-2022-2006-", 21); // one at the end

        order.prefix = "ACR-US-499-2022-2006-1"; // an extra segment
        _refuses(order, abi.encodeWithSelector(SerialPrefix.SerialPrefixSegments.selector, order.prefix, 6, 5));
        order.prefix = "ACR-US-499-2022"; // one less
        _refuses(order, abi.encodeWithSelector(SerialPrefix.SerialPrefixSegments.selector, order.prefix, 4, 5));
        (order.prefix, order.first, order.last) = ("VCS-VCU", LAST + 1, LAST + 1); // another root's
        _refuses(
            order, abi.encodeWithSelector(SerialPrefix.SerialPrefixNotOfRoot.selector, order.prefix, bytes32("ACR"))
        );
    }

    function test_attack_the_optional_gs() external {
        (ProjectId theirs, MethodologyId rule) = shareActivity();
        IProjects.Proposal memory stated = proposal();
        (stated.project, stated.methodology) = (theirs, rule);
        (stated.periodStart, stated.periodEnd) = (END + 400, END + 500);
        VerificationId id = propose(stated);
        vm.startPrank(otherOperator);
        projects.acceptVerification(id, HEAD);
        ICredits.Issuance memory order = issuance(id, 110, 114);
        (order.root, order.prefix) = ("GS1", "GS1-1-KE-11603-16-2025-30256");
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (END + 400, END + 401, 2022);
        credits.issue(one(order), alice);
        order.prefix = "GS1-1-KE-GS11603-16-2025-30256";
        vm.expectRevert(abi.encodeWithSelector(SerialPrefix.SerialPrefixMalformed.selector, order.prefix, 9));
        credits.issue(one(order), alice);
        vm.stopPrank();
    }

    function test_attack_another_programmes_root() external {
        admitOther();
        ICredits.Issuance memory order = _order(LAST + 1, LAST + 1);
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotOperator.selector, VCS, otherOperator));
        vm.prank(otherOperator);
        credits.issue(one(order), otherOperator);
    }

    function test_attack_more_tonnes_than_verified() external {
        ICredits.Issuance memory order = issuance(V1, LAST + 1, LAST + 1);
        _refuses(order, abi.encodeWithSelector(IProjects.VerifiedQuantityExceeded.selector, V1, 1000, kg(0)));
    }

    function test_attack_more_tonnes_after_retiring_the_first() external {
        retire(B1, 10_000); // frees no cap (I5)
        ICredits.Issuance memory order = issuance(V1, LAST + 1, LAST + 1);
        _refuses(order, abi.encodeWithSelector(IProjects.VerifiedQuantityExceeded.selector, V1, 1000, kg(0)));
    }

    function test_attack_the_same_monitoring_period_again() external {
        IProjects.Proposal memory stated = proposal();
        stated.salt = "again";
        VerificationId id = propose(stated);
        vm.expectRevert(_periodTaken(START, END));
        accept(id);
    }

    function test_attack_an_overlapping_monitoring_period_under_another_programme() external {
        (ProjectId theirs, MethodologyId rule) = shareActivity();
        IProjects.Proposal memory stated = proposal();
        (stated.project, stated.methodology) = (theirs, rule);
        (stated.periodStart, stated.periodEnd) = (START - 100, START);
        VerificationId id = propose(stated);
        vm.expectRevert(_periodTaken(START - 100, START));
        vm.prank(otherOperator);
        projects.acceptVerification(id, HEAD);
    }

    function test_attack_the_activity_of_another_programme_without_its_consent() external {
        admitOther();
        vm.expectRevert(abi.encodeWithSelector(IProjects.ActivityNotShared.selector, ACTIVITY, GS));
        vm.prank(otherOperator);
        projects.registerProject(registration("11603", "BALE-MOUNTAINS"));
    }

    function test_attack_minting_with_one_key() external {
        IProjects.Proposal memory stated = proposal();
        (stated.periodStart, stated.periodEnd) = (START - 10, START - 1);

        // the operator's key alone cannot verify
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotAVvb.selector, operator));
        vm.prank(operator);
        projects.proposeVerification(stated);

        // the VVB's key alone can neither accept nor issue
        VerificationId id = propose(stated);
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotAnOperator.selector, vvb));
        vm.prank(vvb);
        projects.acceptVerification(id, HEAD);
        ICredits.Issuance memory order = issuance(id, LAST + 1, LAST + 1);
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotOperator.selector, VCS, vvb));
        vm.prank(vvb);
        credits.issue(one(order), vvb);

        // the operator alone cannot issue against what it has not accepted
        _refuses(
            order,
            abi.encodeWithSelector(
                IProjects.VerificationStatusIs.selector,
                id,
                IProjects.VerificationStatus.Proposed,
                IProjects.VerificationStatus.Accepted
            )
        );

        // and governance cannot put both keys into one hand
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.KeyTaken.selector, operator, IProgrammes.KeyKind.Operator));
        programmes.rotateVvbKey(VVB, operator);
    }

    // double use

    function test_attack_retiring_twice() external {
        retire(B1, 10_000);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, alice, 0, 10_000, 1));
        vm.prank(alice);
        credits.retire(lot(B1, 10_000), alice, alice, ICredits.Purpose.Voluntary, 0);
    }

    function test_attack_retiring_what_was_sold() external {
        vm.startPrank(alice);
        credits.safeTransferFrom(alice, bob, 1, 10_000, "");
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, alice, 0, 1, 1));
        credits.retire(lot(B1, 1), alice, alice, ICredits.Purpose.Voluntary, 0);
        vm.stopPrank();
    }

    function test_attack_retiring_what_waits_for_redemption() external {
        vm.startPrank(alice);
        redemptions.request(B1, kg(10_000), alice);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, alice, 0, 1, 1));
        credits.retire(lot(B1, 1), alice, alice, ICredits.Purpose.Voluntary, 0);
        vm.stopPrank();
    }

    function test_attack_moving_a_certificate() external {
        retire(B1, 1);
        vm.expectRevert(abi.encodeWithSelector(ICertificates.CertificateNotTransferable.selector, 1));
        vm.prank(alice);
        certificates.transferFrom(alice, bob, 1);
    }

    function _order(uint64 first, uint64 last) private view returns (ICredits.Issuance memory order) {
        order = issuance(_more, first, last);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (END + 1, END + 365, 2021);
    }

    function _refuses(ICredits.Issuance memory order, bytes memory refusal) private {
        vm.expectRevert(refusal);
        vm.prank(operator);
        credits.issue(one(order), operator);
    }

    function _refusesBlock(uint64 first, uint64 last) private {
        _refuses(
            _order(first, last),
            abi.encodeWithSelector(ICredits.SerialBlockOverlaps.selector, FAMILY, first, last, B1, FIRST, LAST)
        );
    }

    function _malformed(string memory prefix, uint256 position) private {
        ICredits.Issuance memory order = _order(FIRST, LAST);
        (order.root, order.prefix) = ("ACR", prefix);
        _refuses(order, abi.encodeWithSelector(SerialPrefix.SerialPrefixMalformed.selector, prefix, position));
    }

    function _periodTaken(uint32 start, uint32 end) private pure returns (bytes memory) {
        return
            abi.encodeWithSelector(IProjects.MonitoringPeriodOverlaps.selector, COMPONENT, start, end, V1, START, END);
    }
}
