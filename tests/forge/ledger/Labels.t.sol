// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../../contracts/interfaces/ILabels.sol";
import {BatchId} from "../../../contracts/types/Ids.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";

contract LabelsTest is LedgerTest {
    BatchId private constant B1 = BatchId.wrap(1);

    function test_demand_label_emits_and_sets_one_bit() external {
        vm.expectEmit(address(labels));
        emit ILabels.LabelDemanded(ICredits.Purpose.Corsia, "CORSIA-1");
        vm.expectEmit(address(credits));
        emit ICredits.PurposesDemandingLabelSet(2);
        labels.demandLabel(ICredits.Purpose.Corsia, "CORSIA-1");
        vm.assertEq(labels.demandedLabel(ICredits.Purpose.Corsia), "CORSIA-1");
        labels.demandLabel(ICredits.Purpose.Other, "CCP");
        vm.assertEq(credits.purposesDemandingLabel(), 2 + 16);
        labels.demandLabel(ICredits.Purpose.Corsia, "CORSIA-2");
        vm.assertEq(credits.purposesDemandingLabel(), 2 + 16);
        labels.demandLabel(ICredits.Purpose.Corsia, 0);
        vm.assertEq(credits.purposesDemandingLabel(), 16);
        labels.demandLabel(ICredits.Purpose.Voluntary, 0); // demanded nothing before
        vm.assertEq(credits.purposesDemandingLabel(), 16);
    }

    function test_a_demand_closes_its_purpose_only() external {
        issued();
        labels.demandLabel(ICredits.Purpose.Corsia, "CORSIA-1");
        vm.startPrank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(ILabels.LabelMissing.selector, B1, ICredits.Purpose.Corsia, bytes32("CORSIA-1"))
        );
        credits.retire(lot(B1, 1), alice, alice, ICredits.Purpose.Corsia, 0);
        vm.expectRevert(
            abi.encodeWithSelector(ILabels.LabelMissing.selector, B1, ICredits.Purpose.Corsia, bytes32("CORSIA-1"))
        );
        credits.retireWithDetails(lot(B1, 1), alice, alice, ICredits.Purpose.Corsia, "");
        credits.retire(lot(B1, 1), alice, alice, ICredits.Purpose.Voluntary, 0);
        credits.retire(lot(B1, 1), alice, alice, ICredits.Purpose.HostNdc, 0);
        vm.stopPrank();
        labels.demandLabel(ICredits.Purpose.Corsia, 0);
        vm.prank(alice);
        credits.retire(lot(B1, 1), alice, alice, ICredits.Purpose.Corsia, 0);
    }

    function test_demand_label_is_governances() external {
        expectUnauthorized(operator);
        labels.demandLabel(ICredits.Purpose.Corsia, "CORSIA-1");
    }

    function test_the_mask_is_set_by_labels_only() external {
        vm.expectRevert(abi.encodeWithSelector(ICredits.OnlyLabels.selector, address(this)));
        credits.setPurposesDemandingLabel(1);
    }

    function test_no_batch_holds_a_label_yet() external {
        issued();
        vm.assertTrue(!labels.hasLabel(B1, "CCP", uint48(block.timestamp - 1)), "none");
    }

    function test_has_label_reverts_for_now_and_later() external {
        issued();
        for (uint48 time = uint48(block.timestamp); time < block.timestamp + 2; ++time) {
            vm.expectRevert(abi.encodeWithSelector(ILabels.LabelTimeNotPast.selector, time));
            labels.hasLabel(B1, "CCP", time);
        }
    }

    function test_has_label_reverts_for_unknown_batches() external {
        vm.expectRevert(abi.encodeWithSelector(ICredits.BatchUnknown.selector, B1));
        labels.hasLabel(B1, "CCP", 1);
    }
}
