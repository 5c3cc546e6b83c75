// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IProgrammes} from "../../../contracts/interfaces/IProgrammes.sol";
import {Codes} from "../../../contracts/libraries/Codes.sol";
import {SerialPrefix} from "../../../contracts/libraries/SerialPrefix.sol";
import {MethodologyId, ProgrammeId, VvbId} from "../../../contracts/types/Ids.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";

contract ProgrammesTest is LedgerTest {
    MethodologyId private constant UNKNOWN_METHODOLOGY = MethodologyId.wrap(99);
    ProgrammeId private constant UNKNOWN = ProgrammeId.wrap(99);

    // admitProgramme

    function test_admit_programme_emits_and_stores() external {
        vm.expectEmit(address(programmes));
        emit IProgrammes.ProgrammeAdmitted(GS, "GS", otherOperator);
        ProgrammeId id = programmes.admitProgramme("GS", otherOperator);

        vm.assertTrue(id == GS, "sequential id");
        IProgrammes.Programme memory body = programmes.programme(GS);
        vm.assertEq(body.operator, otherOperator);
        vm.assertTrue(body.standing == IProgrammes.Standing.Active, "active");
        vm.assertEq(body.since, block.timestamp);
        vm.assertEq(programmes.programmeCode(GS), "GS");
        vm.assertTrue(programmes.programmeByCode("GS") == GS, "by code");
        vm.assertTrue(programmes.programmeOf(otherOperator) == GS, "of operator");
        vm.assertTrue(programmes.isOperator(GS, otherOperator), "operator");
        vm.assertTrue(programmes.keyKindOf(otherOperator) == IProgrammes.KeyKind.Operator, "kind");
        vm.assertTrue(programmes.requireOperator(otherOperator) == GS, "may act");
    }

    function test_admit_programme_reverts_for_anyone_but_governance() external {
        expectUnauthorized(mallory);
        programmes.admitProgramme("GS", otherOperator);
    }

    function test_admit_programme_reverts_when_code_is_taken() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.CodeTaken.selector, bytes32("VCS")));
        programmes.admitProgramme("VCS", otherOperator);
    }

    function test_admit_programme_reverts_on_malformed_codes() external {
        bytes32[6] memory bad = [
            bytes32(0),
            "vcs",
            "V S",
            bytes32(0x5600430000000000000000000000000000000000000000000000000000000000),
            "V/S",
            bytes32(unicode"É")
        ];
        for (uint256 i; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Codes.CodeMalformed.selector, bad[i]));
            programmes.admitProgramme(bad[i], otherOperator);
        }
    }

    function test_admit_programme_takes_codes_of_every_allowed_character() external {
        programmes.admitProgramme("AZ09._-", otherOperator);
        programmes.admitProgramme("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", alice); // 32 bytes, no padding
    }

    function test_admit_programme_reverts_for_account_zero() external {
        vm.expectRevert(IProgrammes.AccountZero.selector);
        programmes.admitProgramme("GS", address(0));
    }

    function test_admit_programme_reverts_when_account_is_an_operator() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.KeyTaken.selector, operator, IProgrammes.KeyKind.Operator));
        programmes.admitProgramme("GS", operator);
    }

    function test_admit_programme_reverts_when_account_is_a_vvb() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.KeyTaken.selector, vvb, IProgrammes.KeyKind.Vvb));
        programmes.admitProgramme("GS", vvb);
    }

    // suspendProgramme, reinstateProgramme

    function test_suspend_programme_emits_dates_and_stops_acts() external {
        vm.warp(block.timestamp + 100);
        vm.expectEmit(address(programmes));
        emit IProgrammes.ProgrammeStandingSet(VCS, IProgrammes.Standing.Suspended, "inquiry");
        programmes.suspendProgramme(VCS, "inquiry");

        IProgrammes.Programme memory body = programmes.programme(VCS);
        vm.assertTrue(body.standing == IProgrammes.Standing.Suspended, "suspended");
        vm.assertEq(body.since, block.timestamp);
        vm.assertTrue(programmes.serialRoot("VCS-VCU").standing == IProgrammes.Standing.Suspended, "root's copy");
        vm.assertTrue(programmes.serialRoot("ACR").standing == IProgrammes.Standing.Suspended, "second root's copy");
        vm.assertTrue(programmes.isOperator(VCS, operator), "still its operator");
        bytes memory refusal = _notActive();
        vm.expectRevert(refusal);
        programmes.requireOperator(operator);
        vm.expectRevert(refusal);
        programmes.checkIssuance(operator, "VCS-VCU", "VCS-VCU");
    }

    function test_suspend_programme_reverts_for_anyone_but_governance() external {
        expectUnauthorized(operator);
        programmes.suspendProgramme(VCS, "");
    }

    function test_suspend_programme_reverts_when_suspended() external {
        programmes.suspendProgramme(VCS, "");
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.StandingUnchanged.selector, IProgrammes.Standing.Suspended));
        programmes.suspendProgramme(VCS, "");
    }

    function test_suspend_programme_reverts_when_unknown() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.ProgrammeUnknown.selector, UNKNOWN));
        programmes.suspendProgramme(UNKNOWN, "");
    }

    function test_reinstate_programme_emits_and_opens_acts_again() external {
        programmes.suspendProgramme(VCS, "");
        vm.warp(block.timestamp + 5);
        vm.expectEmit(address(programmes));
        emit IProgrammes.ProgrammeStandingSet(VCS, IProgrammes.Standing.Active, "cleared");
        programmes.reinstateProgramme(VCS, "cleared");
        vm.assertEq(programmes.programme(VCS).since, block.timestamp);
        vm.assertTrue(programmes.serialRoot("VCS-VCU").standing == IProgrammes.Standing.Active, "first root");
        vm.assertTrue(programmes.serialRoot("ACR").standing == IProgrammes.Standing.Active, "second root");
        vm.assertTrue(programmes.requireOperator(operator) == VCS, "may act");
    }

    function test_reinstate_programme_reverts_when_active() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.StandingUnchanged.selector, IProgrammes.Standing.Active));
        programmes.reinstateProgramme(VCS, "");
    }

    function test_reinstate_programme_reverts_for_anyone_but_governance() external {
        programmes.suspendProgramme(VCS, "");
        expectUnauthorized(operator);
        programmes.reinstateProgramme(VCS, "");
    }

    // rotateOperator

    function test_rotate_operator_emits_and_moves_authority_to_every_root() external {
        vm.expectEmit(address(programmes));
        emit IProgrammes.OperatorRotated(VCS, operator, otherOperator);
        programmes.rotateOperator(VCS, otherOperator);

        vm.assertEq(programmes.programme(VCS).operator, otherOperator);
        vm.assertTrue(programmes.programmeOf(otherOperator) == VCS, "new operator");
        vm.assertEq(ProgrammeId.unwrap(programmes.programmeOf(operator)), 0);
        vm.assertTrue(!programmes.isOperator(VCS, operator), "no longer");
        vm.assertEq(programmes.serialRoot("VCS-VCU").operator, otherOperator);
        vm.assertEq(programmes.serialRoot("ACR").operator, otherOperator);
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotOperator.selector, VCS, operator));
        programmes.checkIssuance(operator, "VCS-VCU", "VCS-VCU");
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotAnOperator.selector, operator));
        programmes.requireOperator(operator);
    }

    function test_rotate_operator_never_takes_a_used_key_back() external {
        programmes.rotateOperator(VCS, otherOperator);
        bytes memory refusal =
            abi.encodeWithSelector(IProgrammes.KeyTaken.selector, operator, IProgrammes.KeyKind.Operator);
        vm.expectRevert(refusal);
        programmes.rotateOperator(VCS, operator);
        vm.expectRevert(refusal);
        programmes.admitVvb("VVB-2", operator);
    }

    function test_rotate_operator_reverts_when_unknown() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.ProgrammeUnknown.selector, UNKNOWN));
        programmes.rotateOperator(UNKNOWN, otherOperator);
    }

    function test_rotate_operator_reverts_for_account_zero() external {
        vm.expectRevert(IProgrammes.AccountZero.selector);
        programmes.rotateOperator(VCS, address(0));
    }

    function test_rotate_operator_reverts_for_a_vvb() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.KeyTaken.selector, vvb, IProgrammes.KeyKind.Vvb));
        programmes.rotateOperator(VCS, vvb);
    }

    function test_rotate_operator_reverts_for_anyone_but_governance() external {
        expectUnauthorized(operator);
        programmes.rotateOperator(VCS, otherOperator);
    }

    // registerRoot

    function test_register_root_emits_and_measures() external {
        programmes.admitProgramme("CAR", otherOperator);
        vm.expectEmit(address(programmes));
        emit IProgrammes.SerialRootRegistered("CAR-1", GS, 9, 0);
        programmes.registerRoot("CAR-1", GS, 9, 0);
        IProgrammes.Root memory root = programmes.serialRoot("CAR-1");
        vm.assertEq(root.operator, otherOperator);
        vm.assertTrue(root.standing == IProgrammes.Standing.Active && root.programme == GS, "its programme's");
        vm.assertEq(root.segments, 9);
        vm.assertEq(root.numericSegments, 0);
        vm.assertEq(root.rootSegments, 2);
        vm.assertEq(root.rootLength, 5);
    }

    function test_register_root_of_32_bytes() external {
        bytes32 root = "ABCDEFGHIJKLMNOPQRSTUVWXYZ-12345";
        programmes.registerRoot(root, VCS, 3, 2);
        vm.assertEq(programmes.serialRoot(root).rootLength, 32);
        programmes.checkIssuance(operator, root, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-12345-X");
    }

    function test_register_root_of_suspended_programme_is_suspended() external {
        programmes.suspendProgramme(VCS, "");
        programmes.registerRoot("VCU", VCS, 1, 0);
        vm.expectRevert(_notActive());
        programmes.checkIssuance(operator, "VCU", "VCU");
    }

    function test_register_root_reverts_when_another_root_begins_alike() external {
        admitOther();
        vm.expectRevert(_nested("VCS", "VCS-VCU"));
        programmes.registerRoot("VCS", GS, 5, 0);
        vm.expectRevert(_nested("VCS-VCU-X", "VCS-VCU"));
        programmes.registerRoot("VCS-VCU-X", VCS, 5, 0);
        programmes.registerRoot("VCS-VC", GS, 5, 0); // begins alike, but not up to a hyphen
        programmes.registerRoot("VCS-VCUX", GS, 5, 0);
    }

    function _nested(bytes32 root, bytes32 other) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IProgrammes.SerialRootNested.selector, root, other);
    }

    function test_register_root_reverts_when_taken_by_any_programme() external {
        admitOther();
        bytes memory refusal = abi.encodeWithSelector(IProgrammes.SerialRootTaken.selector, bytes32("VCS-VCU"), VCS);
        vm.expectRevert(refusal);
        programmes.registerRoot("VCS-VCU", GS, 2, 0);
        vm.expectRevert(refusal);
        programmes.registerRoot("VCS-VCU", VCS, 3, 1);
    }

    function test_register_root_reverts_for_unknown_programme() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.ProgrammeUnknown.selector, UNKNOWN));
        programmes.registerRoot("VCU", UNKNOWN, 1, 0);
    }

    function test_register_root_reverts_for_anyone_but_governance() external {
        expectUnauthorized(operator);
        programmes.registerRoot("VCU", VCS, 1, 0);
    }

    function test_register_root_reverts_on_malformed_roots() external {
        _refusesRoot("vcu", "vcu", 0, 0);
        _refusesRoot("VCU-", "VCU-", 4, 0);
        _refusesRoot("-VCU", "-VCU", 0, 0);
        _refusesRoot("VCU--X", "VCU--X", 4, 0);
        _refusesRoot("VC U", "VC U", 2, 0);
        _refusesRoot("VC_U", "VC_U", 2, 0);
        _refusesRoot("CAR-01", "CAR-01", 4, 2); // segment 1 is a number
        _refusesRoot("CAR-X", "CAR-X", 4, 2);
        _refusesRoot(0, "", 0, 0);
        _refusesRoot(
            bytes32("VCU") | bytes32(uint256(0x41)),
            string(abi.encodePacked(bytes32("VCU") | bytes32(uint256(0x41)))),
            3,
            0
        );
    }

    function test_register_root_reverts_when_prefixes_would_be_shorter_than_it() external {
        vm.expectRevert(abi.encodeWithSelector(SerialPrefix.SerialPrefixSegments.selector, "A-B-C", 3, 2));
        programmes.registerRoot("A-B-C", VCS, 2, 0);
    }

    // registerMethodology

    function test_register_methodology_emits_and_stores() external {
        MethodologyId expected = MethodologyId.wrap(2);
        vm.expectEmit(address(programmes));
        emit IProgrammes.MethodologyRegistered(expected, VCS, "VM0048", "1.0", 3, 1250);
        vm.prank(operator);
        MethodologyId id = programmes.registerMethodology("VM0048", "1.0", 3, 1250);

        vm.assertEq(MethodologyId.unwrap(id), 2);
        IProgrammes.Methodology memory rule = programmes.methodology(id);
        vm.assertTrue(rule.programme == VCS && rule.standing == IProgrammes.Standing.Active, "active");
        vm.assertEq(rule.bufferBasisPoints, 1250);
        vm.assertEq(rule.monitoringYears, 3);
        vm.assertEq(rule.since, block.timestamp);
        vm.assertEq(rule.code, "VM0048");
        vm.assertEq(rule.version, "1.0");
        vm.assertEq(MethodologyId.unwrap(programmes.methodologyByCode(VCS, "VM0048", "1.0")), 2);
        (uint16 share, uint8 demanded) = programmes.requireMethodologyActive(id);
        vm.assertTrue(share == 1250 && demanded == 3, "what issuing and accepting ask for");
    }

    function test_register_methodology_takes_other_versions_and_other_programmes() external {
        admitOther();
        vm.prank(operator);
        programmes.registerMethodology("VM0042", "2.2", 0, 0);
        vm.prank(otherOperator);
        programmes.registerMethodology("VM0042", "2.1", 0, 0);
    }

    function test_register_methodology_reverts_when_version_is_taken() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.CodeTaken.selector, bytes32("VM0042")));
        vm.prank(operator);
        programmes.registerMethodology("VM0042", "2.1", 1, 1);
    }

    function test_register_methodology_reverts_on_malformed_code_and_version() external {
        vm.startPrank(operator);
        vm.expectRevert(abi.encodeWithSelector(Codes.CodeMalformed.selector, bytes32("vm")));
        programmes.registerMethodology("vm", "1.0", 0, 0);
        vm.expectRevert(abi.encodeWithSelector(Codes.CodeMalformed.selector, bytes32("v1")));
        programmes.registerMethodology("VM", "v1", 0, 0);
        vm.stopPrank();
    }

    function test_register_methodology_takes_buffer_shares_up_to_all() external {
        vm.startPrank(operator);
        programmes.registerMethodology("ALL", "1", 0, 10_000);
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.BufferShareTooLarge.selector, 10_001));
        programmes.registerMethodology("MORE", "1", 0, 10_001);
        vm.stopPrank();
    }

    function test_register_methodology_reverts_for_anyone_but_an_operator() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotAnOperator.selector, vvb));
        vm.prank(vvb);
        programmes.registerMethodology("VM", "1", 0, 0);
    }

    function test_register_methodology_reverts_when_programme_is_suspended() external {
        programmes.suspendProgramme(VCS, "");
        vm.expectRevert(_notActive());
        vm.prank(operator);
        programmes.registerMethodology("VM", "1", 0, 0);
    }

    // suspendMethodology, reinstateMethodology

    function test_suspend_and_reinstate_methodology_emit_and_date() external {
        vm.warp(block.timestamp + 9);
        vm.startPrank(operator);
        vm.expectEmit(address(programmes));
        emit IProgrammes.MethodologyStandingSet(methodology, IProgrammes.Standing.Suspended, "flaw");
        programmes.suspendMethodology(methodology, "flaw");
        vm.assertTrue(programmes.methodology(methodology).standing == IProgrammes.Standing.Suspended, "suspended");
        vm.assertEq(programmes.methodology(methodology).since, block.timestamp);
        vm.expectRevert(
            abi.encodeWithSelector(
                IProgrammes.MethodologyNotActive.selector, methodology, IProgrammes.Standing.Suspended, block.timestamp
            )
        );
        programmes.requireMethodologyActive(methodology);

        vm.expectEmit(address(programmes));
        emit IProgrammes.MethodologyStandingSet(methodology, IProgrammes.Standing.Active, "fixed");
        programmes.reinstateMethodology(methodology, "fixed");
        vm.assertEq(programmes.methodology(methodology).since, block.timestamp);
        programmes.requireMethodologyActive(methodology);
        vm.stopPrank();
    }

    function test_suspend_methodology_reverts_when_standing_is_the_same() external {
        vm.startPrank(operator);
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.StandingUnchanged.selector, IProgrammes.Standing.Active));
        programmes.reinstateMethodology(methodology, "");
        programmes.suspendMethodology(methodology, "");
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.StandingUnchanged.selector, IProgrammes.Standing.Suspended));
        programmes.suspendMethodology(methodology, "");
        vm.stopPrank();
    }

    function test_suspend_methodology_reverts_for_another_programmes_operator() external {
        admitOther();
        bytes memory refusal = abi.encodeWithSelector(IProgrammes.NotOperator.selector, VCS, otherOperator);
        vm.startPrank(otherOperator);
        vm.expectRevert(refusal);
        programmes.suspendMethodology(methodology, "");
        vm.expectRevert(refusal);
        programmes.reinstateMethodology(methodology, "");
        vm.stopPrank();
    }

    function test_suspend_methodology_reverts_for_anyone_but_an_operator() external {
        bytes memory refusal = abi.encodeWithSelector(IProgrammes.NotAnOperator.selector, mallory);
        vm.startPrank(mallory);
        vm.expectRevert(refusal);
        programmes.suspendMethodology(methodology, "");
        vm.expectRevert(refusal);
        programmes.reinstateMethodology(methodology, "");
        vm.stopPrank();
    }

    function test_suspend_methodology_reverts_when_unknown() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.MethodologyUnknown.selector, UNKNOWN_METHODOLOGY));
        vm.prank(operator);
        programmes.suspendMethodology(UNKNOWN_METHODOLOGY, "");
    }

    function test_require_methodology_reverts_when_unknown() external {
        vm.expectRevert(
            abi.encodeWithSelector(
                IProgrammes.MethodologyNotActive.selector, UNKNOWN_METHODOLOGY, IProgrammes.Standing.None, 0
            )
        );
        programmes.requireMethodologyActive(UNKNOWN_METHODOLOGY);
    }

    // admitVvb, suspendVvb, reinstateVvb, rotateVvbKey

    function test_admit_vvb_emits_and_stores() external {
        VvbId expected = VvbId.wrap(2);
        vm.expectEmit(address(programmes));
        emit IProgrammes.VvbAdmitted(expected, "VVB-2", otherVvb);
        VvbId id = programmes.admitVvb("VVB-2", otherVvb);
        vm.assertEq(VvbId.unwrap(id), 2);
        IProgrammes.Vvb memory body = programmes.vvb(id);
        vm.assertEq(body.account, otherVvb);
        vm.assertTrue(body.standing == IProgrammes.Standing.Active, "active");
        vm.assertEq(body.since, block.timestamp);
        vm.assertEq(VvbId.unwrap(programmes.vvbByCode("VVB-2")), 2);
        vm.assertEq(VvbId.unwrap(programmes.vvbOf(otherVvb)), 2);
        vm.assertEq(VvbId.unwrap(programmes.requireVvb(otherVvb)), 2);
        vm.assertTrue(programmes.keyKindOf(otherVvb) == IProgrammes.KeyKind.Vvb, "kind");
    }

    function test_admit_vvb_reverts_when_code_is_taken() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.CodeTaken.selector, bytes32("VVB-1")));
        programmes.admitVvb("VVB-1", otherVvb);
    }

    function test_admit_vvb_reverts_on_malformed_code() external {
        vm.expectRevert(abi.encodeWithSelector(Codes.CodeMalformed.selector, bytes32("Vvb")));
        programmes.admitVvb("Vvb", otherVvb);
    }

    function test_admit_vvb_reverts_when_account_is_an_operator() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.KeyTaken.selector, operator, IProgrammes.KeyKind.Operator));
        programmes.admitVvb("VVB-2", operator);
    }

    function test_admit_vvb_reverts_when_account_is_a_vvb() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.KeyTaken.selector, vvb, IProgrammes.KeyKind.Vvb));
        programmes.admitVvb("VVB-2", vvb);
    }

    function test_admit_vvb_reverts_for_account_zero() external {
        vm.expectRevert(IProgrammes.AccountZero.selector);
        programmes.admitVvb("VVB-2", address(0));
    }

    function test_admit_vvb_reverts_for_anyone_but_governance() external {
        expectUnauthorized(operator);
        programmes.admitVvb("VVB-2", otherVvb);
    }

    function test_suspend_and_reinstate_vvb_emit_and_date() external {
        vm.warp(block.timestamp + 9);
        vm.expectEmit(address(programmes));
        emit IProgrammes.VvbStandingSet(VVB, IProgrammes.Standing.Suspended, "lapsed");
        programmes.suspendVvb(VVB, "lapsed");
        vm.assertTrue(programmes.vvb(VVB).standing == IProgrammes.Standing.Suspended, "suspended");
        vm.assertEq(programmes.vvb(VVB).since, block.timestamp);
        bytes memory refusal = abi.encodeWithSelector(
            IProgrammes.VvbNotActive.selector, VVB, IProgrammes.Standing.Suspended, block.timestamp
        );
        vm.expectRevert(refusal);
        programmes.requireVvb(vvb);
        vm.expectRevert(refusal);
        programmes.requireVvbActive(VVB);

        vm.expectEmit(address(programmes));
        emit IProgrammes.VvbStandingSet(VVB, IProgrammes.Standing.Active, "renewed");
        programmes.reinstateVvb(VVB, "renewed");
        programmes.requireVvbActive(VVB);
    }

    function test_suspend_vvb_reverts_when_standing_is_the_same() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.StandingUnchanged.selector, IProgrammes.Standing.Active));
        programmes.reinstateVvb(VVB, "");
        programmes.suspendVvb(VVB, "");
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.StandingUnchanged.selector, IProgrammes.Standing.Suspended));
        programmes.suspendVvb(VVB, "");
    }

    function test_suspend_vvb_reverts_when_unknown() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.VvbUnknown.selector, VvbId.wrap(9)));
        programmes.suspendVvb(VvbId.wrap(9), "");
    }

    function test_suspend_and_reinstate_vvb_revert_for_anyone_but_governance() external {
        expectUnauthorized(operator);
        programmes.suspendVvb(VVB, "");
        expectUnauthorized(vvb);
        programmes.reinstateVvb(VVB, "");
    }

    function test_rotate_vvb_key_emits_and_retires_the_old_one() external {
        vm.expectEmit(address(programmes));
        emit IProgrammes.VvbKeyRotated(VVB, vvb, otherVvb);
        programmes.rotateVvbKey(VVB, otherVvb);
        vm.assertEq(programmes.vvb(VVB).account, otherVvb);
        vm.assertEq(VvbId.unwrap(programmes.vvbOf(otherVvb)), 1);
        vm.assertEq(VvbId.unwrap(programmes.vvbOf(vvb)), 0);
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotAVvb.selector, vvb));
        programmes.requireVvb(vvb);
        bytes memory refusal = abi.encodeWithSelector(IProgrammes.KeyTaken.selector, vvb, IProgrammes.KeyKind.Vvb);
        vm.expectRevert(refusal);
        programmes.rotateVvbKey(VVB, vvb);
        vm.expectRevert(refusal);
        programmes.admitProgramme("GS", vvb);
    }

    function test_rotate_vvb_key_reverts_when_unknown() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.VvbUnknown.selector, VvbId.wrap(9)));
        programmes.rotateVvbKey(VvbId.wrap(9), otherVvb);
    }

    function test_rotate_vvb_key_reverts_when_account_is_an_operator() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.KeyTaken.selector, operator, IProgrammes.KeyKind.Operator));
        programmes.rotateVvbKey(VVB, operator);
    }

    function test_rotate_vvb_key_reverts_for_account_zero() external {
        vm.expectRevert(IProgrammes.AccountZero.selector);
        programmes.rotateVvbKey(VVB, address(0));
    }

    function test_rotate_vvb_key_reverts_for_anyone_but_governance() external {
        expectUnauthorized(vvb);
        programmes.rotateVvbKey(VVB, otherVvb);
    }

    // views

    function test_views_of_what_is_not_there() external {
        vm.assertTrue(!programmes.isOperator(UNKNOWN, address(0)), "nobody operates nothing");
        vm.assertTrue(!programmes.isOperator(VCS, address(0)), "zero is no operator");
        vm.assertEq(programmes.programmeCode(UNKNOWN), 0);
        vm.assertEq(ProgrammeId.unwrap(programmes.programmeByCode("GS")), 0);
        vm.assertEq(VvbId.unwrap(programmes.vvbByCode("GS")), 0);
        vm.assertEq(MethodologyId.unwrap(programmes.methodologyByCode(GS, "VM0042", "2.1")), 0);
        vm.assertTrue(programmes.keyKindOf(mallory) == IProgrammes.KeyKind.None, "never a key");
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.SerialRootUnknown.selector, bytes32("VCU")));
        programmes.serialRoot("VCU");
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.ProgrammeUnknown.selector, UNKNOWN));
        programmes.programme(UNKNOWN);
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.VvbUnknown.selector, VvbId.wrap(9)));
        programmes.vvb(VvbId.wrap(9));
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.MethodologyUnknown.selector, UNKNOWN_METHODOLOGY));
        programmes.methodology(UNKNOWN_METHODOLOGY);
    }

    // governance with a delay

    function test_governance_with_a_delay_schedules_first() external {
        manager.grantRole(0, alice, 1 days);
        bytes memory act = abi.encodeCall(programmes.admitProgramme, ("GS", otherOperator));
        bytes32 operation = manager.hashOperation(alice, address(programmes), act);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, operation));
        vm.prank(alice);
        programmes.admitProgramme("GS", otherOperator);

        vm.prank(alice);
        manager.schedule(address(programmes), act, 0);
        vm.warp(block.timestamp + 1 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotReady.selector, operation));
        vm.prank(alice);
        programmes.admitProgramme("GS", otherOperator);

        vm.warp(block.timestamp + 1);
        vm.prank(alice);
        programmes.admitProgramme("GS", otherOperator);
        vm.assertTrue(programmes.programmeOf(otherOperator) == GS, "admitted");
        vm.prank(alice); // one schedule, one act
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, operation));
        programmes.admitProgramme("GS", otherOperator);
    }

    function test_governance_acts_through_the_manager_as_well() external {
        manager.grantRole(0, alice, 1 days);
        bytes memory act = abi.encodeCall(programmes.rotateOperator, (VCS, otherOperator));
        vm.startPrank(alice);
        manager.schedule(address(programmes), act, 0);
        vm.warp(block.timestamp + 1 days);
        vm.expectEmit(address(programmes));
        emit IProgrammes.OperatorRotated(VCS, operator, otherOperator);
        manager.execute(address(programmes), act);
        vm.stopPrank();
        // The manager was the caller; it has become nothing in the ledger.
        vm.assertTrue(programmes.keyKindOf(address(manager)) == IProgrammes.KeyKind.None, "no key");
    }

    function test_only_the_authority_names_its_successor() external {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(this)));
        programmes.setAuthority(address(this));
        manager.updateAuthority(address(programmes), address(this));
        vm.assertEq(programmes.authority(), address(this));
    }

    function _notActive() private view returns (bytes memory) {
        return abi.encodeWithSelector(
            IProgrammes.ProgrammeNotActive.selector, VCS, IProgrammes.Standing.Suspended, block.timestamp
        );
    }

    function _refusesRoot(bytes32 root, string memory text, uint256 position, uint16 numericSegments) private {
        vm.expectRevert(abi.encodeWithSelector(SerialPrefix.SerialPrefixMalformed.selector, text, position));
        programmes.registerRoot(root, VCS, 0, numericSegments);
    }

    // composed methodologies

    function test_compose_takes_the_most_years_and_the_greatest_share_of_the_parts() external {
        (MethodologyId a, MethodologyId b) = _parts();
        MethodologyId[] memory parts = _listOf(a, b);
        vm.expectEmit(address(programmes));
        emit IProgrammes.MethodologyRegistered(MethodologyId.wrap(4), VCS, "COMPOSED", "1.0", 5, 2000);
        vm.expectEmit(address(programmes));
        emit IProgrammes.MethodologyComposed(MethodologyId.wrap(4), parts);
        vm.prank(operator);
        MethodologyId id = programmes.registerComposedMethodology("COMPOSED", "1.0", parts);
        IProgrammes.Methodology memory rule = programmes.methodology(id);
        vm.assertTrue(rule.monitoringYears == 5 && rule.bufferBasisPoints == 2000 && rule.parts == 2, "of the parts");
        (uint16 share, uint8 demanded) = programmes.requireMethodologyActive(id);
        vm.assertTrue(share == 2000 && demanded == 5, "asked");
        MethodologyId[] memory found = programmes.partsOf(id);
        vm.assertTrue(found.length == 2 && MethodologyId.unwrap(found[1]) == MethodologyId.unwrap(b), "parts");
        vm.assertEq(programmes.partsOf(a).length, 1);
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.MethodologyUnknown.selector, MethodologyId.wrap(9)));
        programmes.partsOf(MethodologyId.wrap(9));
    }

    function test_a_composed_methodology_is_active_while_all_of_its_parts_are() external {
        (MethodologyId a, MethodologyId b) = _parts();
        vm.startPrank(operator);
        MethodologyId id = programmes.registerComposedMethodology("COMPOSED", "1.0", _listOf(a, b));
        programmes.suspendMethodology(b, "");
        vm.expectRevert(
            abi.encodeWithSelector(
                IProgrammes.MethodologyNotActive.selector, b, IProgrammes.Standing.Suspended, block.timestamp
            )
        );
        programmes.requireMethodologyActive(id);
        programmes.reinstateMethodology(b, "");
        programmes.suspendMethodology(id, "");
        vm.expectRevert(
            abi.encodeWithSelector(
                IProgrammes.MethodologyNotActive.selector, id, IProgrammes.Standing.Suspended, block.timestamp
            )
        );
        programmes.requireMethodologyActive(id);
        vm.stopPrank();
        programmes.requireMethodologyActive(a);
    }

    function test_compose_reverts_for_too_few_or_too_many_parts() external {
        MethodologyId[] memory few = new MethodologyId[](1);
        few[0] = MethodologyId.wrap(1);
        MethodologyId[] memory many = new MethodologyId[](9);
        vm.startPrank(operator);
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.PartsInvalid.selector, 1, 8));
        programmes.registerComposedMethodology("COMPOSED", "1.0", few);
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.PartsInvalid.selector, 9, 8));
        programmes.registerComposedMethodology("COMPOSED", "1.0", many);
        for (uint32 i; i < 8; ++i) {
            bytes32 version = bytes32(bytes1(uint8(0x41 + i)));
            few = new MethodologyId[](8);
            many[i] = programmes.registerMethodology("PART", version, 0, 0);
        }
        for (uint256 i; i < 8; ++i) {
            few[i] = many[i];
        }
        programmes.registerComposedMethodology("COMPOSED", "1.0", few);
        vm.stopPrank();
    }

    function test_compose_reverts_for_parts_twice_unknown_composed_or_of_another_programme() external {
        (MethodologyId a, MethodologyId b) = _parts();
        MethodologyId foreign = admitOther();
        vm.startPrank(operator);
        MethodologyId composed = programmes.registerComposedMethodology("COMPOSED", "1.0", _listOf(a, b));
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.PartsNotAscending.selector, a));
        programmes.registerComposedMethodology("COMPOSED", "2.0", _listOf(b, a));
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.PartsNotAscending.selector, a));
        programmes.registerComposedMethodology("COMPOSED", "2.0", _listOf(a, a));
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.PartOfOtherProgramme.selector, foreign, GS));
        programmes.registerComposedMethodology("COMPOSED", "2.0", _listOf(a, foreign));
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.PartComposed.selector, composed));
        programmes.registerComposedMethodology("COMPOSED", "2.0", _listOf(a, composed));
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.MethodologyUnknown.selector, MethodologyId.wrap(9)));
        programmes.registerComposedMethodology("COMPOSED", "2.0", _listOf(a, MethodologyId.wrap(9)));
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.CodeTaken.selector, bytes32("COMPOSED")));
        programmes.registerComposedMethodology("COMPOSED", "1.0", _listOf(a, b));
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotAnOperator.selector, alice));
        vm.prank(alice);
        programmes.registerComposedMethodology("COMPOSED", "2.0", _listOf(a, b));
    }

    /// @dev One with three years and a fifth withheld, one with five years and a tenth.
    function _parts() private returns (MethodologyId a, MethodologyId b) {
        vm.startPrank(operator);
        a = programmes.registerMethodology("PART-A", "1.0", 3, 2000);
        b = programmes.registerMethodology("PART-B", "1.0", 5, 1000);
        vm.stopPrank();
    }

    function _listOf(MethodologyId a, MethodologyId b) private pure returns (MethodologyId[] memory list) {
        list = new MethodologyId[](2);
        (list[0], list[1]) = (a, b);
    }
}
