from refusals import refused

STORY = "methodology"


def test_consent_to_join_lets_another_programme_in(projects, project_id, admit, operator, acr_operator):
    admit("ACR", acr_operator)
    receipt = projects.consentToJoin(1, 2, {"from": operator})
    assert projects.isShared(1, 2)
    assert projects.activity(1)["programmes"] == 1, "consent alone is no membership"
    said = receipt.events["ActivityJoinConsented"]
    assert (said["activity"], said["by"], said["joining"]) == (1, 1, 2)


def test_consent_to_join_reverts_for_all_but_operators(projects, project_id, vvb):
    with refused("NotAnOperator", vvb):
        projects.consentToJoin(1, 1, {"from": vvb})
