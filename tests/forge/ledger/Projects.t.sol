// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProgrammes} from "../../../contracts/interfaces/IProgrammes.sol";
import {IProjects} from "../../../contracts/interfaces/IProjects.sol";
import {Codes} from "../../../contracts/libraries/Codes.sol";
import {ActivityId, ComponentId, ProgrammeId, ProjectId} from "../../../contracts/types/Ids.sol";
import {vm} from "./Cheats.sol";
import {LedgerTest} from "./LedgerTest.sol";

/// @dev Projects, activities and components; verifications have a file of their own.
contract ProjectsTest is LedgerTest {
    ActivityId private constant UNKNOWN = ActivityId.wrap(9);
    ComponentId private constant SECOND = ComponentId.wrap(2);

    // registerProject

    function test_register_project_emits_and_registers_a_new_activity() external {
        ActivityId activity = ActivityId.wrap(2);
        vm.expectEmit(address(projects));
        emit IProjects.ActivityRegistered(activity, "ET", "LAKE-TANA", VCS);
        vm.expectEmit(address(projects));
        emit IProjects.ComponentProposed(SECOND, activity, "LAKE-TANA");
        vm.expectEmit(address(projects));
        emit IProjects.ComponentApproved(SECOND, VCS);
        vm.expectEmit(address(projects));
        emit IProjects.ComponentActivated(SECOND);
        vm.expectEmit(address(projects));
        emit IProjects.ProjectRegistered(ProjectId.wrap(2), VCS, activity, "1341", "AFOLU", 17_000, "a name");
        vm.prank(operator);
        ProjectId id = projects.registerProject(registration("1341", "LAKE-TANA"));

        IProjects.Project memory entry = projects.project(id);
        vm.assertEq(ActivityId.unwrap(entry.activity), 2);
        vm.assertTrue(entry.programme == VCS, "programme");
        vm.assertEq(entry.creditingStart, 17_000);
        vm.assertEq(entry.registeredAt, block.timestamp);
        vm.assertEq(entry.code, "1341");
        vm.assertEq(entry.activityType, "AFOLU");
        vm.assertTrue(projects.projectByCode(VCS, "1341") == id, "by code");

        IProjects.Activity memory thing = projects.activity(activity);
        vm.assertEq(bytes32(thing.country), "ET");
        vm.assertEq(thing.site, "LAKE-TANA");
        vm.assertEq(thing.programmes, 1);
        vm.assertEq(ActivityId.unwrap(projects.activityBySite("ET", "LAKE-TANA")), 2);
        vm.assertTrue(projects.isShared(activity, VCS) && !projects.isShared(activity, GS), "who is on it");
        vm.assertTrue(projects.firstComponent(activity) == SECOND, "first component");
        IProjects.Component memory part = projects.component(SECOND);
        vm.assertEq(ActivityId.unwrap(part.activity), 2);
        vm.assertTrue(part.active, "active");
        vm.assertEq(part.approvals, 1);
        vm.assertEq(part.name, "LAKE-TANA");
    }

    function test_register_project_of_one_programme_shares_its_own_activity() external {
        vm.prank(operator);
        ProjectId id = projects.registerProject(registration("1341", "BALE-MOUNTAINS"));
        vm.assertEq(ActivityId.unwrap(projects.project(id).activity), 1);
        vm.assertEq(projects.activity(ACTIVITY).programmes, 1);
    }

    function test_register_project_at_the_same_site_of_another_country_is_another_activity() external {
        IProjects.Registration memory r = registration("1341", "BALE-MOUNTAINS");
        r.country = "KE";
        vm.prank(operator);
        vm.assertEq(ActivityId.unwrap(projects.project(projects.registerProject(r)).activity), 2);
    }

    function test_register_project_reverts_when_code_is_taken() external {
        vm.expectRevert(abi.encodeWithSelector(IProjects.ProjectCodeTaken.selector, VCS, bytes32("1340"), project));
        vm.prank(operator);
        projects.registerProject(registration("1340", "LAKE-TANA"));
    }

    function test_register_project_takes_a_code_of_another_programme() external {
        admitOther();
        vm.prank(otherOperator);
        projects.registerProject(registration("1340", "LAKE-TANA"));
    }

    function test_register_project_reverts_on_malformed_code() external {
        vm.expectRevert(abi.encodeWithSelector(Codes.CodeMalformed.selector, bytes32("gs1")));
        vm.prank(operator);
        projects.registerProject(registration("gs1", "LAKE-TANA"));
    }

    function test_register_project_reverts_on_malformed_site() external {
        vm.expectRevert(abi.encodeWithSelector(Codes.CodeMalformed.selector, bytes32("Lake Tana")));
        vm.prank(operator);
        projects.registerProject(registration("1341", "Lake Tana"));
    }

    function test_register_project_reverts_on_malformed_country() external {
        bytes2[5] memory bad = [bytes2("et"), "E1", "1E", "", "E"];
        for (uint256 i; i < bad.length; ++i) {
            IProjects.Registration memory r = registration("1341", "LAKE-TANA");
            r.country = bad[i];
            vm.expectRevert(abi.encodeWithSelector(Codes.CountryMalformed.selector, bad[i]));
            vm.prank(operator);
            projects.registerProject(r);
        }
    }

    function test_register_project_reverts_on_malformed_activity_type() external {
        IProjects.Registration memory r = registration("1341", "LAKE-TANA");
        r.activityType = "Afolu";
        vm.expectRevert(abi.encodeWithSelector(Codes.CodeMalformed.selector, bytes32("Afolu")));
        vm.prank(operator);
        projects.registerProject(r);
        r.activityType = 0; // none is allowed
        vm.prank(operator);
        vm.assertEq(projects.project(projects.registerProject(r)).activityType, 0);
    }

    function test_register_project_reverts_for_anyone_but_an_operator() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotAnOperator.selector, vvb));
        vm.prank(vvb);
        projects.registerProject(registration("1341", "LAKE-TANA"));
    }

    function test_register_project_reverts_when_programme_is_suspended() external {
        programmes.suspendProgramme(VCS, "");
        vm.expectRevert(_suspended());
        vm.prank(operator);
        projects.registerProject(registration("1341", "LAKE-TANA"));
    }

    function test_register_project_of_another_programme_reverts_without_consent() external {
        admitOther();
        vm.expectRevert(abi.encodeWithSelector(IProjects.ActivityNotShared.selector, ACTIVITY, GS));
        vm.prank(otherOperator);
        projects.registerProject(registration("11603", "BALE-MOUNTAINS"));
    }

    // consentToJoin

    function test_consent_to_join_emits_and_admits_once() external {
        admitOther();
        vm.expectEmit(address(projects));
        emit IProjects.ActivityJoinConsented(ACTIVITY, VCS, GS);
        vm.prank(operator);
        projects.consentToJoin(ACTIVITY, GS);
        vm.assertTrue(projects.isShared(ACTIVITY, GS), "may join");
        vm.assertEq(projects.activity(ACTIVITY).programmes, 1);

        vm.expectEmit(address(projects));
        emit IProjects.ActivityJoined(ACTIVITY, GS);
        vm.prank(otherOperator);
        projects.registerProject(registration("11603", "BALE-MOUNTAINS"));
        vm.assertEq(projects.activity(ACTIVITY).programmes, 2);
        vm.prank(otherOperator);
        projects.registerProject(registration("11604", "BALE-MOUNTAINS"));
        vm.assertEq(projects.activity(ACTIVITY).programmes, 2);
    }

    function test_consent_to_join_reverts_when_it_shares_already() external {
        admitOther();
        bytes memory refusal = abi.encodeWithSelector(IProjects.ActivityAlreadyShared.selector, ACTIVITY, GS);
        vm.startPrank(operator);
        projects.consentToJoin(ACTIVITY, GS);
        vm.expectRevert(refusal);
        projects.consentToJoin(ACTIVITY, GS);
        vm.expectRevert(abi.encodeWithSelector(IProjects.ActivityAlreadyShared.selector, ACTIVITY, VCS));
        projects.consentToJoin(ACTIVITY, VCS);
        vm.stopPrank();
        vm.prank(otherOperator);
        projects.registerProject(registration("11603", "BALE-MOUNTAINS"));
        vm.expectRevert(refusal);
        vm.prank(operator);
        projects.consentToJoin(ACTIVITY, GS);
    }

    function test_consent_to_join_reverts_for_a_programme_not_on_the_activity() external {
        admitOther();
        bytes memory refusal = abi.encodeWithSelector(IProjects.ActivityNotShared.selector, ACTIVITY, GS);
        vm.expectRevert(refusal);
        vm.prank(otherOperator);
        projects.consentToJoin(ACTIVITY, GS);
        vm.prank(operator);
        projects.consentToJoin(ACTIVITY, GS);
        vm.expectRevert(refusal); // consented, and yet without a project there
        vm.prank(otherOperator);
        projects.consentToJoin(ACTIVITY, ProgrammeId.wrap(1));
    }

    function test_consent_to_join_is_for_one_activity() external {
        shareActivity();
        vm.prank(operator);
        projects.registerProject(registration("1341", "LAKE-TANA"));
        vm.expectRevert(abi.encodeWithSelector(IProjects.ActivityNotShared.selector, ActivityId.wrap(2), GS));
        vm.prank(otherOperator);
        projects.registerProject(registration("11604", "LAKE-TANA"));
    }

    function test_consent_to_join_reverts_for_unknown_programme() external {
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.ProgrammeUnknown.selector, ProgrammeId.wrap(9)));
        vm.prank(operator);
        projects.consentToJoin(ACTIVITY, ProgrammeId.wrap(9));
    }

    function test_consent_to_join_reverts_for_unknown_activity() external {
        vm.expectRevert(abi.encodeWithSelector(IProjects.ActivityUnknown.selector, UNKNOWN));
        vm.prank(operator);
        projects.consentToJoin(UNKNOWN, VCS);
    }

    function test_consent_to_join_reverts_for_anyone_but_an_operator() external {
        admitOther();
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.NotAnOperator.selector, mallory));
        vm.prank(mallory);
        projects.consentToJoin(ACTIVITY, GS);
    }

    // proposeComponent, approveComponent

    function test_propose_component_of_a_lone_programme_is_active_at_once() external {
        vm.expectEmit(address(projects));
        emit IProjects.ComponentProposed(SECOND, ACTIVITY, "NORTH");
        vm.expectEmit(address(projects));
        emit IProjects.ComponentApproved(SECOND, VCS);
        vm.expectEmit(address(projects));
        emit IProjects.ComponentActivated(SECOND);
        vm.prank(operator);
        ComponentId id = projects.proposeComponent(ACTIVITY, "NORTH");
        IProjects.Component memory part = projects.component(id);
        vm.assertTrue(id == SECOND && part.active, "active");
        vm.assertEq(ActivityId.unwrap(part.activity), 1);
        vm.assertEq(part.approvals, 1);
        vm.assertEq(part.name, "NORTH");
        vm.assertTrue(projects.firstComponent(ACTIVITY) == COMPONENT, "the first stays the first");
    }

    function test_approve_component_needs_every_programme_on_the_activity() external {
        shareActivity();
        vm.prank(operator);
        ComponentId id = projects.proposeComponent(ACTIVITY, "NORTH");
        vm.assertTrue(!projects.component(id).active, "waits for the other programme");

        vm.expectEmit(address(projects));
        emit IProjects.ComponentApproved(id, GS);
        vm.expectEmit(address(projects));
        emit IProjects.ComponentActivated(id);
        vm.prank(otherOperator);
        projects.approveComponent(id);
        vm.assertTrue(projects.component(id).active, "active");
        vm.assertEq(projects.component(id).approvals, 2);
    }

    function test_approve_component_waits_for_who_joined_meanwhile() external {
        shareActivity();
        vm.prank(operator);
        ComponentId id = projects.proposeComponent(ACTIVITY, "NORTH");
        programmes.admitProgramme("ACR", alice);
        vm.prank(operator);
        projects.consentToJoin(ACTIVITY, ProgrammeId.wrap(3));
        vm.prank(alice);
        projects.registerProject(registration("499", "BALE-MOUNTAINS"));

        vm.prank(otherOperator);
        projects.approveComponent(id);
        vm.assertTrue(!projects.component(id).active, "two of three");
        vm.prank(alice);
        projects.approveComponent(id);
        vm.assertTrue(projects.component(id).active, "three of three");
    }

    function test_approve_component_after_activation_changes_nothing_else() external {
        vm.prank(operator);
        ComponentId id = projects.proposeComponent(ACTIVITY, "NORTH");
        shareActivity();
        vm.recordLogs();
        vm.prank(otherOperator);
        projects.approveComponent(id);
        vm.assertEq(vm.getRecordedLogs().length, 1, "approved, and not activated again");
        vm.assertTrue(projects.component(id).active, "active as before");
        vm.assertEq(projects.component(id).approvals, 2);
    }

    function test_approve_component_reverts_twice() external {
        vm.prank(operator);
        ComponentId id = projects.proposeComponent(ACTIVITY, "NORTH");
        vm.expectRevert(abi.encodeWithSelector(IProjects.ComponentAlreadyApproved.selector, id, VCS));
        vm.prank(operator);
        projects.approveComponent(id);
    }

    function test_approve_component_reverts_when_unknown() external {
        vm.expectRevert(abi.encodeWithSelector(IProjects.ComponentUnknown.selector, SECOND));
        vm.prank(operator);
        projects.approveComponent(SECOND);
    }

    function test_approve_component_reverts_for_a_programme_not_on_the_activity() external {
        admitOther();
        vm.expectRevert(abi.encodeWithSelector(IProjects.ActivityNotShared.selector, ACTIVITY, GS));
        vm.prank(otherOperator);
        projects.approveComponent(COMPONENT);
    }

    function test_approve_component_reverts_when_programme_is_suspended() external {
        shareActivity();
        vm.prank(operator);
        ComponentId id = projects.proposeComponent(ACTIVITY, "NORTH");
        programmes.suspendProgramme(GS, "");
        vm.expectRevert(
            abi.encodeWithSelector(
                IProgrammes.ProgrammeNotActive.selector, GS, IProgrammes.Standing.Suspended, block.timestamp
            )
        );
        vm.prank(otherOperator);
        projects.approveComponent(id);
    }

    function test_propose_and_approve_component_revert_for_anyone_but_an_operator() external {
        bytes memory refusal = abi.encodeWithSelector(IProgrammes.NotAnOperator.selector, vvb);
        vm.startPrank(vvb);
        vm.expectRevert(refusal);
        projects.proposeComponent(ACTIVITY, "NORTH");
        vm.expectRevert(refusal);
        projects.approveComponent(COMPONENT);
        vm.stopPrank();
    }

    function test_propose_component_reverts_on_malformed_name() external {
        vm.expectRevert(abi.encodeWithSelector(Codes.CodeMalformed.selector, bytes32("north")));
        vm.prank(operator);
        projects.proposeComponent(ACTIVITY, "north");
    }

    function test_propose_component_reverts_for_unknown_activity() external {
        vm.expectRevert(abi.encodeWithSelector(IProjects.ActivityUnknown.selector, UNKNOWN));
        vm.prank(operator);
        projects.proposeComponent(UNKNOWN, "NORTH");
    }

    function test_propose_component_reverts_for_a_programme_not_on_the_activity() external {
        admitOther();
        vm.expectRevert(abi.encodeWithSelector(IProjects.ActivityNotShared.selector, ACTIVITY, GS));
        vm.prank(otherOperator);
        projects.proposeComponent(ACTIVITY, "NORTH");
    }

    // views

    function test_views_of_what_is_not_there() external {
        vm.expectRevert(abi.encodeWithSelector(IProjects.ActivityUnknown.selector, UNKNOWN));
        projects.activity(UNKNOWN);
        vm.expectRevert(abi.encodeWithSelector(IProjects.ComponentUnknown.selector, SECOND));
        projects.component(SECOND);
        vm.expectRevert(abi.encodeWithSelector(IProjects.ProjectUnknown.selector, ProjectId.wrap(9)));
        projects.project(ProjectId.wrap(9));
        vm.assertEq(ActivityId.unwrap(projects.activityBySite("ET", "LAKE-TANA")), 0);
        vm.assertEq(ComponentId.unwrap(projects.firstComponent(UNKNOWN)), 0);
        vm.assertEq(ProjectId.unwrap(projects.projectByCode(VCS, "1")), 0);
    }

    function _suspended() private view returns (bytes memory) {
        return abi.encodeWithSelector(
            IProgrammes.ProgrammeNotActive.selector, VCS, IProgrammes.Standing.Suspended, block.timestamp
        );
    }

    // a suspended programme

    /// @dev F6 turned round: governance consents in the place of a suspended programme, and of no other.
    function test_governance_consents_for_a_suspended_programme() external {
        admitOther();
        vm.expectRevert(abi.encodeWithSelector(IProjects.ProgrammeNotSuspended.selector, VCS));
        projects.consentForSuspended(ACTIVITY, VCS, GS);
        programmes.suspendProgramme(VCS, "defunct");
        vm.expectEmit(address(projects));
        emit IProjects.ActivityJoinConsented(ACTIVITY, VCS, GS);
        projects.consentForSuspended(ACTIVITY, VCS, GS);
        vm.prank(otherOperator);
        projects.registerProject(registration("11603", "BALE-MOUNTAINS"));
        vm.expectRevert(abi.encodeWithSelector(IProjects.ActivityAlreadyShared.selector, ACTIVITY, GS));
        projects.consentForSuspended(ACTIVITY, VCS, GS);
    }

    function test_consent_for_suspended_reverts_for_programmes_elsewhere_and_strangers() external {
        admitOther();
        programmes.suspendProgramme(GS, "");
        vm.expectRevert(abi.encodeWithSelector(IProjects.ActivityNotShared.selector, ACTIVITY, GS));
        projects.consentForSuspended(ACTIVITY, GS, VCS);
        vm.expectRevert(abi.encodeWithSelector(IProjects.ActivityUnknown.selector, ActivityId.wrap(9)));
        projects.consentForSuspended(ActivityId.wrap(9), GS, VCS);
        expectUnauthorized(operator);
        projects.consentForSuspended(ACTIVITY, VCS, GS);
    }

    /// @dev F6b turned round: a suspended programme does not veto a component; one that is active does.
    function test_activate_component_without_suspended_programmes() external {
        shareActivity();
        vm.prank(operator);
        ComponentId id = projects.proposeComponent(ACTIVITY, "NORTH");
        vm.startPrank(operator);
        vm.expectRevert(abi.encodeWithSelector(IProjects.ProgrammeNotSuspended.selector, GS));
        projects.activateComponent(id, _only(GS));
        vm.expectRevert(abi.encodeWithSelector(IProjects.ComponentApprovalsMissing.selector, id, 1, 0));
        projects.activateComponent(id, new ProgrammeId[](0));
        vm.stopPrank();
        programmes.suspendProgramme(GS, "defunct");
        vm.expectRevert(abi.encodeWithSelector(IProgrammes.ProgrammeNotActive.selector, GS, 2, block.timestamp));
        vm.prank(otherOperator);
        projects.activateComponent(id, _only(GS));
        vm.warp(block.timestamp + 30 days);
        vm.startPrank(operator);
        vm.expectEmit(address(projects));
        emit IProjects.ComponentActivated(id);
        projects.activateComponent(id, _only(GS));
        vm.assertTrue(projects.component(id).active, "active");
        vm.expectRevert(abi.encodeWithSelector(IProjects.ComponentAlreadyActive.selector, id));
        projects.activateComponent(id, _only(GS));
        vm.stopPrank();
    }

    function test_activate_component_counts_each_programme_once() external {
        shareActivity();
        programmes.admitProgramme("CAR", address(0xCA2));
        vm.prank(operator);
        projects.consentToJoin(ACTIVITY, ProgrammeId.wrap(3));
        vm.prank(address(0xCA2));
        projects.registerProject(registration("77", "BALE-MOUNTAINS"));
        vm.prank(operator);
        ComponentId id = projects.proposeComponent(ACTIVITY, "NORTH");
        programmes.suspendProgramme(GS, "");
        vm.warp(block.timestamp + 30 days);
        ProgrammeId[] memory twice = new ProgrammeId[](2);
        (twice[0], twice[1]) = (GS, GS);
        vm.startPrank(operator);
        vm.expectRevert(abi.encodeWithSelector(IProjects.ProgrammesNotAscending.selector, GS));
        projects.activateComponent(id, twice);
        vm.expectRevert(abi.encodeWithSelector(IProjects.ComponentAlreadyApproved.selector, id, VCS));
        projects.activateComponent(id, _only(VCS));
        vm.expectRevert(abi.encodeWithSelector(IProjects.ActivityNotShared.selector, ACTIVITY, ProgrammeId.wrap(9)));
        projects.activateComponent(id, _only(ProgrammeId.wrap(9)));
        vm.expectRevert(abi.encodeWithSelector(IProjects.ComponentApprovalsMissing.selector, id, 2, 1));
        projects.activateComponent(id, _only(GS));
        vm.stopPrank();
        programmes.suspendProgramme(ProgrammeId.wrap(3), "");
        vm.warp(block.timestamp + 30 days);
        twice[1] = ProgrammeId.wrap(3);
        vm.prank(operator);
        projects.activateComponent(id, twice);
    }

    function _only(ProgrammeId id) private pure returns (ProgrammeId[] memory list) {
        list = new ProgrammeId[](1);
        list[0] = id;
    }
}
