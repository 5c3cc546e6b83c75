import pytest
from refusals import refused

STORY = "project_id"


@pytest.mark.parametrize("who", ["operator", "governance", "stranger"])
def test_set_outstanding_reverts_for_all_but_shortfalls(projects, who, request):
    sender = request.getfixturevalue(who)
    with refused("OnlyShortfalls", sender):
        projects.setOutstanding(1, 1, {"from": sender})
    assert projects.project(1)["outstanding"] == 0
