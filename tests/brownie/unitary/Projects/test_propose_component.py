"""A second planting area under one activity: every programme on it must agree."""

from refusals import refused
from statements import ABOVE_EVERYTHING, code, hexadecimal, proposal, registration, word

STORY = "project_id"

SECOND = code("SECOND-AREA")


def test_propose_component_is_active_at_once_where_one_programme_is_on_the_activity(
    projects, project_id, operator
):
    receipt = projects.proposeComponent(1, SECOND, {"from": operator})
    part = projects.component(2)
    assert (part["activity"], part["approvals"], part["active"]) == (1, 1, True)
    assert part["name"] == hexadecimal(SECOND)
    said = receipt.events["ComponentProposed"]
    assert (said["component"], said["activity"], said["name"]) == (2, 1, hexadecimal(SECOND))
    assert receipt.events["ComponentActivated"]["component"] == 2


def test_propose_component_waits_for_the_other_programme(projects, shared_project, operator, acr_operator):
    receipt = projects.proposeComponent(1, SECOND, {"from": operator})
    assert "ComponentActivated" not in receipt.events
    assert not projects.component(2)["active"]
    receipt = projects.approveComponent(2, {"from": acr_operator})
    assert projects.component(2)["active"]
    said = receipt.events["ComponentApproved"]
    assert (said["component"], said["programme"]) == (2, 2)
    assert receipt.events["ComponentActivated"]["component"] == 2


def test_approve_component_reverts_a_second_time(projects, shared_project, operator):
    projects.proposeComponent(1, SECOND, {"from": operator})
    with refused("ComponentAlreadyApproved", 2, 1):
        projects.approveComponent(2, {"from": operator})


def test_approve_component_reverts_for_an_operator_that_is_not_on_the_activity(
    projects, shared_project, admit, operator, gs_operator
):
    admit("GS", gs_operator)
    projects.proposeComponent(1, SECOND, {"from": operator})
    with refused("ActivityNotShared", 1, 3):
        projects.approveComponent(2, {"from": gs_operator})


def test_approve_component_reverts_for_an_id_that_nobody_has(projects, project_id, operator):
    with refused("ComponentUnknown", 2):
        projects.approveComponent(2, {"from": operator})


def test_propose_component_reverts_for_all_but_operators_on_the_activity(
    projects, project_id, admit, vvb, acr_operator
):
    admit("ACR", acr_operator)
    with refused("NotAnOperator", vvb):
        projects.proposeComponent(1, SECOND, {"from": vvb})
    with refused("ActivityNotShared", 1, 2):
        projects.proposeComponent(1, SECOND, {"from": acr_operator})


def test_propose_component_reverts_for_a_malformed_name(projects, project_id, operator):
    with refused("CodeMalformed", word("second area")):
        projects.proposeComponent(1, word("second area"), {"from": operator})


def test_components_keep_their_monitoring_periods_apart(projects, project_id, operator, vvb):
    projects.proposeComponent(1, SECOND, {"from": operator})
    for component in (1, 2):
        projects.proposeVerification(proposal(component=component), {"from": vvb})
        projects.acceptVerification(component, ABOVE_EVERYTHING, {"from": operator})
    assert [projects.verification(number)["component"] for number in (1, 2)] == [1, 2]


def test_propose_verification_reverts_for_a_component_that_waits(projects, shared_project, operator, vvb):
    projects.proposeComponent(1, SECOND, {"from": operator})
    with refused("ComponentNotActive", 2):
        projects.proposeVerification(proposal(component=2), {"from": vvb})


def test_propose_verification_reverts_for_a_component_of_another_activity(
    projects, project_id, operator, vvb
):
    projects.registerProject(registration(code=code("1341"), site=code("ELSEWHERE")), {"from": operator})
    with refused("ComponentOfOtherActivity", 2, 1):
        projects.proposeVerification(proposal(component=2), {"from": vvb})


def test_propose_verification_reverts_for_a_component_that_nobody_proposed(projects, project_id, vvb):
    with refused("ComponentUnknown", 2):
        projects.proposeVerification(proposal(component=2), {"from": vvb})
