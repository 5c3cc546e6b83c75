// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC1155Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {ICredits} from "../../../../contracts/interfaces/ICredits.sol";
import {ISignedOrders} from "../../../../contracts/interfaces/ISignedOrders.sol";
import {BatchId, ProjectId} from "../../../../contracts/types/Ids.sol";
import {vm} from "../Cheats.sol";
import {LedgerTest} from "../LedgerTest.sol";
import {Receiver} from "../Receiver.sol";

contract HostileCollection {
    string public constant name = '","image":"javascript:alert(1)","x":"';
    string public constant symbol = "<script>";
}

/// @dev A vault that takes deposits by signed order, as a market or a pool would: it books them in its own call.
contract OrderVault is Receiver {
    ISignedOrders private immutable _orders;
    mapping(address depositor => uint256) public deposits;

    constructor(ISignedOrders orders) {
        _orders = orders;
    }

    function deposit(ISignedOrders.TransferOrder calldata order, bytes calldata signature) external {
        _orders.transfer(order, signature);
        deposits[order.holder] += 1;
    }
}

/// @dev Attacks on signed orders, `Multicall`, and what the contracts draw.
contract OrdersAttack is LedgerTest {
    uint256 private constant KEY = 0x51;
    address private _holder;

    function setUp() public override {
        super.setUp();
        _holder = vm.addr(KEY);
    }

    /// @dev An order names its batches by number only: after a reorganisation it retires another project's credits.
    function test_limit_a_signed_retirement_takes_another_batch_after_a_reorganisation() external {
        vm.prank(operator);
        ProjectId other = projects.registerProject(registration("1341", "LAKE-TANA"));
        ICredits.Issuance memory cheap = issuance(verify(project, methodology, START, END, 10_000), 1, 10);
        ICredits.Issuance memory dear = issuance(verify(other, methodology, START, END, 10_000), 101, 110);
        uint256 fork = vm.snapshotState();
        BatchId meant = issueTo(_holder, cheap);
        issueTo(_holder, dear);
        vm.assertTrue(credits.batch(meant).project == project, "meant");
        ISignedOrders.RetireOrder memory order = ISignedOrders.RetireOrder(
            lot(meant, 10_000), _holder, _holder, ICredits.Purpose.Voluntary, 0, false, 0, type(uint48).max
        );
        bytes memory signature = _sign(signedOrders.retireDigest(order));

        vm.revertToState(fork);
        issueTo(_holder, dear); // the operator's two transactions in the other order
        issueTo(_holder, cheap);
        vm.prank(mallory);
        signedOrders.retire(order, "", signature);
        vm.assertEq(credits.totalSupply(1), 0);
        vm.assertTrue(credits.batch(BatchId.wrap(1)).project == other, "another project's credits are gone");
    }

    /// @dev Only the next nonce can be voided, one transaction each: who holds several orders outruns the cancellation.
    function test_limit_several_orders_outrun_their_cancellation() external {
        issueTo(_holder, issuance(verified(), FIRST, LAST));
        ISignedOrders.TransferOrder[] memory orders = new ISignedOrders.TransferOrder[](3);
        bytes[] memory signatures = new bytes[](3);
        for (uint256 i; i < 3; ++i) {
            orders[i] = ISignedOrders.TransferOrder(lot(BatchId.wrap(1), 1000), _holder, mallory, i, type(uint48).max);
            signatures[i] = _sign(signedOrders.transferDigest(orders[i]));
        }
        // a later nonce can't be voided ahead ...
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, _holder, 0));
        vm.prank(_holder);
        signedOrders.cancel(2);
        // ... so one front-run order makes a whole queue of cancellations miss: each is one behind
        vm.prank(mallory);
        signedOrders.transfer(orders[0], signatures[0]);
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, _holder, 1));
        vm.prank(_holder);
        signedOrders.cancel(0);
        signedOrders.transfer(orders[1], signatures[1]);
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, _holder, 2));
        vm.prank(_holder);
        signedOrders.cancel(1);
    }

    /// @dev An order names no relayer: a stranger sends a deposit past the contract that it was meant for. The credits arrive, the
    /// contract's call fails on the nonce, and nothing says whose they are: `operator` is `SignedOrders`, the data is empty.
    function test_limit_a_stranger_sends_a_deposit_past_its_contract() external {
        issueTo(_holder, issuance(verified(), FIRST, LAST));
        OrderVault vault = new OrderVault(signedOrders);
        ISignedOrders.TransferOrder memory order =
            ISignedOrders.TransferOrder(lot(BatchId.wrap(1), 1000), _holder, address(vault), 0, type(uint48).max);
        bytes memory signature = _sign(signedOrders.transferDigest(order));
        vm.prank(mallory);
        signedOrders.transfer(order, signature); // seen in the mempool
        vm.expectRevert(abi.encodeWithSelector(Nonces.InvalidAccountNonce.selector, _holder, 1));
        vault.deposit(order, signature);
        vm.assertEq(vault.deposits(_holder), 0);
        vm.assertEq(balance(address(vault), BatchId.wrap(1)), 1000);
    }

    /// @dev The orders' approval stands by construction, so no event can say otherwise.
    function test_the_orders_approval_is_neither_given_nor_withdrawn() external {
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IERC1155Errors.ERC1155InvalidOperator.selector, address(signedOrders))
            );
            vm.prank(_holder);
            IERC1155(address(credits)).setApprovalForAll(address(signedOrders), i == 0);
        }
        vm.assertTrue(IERC1155(address(credits)).isApprovedForAll(_holder, address(signedOrders)), "it stands");
    }

    /// @dev `multicall` is a delegate call: neither the manager's execution nor a consumed schedule leaks into it.
    function test_multicall_gains_no_authority() external {
        issueTo(alice, issuance(verified(), FIRST, LAST));
        bytes memory freeze = abi.encodeCall(ICredits.freeze, (ICredits.FreezeScope.Batch, 1, bytes32("x"), "case"));
        bytes[] memory calls = new bytes[](1);
        calls[0] = freeze;
        bytes memory wrapped = abi.encodeCall(Multicall.multicall, (calls));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, mallory));
        vm.prank(mallory);
        Multicall(address(credits)).multicall(calls);
        // an admin that may execute `multicall` cannot smuggle another selector through the manager
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(manager)));
        manager.execute(address(credits), wrapped);

        // with a delay: one schedule serves once, in a multicall too
        address slow = address(0x510);
        manager.grantRole(7, slow, 1 days);
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = ICredits.freeze.selector;
        manager.setTargetFunctionRole(address(credits), selectors, 7);
        vm.prank(slow);
        manager.schedule(address(credits), freeze, 0);
        vm.warp(block.timestamp + 1 days);
        bytes[] memory twice = new bytes[](3);
        twice[0] = freeze;
        twice[1] = abi.encodeCall(ICredits.lift, (ICredits.FreezeScope.Batch, 1, "case"));
        twice[2] = freeze;
        vm.expectRevert();
        vm.prank(slow);
        Multicall(address(credits)).multicall(twice);
        vm.prank(slow);
        Multicall(address(credits)).multicall(calls);
        vm.assertTrue(credits.isFrozen(ICredits.FreezeScope.Batch, 1), "once");
    }

    /// @dev A multicall of a receiver from inside its acceptance: everything is counted once.
    function test_reentrant_multicall() external {
        issueTo(alice, issuance(verified(), FIRST, LAST));
        Receiver receiver = new Receiver();
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(
            ICredits.retire,
            (lot(BatchId.wrap(1), 600), address(receiver), address(receiver), ICredits.Purpose.Voluntary, bytes32(0))
        );
        calls[1] = calls[0];
        receiver.plan(address(credits), abi.encodeCall(Multicall.multicall, (calls)));
        vm.prank(alice);
        credits.safeTransferFrom(alice, address(receiver), 1, 1000, "");
        vm.assertTrue(!receiver.succeeded(), "600 + 600 > 1000");
        vm.assertEq(balance(address(receiver), BatchId.wrap(1)), 1000);
    }

    /// @dev The renderer describes any contract that it is given, unescaped: documented, and nobody's own URI.
    function test_limit_the_renderer_repeats_a_hostile_collections_name() external {
        string memory uri = renderer.contractURI(address(new HostileCollection()));
        vm.assertTrue(bytes(uri).length != 0, "drawn");
    }

    /// @dev Anybody makes Credits emit transfers of nothing, of batches that do not exist.
    function test_limit_transfers_of_nothing_of_unknown_batches() external {
        vm.prank(mallory);
        credits.safeTransferFrom(mallory, alice, type(uint256).max, 0, "");
        vm.assertEq(credits.balanceOf(alice, type(uint256).max), 0);
    }

    function _sign(bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digest);
        return abi.encodePacked(r, s, v);
    }
}
