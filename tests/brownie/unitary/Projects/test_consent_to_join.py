from refusals import refused
from statements import code, registration

STORY = "methodology"


def test_consent_to_join_lets_another_programme_in(projects, project_id, admit, operator, acr_operator):
    admit("ACR", acr_operator)
    receipt = projects.consentToJoin(1, 2, {"from": operator})
    assert projects.isShared(1, 2)
    assert projects.activity(1)["programmes"] == 1, "consent alone is no membership"
    said = receipt.events["ActivityJoinConsented"]
    assert (said["activity"], said["by"], said["joining"]) == (1, 1, 2)


def test_consent_to_join_reverts_for_an_operator_that_is_not_on_the_activity(
    projects, project_id, admit, acr_operator
):
    admit("ACR", acr_operator)
    with refused("ActivityNotShared", 1, 2):
        projects.consentToJoin(1, 2, {"from": acr_operator})


def test_consent_to_join_reverts_for_one_that_may_join_but_has_not(
    projects, project_id, admit, operator, acr_operator, gs_operator
):
    admit("ACR", acr_operator)
    admit("GS", gs_operator)
    projects.consentToJoin(1, 2, {"from": operator})
    with refused("ActivityNotShared", 1, 2):
        projects.consentToJoin(1, 3, {"from": acr_operator})


def test_consent_to_join_reverts_a_second_time(projects, shared_project, operator):
    with refused("ActivityAlreadyShared", 1, 2):
        projects.consentToJoin(1, 2, {"from": operator})


def test_consent_to_join_reverts_for_a_programme_that_nobody_admitted(projects, project_id, operator):
    with refused("ProgrammeUnknown", 2):
        projects.consentToJoin(1, 2, {"from": operator})


def test_consent_to_join_reverts_for_an_activity_that_nobody_registered(projects, methodology, operator):
    with refused("ActivityUnknown", 1):
        projects.consentToJoin(1, 1, {"from": operator})


def test_consent_to_join_reverts_for_all_but_operators(projects, project_id, vvb):
    with refused("NotAnOperator", vvb):
        projects.consentToJoin(1, 1, {"from": vvb})


def test_consent_for_one_activity_is_none_for_another(projects, shared_project, operator, acr_operator):
    projects.registerProject(registration(code=code("1341"), site=code("ELSEWHERE")), {"from": operator})
    with refused("ActivityNotShared", 2, 2):
        projects.registerProject(
            registration(code=code("992"), site=code("ELSEWHERE")), {"from": acr_operator}
        )
