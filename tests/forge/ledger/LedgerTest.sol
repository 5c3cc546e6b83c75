// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {
    ActivityId,
    BatchId,
    CancellationId,
    ComponentId,
    MethodologyId,
    ProgrammeId,
    ProjectId,
    RedemptionId,
    RetirementId,
    VerificationId,
    VvbId
} from "../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../contracts/types/Kilograms.sol";
import {vm} from "./Cheats.sol";
import {Deployment} from "./Deployment.sol";

/// @dev What the ledger's unit tests share: the fixture's world, a second programme in it, and the verbs they repeat.
abstract contract LedgerTest is Deployment {
    uint32 internal constant START = 18_262; // 2020-01-01
    uint32 internal constant END = 18_627; // 2020-12-31
    uint64 internal constant FIRST = 941_467_007;
    uint64 internal constant LAST = 941_467_016; // ten serial numbers
    uint256 internal constant TEN_TONNES = 10_000;

    ProgrammeId internal constant VCS = ProgrammeId.wrap(1);
    ProgrammeId internal constant GS = ProgrammeId.wrap(2);
    VvbId internal constant VVB = VvbId.wrap(1);
    ActivityId internal constant ACTIVITY = ActivityId.wrap(1);
    ComponentId internal constant COMPONENT = ComponentId.wrap(1);

    address internal constant alice = address(0xA11CE);
    address internal constant bob = address(0xB0B);
    address internal constant mallory = address(0xBAD);
    address internal constant otherOperator = address(0x0612);
    address internal constant otherVvb = address(0x77C);

    ProjectId internal project;
    MethodologyId internal methodology;

    function setUp() public virtual {
        deploy();
        (project, methodology) = admit();
    }

    /// @dev Gold Standard, with its own operator and its seven-segment root; no project yet.
    function admitOther() internal returns (MethodologyId rule) {
        programmes.admitProgramme("GS", otherOperator);
        programmes.registerRoot("GS1", GS, 7, 122); // segments 1 and 3 to 6 are numbers
        vm.prank(otherOperator);
        rule = programmes.registerMethodology("GS-METH", "1.0", 0, 0);
    }

    /// @dev Gold Standard on the activity of the fixture's project, with a project of its own there.
    function shareActivity() internal returns (ProjectId joined, MethodologyId rule) {
        rule = admitOther();
        vm.prank(operator);
        projects.consentToJoin(ACTIVITY, GS);
        vm.prank(otherOperator);
        joined = projects.registerProject(registration("11603", "BALE-MOUNTAINS"));
    }

    function registration(bytes32 code, bytes32 site) internal pure returns (IProjects.Registration memory) {
        return IProjects.Registration(code, "ET", site, "AFOLU", 17_000, "a name");
    }

    function proposal() internal view returns (IProjects.Proposal memory) {
        return IProjects.Proposal({
            project: project,
            programmeCode: "VCS",
            projectCode: "1340",
            country: "ET",
            site: "BALE-MOUNTAINS",
            component: ComponentId.wrap(0),
            componentName: "BALE-MOUNTAINS",
            methodology: methodology,
            methodologyCode: "VM0042",
            methodologyVersion: "2.1",
            periodStart: START,
            periodEnd: END,
            verified: kg(10_000),
            evidenceHash: "evidence",
            dataRoot: "root",
            source: "https://example.org/report",
            supersedes: VerificationId.wrap(0),
            deadline: type(uint48).max,
            salt: 0
        });
    }

    function propose(IProjects.Proposal memory statement) internal returns (VerificationId) {
        statement = named(statement);
        vm.prank(vvb);
        return projects.proposeVerification(statement);
    }

    function accept(VerificationId id) internal {
        vm.prank(operator);
        projects.acceptVerification(id, HEAD);
    }

    function withdraw(VerificationId id) internal {
        vm.prank(operator);
        projects.withdrawVerification(id, "typo");
    }

    /// @dev An accepted verification of ten tonnes for 2020.
    function verified() internal returns (VerificationId) {
        return verify(project, methodology, START, END, 10_000);
    }

    function one(ICredits.Issuance memory order) internal pure returns (ICredits.Issuance[] memory orders) {
        orders = new ICredits.Issuance[](1);
        orders[0] = order;
    }

    function issueTo(address recipient, ICredits.Issuance memory order) internal returns (BatchId) {
        vm.prank(operator);
        return credits.issue(one(order), recipient)[0];
    }

    /// @dev Batch 1: ten tonnes, serial numbers `FIRST` to `LAST`, held by alice.
    function issued() internal returns (BatchId) {
        return issueTo(alice, issuance(verified(), FIRST, LAST));
    }

    /// @dev Batches 1 and 2, of ten tonnes each, held by alice.
    function issuedTwo() internal returns (BatchId, BatchId) {
        VerificationId id = verify(project, methodology, START, END, 20_000);
        ICredits.Issuance[] memory orders = new ICredits.Issuance[](2);
        orders[0] = issuance(id, FIRST, LAST);
        orders[1] = issuance(id, LAST + 1, LAST + 10);
        vm.prank(operator);
        BatchId[] memory batches = credits.issue(orders, alice);
        return (batches[0], batches[1]);
    }

    function lot(BatchId batch, uint48 kilograms) internal pure returns (ICredits.Lot[] memory lots) {
        lots = new ICredits.Lot[](1);
        lots[0] = ICredits.Lot(batch, Kilograms.wrap(kilograms));
    }

    function lotsOf(BatchId a, uint48 kilogramsA, BatchId b, uint48 kilogramsB)
        internal
        pure
        returns (ICredits.Lot[] memory lots)
    {
        lots = new ICredits.Lot[](2);
        lots[0] = ICredits.Lot(a, Kilograms.wrap(kilogramsA));
        lots[1] = ICredits.Lot(b, Kilograms.wrap(kilogramsB));
    }

    /// @dev Retires for alice, on her own behalf.
    function retire(BatchId batch, uint48 kilograms) internal returns (RetirementId) {
        vm.prank(alice);
        return credits.retire(lot(batch, kilograms), alice, alice, ICredits.Purpose.Voluntary, 0)[0];
    }

    function balance(address account, BatchId batch) internal view returns (uint256) {
        return credits.balanceOf(account, BatchId.unwrap(batch));
    }

    function pair(uint256 a, uint256 b) internal pure returns (uint256[] memory list) {
        list = new uint256[](2);
        (list[0], list[1]) = (a, b);
    }

    function kg(uint48 kilograms) internal pure returns (Kilograms) {
        return Kilograms.wrap(kilograms);
    }

    function no(BatchId id) internal pure returns (uint256) {
        return BatchId.unwrap(id);
    }

    function expectUnauthorized(address account) internal {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, account));
        vm.prank(account);
    }
}
