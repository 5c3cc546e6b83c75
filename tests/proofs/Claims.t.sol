// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProgrammes} from "../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../contracts/interfaces/IProjects.sol";
import {Projects} from "../../contracts/Projects.sol";
import {ComponentId, MethodologyId, ProgrammeId, ProjectId, VerificationId, VvbId} from "../../contracts/types/Ids.sol";
import {Kilograms} from "../../contracts/types/Kilograms.sol";
import {vm} from "../forge/Vm.sol";

/// @dev The answers of `Programmes` that `Projects` asks for: one programme, one VVB, one methodology, all active.
contract OneProgramme {
    function requireOperator(address) external pure returns (ProgrammeId) {
        return ProgrammeId.wrap(1);
    }

    function requireVvb(address) external pure returns (VvbId) {
        return VvbId.wrap(1);
    }

    function requireVvbActive(VvbId) external pure {}

    function requireMethodologyActive(MethodologyId) external pure returns (uint16, uint8) {
        return (0, 0);
    }

    function programmeCode(ProgrammeId) external pure returns (bytes32) {
        return "PROGRAMME";
    }

    function isOperator(ProgrammeId, address) external pure returns (bool) {
        return true;
    }

    function methodology(MethodologyId) external pure returns (IProgrammes.Methodology memory entry) {
        entry.programme = ProgrammeId.wrap(1);
    }
}

/// @notice Proof that what is issued in a claim never exceeds the greatest quantity verified in it (I5), on the real
/// contract `Projects`, for every verified and every issued quantity.
/// @dev Bounded: a claim of a first verification and two successors, in one order of calls: accepted, issued against
/// twice, withdrawn, superseded. An issuance that is refused changes nothing, as one of 0 kg, so refused ones are
/// covered. Not proved: longer chains, and other orders of calls; `tests/forge/ledger/invariants` draws those.
contract ClaimsProof {
    Projects private _projects;
    ProjectId private _project;

    function setUp() external {
        vm.warp(1 days); // the monitored day is over
        IProgrammes programmes = IProgrammes(address(new OneProgramme()));
        _projects = new Projects({
            authority: address(this), programmes_: programmes, credits_: address(this), shortfalls_: address(this)
        });
        _project = _projects.registerProject(IProjects.Registration("P", "KE", "SITE", "", 0, ""));
    }

    function check_issued_in_a_claim(Kilograms[3] calldata verified, Kilograms[6] calldata issued) external {
        VerificationId id;
        uint256 total;
        uint256 greatest;
        for (uint256 i; i < 3; ++i) {
            id = _propose(verified[i], id, bytes32(i));
            _projects.acceptVerification(id, type(uint64).max);
            greatest = _greater(greatest, Kilograms.unwrap(verified[i]));
            total += _issue(id, issued[2 * i]) + _issue(id, issued[2 * i + 1]);
            assert(total <= greatest);
            _withdraw(id);
        }
    }

    function _propose(Kilograms verified, VerificationId supersedes, bytes32 salt) private returns (VerificationId) {
        return _projects.proposeVerification(
            IProjects.Proposal({
                project: _project,
                programmeCode: "PROGRAMME",
                projectCode: "P",
                country: "KE",
                site: "SITE",
                component: ComponentId.wrap(0),
                componentName: "SITE",
                methodology: MethodologyId.wrap(1),
                methodologyCode: 0,
                methodologyVersion: 0,
                periodStart: 0,
                periodEnd: 0,
                verified: verified,
                evidenceHash: "evidence",
                dataRoot: 0,
                source: "",
                supersedes: supersedes,
                deadline: type(uint48).max,
                salt: salt
            })
        );
    }

    function _issue(VerificationId id, Kilograms kilograms) private returns (uint256) {
        _projects.recordIssuance(id, ProgrammeId.wrap(1), 0, 0, 1970, kilograms);
        return Kilograms.unwrap(kilograms);
    }

    /// @dev A withdrawal never fails, so that what was issued is always carried on.
    function _withdraw(VerificationId id) private {
        try _projects.withdrawVerification(id, "") {}
        catch {
            assert(false);
        }
    }

    /// @dev Without a branch, which would double the paths that halmos follows.
    function _greater(uint256 a, uint256 b) private pure returns (uint256 c) {
        assembly {
            c := xor(a, and(xor(a, b), sub(0, lt(a, b))))
        }
    }
}
