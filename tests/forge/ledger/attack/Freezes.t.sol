// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {ICredits} from "../../../../contracts/interfaces/ICredits.sol";
import {BatchId, RedemptionId} from "../../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../../contracts/types/Kilograms.sol";
import {vm} from "../Cheats.sol";
import {LedgerTest} from "../LedgerTest.sol";

/// @dev Random freezes, transfers, retirements, redemptions: what the views say is what happens, I1 and I4 to the kilogram.
contract FreezesAttack is LedgerTest {
    address[5] private _accounts;
    uint256 private _front; // kilograms that records took from the front of batch 1
    uint256 private _back;

    function testFuzz_views_say_what_happens(uint256[24] calldata steps) external {
        (BatchId a, BatchId b) = issuedTwo();
        _accounts = [alice, bob, mallory, credits.BUFFER(), address(redemptions)];
        for (uint256 i; i < steps.length; ++i) {
            uint256 s = steps[i];
            address from = _accounts[(s >> 8) % 3];
            address to = _accounts[(s >> 16) % 5];
            BatchId batch = (s >> 24) % 2 == 0 ? a : b;
            uint48 amount = uint48((s >> 32) % 6001);
            uint256 act = s % 8;
            if (act < 3) _transfers(from, to, batch, amount);
            else if (act == 3) _freezes(s);
            else if (act == 4) _try(credits.setFrozenTokens.selector, abi.encode(from, no(batch), amount));
            else if (act == 5) _retires(from, batch, amount);
            else if (act == 6) _redeems(from, batch, uint48(amount / 1000 * 1000), s);
            else _try(credits.forcedTransfer.selector, abi.encode(from, to, no(batch), amount));
            _conserved(a);
            _conserved(b);
        }
    }

    function _transfers(address from, address to, BatchId batch, uint48 amount) private {
        bool can = credits.canTransfer(from, to, no(batch), amount);
        bool has = balance(from, batch) >= amount;
        vm.prank(from);
        try IERC1155(address(credits)).safeTransferFrom(from, to, no(batch), amount, "") {
            vm.assertTrue(can && has, "transferred, though the view said no");
        } catch {
            vm.assertTrue(!can || !has, "refused, though the view said yes");
        }
    }

    function _freezes(uint256 s) private {
        ICredits.FreezeScope scope = ICredits.FreezeScope((s >> 40) % 4);
        uint256 subject = scope == ICredits.FreezeScope.Account ? uint160(_accounts[(s >> 48) % 3]) : 1 + (s >> 56) % 2;
        if (credits.isFrozen(scope, subject)) credits.lift(scope, subject, "");
        else _try(credits.freeze.selector, abi.encode(scope, subject, bytes32("x"), ""));
    }

    function _retires(address from, BatchId batch, uint48 amount) private {
        Kilograms before = credits.batch(batch).taken;
        vm.prank(from);
        try credits.retire(lot(batch, amount), from, from, ICredits.Purpose.Voluntary, 0) {
            vm.assertTrue(credits.canTransfer(from, from, no(batch), 0), "frozen, and retired");
            vm.assertEq(Kilograms.unwrap(credits.batch(batch).taken), Kilograms.unwrap(before) + amount);
        } catch {}
    }

    function _redeems(address from, BatchId batch, uint48 amount, uint256 s) private {
        vm.prank(from);
        try redemptions.request(batch, kg(amount), from) returns (RedemptionId id) {
            ICredits.Batch memory entry = credits.batch(batch);
            uint64 last = entry.last - uint64(Kilograms.unwrap(entry.redeemed) / 1000);
            vm.prank(operator);
            if (s >> 255 == 0) redemptions.refuse(id, "");
            else try redemptions.confirm(id, last + 1 - amount / 1000, last) {} catch {}
        } catch {}
    }

    function _try(bytes4 selector, bytes memory arguments) private {
        (bool done,) = address(credits).call(bytes.concat(selector, arguments));
        done;
    }

    /// @dev I1; and I4: what both ends took leaves exactly what is in circulation.
    function _conserved(BatchId batch) private view {
        uint256 sum;
        for (uint256 i; i < 5; ++i) {
            sum += balance(_accounts[i], batch);
        }
        ICredits.Batch memory entry = credits.batch(batch);
        uint256 gone = Kilograms.unwrap(entry.taken) + Kilograms.unwrap(entry.redeemed);
        vm.assertEq(sum + gone, 10_000);
        vm.assertEq(credits.totalSupply(no(batch)), sum);
    }
}
