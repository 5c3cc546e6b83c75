// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {IProgrammes} from "../../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {IntervalSet} from "../../../contracts/libraries/IntervalSet.sol";
import {BatchId, MethodologyId, ProjectId, VerificationId} from "../../../contracts/types/Ids.sol";
import {Kilograms, SerialBlockTooLarge} from "../../../contracts/types/Kilograms.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";
import {Receiver} from "./Receiver.sol";

contract CreditsIssueTest is LedgerTest {
    bytes32 private constant FAMILY = keccak256("VCS-VCU");
    BatchId private constant B1 = BatchId.wrap(1);
    BatchId private constant B2 = BatchId.wrap(2);

    function test_issue_emits_stores_and_mints() external {
        VerificationId id = verified();
        ICredits.Issuance memory order = issuance(id, FIRST, LAST);
        vm.expectEmit(address(credits));
        emit ICredits.BatchIssued(B1, id, "VCS-VCU", "VCS-VCU", FIRST, LAST, START, END, 2020, keccak256("custody"));
        vm.expectEmit(address(credits));
        emit IERC1155.TransferSingle(operator, address(0), alice, 1, TEN_TONNES);
        vm.assertEq(no(issueTo(alice, order)), 1);

        ICredits.Batch memory batch = credits.batch(B1);
        vm.assertEq(batch.first, FIRST);
        vm.assertEq(batch.last, LAST);
        vm.assertEq(VerificationId.unwrap(batch.verification), 1);
        vm.assertTrue(batch.project == project && batch.programme == VCS, "whose");
        vm.assertEq(MethodologyId.unwrap(batch.methodology), MethodologyId.unwrap(methodology));
        vm.assertEq(batch.vintageYear, 2020);
        vm.assertEq(batch.vintageStart, START);
        vm.assertEq(batch.vintageEnd, END);
        vm.assertTrue(batch.taken == kg(0) && batch.cancelled == kg(0) && batch.redeemed == kg(0), "cursors");
        vm.assertEq(batch.issuedAt, block.timestamp);
        vm.assertTrue(credits.issuedKilograms(B1) == kg(10_000), "size is quantity");
        vm.assertEq(balance(alice, B1), TEN_TONNES);
        vm.assertTrue(projects.verification(id).issued == kg(10_000), "counted against the verification");
        vm.assertEq(no(credits.batchOfSerial(FAMILY, FIRST)), 1);
        vm.assertEq(no(credits.batchOfSerial(FAMILY, LAST)), 1);
        vm.assertEq(no(credits.batchOfSerial(FAMILY, FIRST - 1)), 0);
        vm.assertEq(no(credits.batchOfSerial(FAMILY, LAST + 1)), 0);
        (uint256 batches, uint256 retirements, uint256 cancellations) = credits.counts();
        vm.assertEq(batches, 1);
        vm.assertEq(retirements + cancellations, 0);
    }

    function test_issue_several_at_once() external {
        issuedTwo();
        vm.assertEq(balance(alice, B1), TEN_TONNES);
        vm.assertEq(balance(alice, B2), TEN_TONNES);
        vm.assertEq(no(credits.batchOfSerial(FAMILY, LAST + 1)), 2);
    }

    function test_issue_is_all_or_nothing() external {
        VerificationId id = verified();
        ICredits.Issuance[] memory orders = new ICredits.Issuance[](2);
        orders[0] = issuance(id, FIRST, FIRST + 4);
        orders[1] = issuance(id, FIRST + 4, FIRST + 8);
        vm.expectRevert(_overlaps(FIRST + 4, FIRST + 8, FIRST, FIRST + 4));
        vm.prank(operator);
        credits.issue(orders, alice);
        (uint256 batches,,) = credits.counts();
        vm.assertEq(batches, 0);
        vm.assertEq(no(credits.batchOfSerial(FAMILY, FIRST)), 0);
        vm.assertTrue(projects.verification(id).issued == kg(0), "nothing counted");
    }

    function test_issue_reverts_without_orders() external {
        vm.expectRevert(abi.encodeWithSelector(ICredits.LotsInvalid.selector, 0));
        vm.prank(operator);
        credits.issue(new ICredits.Issuance[](0), alice);
    }

    // authority

    function test_issue_reverts_for_anyone_but_the_operator() external {
        ICredits.Issuance memory order = issuance(verified(), FIRST, LAST);
        address[4] memory strangers = [vvb, alice, address(this), otherOperator];
        for (uint256 i; i < strangers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotOperator.selector, VCS, strangers[i]));
            vm.prank(strangers[i]);
            credits.issue(one(order), alice);
        }
    }

    function test_issue_reverts_when_programme_is_suspended() external {
        ICredits.Issuance memory order = issuance(verified(), FIRST, LAST);
        programmes.suspendProgramme(VCS, "");
        _refuses(
            order,
            abi.encodeWithSelector(
                IProgrammes.ProgrammeNotActive.selector, VCS, IProgrammes.Standing.Suspended, block.timestamp
            )
        );
        programmes.reinstateProgramme(VCS, "cleared");
        vm.assertEq(no(issueTo(alice, order)), 1);
    }

    function test_issue_reverts_for_unknown_root() external {
        ICredits.Issuance memory order = issuance(verified(), FIRST, LAST);
        order.root = "VCU";
        _refuses(order, abi.encodeWithSelector(IProgrammes.SerialRootUnknown.selector, bytes32("VCU")));
    }

    // overlap (I2)

    function test_issue_reverts_on_every_kind_of_overlap() external {
        VerificationId id = verify(project, methodology, START, END, 100_000);
        issueTo(alice, issuance(id, FIRST, LAST));
        uint64[2][7] memory blocks = [
            [FIRST, LAST],
            [FIRST, FIRST],
            [LAST, LAST],
            [FIRST + 3, FIRST + 4],
            [FIRST - 1, LAST + 1],
            [FIRST - 5, FIRST],
            [LAST, LAST + 5]
        ];
        for (uint256 i; i < blocks.length; ++i) {
            (uint64 first, uint64 last) = (blocks[i][0], blocks[i][1]);
            _refuses(issuance(id, first, last), _overlaps(first, last, FIRST, LAST));
        }
    }

    /// @dev A refused overlap is cheap: nothing else was looked at.
    function test_issue_checks_overlap_before_everything() external {
        VerificationId id = verified();
        issueTo(alice, issuance(id, FIRST, LAST));
        ICredits.Issuance memory order = issuance(VerificationId.wrap(99), FIRST, LAST);
        (order.root, order.custody, order.vintageStart, order.vintageYear) = ("NONE", 0, END + 1, 0);
        vm.expectRevert(_overlaps(FIRST, LAST, FIRST, LAST));
        vm.prank(mallory);
        credits.issue(one(order), alice);
    }

    function test_issue_next_to_and_between_blocks() external {
        VerificationId id = verify(project, methodology, START, END, 100_000);
        issueTo(alice, issuance(id, FIRST, FIRST));
        issueTo(alice, issuance(id, FIRST + 2, FIRST + 2));
        issueTo(alice, issuance(id, FIRST + 1, FIRST + 1));
        issueTo(alice, issuance(id, 0, FIRST - 1 - (FIRST - 5)));
        vm.assertEq(no(credits.batchOfSerial(FAMILY, FIRST + 1)), 3);
        vm.assertEq(no(credits.batchOfSerial(FAMILY, 0)), 4);
    }

    function test_issue_takes_the_view_s_hint_and_stale_ones() external {
        VerificationId id = verify(project, methodology, START, END, 100_000);
        for (uint64 i; i < 5; ++i) {
            issueTo(alice, issuance(id, FIRST + 10 * i, FIRST + 10 * i));
        }
        ICredits.Issuance memory order = issuance(id, FIRST + 5, FIRST + 5);
        vm.assertEq(credits.serialHint(FAMILY, FIRST + 5), FIRST + 10);
        order.hint = FIRST + 10;
        issueTo(alice, order);
        order = issuance(id, FIRST + 6, FIRST + 6);
        order.hint = FIRST + 40; // far above, and the topmost
        issueTo(alice, order);
        vm.assertEq(no(credits.batchOfSerial(FAMILY, FIRST + 6)), 7);
    }

    function test_issue_reverts_on_a_hint_that_cannot_be_followed() external {
        VerificationId id = verify(project, methodology, START, END, 100_000);
        issueTo(alice, issuance(id, FIRST, LAST));
        ICredits.Issuance memory order = issuance(id, LAST + 1, LAST + 2);
        order.hint = LAST - 1;
        _refuses(order, abi.encodeWithSelector(IntervalSet.IntervalHintUnknown.selector, LAST - 1));
        order.hint = LAST;
        _refuses(order, abi.encodeWithSelector(IntervalSet.IntervalHintNotAbove.selector, LAST, LAST + 1));
    }

    function test_issue_keeps_namespaces_apart() external {
        VerificationId id = verify(project, methodology, START, END, 30_000);
        issueTo(alice, issuance(id, FIRST, LAST));
        ICredits.Issuance memory order = issuance(id, FIRST, LAST);
        (order.root, order.prefix) = ("ACR", "ACR-US-499-2022-2006");
        issueTo(alice, order);
        vm.assertEq(no(credits.batchOfSerial(keccak256("ACR-US-499-2022-2006"), FIRST)), 2);
        vm.assertEq(no(credits.batchOfSerial(FAMILY, FIRST)), 1);
        bytes32 whole = keccak256("ACR-US-499-2022-2006");
        _refuses(
            order, abi.encodeWithSelector(ICredits.SerialBlockOverlaps.selector, whole, FIRST, LAST, B2, FIRST, LAST)
        );
        order.prefix = "ACR-US-499-2023-2006"; // ACR used batch numbers again: other tonnes
        issueTo(alice, order);
        vm.assertEq(no(credits.batchOfSerial(keccak256("ACR-US-499-2023-2006"), FIRST)), 3);
        vm.assertEq(no(credits.batchOfSerial(whole, FIRST)), 2);
    }

    // the block itself (I3)

    function test_issue_a_single_serial() external {
        issueTo(alice, issuance(verified(), 0, 0));
        vm.assertEq(balance(alice, B1), 1000);
        vm.assertEq(no(credits.batchOfSerial(FAMILY, 0)), 1);
        _refuses(issuance(VerificationId.wrap(1), 0, 3), _overlaps(0, 3, 0, 0));
    }

    function test_issue_up_to_the_highest_serial() external {
        uint64 top = type(uint64).max - 1;
        issueTo(alice, issuance(verified(), top - 9, top));
        vm.assertEq(balance(alice, B1), TEN_TONNES);
        vm.assertEq(no(credits.batchOfSerial(FAMILY, top)), 1);
        _refuses(issuance(VerificationId.wrap(1), top, top), _overlaps(top, top, top - 9, top));
    }

    function test_issue_reverts_above_the_highest_serial() external {
        uint64 top = type(uint64).max;
        _refuses(
            issuance(verified(), top, top), abi.encodeWithSelector(IntervalSet.IntervalTooHigh.selector, top, top - 1)
        );
    }

    function test_issue_reverts_when_block_is_reversed() external {
        _refuses(
            issuance(verified(), LAST, FIRST),
            abi.encodeWithSelector(IntervalSet.IntervalReversed.selector, LAST, FIRST)
        );
    }

    function test_issue_the_largest_block_that_kilograms_hold() external {
        VerificationId id = verify(project, methodology, START, END, type(uint48).max);
        uint64 tonnes = uint64(type(uint48).max / 1000);
        _refuses(issuance(id, 0, tonnes), abi.encodeWithSelector(SerialBlockTooLarge.selector, 0, tonnes));
        _refuses(
            issuance(id, 0, type(uint64).max - 1),
            abi.encodeWithSelector(SerialBlockTooLarge.selector, 0, type(uint64).max - 1)
        );
        issueTo(alice, issuance(id, 0, tonnes - 1));
        vm.assertEq(balance(alice, B1), uint256(tonnes) * 1000);
        retire(B1, uint48(tonnes * 1000));
        vm.assertEq(Kilograms.unwrap(credits.batch(B1).taken), uint256(tonnes) * 1000);
    }

    // custody and vintage

    function test_issue_reverts_without_custody() external {
        ICredits.Issuance memory order = issuance(verified(), FIRST, LAST);
        order.custody = 0;
        _refuses(order, abi.encodeWithSelector(ICredits.CustodyMissing.selector, FAMILY, FIRST, LAST));
    }

    function test_issue_reverts_when_vintage_is_reversed() external {
        _refusesVintage(START + 1, START, 2020);
    }

    function test_issue_reverts_when_vintage_misses_its_year() external {
        _refusesVintage(START, END, 2019);
        _refusesVintage(START, END, 2021);
        _refusesVintage(START, END, 0);
        _refusesVintage(0, type(uint32).max, 1969);
    }

    function test_issue_takes_any_year_that_the_vintage_touches() external {
        VerificationId id = verify(project, methodology, START - 1, END + 1, 10_000);
        for (uint16 year = 2019; year <= 2021; ++year) {
            ICredits.Issuance memory order = issuance(id, year, year);
            (order.vintageStart, order.vintageEnd, order.vintageYear) = (START - 1, END + 1, year);
            issueTo(alice, order);
        }
    }

    function test_issue_reverts_when_vintage_is_outside_the_period() external {
        VerificationId id = verified();
        _refusesOutside(id, START - 1, END);
        _refusesOutside(id, START, END + 1);
    }

    // verification and methodology

    function test_issue_reverts_for_unknown_verification() external {
        VerificationId unknown = VerificationId.wrap(9);
        _refuses(
            issuance(unknown, FIRST, LAST), abi.encodeWithSelector(IProjects.VerificationUnknown.selector, unknown)
        );
    }

    function test_issue_reverts_when_verification_is_only_proposed() external {
        _refusesStatus(propose(proposal()), IProjects.VerificationStatus.Proposed);
    }

    function test_issue_reverts_when_verification_is_withdrawn() external {
        VerificationId id = verified();
        withdraw(id);
        _refusesStatus(id, IProjects.VerificationStatus.Withdrawn);
    }

    function test_issue_reverts_for_another_programmes_verification() external {
        (ProjectId theirs, MethodologyId rule) = shareActivity();
        IProjects.Proposal memory stated = proposal();
        (stated.project, stated.methodology) = (theirs, rule);
        VerificationId id = propose(stated);
        vm.prank(otherOperator);
        projects.acceptVerification(id, HEAD);
        _refuses(
            issuance(id, FIRST, LAST), abi.encodeWithSelector(IProjects.VerificationOfOtherProgramme.selector, id, GS)
        );
    }

    function test_issue_reverts_above_the_cap() external {
        VerificationId id = verified();
        _refuses(
            issuance(id, FIRST, LAST + 1),
            abi.encodeWithSelector(IProjects.VerifiedQuantityExceeded.selector, id, 11_000, kg(10_000))
        );
        issueTo(alice, issuance(id, FIRST, LAST - 1));
        _refuses(
            issuance(id, LAST, LAST + 1),
            abi.encodeWithSelector(IProjects.VerifiedQuantityExceeded.selector, id, 2000, kg(1000))
        );
        issueTo(alice, issuance(id, LAST, LAST));
    }

    function test_issue_never_rounds_a_cap_up() external {
        VerificationId id = verify(project, methodology, START, END, 9999);
        _refuses(
            issuance(id, FIRST, LAST),
            abi.encodeWithSelector(IProjects.VerifiedQuantityExceeded.selector, id, 10_000, kg(9999))
        );
    }

    function test_issue_reverts_when_methodology_is_suspended() external {
        VerificationId id = verified();
        vm.prank(operator);
        programmes.suspendMethodology(methodology, "");
        _refuses(
            issuance(id, FIRST, LAST),
            abi.encodeWithSelector(
                IProgrammes.MethodologyNotActive.selector, methodology, IProgrammes.Standing.Suspended, block.timestamp
            )
        );
    }

    function test_issue_goes_on_when_the_vvb_is_suspended_after_acceptance() external {
        VerificationId id = verified();
        programmes.suspendVvb(VVB, "");
        issueTo(alice, issuance(id, FIRST, LAST));
    }

    // buffer

    function test_issue_withholds_the_buffer_share_rounded_up() external {
        _withholds(1, 1, 999); // 0.1 kg of a tonne: a whole kilogram
        _withholds(1250, 125, 875);
        _withholds(3333, 334, 666);
        _withholds(10_000, 1000, 0);
    }

    function test_issue_emits_the_buffers_part() external {
        address buffer = credits.BUFFER();
        VerificationId id = verify(project, _buffered(1250), START, END, 10_000);
        vm.expectEmit(address(credits));
        emit IERC1155.TransferSingle(operator, address(0), buffer, 1, 1250);
        vm.expectEmit(address(credits));
        emit IERC1155.TransferSingle(operator, address(0), alice, 1, 8750);
        issueTo(alice, issuance(id, FIRST, LAST));
    }

    function testFuzz_buffer_and_recipient_share_all_kilograms(uint16 share, uint16 tonnes) external {
        share = uint16(uint256(share) % 10_001);
        tonnes = tonnes == 0 ? 1 : tonnes;
        VerificationId id = verify(project, _buffered(share), START, END, type(uint48).max);
        issueTo(alice, issuance(id, 1, tonnes));
        uint256 withheld = balance(credits.BUFFER(), B1);
        vm.assertEq(withheld + balance(alice, B1), uint256(tonnes) * 1000);
        vm.assertTrue(withheld * 10_000 >= uint256(tonnes) * 1000 * share, "never less than the share");
        vm.assertTrue(withheld * 10_000 < uint256(tonnes) * 1000 * share + 10_000, "by less than a kilogram");
    }

    // recipient

    function test_issue_reverts_to_zero_escrow_and_buffer() external {
        ICredits.Issuance memory order = issuance(verified(), FIRST, LAST);
        _refusesTo(
            order, address(0), abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(0))
        );
        address[2] memory reserves = [credits.BUFFER(), address(redemptions)];
        for (uint256 i; i < 2; ++i) {
            bytes memory refusal = abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotReceive.selector, reserves[i]);
            _refusesTo(order, reserves[i], refusal);
        }
    }

    function test_issue_reverts_when_a_contract_refuses() external {
        ICredits.Issuance memory order = issuance(verified(), FIRST, LAST);
        Receiver receiver = new Receiver();
        receiver.refuse(true);
        bytes memory refusal = abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(receiver));
        _refusesTo(order, address(receiver), refusal);
        _refusesTo(
            order,
            address(programmes),
            abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(programmes))
        );
    }

    function test_issue_reverts_to_a_frozen_account_and_into_a_frozen_project() external {
        ICredits.Issuance memory order = issuance(verified(), FIRST, LAST);
        credits.freeze(ICredits.FreezeScope.Account, uint160(alice), 0, "");
        _refuses(order, abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotReceive.selector, alice));
        credits.lift(ICredits.FreezeScope.Account, uint160(alice), "");
        credits.freeze(ICredits.FreezeScope.Project, 1, 0, "");
        _refuses(order, abi.encodeWithSelector(ICredits.FrozenBy.selector, ICredits.FreezeScope.Project, 1));
        credits.lift(ICredits.FreezeScope.Project, 1, "");
        credits.freeze(ICredits.FreezeScope.Programme, 1, 0, "");
        _refuses(order, abi.encodeWithSelector(ICredits.FrozenBy.selector, ICredits.FreezeScope.Programme, 1));
    }

    function test_issue_several_at_once_to_a_contract() external {
        VerificationId id = verified();
        Receiver receiver = new Receiver();
        ICredits.Issuance[] memory orders = new ICredits.Issuance[](2);
        (orders[0], orders[1]) = (issuance(id, FIRST, FIRST + 4), issuance(id, FIRST + 5, LAST));
        vm.prank(operator);
        credits.issue(orders, address(receiver));
        vm.assertEq(balance(address(receiver), B1), 5000);
        vm.assertEq(balance(address(receiver), B2), 5000);
    }

    /// @dev The block is taken and the cap counted before the recipient is called.
    function test_issue_is_done_when_the_recipient_calls_back() external {
        VerificationId id = verified();
        Receiver receiver = new Receiver();
        programmes.rotateOperator(VCS, address(receiver));
        ICredits.Issuance[] memory orders = one(issuance(id, FIRST, LAST));
        bytes memory action = abi.encodeCall(credits.issue, (orders, address(receiver)));
        receiver.plan(address(credits), action);
        receiver.act(address(credits), action);
        vm.assertTrue(!receiver.succeeded(), "the same block again");
        vm.assertEq(keccak256(receiver.answer()), keccak256(_overlaps(FIRST, LAST, FIRST, LAST)));
        vm.assertEq(balance(address(receiver), B1), TEN_TONNES);
    }

    function test_issue_to_a_contract_that_retires_at_once() external {
        VerificationId id = verified();
        Receiver receiver = new Receiver();
        receiver.plan(
            address(credits),
            abi.encodeCall(
                credits.retire, (lot(B1, 1500), address(receiver), alice, ICredits.Purpose.Voluntary, bytes32(0))
            )
        );
        issueTo(address(receiver), issuance(id, FIRST, LAST));
        vm.assertTrue(receiver.succeeded(), "retired inside the call");
        vm.assertEq(balance(address(receiver), B1), 8500);
        vm.assertTrue(credits.batch(B1).taken == kg(1500), "cursor");
    }

    // views

    function test_views_of_what_is_not_there() external {
        vm.expectRevert(abi.encodeWithSelector(ICredits.BatchUnknown.selector, B1));
        credits.batch(B1);
        vm.expectRevert(abi.encodeWithSelector(ICredits.BatchUnknown.selector, B1));
        credits.issuedKilograms(B1);
        vm.expectRevert(abi.encodeWithSelector(ICredits.BatchUnknown.selector, BatchId.wrap(0)));
        credits.issuedKilograms(BatchId.wrap(0));
        vm.assertEq(no(credits.batchOfSerial("nothing", 0)), 0);
        vm.assertEq(credits.serialHint("nothing", 0), HEAD);
    }

    function test_supports_the_interfaces_it_names() external view {
        vm.assertTrue(credits.supportsInterface(0x01ffc9a7), "ERC-165");
        vm.assertTrue(credits.supportsInterface(0xd9b67a26), "ERC-1155");
        vm.assertTrue(credits.supportsInterface(0x0e89341c), "ERC-1155 metadata");
        vm.assertTrue(credits.supportsInterface(0x41c4fbad), "ERC-7943");
        vm.assertTrue(type(IERC7943MultiToken).interfaceId == bytes4(0x41c4fbad), "our copy of ERC-7943");
        vm.assertTrue(!credits.supportsInterface(0xffffffff), "the invalid id");
        vm.assertTrue(!credits.supportsInterface(0x80ac58cd), "not ERC-721");
    }

    function _buffered(uint16 share) private returns (MethodologyId rule) {
        vm.prank(operator);
        rule = programmes.registerMethodology("BUFFERED", bytes32(bytes5(abi.encodePacked(_digits(share)))), 0, share);
    }

    function _digits(uint16 number) private pure returns (bytes memory text) {
        text = new bytes(5);
        for (uint256 i = 5; i != 0; --i) {
            text[i - 1] = bytes1(uint8(48 + (number % 10)));
            number /= 10;
        }
    }

    uint64 private _next = 1;
    uint32 private _day = START;

    function _withholds(uint16 share, uint256 withheld, uint256 left) private {
        ++_day;
        VerificationId id = verify(project, _buffered(share), _day, _day, 1000);
        ICredits.Issuance memory order = issuance(id, _next, _next);
        (order.vintageStart, order.vintageEnd) = (_day, _day);
        ++_next;
        BatchId batch = issueTo(alice, order);
        vm.assertEq(balance(credits.BUFFER(), batch), withheld);
        vm.assertEq(balance(alice, batch), left);
    }

    function _refuses(ICredits.Issuance memory order, bytes memory refusal) private {
        _refusesTo(order, alice, refusal);
    }

    function _refusesTo(ICredits.Issuance memory order, address recipient, bytes memory refusal) private {
        vm.expectRevert(refusal);
        vm.prank(operator);
        credits.issue(one(order), recipient);
    }

    function _refusesVintage(uint32 start, uint32 end, uint16 year) private {
        ICredits.Issuance memory order = issuance(VerificationId.wrap(1), FIRST, LAST);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (start, end, year);
        bytes memory refusal = abi.encodeWithSelector(IProjects.VintageOutsideYear.selector, start, end, year);
        if (start > end) refusal = abi.encodeWithSelector(IProjects.VintageReversed.selector, start, end);
        _refuses(order, refusal);
    }

    function _refusesOutside(VerificationId id, uint32 start, uint32 end) private {
        ICredits.Issuance memory order = issuance(id, FIRST, LAST);
        (order.vintageStart, order.vintageEnd) = (start, end);
        _refuses(order, abi.encodeWithSelector(IProjects.VintageOutsidePeriod.selector, start, end, START, END));
    }

    function _refusesStatus(VerificationId id, IProjects.VerificationStatus actual) private {
        _refuses(
            issuance(id, FIRST, LAST),
            abi.encodeWithSelector(
                IProjects.VerificationStatusIs.selector, id, actual, IProjects.VerificationStatus.Accepted
            )
        );
    }

    function _overlaps(uint64 first, uint64 last, uint64 takenFirst, uint64 takenLast)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(
            ICredits.SerialBlockOverlaps.selector, FAMILY, first, last, B1, takenFirst, takenLast
        );
    }
}
