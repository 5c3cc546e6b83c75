// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {IProgrammes} from "../../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {IShortfalls} from "../../../contracts/interfaces/IShortfalls.sol";
import {BatchId, ProjectId, VvbId} from "../../../contracts/types/Ids.sol";
import {vm} from "./Cheats.sol";
import {OwnedWallet} from "./OwnedWallet.sol";
import {Receiver} from "./Receiver.sol";
import {ShortfallsTest} from "./ShortfallsTest.sol";
import {Wallet} from "./Wallet.sol";

/// @dev Buffer credits back into circulation: the operator's call with a VVB's signature.
contract BufferReleasesTest is ShortfallsTest {
    uint256 private constant KEY = 0xA11;
    address private _signer;
    VvbId private _body;

    function setUp() public override {
        super.setUp();
        _signer = vm.addr(KEY);
        _body = programmes.admitVvb("VVB-2", _signer);
    }

    function test_release_gives_buffer_credits_to_the_recipient() external {
        IShortfalls.BufferRelease memory release = _release();
        bytes32 statement = shortfalls.releaseDigest(release);
        vm.assertTrue(!shortfalls.isUsed(_body, statement), "not yet");
        bytes memory signature = _sign(KEY, release);
        vm.expectEmit(address(shortfalls));
        emit IShortfalls.BufferReleased(project, _signer, bob, statement, kg(3000), "evidence");
        vm.expectEmit(address(credits));
        emit IERC1155.TransferBatch(address(shortfalls), buffer, bob, pair(1, 2), pair(2000, 1000));
        vm.prank(operator);
        shortfalls.releaseBuffer(release, _signer, signature, _lots(), bob);
        vm.assertEq(balance(bob, B1), 2000);
        vm.assertEq(balance(bob, B2), 1000);
        vm.assertEq(balance(buffer, B2), 1000);
        vm.assertTrue(credits.batch(B1).taken == kg(0) && credits.batch(B2).taken == kg(0), "nothing is cancelled");
        vm.assertTrue(shortfalls.isUsed(_body, statement) && !shortfalls.isUsed(VVB, statement), "used");
    }

    function test_release_by_a_contract_wallet() external {
        Wallet wallet = new Wallet();
        programmes.admitVvb("VVB-3", address(wallet));
        IShortfalls.BufferRelease memory release = _release();
        bytes32 digest = shortfalls.releaseDigest(release);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ReleaseSignatureInvalid.selector, address(wallet)));
        vm.prank(operator);
        shortfalls.releaseBuffer(release, address(wallet), "", _lots(), bob);
        wallet.approve(digest);
        vm.prank(operator);
        shortfalls.releaseBuffer(release, address(wallet), "", _lots(), bob);
        vm.assertEq(balance(bob, B1), 2000);
    }

    function test_digest_is_eip712_of_the_struct_and_this_domain() external view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("onetonne"),
                keccak256("1"),
                block.chainid,
                address(shortfalls)
            )
        );
        bytes32 structHash = keccak256(
            abi.encode(
                keccak256(
                    "BufferRelease(uint32 project,bytes32 programmeCode,bytes32 projectCode,uint48 kilograms,bytes32 evidence,uint48 deadline,bytes32 salt)"
                ),
                uint256(1),
                bytes32("VCS"),
                bytes32("1340"),
                uint256(3000),
                bytes32("evidence"),
                uint256(type(uint48).max),
                bytes32("salt")
            )
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, structHash));
        vm.assertEq(shortfalls.releaseDigest(_release()), digest);
    }

    /// @dev Whatever field differs from what was signed, the signature is void.
    function testFuzz_release_reverts_when_any_field_was_changed(uint8 field, uint32 by) external {
        IShortfalls.BufferRelease memory release = _release();
        bytes memory signature = _sign(KEY, release);
        by = by == 0 ? 1 : by;
        field %= 6;
        if (field == 0) release.kilograms = kg(3000 ^ by);
        if (field == 1) release.evidence ^= bytes32(uint256(by));
        if (field == 2) release.deadline ^= by;
        if (field == 3) release.salt ^= bytes32(uint256(by));
        if (field == 4) release.programmeCode ^= bytes32(uint256(by));
        if (field == 5) release.projectCode ^= bytes32(uint256(by));
        bytes memory refusal = abi.encodeWithSelector(IShortfalls.ReleaseSignatureInvalid.selector, _signer);
        if (field > 3) {
            refusal = abi.encodeWithSelector(
                IShortfalls.ReleaseNamesOtherProject.selector, project, release.programmeCode, release.projectCode
            );
        }
        _refuses(release, signature, refusal);
    }

    function test_release_reverts_when_signed_for_another_project() external {
        IShortfalls.BufferRelease memory release = _release();
        bytes memory signature = _sign(KEY, release);
        (release.project,) = issuedElsewhere();
        _refuses(
            release,
            signature,
            abi.encodeWithSelector(
                IShortfalls.ReleaseNamesOtherProject.selector, release.project, bytes32("VCS"), bytes32("1340")
            )
        );
        release.projectCode = "1341";
        _refuses(release, signature, abi.encodeWithSelector(IShortfalls.ReleaseSignatureInvalid.selector, _signer));
    }

    function test_release_reverts_when_another_signed() external {
        IShortfalls.BufferRelease memory release = _release();
        bytes memory signature = _sign(0xBAD, release);
        _refuses(release, signature, abi.encodeWithSelector(IShortfalls.ReleaseSignatureInvalid.selector, _signer));
        _refuses(release, "", abi.encodeWithSelector(IShortfalls.ReleaseSignatureInvalid.selector, _signer));
        _refuses(release, new bytes(65), abi.encodeWithSelector(IShortfalls.ReleaseSignatureInvalid.selector, _signer));
    }

    function test_release_reverts_on_another_chain_and_another_deployment() external {
        IShortfalls.BufferRelease memory release = _release();
        bytes memory signature = _sign(KEY, release);
        uint256 home = block.chainid;
        vm.chainId(home + 1);
        _refuses(release, signature, abi.encodeWithSelector(IShortfalls.ReleaseSignatureInvalid.selector, _signer));
        vm.chainId(home);
        deploy();
        admit();
        programmes.admitVvb("VVB-2", _signer);
        _refuses(release, signature, abi.encodeWithSelector(IShortfalls.ReleaseSignatureInvalid.selector, _signer));
    }

    function test_release_reverts_when_used() external {
        IShortfalls.BufferRelease memory release = _release();
        release.kilograms = kg(1000);
        bytes memory signature = _sign(KEY, release);
        vm.prank(operator);
        shortfalls.releaseBuffer(release, _signer, signature, lot(B1, 1000), bob);
        bytes32 statement = shortfalls.releaseDigest(release);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ReleaseUsed.selector, statement));
        vm.prank(operator);
        shortfalls.releaseBuffer(release, _signer, signature, lot(B1, 1000), bob);
        release.salt = "another"; // an equal statement, made again
        signature = _sign(KEY, release);
        vm.prank(operator);
        shortfalls.releaseBuffer(release, _signer, signature, lot(B1, 1000), bob);
    }

    /// @dev A statement is the body's, not its account's: the body moves to a wallet that answers for its old key.
    function test_release_reverts_when_used_by_the_bodys_earlier_account() external {
        IShortfalls.BufferRelease memory release = _release();
        release.kilograms = kg(1000);
        bytes memory signature = _sign(KEY, release);
        vm.prank(operator);
        shortfalls.releaseBuffer(release, _signer, signature, lot(B1, 1000), bob);

        address wallet = address(new OwnedWallet(_signer));
        programmes.rotateVvbKey(_body, wallet);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ReleaseUsed.selector, shortfalls.releaseDigest(release)));
        vm.prank(operator);
        shortfalls.releaseBuffer(release, wallet, signature, lot(B1, 1000), bob);
        release.salt = "another"; // the wallet does answer for that key
        signature = _sign(KEY, release);
        vm.prank(operator);
        shortfalls.releaseBuffer(release, wallet, signature, lot(B1, 1000), bob);
    }

    function test_release_until_its_deadline() external {
        IShortfalls.BufferRelease memory release = _release();
        release.deadline = uint48(block.timestamp);
        bytes memory signature = _sign(KEY, release);
        uint256 before = vm.snapshotState();
        vm.prank(operator);
        shortfalls.releaseBuffer(release, _signer, signature, _lots(), bob);
        vm.revertToState(before);
        vm.warp(block.timestamp + 1);
        _refuses(release, signature, abi.encodeWithSelector(IShortfalls.ReleaseExpired.selector, release.deadline));
    }

    function test_release_reverts_when_the_lots_add_up_to_something_else() external {
        IShortfalls.BufferRelease memory release = _release();
        bytes memory signature = _sign(KEY, release);
        ICredits.Lot[][3] memory wrong = [lotsOf(B1, 2000, B2, 999), lotsOf(B1, 2000, B2, 1001), new ICredits.Lot[](0)];
        uint16[3] memory sums = [2999, 3001, 0];
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IShortfalls.ReleaseQuantityDiffers.selector, uint256(sums[i]), kg(3000))
            );
            vm.prank(operator);
            shortfalls.releaseBuffer(release, _signer, signature, wrong[i], bob);
        }
    }

    function test_release_reverts_for_lots_of_another_project() external {
        (, BatchId elsewhere) = issuedElsewhere();
        IShortfalls.BufferRelease memory release = _release();
        bytes memory signature = _sign(KEY, release);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.BatchOfOtherProject.selector, elsewhere, project));
        vm.prank(operator);
        shortfalls.releaseBuffer(release, _signer, signature, lotsOf(B1, 2000, elsewhere, 1000), bob);
    }

    function test_release_reverts_beyond_the_buffer() external {
        IShortfalls.BufferRelease memory release = _release();
        bytes memory signature = _sign(KEY, release);
        vm.expectRevert(
            abi.encodeWithSelector(IERC1155Errors.ERC1155InsufficientBalance.selector, buffer, 2000, 3000, 1)
        );
        vm.prank(operator);
        shortfalls.releaseBuffer(release, _signer, signature, lot(B1, 3000), bob);
    }

    function test_release_reverts_while_a_reversal_is_outstanding() external {
        IShortfalls.BufferRelease memory release = _release();
        bytes memory signature = _sign(KEY, release);
        report(100);
        _refuses(release, signature, abi.encodeWithSelector(IShortfalls.ReversalOutstanding.selector, project, kg(100)));
        makeGood(S1, lot(B1, 100));
        mark(B1, 1000); // an over-issuance does not hold the buffer
        vm.prank(operator);
        shortfalls.releaseBuffer(release, _signer, signature, _lots(), bob);
    }

    function test_release_reverts_for_anyone_but_the_projects_operator() external {
        admitOther();
        IShortfalls.BufferRelease memory release = _release();
        bytes memory signature = _sign(KEY, release);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.NotOperatorOfProject.selector, project, _signer));
        vm.prank(_signer);
        shortfalls.releaseBuffer(release, _signer, signature, _lots(), _signer);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.NotOperatorOfProject.selector, project, otherOperator));
        vm.prank(otherOperator);
        shortfalls.releaseBuffer(release, _signer, signature, _lots(), otherOperator);
        release.project = ProjectId.wrap(9);
        _refuses(release, signature, abi.encodeWithSelector(IProjects.ProjectUnknown.selector, ProjectId.wrap(9)));
    }

    function test_release_reverts_when_a_key_is_suspended_or_rotated_away() external {
        IShortfalls.BufferRelease memory release = _release();
        bytes memory signature = _sign(KEY, release);
        programmes.suspendProgramme(VCS, "");
        _refuses(
            release,
            signature,
            abi.encodeWithSelector(
                IProgrammes.ProgrammeNotActive.selector, VCS, IProgrammes.Standing.Suspended, block.timestamp
            )
        );
        programmes.reinstateProgramme(VCS, "");
        programmes.suspendVvb(VvbId.wrap(2), "");
        _refuses(
            release,
            signature,
            abi.encodeWithSelector(
                IProgrammes.VvbNotActive.selector, VvbId.wrap(2), IProgrammes.Standing.Suspended, block.timestamp
            )
        );
        programmes.reinstateVvb(VvbId.wrap(2), "");
        programmes.rotateVvbKey(VvbId.wrap(2), otherVvb);
        _refuses(release, signature, abi.encodeWithSelector(IProgrammes.NotAVvb.selector, _signer));
    }

    /// @dev One key alone opens nothing: an operator can not be its own VVB.
    function test_release_reverts_when_the_operator_signs_for_itself() external {
        address signer = vm.addr(0x0E);
        programmes.rotateOperator(VCS, signer);
        IShortfalls.BufferRelease memory release = _release();
        bytes memory signature = _sign(0x0E, release);
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotAVvb.selector, signer));
        vm.prank(signer);
        shortfalls.releaseBuffer(release, signer, signature, _lots(), signer);
    }

    function test_release_respects_freezes() external {
        IShortfalls.BufferRelease memory release = _release();
        bytes memory signature = _sign(KEY, release);
        credits.freeze(ICredits.FreezeScope.Batch, 2, "reason", "");
        _refuses(
            release,
            signature,
            abi.encodeWithSelector(ICredits.FrozenBy.selector, ICredits.FreezeScope.Batch, uint256(2))
        );
        credits.lift(ICredits.FreezeScope.Batch, 2, "");
        credits.freeze(ICredits.FreezeScope.Account, uint160(bob), "reason", "");
        _refuses(release, signature, abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotReceive.selector, bob));
        credits.lift(ICredits.FreezeScope.Account, uint160(bob), "");
        vm.prank(operator);
        shortfalls.releaseBuffer(release, _signer, signature, _lots(), bob);
    }

    function test_release_reverts_for_reserves_and_nobody() external {
        IShortfalls.BufferRelease memory release = _release();
        bytes memory signature = _sign(KEY, release);
        address[2] memory reserves = [buffer, address(redemptions)];
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IERC7943MultiToken.ERC7943CannotReceive.selector, reserves[i]));
            vm.prank(operator);
            shortfalls.releaseBuffer(release, _signer, signature, _lots(), reserves[i]);
        }
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(0)));
        vm.prank(operator);
        shortfalls.releaseBuffer(release, _signer, signature, _lots(), address(0));
    }

    function test_release_asks_the_receiver() external {
        Receiver receiver = new Receiver();
        IShortfalls.BufferRelease memory release = _release();
        bytes memory signature = _sign(KEY, release);
        receiver.refuse(true);
        vm.expectRevert(abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidReceiver.selector, address(receiver)));
        vm.prank(operator);
        shortfalls.releaseBuffer(release, _signer, signature, _lots(), address(receiver));
        receiver.refuse(false);
        vm.prank(operator);
        shortfalls.releaseBuffer(release, _signer, signature, _lots(), address(receiver));
        vm.assertEq(balance(address(receiver), B1), 2000);
    }

    /// @dev The operator itself is the receiver, and asks for the same release again from inside the call.
    function test_release_is_used_before_the_receiver_is_called() external {
        Receiver receiver = new Receiver();
        programmes.rotateOperator(VCS, address(receiver));
        IShortfalls.BufferRelease memory release = _release();
        release.kilograms = kg(1000);
        bytes memory signature = _sign(KEY, release);
        bytes memory again =
            abi.encodeCall(shortfalls.releaseBuffer, (release, _signer, signature, lot(B1, 1000), address(receiver)));
        receiver.plan(address(shortfalls), again);
        receiver.act(address(shortfalls), again);
        vm.assertTrue(!receiver.succeeded(), "a release was used twice");
        vm.assertTrue(
            keccak256(receiver.answer())
                == keccak256(
                    abi.encodeWithSelector(IShortfalls.ReleaseUsed.selector, shortfalls.releaseDigest(release))
                ),
            "for another reason"
        );
        vm.assertEq(balance(address(receiver), B1), 1000);
    }

    function _release() private view returns (IShortfalls.BufferRelease memory) {
        return IShortfalls.BufferRelease(project, "VCS", "1340", kg(3000), "evidence", type(uint48).max, "salt");
    }

    function _lots() private pure returns (ICredits.Lot[] memory) {
        return lotsOf(B1, 2000, B2, 1000);
    }

    function _sign(uint256 key, IShortfalls.BufferRelease memory release) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, shortfalls.releaseDigest(release));
        return abi.encodePacked(r, s, v);
    }

    function _refuses(IShortfalls.BufferRelease memory release, bytes memory signature, bytes memory refusal) private {
        vm.expectRevert(refusal);
        vm.prank(operator);
        shortfalls.releaseBuffer(release, _signer, signature, _lots(), bob);
    }
}
