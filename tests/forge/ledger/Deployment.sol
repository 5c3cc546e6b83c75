// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC1155MetadataURI} from "@openzeppelin/contracts/token/ERC1155/extensions/IERC1155MetadataURI.sol";
import {ICertificates} from "../../../contracts/interfaces/ICertificates.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IERC7943MultiToken} from "../../../contracts/interfaces/IERC7943MultiToken.sol";
import {ILabels} from "../../../contracts/interfaces/ILabels.sol";
import {IProgrammes} from "../../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {IRedemptions} from "../../../contracts/interfaces/IRedemptions.sol";
import {IRenderer} from "../../../contracts/interfaces/IRenderer.sol";
import {IShortfalls} from "../../../contracts/interfaces/IShortfalls.sol";
import {ISignedOrders} from "../../../contracts/interfaces/ISignedOrders.sol";
import {ComponentId, MethodologyId, ProgrammeId, ProjectId, VerificationId} from "../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../contracts/types/Kilograms.sol";
import {vm} from "./Cheats.sol";

/// @dev Each contract as its callers see it. The tests know no implementation, so forge compiles them apart from the
/// contracts, without the optimiser, in seconds.
interface IManagedProgrammes is IProgrammes, IAccessManaged {}

interface IManagedProjects is IProjects, IAccessManaged {}

interface IManagedShortfalls is IShortfalls, IAccessManaged {}

interface IManagedLabels is ILabels, IAccessManaged {}

interface ILedger is ICredits, IERC1155MetadataURI, IERC7943MultiToken, IAccessManaged {}

/// @dev The whole system, deployed and wired as `onetonne.deploy` does it; this contract is governance and regulator.
abstract contract Deployment {
    uint64 internal constant HEAD = type(uint64).max;

    AccessManager internal manager;
    IManagedProgrammes internal programmes;
    IManagedProjects internal projects;
    IManagedLabels internal labels;
    IRedemptions internal redemptions;
    IManagedShortfalls internal shortfalls;
    IRenderer internal renderer;
    ICertificates internal certificates;
    ILedger internal credits;
    ISignedOrders internal signedOrders;

    address internal operator = address(0x0917);
    address internal vvb = address(0x77B);

    function deploy() internal {
        vm.warp(1_790_000_000);
        manager = new AccessManager(address(this));
        uint256 nonce = vm.getNonce(address(this));
        address shortfallsAt = vm.computeCreateAddress(address(this), nonce + 4);
        address creditsAt = vm.computeCreateAddress(address(this), nonce + 7);
        address ordersAt = vm.computeCreateAddress(address(this), nonce + 8);
        programmes = IManagedProgrammes(_create("Programmes", abi.encode(manager)));
        projects = IManagedProjects(_create("Projects", abi.encode(manager, programmes, creditsAt, shortfallsAt)));
        labels = IManagedLabels(_create("Labels", abi.encode(manager, creditsAt, programmes, projects)));
        redemptions = IRedemptions(_create("Redemptions", abi.encode(creditsAt, programmes)));
        shortfalls = IManagedShortfalls(_create("Shortfalls", abi.encode(manager, creditsAt, programmes, projects)));
        renderer = IRenderer(_create("Renderer", abi.encode(creditsAt, programmes, projects, labels, shortfalls)));
        certificates = ICertificates(_create("Certificates", abi.encode(creditsAt, renderer)));
        credits = ILedger(
            _create(
                "Credits",
                abi.encode(
                    manager, programmes, projects, labels, certificates, redemptions, shortfalls, renderer, ordersAt
                )
            )
        );
        signedOrders = ISignedOrders(_create("SignedOrders", abi.encode(creditsAt)));
        require(address(shortfalls) == shortfallsAt && address(credits) == creditsAt, "wiring");
        require(address(signedOrders) == ordersAt, "wiring");
    }

    /// @dev A contract of ours by its name, from the artifact that forge made of it.
    function _create(string memory name, bytes memory arguments) private returns (address) {
        return vm.deployCode(string.concat(name, ".sol:", name), arguments);
    }

    /// @dev A programme with the root `VCS-VCU`, a VVB, a methodology without buffer, and a project.
    function admit() internal returns (ProjectId project, MethodologyId methodology) {
        ProgrammeId programme = programmes.admitProgramme("VCS", operator);
        programmes.registerRoot("VCS-VCU", programme, 2, 0);
        programmes.registerRoot("ACR", programme, 5, 28);
        programmes.admitVvb("VVB-1", vvb);
        vm.startPrank(operator);
        methodology = programmes.registerMethodology("VM0042", "2.1", 0, 0);
        project = projects.registerProject(
            IProjects.Registration("1340", "ET", "BALE-MOUNTAINS", "AFOLU", 17_000, "Bale Mountains")
        );
        vm.stopPrank();
    }

    function verify(
        ProjectId project,
        MethodologyId methodology,
        uint32 periodStart,
        uint32 periodEnd,
        uint48 kilograms
    ) internal returns (VerificationId id) {
        IProjects.Proposal memory statement = named(
            IProjects.Proposal({
                project: project,
                programmeCode: 0,
                projectCode: 0,
                country: 0,
                site: 0,
                component: ComponentId.wrap(0),
                componentName: 0,
                methodology: methodology,
                methodologyCode: 0,
                methodologyVersion: 0,
                periodStart: periodStart,
                periodEnd: periodEnd,
                verified: Kilograms.wrap(kilograms),
                evidenceHash: "evidence",
                dataRoot: 0,
                source: "",
                supersedes: VerificationId.wrap(0),
                deadline: type(uint48).max,
                salt: 0
            })
        );
        vm.prank(vvb);
        id = projects.proposeVerification(statement);
        vm.prank(operator);
        projects.acceptVerification(id, HEAD);
    }

    /// @dev The statement with the codes of its project and methodology, where these exist.
    function named(IProjects.Proposal memory statement) internal view returns (IProjects.Proposal memory) {
        try projects.project(statement.project) returns (IProjects.Project memory subject) {
            statement.programmeCode = programmes.programmeCode(subject.programme);
            statement.projectCode = subject.code;
            IProjects.Activity memory place = projects.activity(subject.activity);
            (statement.country, statement.site) = (place.country, place.site);
            ComponentId part = statement.component;
            if (ComponentId.unwrap(part) == 0) part = projects.firstComponent(subject.activity);
            statement.componentName = projects.component(part).name;
        } catch {}
        try programmes.methodology(statement.methodology) returns (IProgrammes.Methodology memory rule) {
            (statement.methodologyCode, statement.methodologyVersion) = (rule.code, rule.version);
        } catch {}
        return statement;
    }

    function issuance(VerificationId verification, uint64 first, uint64 last)
        internal
        pure
        returns (ICredits.Issuance memory)
    {
        return ICredits.Issuance({
            root: "VCS-VCU",
            prefix: "VCS-VCU",
            first: first,
            last: last,
            hint: HEAD,
            verification: verification,
            vintageStart: 18_262,
            vintageEnd: 18_627,
            vintageYear: 2020,
            custody: keccak256("custody")
        });
    }
}
