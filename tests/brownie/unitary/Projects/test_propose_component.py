"""A second planting area under one activity: every programme on it must agree."""

from refusals import refused
from statements import code, hexadecimal

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


def test_propose_component_reverts_for_all_but_operators_on_the_activity(
    projects, project_id, admit, vvb, acr_operator
):
    admit("ACR", acr_operator)
    with refused("NotAnOperator", vvb):
        projects.proposeComponent(1, SECOND, {"from": vvb})
    with refused("ActivityNotShared", 1, 2):
        projects.proposeComponent(1, SECOND, {"from": acr_operator})
