import pytest
from refusals import refused
from statements import approval, code, day, decision, hexadecimal
from story import CCP, CORSIA_1

from onetonne.terms import Condition

STORY = "frameworks"

WITHOUT = 1 << Condition.PROGRAMME
"""CCP asks for the other tick too, which is missing in these tests."""
OUTSIDE = 1 << Condition.METHODOLOGY_WINDOW


def approve(labels, icvcm, **changes):
    return labels.approveMethodology(CCP, 1, approval(**changes), decision(), {"from": icvcm})


def test_approve_methodology_gives_the_tick_from_the_next_second(labels, icvcm, later):
    at = approve(labels, icvcm).timestamp
    later()
    assert labels.conditions(1, CCP, at)[0] == WITHOUT | 1 << Condition.METHODOLOGY
    assert tuple(labels.conditions(1, CCP, at + 1)) == (WITHOUT, False)


def test_approve_methodology_says_so(labels, icvcm):
    said = approve(labels, icvcm, recognises=CORSIA_1).events["MethodologyApproved"]
    assert (said["label"], said["methodology"]) == (hexadecimal(CCP), 1)
    assert tuple(said["approval"]) == (False, day(2016, 1, 1), day(2026, 12, 31), 0, hexadecimal(CORSIA_1))
    document, decided_on, source = decision()
    assert tuple(said["decision"]) == (hexadecimal(document), decided_on, source)


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({"vintage_start": day(2020, 1, 1), "vintage_end": day(2020, 12, 31)}, 0),
        ({"vintage_start": day(2020, 1, 2)}, OUTSIDE),
        ({"vintage_end": day(2020, 12, 30)}, OUTSIDE),
        ({"crediting_from": day(2012, 1, 1)}, 0),
        ({"crediting_from": day(2012, 1, 2)}, OUTSIDE),
    ],
    ids=[
        "the vintage itself",
        "starts late",
        "ends early",
        "the crediting start itself",
        "credits too early",
    ],
)
def test_an_approval_covers_its_window_only(labels, icvcm, later, changes, lacks):
    at = approve(labels, icvcm, **changes).timestamp
    later()
    assert labels.conditions(1, CCP, at + 1)[0] == WITHOUT | lacks


def test_a_conditional_approval_counts_and_says_that_it_is_one(labels, icvcm, later):
    at = approve(labels, icvcm, conditional=True).timestamp
    later()
    assert tuple(labels.conditions(1, CCP, at + 1)) == (WITHOUT, True)


def test_an_approval_takes_the_place_of_an_earlier_one(labels, icvcm, later):
    first = approve(labels, icvcm, conditional=True, vintage_end=day(2020, 12, 30)).timestamp
    later()
    second = approve(labels, icvcm).timestamp
    later()
    assert tuple(labels.conditions(1, CCP, second)) == (WITHOUT | OUTSIDE, True), "the past stands (I9)"
    assert tuple(labels.conditions(1, CCP, second + 1)) == (WITHOUT, False)
    assert first < second


def test_an_approval_for_one_label_is_none_for_another(labels, icvcm, later):
    at = approve(labels, icvcm).timestamp
    later()
    assert labels.conditions(1, CORSIA_1, at + 1)[0] == 1 << Condition.PROGRAMME


@pytest.mark.parametrize("who", ["governance", "icao", "operator", "stranger"])
def test_approve_methodology_reverts_for_all_but_the_body(labels, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotBody", CCP, sender):
        approve(labels, sender)


def test_approve_methodology_reverts_for_a_label_of_no_framework(labels, icvcm):
    with refused("FrameworkUnknown", code("CCP-2")):
        labels.approveMethodology(code("CCP-2"), 1, approval(), decision(), {"from": icvcm})


def test_approve_methodology_reverts_for_one_that_nobody_registered(labels, icvcm):
    with refused("MethodologyUnknown", 2):
        labels.approveMethodology(CCP, 2, approval(), decision(), {"from": icvcm})


def test_approve_methodology_reverts_for_a_window_that_ends_before_it_starts(labels, icvcm):
    with refused("WindowInvalid", 2, 1):
        approve(labels, icvcm, vintage_start=2, vintage_end=1)


def test_approve_methodology_reverts_for_a_condition_without_its_hash(labels, icvcm):
    without = decision(document=bytes(32))
    with refused("ConditionMissing", CCP):
        labels.approveMethodology(CCP, 1, approval(conditional=True), without, {"from": icvcm})
    labels.approveMethodology(CCP, 1, approval(), without, {"from": icvcm})


def test_approve_methodology_reverts_when_it_recognises_a_label_of_no_framework(labels, icvcm):
    with refused("FrameworkUnknown", code("J-CREDIT")):
        approve(labels, icvcm, recognises=code("J-CREDIT"))
