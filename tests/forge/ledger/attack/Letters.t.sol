// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../../../contracts/interfaces/ILabels.sol";
import {BatchId, ProjectId, RedemptionId} from "../../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../../contracts/types/Kilograms.sol";
import {vm} from "../Cheats.sol";
import {LabelsTest} from "../LabelsTest.sol";

/// @dev Attacks on host countries' letters. `test_limit_...` shows what is left to trust: see SECURITY.md.
contract LettersAttack is LabelsTest {
    /// @dev The host adjusts for ten tonnes of one batch. A stranger retires one kilogram of it voluntarily, so that the cap is
    /// never used up and can't be lowered. The year's other batches stay the host's own.
    function test_a_strangers_kilogram_leaves_other_batches_to_the_host() external {
        BatchId north = issuedFromNorth(90); // the host's own: no letter names it
        toHost(north, 90_000);
        vm.prank(alice);
        credits.safeTransferFrom(alice, mallory, no(batch), 1, "");

        authorise(MITIGATION, 10_000);
        adjust();
        later();
        vm.prank(mallory);
        credits.retire(lot(batch, 1), mallory, mallory, ICredits.Purpose.Voluntary, 0);
        retireForCorsia(9_999); // everything else of the letter is used
        vm.assertEq(balance(alice, batch), 0);
        vm.assertEq(credits.totalSupply(no(batch)), 0); // no kilogram of the letter is left anywhere

        retireForHost(north, 90_000); // no letter names it
        vm.assertEq(Kilograms.unwrap(labels.authorisation(project, YEAR).usedByHost), 90_000);
    }

    /// @dev What a letter names is closed to the host while it is open, and is its own again when the letter is used up.
    function test_the_host_uses_a_named_batch_once_its_letter_is_used_up() external {
        authorise(MITIGATION, 9_000);
        later();
        toHost(batch, 1_000);
        vm.expectRevert(abi.encodeWithSelector(ILabels.HostUseExcluded.selector, project, YEAR, kg(9_000), kg(0)));
        retireForHost(1_000);
        retireForCorsia(9_000);
        retireForHost(1_000);
    }

    /// @dev "For ever": yet a host takes an adjustment's effect back by adding a use or a kilogram, and not adjusting again.
    function test_limit_the_host_takes_an_adjustment_back_by_adding_to_it() external {
        labels.demandLabel(ICredits.Purpose.CorsiaPhase1, CORSIA);
        grant(CORSIA); // programme, letter for ten tonnes, adjusted
        assertHeld(CORSIA);
        retireForCorsia(1_000);

        authorise(MITIGATION | OTHER, 10_000); // a further use, the same cap: nothing that alice has changes
        later();
        assertMissing(CORSIA, ILabels.Condition.Adjustment);
        bytes memory refusal = abi.encodeWithSelector(
            ILabels.LabelMissing.selector,
            batch,
            ICredits.Purpose.CorsiaPhase1,
            CORSIA,
            bit(ILabels.Condition.Adjustment)
        );
        vm.expectRevert(refusal);
        retireForCorsia(1_000);
        // and an honest host that slipped cannot go back to what it adjusted for
        vm.expectRevert(abi.encodeWithSelector(ILabels.AlreadyAdjusted.selector, project, YEAR));
        authorise(MITIGATION, 10_000);
    }

    /// @dev What was transferred of batches that a letter does not name counts against the batches that it does name: the old
    /// ones have to be named for ever. With `GasAttack`: at some 340 of them, nothing more of the year can be authorised.
    function test_limit_used_up_batches_have_to_be_named_for_ever() external {
        BatchId north = issuedFromNorth(10);
        authorise(MITIGATION, 10_000);
        later();
        retireForCorsia(10_000); // batch 1 is gone altogether
        vm.expectRevert(abi.encodeWithSelector(ILabels.CapAboveIssued.selector, project, YEAR, kg(20_000), kg(10_000)));
        vm.prank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(20_000), listOf(north), decision());
        vm.prank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(10_000), listOf(north), decision());
        later();
        vm.expectRevert(abi.encodeWithSelector(ILabels.AuthorisationExceeded.selector, project, YEAR, kg(1), kg(0)));
        retireFor(ICredits.Purpose.CorsiaPhase1, north, 1);
    }

    /// @dev Redeemed tonnes of a named batch are live in the programme registry, under the host's same letter on paper; the
    /// cap here stays, and other batches use it: twenty tonnes of a letter for ten.
    function test_limit_redeemed_tonnes_leave_the_cap_to_other_batches() external {
        BatchId north = issuedFromNorth(10);
        vm.prank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(10_000), listOf(batch, north), decision());
        later();
        vm.prank(alice);
        RedemptionId id = redemptions.request(batch, kg(10_000), alice);
        uint64 first = credits.batch(batch).first;
        vm.startPrank(operator);
        redemptions.confirm(id, first, first + 9);
        redemptions.reportReactivated(id, "live again, and used for CORSIA there");
        vm.stopPrank();
        retireFor(ICredits.Purpose.CorsiaPhase1, north, 10_000);
    }

    /// @dev "Nor can a batch be taken out": yet a host gives an adjusted cap away to another batch, without a further adjustment,
    /// and whoever holds the batch that the adjustment was made for has nothing left.
    function test_limit_the_host_gives_an_adjusted_cap_to_another_batch() external {
        grant(CORSIA); // ten tonnes of alice's batch: authorised, adjusted, labelled
        assertHeld(CORSIA);
        BatchId north = issuedFromNorth(10); // issued after the adjustment
        vm.prank(alice);
        credits.safeTransferFrom(alice, mallory, no(north), 10_000, "");
        vm.prank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(10_000), listOf(batch, north), decision());
        later();
        vm.assertTrue(labels.hasLabel(north, CORSIA, time()), "adjusted, though no adjustment named it");
        vm.prank(mallory);
        credits.retire(lot(north, 10_000), mallory, mallory, ICredits.Purpose.CorsiaPhase1, 0);
        vm.expectRevert(
            abi.encodeWithSelector(ILabels.AuthorisationExceeded.selector, project, YEAR, kg(10_000), kg(0))
        );
        retireForCorsia(10_000);
    }

    /// @dev An exclusion is of one version: the next version of the same methodology, which its programme registers alone, has
    /// the label of a framework that ticks programmes only (as CORSIA's), until the body finds out.
    function test_limit_a_new_version_of_an_excluded_methodology_has_the_label() external {
        grant(CORSIA);
        vm.prank(icao);
        labels.setMethodologyExclusion(CORSIA, methodology, true, decision());
        later();
        assertMissing(CORSIA, ILabels.Condition.Exclusion);
        labels.demandLabel(ICredits.Purpose.CorsiaPhase1, CORSIA);

        vm.prank(operator);
        methodology = programmes.registerMethodology("VM0042", "2.2", 0, 0);
        ProjectId other = _other();
        BatchId dodged = issuedIn(other, START_2021, END_2021, YEAR, 10);
        vm.startPrank(host);
        labels.authorise(other, YEAR, MITIGATION, kg(10_000), listOf(dodged), decision());
        labels.recordAdjustment(other, YEAR, decision());
        vm.stopPrank();
        later();
        vm.assertTrue(labels.hasLabel(dodged, CORSIA, time()), "held");
        retireFor(ICredits.Purpose.CorsiaPhase1, dodged, 10_000);
    }

    /// @dev Lowering the cap to what was transferred is raced by a kilogram; revoking is not.
    function test_revoke_is_not_raced() external {
        authorise(MITIGATION, 10_000);
        later();
        retireForCorsia(5_000);
        retireForCorsia(1); // comes first
        vm.expectRevert(
            abi.encodeWithSelector(ILabels.CapBelowTransferred.selector, project, YEAR, kg(5_000), kg(5_001))
        );
        authorise(MITIGATION, 5_000);
        revoke();
        toHost(batch, 4_999);
        retireForHost(4_999);
    }

    /// @dev Documented (ADR 0014): one day of 2020 and three of the years after, declared as 2020, ask no host.
    function test_limit_four_years_declared_as_2020_need_no_letter() external {
        BatchId mixed = issuedIn(_other(), START_2021 - 1, START_2021 + 1400, 2020, 10);
        retireFor(ICredits.Purpose.CorsiaPhase1, mixed, 10_000);
    }

    function _other() private returns (ProjectId) {
        vm.prank(operator);
        return projects.registerProject(registration("1342", "LAKE-TANA"));
    }

    /// @dev A guarantee or letter of one second never changes the answer for another: random acts, several in a second.
    function testFuzz_i8_and_i9(uint256[20] calldata steps) external {
        _random(steps);
    }

    /// @dev The same acts with chosen dice, and a look at how far they come: not in vain.
    function test_i8_and_i9_are_reached() external {
        uint256 transferred;
        uint256 used;
        uint256 adjusted;
        for (uint256 run; run < 60; ++run) {
            uint256 fork = vm.snapshotState();
            uint256[20] memory steps;
            for (uint256 i; i < 20; ++i) {
                steps[i] = uint256(keccak256(abi.encode(run, i))) >> (i % 4 == 3 ? 0 : 6);
            }
            _random(steps);
            ILabels.Authorisation memory state = labels.authorisation(project, YEAR);
            uint256 t = Kilograms.unwrap(state.transferred);
            uint256 u = Kilograms.unwrap(state.usedByHost);
            vm.revertToState(fork);
            if (t != 0) ++transferred;
            if (u != 0) ++used;
            if (t != 0 && u != 0) ++adjusted;
        }
        vm.assertTrue(transferred > 5 && used > 5 && adjusted > 0, "in vain");
    }

    function _random(uint256[20] memory steps) private {
        approveProgramme(CORSIA, anyVintage());
        BatchId north = issuedFromNorth(10);
        toHost(north, 5_000);
        later();
        uint48[32] memory times;
        uint16[32] memory first;
        uint16[32] memory second;
        uint256 count;
        uint256 usedBatch;
        for (uint256 i; i < steps.length; ++i) {
            uint256 s = steps[i];
            uint48 cap = uint48((s >> 16) % 12_001);
            uint8 uses = uint8((s >> 8) % 8) << 1 | ((s >> 12) % 4 == 0 ? 0 : MITIGATION);
            uint256 names = (s >> 40) % 3;
            BatchId[] memory named = names == 0 ? listOf(batch) : names == 1 ? listOf(north) : listOf(batch, north);
            uint256 act = s % 7;
            if (act < 2) {
                vm.prank(host);
                try labels.authorise(project, YEAR, uses, kg(cap), named, decision()) {} catch {}
            } else if (act == 2) {
                vm.prank(host);
                try labels.revoke(project, YEAR, decision()) {} catch {}
            } else if (act == 3 && (s >> 240) % 8 == 0) {
                vm.prank(host);
                try labels.recordAdjustment(project, YEAR, decision()) {} catch {}
            } else if (act == 4) {
                vm.prank(alice);
                try credits.retire(
                    lot(names == 0 ? batch : north, cap % 4000), alice, alice, ICredits.Purpose.CorsiaPhase2, 0
                ) {
                    usedBatch += cap % 4000;
                } catch {}
            } else if (act == 5) {
                vm.prank(host);
                try credits.retire(lot(north, cap % 3000), host, host, ICredits.Purpose.HostNdc, 0) {} catch {}
            }
            if ((s >> 60) % 2 == 0 && count < 32) {
                times[count] = time();
                (first[count],) = labels.conditions(batch, CORSIA, time());
                (second[count++],) = labels.conditions(north, CORSIA, time());
                later();
            }
            ILabels.Authorisation memory state = labels.authorisation(project, YEAR);
            vm.assertTrue(state.transferred <= state.cap, "cap");
            vm.assertEq(Kilograms.unwrap(state.transferred), usedBatch);
            vm.assertTrue(Kilograms.unwrap(state.transferred) + Kilograms.unwrap(state.usedByHost) <= 20_000, "I8");
        }
        for (uint256 i; i < count; ++i) {
            (uint16 a,) = labels.conditions(batch, CORSIA, times[i]);
            (uint16 b,) = labels.conditions(north, CORSIA, times[i]);
            vm.assertEq(a, first[i]);
            vm.assertEq(b, second[i]);
        }
    }
}
