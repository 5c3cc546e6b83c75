// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {Certificates} from "../../../contracts/Certificates.sol";
import {Credits} from "../../../contracts/Credits.sol";
import {Labels} from "../../../contracts/Labels.sol";
import {Programmes} from "../../../contracts/Programmes.sol";
import {Projects} from "../../../contracts/Projects.sol";
import {Redemptions} from "../../../contracts/Redemptions.sol";
import {Renderer} from "../../../contracts/Renderer.sol";
import {ICredits} from "../../../contracts/interfaces/ICredits.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {ComponentId, MethodologyId, ProgrammeId, ProjectId, VerificationId} from "../../../contracts/types/Ids.sol";
import {Kilograms} from "../../../contracts/types/Kilograms.sol";
import {vm} from "../Vm.sol";

/// @dev The whole system, deployed and wired as `onetonne.deploy` does it; this contract is governance and regulator.
abstract contract Deployment {
    uint64 internal constant HEAD = type(uint64).max;

    AccessManager internal manager;
    Programmes internal programmes;
    Projects internal projects;
    Labels internal labels;
    Redemptions internal redemptions;
    Renderer internal renderer;
    Certificates internal certificates;
    Credits internal credits;

    address internal operator = address(0x0917);
    address internal vvb = address(0x77B);

    function deploy() internal {
        vm.warp(1_790_000_000);
        manager = new AccessManager(address(this));
        address predicted = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 6);
        programmes = new Programmes(address(manager));
        projects = new Projects(programmes, predicted);
        labels = new Labels(address(manager), ICredits(predicted));
        redemptions = new Redemptions(ICredits(predicted), programmes);
        renderer = new Renderer(ICredits(predicted), programmes, projects);
        certificates = new Certificates(ICredits(predicted), renderer);
        credits = new Credits(
            address(manager),
            programmes,
            projects,
            labels,
            certificates,
            redemptions,
            renderer
        );
        require(address(credits) == predicted, "wiring");
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
        vm.prank(vvb);
        id = projects.proposeVerification(
            IProjects.Proposal({
                project: project,
                component: ComponentId.wrap(0),
                methodology: methodology,
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
        vm.prank(operator);
        projects.acceptVerification(id, HEAD);
    }

    function issuance(
        VerificationId verification,
        uint64 first,
        uint64 last
    ) internal pure returns (ICredits.Issuance memory) {
        return
            ICredits.Issuance({
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
