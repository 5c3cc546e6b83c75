// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../../contracts/interfaces/ILabels.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {IShortfalls} from "../../../contracts/interfaces/IShortfalls.sol";
import {BatchId, VerificationId, VvbId} from "../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../contracts/types/Kilograms.sol";
import {vm} from "./Cheats.sol";
import {LabelsTest} from "./LabelsTest.sol";
import {OwnedWallet} from "./OwnedWallet.sol";

/// @dev Ways around the host country and around the verifier that were tried, and are closed: one test each.
contract ClaimAttacksTest is LabelsTest {
    uint256 private constant KEY = 0xA11;

    /// @dev Half of the reductions happened before 2021. The year that the programme declares says whose account they are in.
    function test_attack_corsia_with_a_vintage_that_spans_new_year_2021_declared_as_2021() external {
        BatchId turn = issuedIn(project, START + 182, END, YEAR - 1, 1); // before: needs nobody
        retireFor(ICredits.Purpose.CorsiaPhase1, turn, 1);

        turn = _spanning(YEAR);
        vm.expectRevert(
            abi.encodeWithSelector(ILabels.NotAuthorised.selector, project, YEAR, ILabels.Use.InternationalMitigation)
        );
        retireFor(ICredits.Purpose.CorsiaPhase1, turn, 1);
        vm.prank(host);
        labels.authorise(project, YEAR, MITIGATION, kg(1000), listOf(batch, turn), decision());
        later();
        retireFor(ICredits.Purpose.CorsiaPhase1, turn, 1);
        retireForCorsia(999); // one account for the year, whatever its batches' days
        vm.expectRevert(abi.encodeWithSelector(ILabels.AuthorisationExceeded.selector, project, YEAR, kg(1), kg(0)));
        retireFor(ICredits.Purpose.CorsiaPhase1, turn, 1);
    }

    /// @dev Nine of ten tonnes used for CORSIA by another door, so that the host could revoke, and count the tenth itself.
    function test_attack_corsia_by_a_cancellation() external {
        authorise(MITIGATION, 10_000);
        later();
        ICredits.CancellationKind kind = ICredits.CancellationKind.Corsia;
        vm.expectRevert(abi.encodeWithSelector(ICredits.CancellationKindReserved.selector, kind));
        vm.prank(alice);
        credits.cancel(lot(batch, 9000), alice, kind, "flights of 2024");
    }

    /// @dev A lot that the host authorised takes none through that it did not, whichever comes first.
    function test_attack_corsia_with_an_unauthorised_year_among_the_lots() external {
        BatchId next = issuedIn(project, END_2021 + 1, END_2021 + 365, YEAR + 1, 10);
        authorise(MITIGATION, 10_000);
        later();
        _refusesBoth(lotsOf(batch, 10, next, 10));
        _refusesBoth(lotsOf(next, 10, batch, 10));
        vm.assertTrue(labels.authorisation(project, YEAR).transferred == kg(0), "nothing was transferred");
        vm.assertEq(balance(alice, batch), 10_000);
    }

    /// @dev A statement is the body's, not its account's: the owner's signature is good for the body's new wallet, too.
    function test_attack_the_same_statement_after_the_vvb_moved_to_a_wallet() external {
        VvbId body = programmes.admitVvb("VVB-2", vm.addr(KEY));
        IProjects.Proposal memory stated = proposal();
        bytes memory signature = _sign(projects.verificationDigest(stated));
        VerificationId made = projects.proposeVerificationSigned(stated, vm.addr(KEY), signature);

        address wallet = address(new OwnedWallet(vm.addr(KEY)));
        programmes.rotateVvbKey(body, wallet);
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationAlreadyProposed.selector, made));
        projects.proposeVerificationSigned(stated, wallet, signature);

        stated.salt = "another"; // the wallet does answer for that key
        signature = _sign(projects.verificationDigest(stated));
        projects.proposeVerificationSigned(stated, wallet, signature);
    }

    /// @dev What a verifier signed of a buffer verifies nothing, and the reverse.
    function test_attack_a_signature_of_the_other_kind() external {
        programmes.admitVvb("VVB-2", vm.addr(KEY));
        IProjects.Proposal memory stated = proposal();
        IShortfalls.BufferRelease memory release =
            IShortfalls.BufferRelease(project, "VCS", "1340", kg(1000), "evidence", type(uint48).max, "salt");
        bytes memory ofRelease = _sign(shortfalls.releaseDigest(release));
        bytes memory ofVerification = _sign(projects.verificationDigest(stated));

        vm.expectRevert(abi.encodeWithSelector(IProjects.VerificationSignatureInvalid.selector, vm.addr(KEY)));
        projects.proposeVerificationSigned(stated, vm.addr(KEY), ofRelease);
        vm.expectRevert(abi.encodeWithSelector(IShortfalls.ReleaseSignatureInvalid.selector, vm.addr(KEY)));
        vm.prank(operator);
        shortfalls.releaseBuffer(release, vm.addr(KEY), ofVerification, lot(batch, 1000), operator);
    }

    /// @dev Another verifier takes over a withdrawn claim: with what was issued off its cap, and no word left for the first.
    function test_attack_more_tonnes_through_another_verifiers_successor() external {
        programmes.admitVvb("VVB-2", otherVvb);
        VerificationId first = VerificationId.wrap(1); // the fixture's ten tonnes of 2021, all issued
        vm.prank(vvb);
        projects.withdrawVerification(first, "data");
        IProjects.Proposal memory stated = proposal();
        (stated.periodStart, stated.periodEnd, stated.verified) = (START_2021, END_2021, kg(12_000));
        stated.supersedes = first;
        vm.prank(otherVvb);
        VerificationId second = projects.proposeVerification(stated);
        accept(second);

        Kilograms left = projects.verification(second).cap;
        vm.assertTrue(left == kg(2000), "twelve tonnes less ten");
        ICredits.Issuance memory order = issuance(second, 1, 3);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (START_2021, END_2021, YEAR);
        vm.expectRevert(abi.encodeWithSelector(IProjects.VerifiedQuantityExceeded.selector, second, 3000, kg(2000)));
        vm.prank(operator);
        credits.issue(one(order), alice);
        vm.expectRevert(abi.encodeWithSelector(IProjects.NotAllowedToWithdraw.selector, second, vvb));
        vm.prank(vvb);
        projects.withdrawVerification(second, "mine");
    }

    /// @dev A tonne of a second component, whose days span New Year 2021.
    function _spanning(uint16 year) private returns (BatchId) {
        IProjects.Proposal memory stated = proposal();
        vm.prank(operator);
        stated.component = projects.proposeComponent(ACTIVITY, "NORTH");
        (stated.periodStart, stated.periodEnd) = (START + 182, START_2021 + 180);
        VerificationId id = propose(stated);
        accept(id);
        ICredits.Issuance memory order = issuance(id, 1, 1);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (stated.periodStart, stated.periodEnd, year);
        return issueTo(alice, order);
    }

    function _refusesBoth(ICredits.Lot[] memory lots) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                ILabels.NotAuthorised.selector, project, YEAR + 1, ILabels.Use.InternationalMitigation
            )
        );
        vm.prank(alice);
        credits.retire(lots, alice, alice, ICredits.Purpose.CorsiaPhase1, 0);
    }

    function _sign(bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, digest);
        return abi.encodePacked(r, s, v);
    }
}
