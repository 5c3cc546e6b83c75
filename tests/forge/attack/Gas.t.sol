// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../../contracts/interfaces/ILabels.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {BatchId, MethodologyId, ProjectId, ShortfallId, VerificationId} from "../../../contracts/types/Ids.sol";
import {vm} from "../ledger/Cheats.sol";
import {LabelsTest} from "../ledger/LabelsTest.sol";

library console {
    /// @dev Forge's own console; nothing lies at its address.
    function log(string memory text, uint256 number) internal view {
        (bool done,) = address(0x000000000000000000636F6e736F6c652e6c6f67).staticcall(
            abi.encodeWithSignature("log(string,uint256)", text, number)
        );
        done;
    }
}

/// @dev What does not fit into a transaction of 16,777,216 gas (EIP-7825). Run with `--isolate`, and as built (via IR).
contract GasAttack is LabelsTest {
    uint256 private constant MOST = 16_777_216;

    /// @dev A letter names all of its batches in one transaction: an operator that issues a year in small batches leaves the
    /// host unable to authorise it, and each later letter has to name them all again.
    function test_real_a_letter_cannot_name_more_batches_than_a_transaction_holds() external {
        BatchId[] memory all = _tonnes(240);
        uint256 first = _authorise(all, 200, 200_000);
        console.log("gas of naming 200 batches", first);
        later();
        uint256 again = _authorise(all, 200, 199_000);
        console.log("gas of naming the same 200 again", again);
        later();
        uint256 more = _authorise(all, 240, 240_000);
        console.log("gas of naming 200 again and 40 new ones", more);
        console.log("new batches a transaction", 200 * MOST / first);
        console.log("old batches a transaction", 200 * MOST / again);
    }

    /// @dev The package plans up to 100 lots where a label is demanded.
    function test_real_gas_of_lots_of_composed_methodologies() external {
        labels.demandLabel(ICredits.Purpose.CorsiaPhase1, ALL);
        approveProgramme(ALL, anyVintage());
        uint256 count = 40;
        ICredits.Lot[] memory lots = new ICredits.Lot[](count);
        for (uint256 i; i < count; ++i) lots[i] = ICredits.Lot(_composedBatch(i), kg(1));
        later();
        vm.prank(alice);
        credits.retire(lots, alice, alice, ICredits.Purpose.CorsiaPhase1, 0);
        uint256 used = vm.lastCallGas().gasTotalUsed;
        console.log("gas of 40 lots, 8 parts each", used);
        console.log("a lot", used / count);
        console.log("100 lots", used * 100 / count);
    }

    /// @dev A thief's report of very many lots could not keep governance from annulling it.
    function test_holds_annul_costs_less_than_the_report() external {
        ICredits.Lot[] memory lost = new ICredits.Lot[](500);
        for (uint256 i; i < 500; ++i) lost[i] = ICredits.Lot(batch, kg(1));
        vm.prank(operator);
        ShortfallId id = shortfalls.reportReversal(project, lost, new ICredits.Lot[](0), "evidence", "");
        uint256 report = vm.lastCallGas().gasTotalUsed;
        shortfalls.annul(id, "theft");
        uint256 annul = vm.lastCallGas().gasTotalUsed;
        console.log("gas of the report", report);
        console.log("gas of annulling it", annul);
        vm.assertTrue(annul < report, "cheaper");
    }

    function _composedBatch(uint256 i) private returns (BatchId id) {
        bytes32 code = bytes32(abi.encodePacked("P", uint8(65 + i / 26), uint8(65 + i % 26)));
        MethodologyId[] memory parts = new MethodologyId[](8);
        vm.startPrank(operator);
        ProjectId own = projects.registerProject(registration(code, code));
        for (uint256 p; p < 8; ++p) {
            parts[p] = programmes.registerMethodology(code, bytes32(abi.encodePacked("V", uint8(65 + p))), 0, 0);
        }
        MethodologyId composed = programmes.registerComposedMethodology(code, "ALL", parts);
        vm.stopPrank();
        vm.startPrank(icvcm);
        for (uint256 p; p < 8; ++p) {
            labels.approveMethodology(ALL, parts[p], anyVintage(), decision());
            labels.setMethodologyExclusion(ALL, parts[p], true, decision());
            labels.setMethodologyExclusion(ALL, parts[p], false, decision());
        }
        vm.stopPrank();
        uint64 first = uint64(1_000_000 + i * 10);
        ICredits.Issuance memory order =
            issuance(verify(own, composed, START_2021, END_2021, 1000), first, first);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (START_2021, END_2021, YEAR);
        order.hint = HEAD;
        id = issueTo(alice, order);
        vm.startPrank(host);
        labels.authorise(own, YEAR, MITIGATION, kg(1000), listOf(id), decision());
        labels.recordAdjustment(own, YEAR, decision());
        vm.stopPrank();
    }

    function _authorise(BatchId[] memory all, uint256 count, uint48 cap) private returns (uint256) {
        BatchId[] memory named = new BatchId[](count);
        for (uint256 i; i < count; ++i) named[i] = all[i];
        vm.prank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(cap), named, decision());
        return vm.lastCallGas().gasTotalUsed;
    }

    /// @dev Batches of a tonne each, of the fixture project's 2021.
    function _tonnes(uint256 count) private returns (BatchId[] memory ids) {
        ICredits.Issuance[] memory orders = new ICredits.Issuance[](count);
        VerificationId id = _north(uint48(count * 1000));
        for (uint256 i; i < count; ++i) {
            orders[i] = issuance(id, uint64(LAST + 100 + i), uint64(LAST + 100 + i));
            (orders[i].vintageStart, orders[i].vintageEnd, orders[i].vintageYear) = (START_2021, END_2021, YEAR);
            orders[i].hint = HEAD;
        }
        ids = new BatchId[](count);
        for (uint256 i; i < count; ++i) ids[i] = issueTo(alice, orders[i]);
    }

    function _north(uint48 kilograms) private returns (VerificationId id) {
        IProjects.Proposal memory stated = proposal();
        vm.prank(operator);
        stated.component = projects.proposeComponent(ACTIVITY, "NORTH");
        (stated.periodStart, stated.periodEnd, stated.verified) = (START_2021, END_2021, kg(kilograms));
        id = propose(stated);
        accept(id);
    }
}
