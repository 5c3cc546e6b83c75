// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {ILabels} from "../../../contracts/interfaces/ILabels.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {BatchId, ProjectId, VerificationId} from "../../../contracts/types/Ids.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";

/// @dev What the tests of labels share: three frameworks, a host country, and ten tonnes of 2021.
abstract contract LabelsTest is LedgerTest {
    bytes32 internal constant CCP = "CCP"; // two ticks
    bytes32 internal constant CORSIA = "CORSIA-1"; // a tick, the host's authorisation and its adjustment
    bytes32 internal constant ALL = "ALL"; // everything that a framework can ask

    uint32 internal constant START_2021 = 18_628; // 2021-01-01
    uint32 internal constant END_2021 = 18_992; // 2021-12-31
    uint16 internal constant YEAR = 2021;
    uint8 internal constant MITIGATION = uint8(1 << uint8(ILabels.Use.InternationalMitigation));
    uint8 internal constant NDC = uint8(1 << uint8(ILabels.Use.Ndc));
    uint8 internal constant OTHER = uint8(1 << uint8(ILabels.Use.OtherPurposes));

    address internal constant icvcm = address(0x1C);
    address internal constant icao = address(0x1CA0);
    address internal constant host = address(0x4057);

    BatchId internal batch;
    uint64 private _next = FIRST;

    function setUp() public virtual override {
        super.setUp();
        labels.admitFramework(CCP, icvcm, ILabels.Rule(true, true, ILabels.Use.None, false));
        labels.admitFramework(CORSIA, icao, ILabels.Rule(true, false, ILabels.Use.InternationalMitigation, true));
        labels.admitFramework(ALL, icvcm, ILabels.Rule(true, true, ILabels.Use.InternationalMitigation, true));
        labels.setHost("ET", host);
        batch = issuedIn(project, START_2021, END_2021, YEAR, 10);
        later();
    }

    function later() internal returns (uint48) {
        vm.warp(block.timestamp + 1);
        return uint48(block.timestamp);
    }

    function time() internal view returns (uint48) {
        return uint48(block.timestamp);
    }

    /// @dev Verified and issued to alice.
    function issuedIn(ProjectId of_, uint32 start, uint32 end, uint16 year, uint64 tonnes) internal returns (BatchId) {
        ICredits.Issuance memory order =
            issuance(verify(of_, methodology, start, end, uint48(tonnes * 1000)), _next, _next + tonnes - 1);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (start, end, year);
        _next += tonnes;
        return issueTo(alice, order);
    }

    /// @dev Another project of the same programme and country, with ten tonnes of 2021.
    function issuedElsewhere() internal returns (ProjectId other, BatchId id) {
        vm.prank(operator);
        other = projects.registerProject(registration("1341", "LAKE-TANA"));
        id = issuedIn(other, START_2021, END_2021, YEAR, 10);
    }

    /// @dev More tonnes of the fixture project's 2021, from a second component of its activity.
    function issuedFromNorth(uint64 tonnes) internal returns (BatchId) {
        IProjects.Proposal memory stated = proposal();
        vm.prank(operator);
        stated.component = projects.proposeComponent(ACTIVITY, "NORTH");
        (stated.periodStart, stated.periodEnd, stated.verified) = (START_2021, END_2021, kg(uint48(tonnes * 1000)));
        VerificationId id = propose(stated);
        accept(id);
        ICredits.Issuance memory order = issuance(id, 1, tonnes);
        (order.vintageStart, order.vintageEnd, order.vintageYear) = (START_2021, END_2021, YEAR);
        return issueTo(alice, order);
    }

    function decision() internal pure returns (ILabels.Decision memory) {
        return ILabels.Decision("document", 20_500, "https://example.org/decision");
    }

    function anyVintage() internal pure returns (ILabels.Approval memory) {
        return ILabels.Approval(false, 0, type(uint32).max, 0, 0);
    }

    function bodyOf(bytes32 label) internal pure returns (address) {
        return label == CORSIA ? icao : icvcm;
    }

    function approveProgramme(bytes32 label, ILabels.Approval memory approval) internal {
        vm.prank(bodyOf(label));
        labels.approveProgramme(label, VCS, approval, decision());
    }

    function approveMethodology(bytes32 label, ILabels.Approval memory approval) internal {
        vm.prank(bodyOf(label));
        labels.approveMethodology(label, methodology, approval, decision());
    }

    function setGuarantee(bytes32 label, bool accepted) internal {
        vm.prank(bodyOf(label));
        labels.setGuarantee(label, project, YEAR, accepted, decision());
    }

    /// @dev For the fixture's project and 2021, all of whose batches must be named.
    function authorise(uint8 uses, uint48 cap) internal {
        vm.prank(host);
        labels.authorise(project, YEAR, uses, kg(cap), listOf(batch), decision());
    }

    function revoke() internal {
        vm.prank(host);
        labels.revoke(project, YEAR, decision());
    }

    function adjust() internal {
        vm.prank(host);
        labels.recordAdjustment(project, YEAR, decision());
    }

    function retireFor(ICredits.Purpose purpose, BatchId id, uint48 kilograms) internal {
        vm.prank(alice);
        credits.retire(lot(id, kilograms), alice, alice, purpose, 0);
    }

    function retireForCorsia(uint48 kilograms) internal {
        retireFor(ICredits.Purpose.CorsiaPhase1, batch, kilograms);
    }

    /// @dev From alice, so that the host has what it uses.
    function toHost(BatchId id, uint48 kilograms) internal {
        vm.prank(alice);
        credits.safeTransferFrom(alice, host, no(id), kilograms, "");
    }

    /// @dev By the host, of what it has: see `toHost`.
    function retireForHost(uint48 kilograms) internal {
        retireForHost(batch, kilograms);
    }

    function retireForHost(BatchId id, uint48 kilograms) internal {
        vm.prank(host);
        credits.retire(lot(id, kilograms), host, host, ICredits.Purpose.HostNdc, 0);
    }

    /// @dev Everything that `label` asks, from the next second on, which has come.
    function grant(bytes32 label) internal {
        ILabels.Rule memory rule = labels.framework(label).rule;
        if (rule.byProgramme) approveProgramme(label, anyVintage());
        if (rule.byMethodology) approveMethodology(label, anyVintage());
        if (rule.use != ILabels.Use.None) authorise(MITIGATION, 10_000);
        if (rule.adjusted) adjust();
        later();
    }

    function missingAt(bytes32 label, uint48 second) internal view returns (uint16 missing) {
        (missing,) = labels.conditions(batch, label, second);
    }

    function assertMissing(bytes32 label, ILabels.Condition condition) internal view {
        vm.assertEq(missingAt(label, time()), bit(condition));
        vm.assertTrue(!labels.hasLabel(batch, label, time()), "not held");
    }

    function assertHeld(bytes32 label) internal view {
        vm.assertEq(missingAt(label, time()), 0);
        vm.assertTrue(labels.hasLabel(batch, label, time()), "held");
    }

    function bit(ILabels.Condition condition) internal pure returns (uint16) {
        return uint16(1 << uint8(condition));
    }

    function listOf(BatchId id) internal pure returns (BatchId[] memory list) {
        list = new BatchId[](1);
        list[0] = id;
    }

    function listOf(BatchId a, BatchId b) internal pure returns (BatchId[] memory list) {
        list = new BatchId[](2);
        (list[0], list[1]) = (a, b);
    }
}
