import pytest
from refusals import refused
from statements import code, day, hexadecimal, registration, word

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


def test_register_project_opens_a_new_activity_with_one_component(projects, methodology, operator):
    receipt = projects.registerProject(registration(), {"from": operator})
    site = hexadecimal(code("BALE-MOUNTAINS"))
    entry = projects.activity(1)
    assert (entry["country"], entry["programmes"], entry["site"]) == ("0x4554", 1, site)
    assert projects.activityBySite(b"ET", code("BALE-MOUNTAINS")) == 1
    assert projects.firstComponent(1) == 1
    assert projects.isShared(1, 1)
    part = projects.component(1)
    assert (part["activity"], part["approvals"], part["active"], part["name"]) == (1, 1, True, site)
    said = receipt.events["ActivityRegistered"]
    assert (said["activity"], said["country"], said["site"], said["programme"]) == (1, "0x4554", site, 1)
    assert receipt.events["ComponentProposed"]["component"] == 1
    assert receipt.events["ComponentApproved"]["programme"] == 1
    assert receipt.events["ComponentActivated"]["component"] == 1


def test_a_second_project_of_the_programme_shares_the_activity(projects, project_id, operator):
    receipt = projects.registerProject(registration(code=code("1341")), {"from": operator})
    assert projects.project(2)["activity"] == 1
    assert "ActivityRegistered" not in receipt.events


def test_the_same_site_reference_in_another_country_is_another_activity(projects, project_id, operator):
    projects.registerProject(registration(code=code("1341"), country=b"KE"), {"from": operator})
    assert projects.project(2)["activity"] == 2


def test_another_programme_joins_with_consent(projects, shared_project):
    assert projects.project(shared_project)["activity"] == 1
    assert projects.activity(1)["programmes"] == 2


def test_joining_says_so(projects, admit, project_id, operator, acr_operator):
    admit("ACR", acr_operator)
    projects.consentToJoin(1, 2, {"from": operator})
    receipt = projects.registerProject(registration(code=code("991")), {"from": acr_operator})
    said = receipt.events["ActivityJoined"]
    assert (said["activity"], said["programme"]) == (1, 2)


def test_register_project_reverts_for_another_programme_without_consent(
    projects, project_id, admit, acr_operator
):
    admit("ACR", acr_operator)
    with refused("ActivityNotShared", 1, 2):
        projects.registerProject(registration(), {"from": acr_operator})


def test_register_project_reverts_for_a_code_in_use(projects, project_id, operator):
    with refused("ProjectCodeTaken", 1, code("1340"), 1):
        projects.registerProject(registration(site=code("ELSEWHERE")), {"from": operator})


@pytest.mark.parametrize("who", ["vvb", "governance", "stranger"])
def test_register_project_reverts_for_all_but_operators(projects, methodology, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotAnOperator", sender):
        projects.registerProject(registration(), {"from": sender})


def test_register_project_reverts_while_the_programme_is_suspended(
    projects, programmes, methodology, governance, operator
):
    receipt = programmes.suspendProgramme(1, "", {"from": governance})
    with refused("ProgrammeNotActive", 1, 2, receipt.timestamp):
        projects.registerProject(registration(), {"from": operator})


@pytest.mark.parametrize("country", [b"et", b"E1", b"E\0", b"\0\0"])
def test_register_project_reverts_for_a_malformed_country(projects, methodology, operator, country):
    with refused("CountryMalformed", country):
        projects.registerProject(registration(country=country), {"from": operator})


def test_register_project_reverts_for_a_malformed_code_or_site(projects, methodology, operator):
    with refused("CodeMalformed", word("vcs1340")):
        projects.registerProject(registration(code=word("vcs1340")), {"from": operator})
    with refused("CodeMalformed", word("Bale")):
        projects.registerProject(registration(site=word("Bale")), {"from": operator})


def test_register_project_takes_no_activity_type_or_a_code(projects, methodology, operator):
    projects.registerProject(registration(activity_type=bytes(32)), {"from": operator})
    with refused("CodeMalformed", word("Afolu")):
        projects.registerProject(
            registration(code=code("1341"), activity_type=word("Afolu")), {"from": operator}
        )


def test_views_revert_for_ids_that_nobody_has(projects, project_id):
    for view, error in (
        (projects.project, "ProjectUnknown"),
        (projects.activity, "ActivityUnknown"),
        (projects.component, "ComponentUnknown"),
        (projects.verification, "VerificationUnknown"),
    ):
        with refused(error, 2):
            view(2)
