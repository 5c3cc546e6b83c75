import pytest
from refusals import refused
from statements import code, day, hexadecimal, registration

STORY = "methodology"


def test_register_project_records_it(projects, methodology, operator):
    receipt = projects.registerProject(registration(), {"from": operator})
    entry = projects.project(1)
    assert (entry["activity"], entry["programme"]) == (1, 1)
    assert (entry["creditingStart"], entry["registeredAt"]) == (day(2012, 1, 1), receipt.timestamp)
    assert (entry["code"], entry["activityType"]) == (hexadecimal(code("1340")), hexadecimal(code("AFOLU")))
    assert projects.projectByCode(1, code("1340")) == 1


def test_register_project_says_so(projects, methodology, operator):
    said = projects.registerProject(registration(), {"from": operator}).events["ProjectRegistered"]
    assert (said["project"], said["programme"], said["activity"]) == (1, 1, 1)
    assert (said["code"], said["activityType"]) == (hexadecimal(code("1340")), hexadecimal(code("AFOLU")))
    assert (said["creditingStart"], said["name"]) == (day(2012, 1, 1), "Bale Mountains Eco-region REDD+")


def test_another_programme_joins_with_consent(projects, shared_project):
    assert projects.project(shared_project)["activity"] == 1
    assert projects.activity(1)["programmes"] == 2


@pytest.mark.parametrize("who", ["vvb", "governance", "stranger"])
def test_register_project_reverts_for_all_but_operators(projects, methodology, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotAnOperator", sender):
        projects.registerProject(registration(), {"from": sender})
