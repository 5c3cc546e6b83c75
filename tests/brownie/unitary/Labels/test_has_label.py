"""Labels are a reading of the past, which stands (I9)."""

from refusals import refused
from statements import approval, code, decision, hexadecimal, issuance
from story import CCP, CORSIA_1, vintage

from onetonne.terms import Condition, Use

STORY = "frameworks"

BOTH_TICKS = 1 << Condition.PROGRAMME | 1 << Condition.METHODOLOGY


def test_ccp_needs_both_ticks(labels, icvcm, later, chain):
    labels.approveProgramme(CCP, 1, approval(), decision(), {"from": icvcm})
    later()
    assert not labels.hasLabel(1, CCP, chain[-1].timestamp)
    labels.approveMethodology(CCP, 1, approval(conditional=True), decision(), {"from": icvcm})
    later()
    assert labels.hasLabel(1, CCP, chain[-1].timestamp)
    assert tuple(labels.conditions(1, CCP, chain[-1].timestamp)) == (0, True)


def test_corsia_needs_the_programme_and_for_late_vintages_the_host_country(labels, icao, host, later, chain):
    labels.approveProgramme(CORSIA_1, 1, approval(), decision(), {"from": icao})
    later()
    assert labels.hasLabel(1, CORSIA_1, chain[-1].timestamp)
    lacks = 1 << Condition.AUTHORISATION | 1 << Condition.ADJUSTMENT
    assert labels.conditions(2, CORSIA_1, chain[-1].timestamp)[0] == lacks
    labels.authorise(1, 2021, 1 << Use.INTERNATIONAL_MITIGATION, 1, [2], decision(), {"from": host})
    labels.recordAdjustment(1, 2021, decision(), {"from": host})
    later()
    assert labels.hasLabel(2, CORSIA_1, chain[-1].timestamp)


def test_labels_at_lists_what_was_held(labels, icvcm, icao, later, chain):
    labels.approveProgramme(CORSIA_1, 1, approval(), decision(), {"from": icao})
    later()
    first = chain[-1].timestamp
    labels.approveProgramme(CCP, 1, approval(), decision(), {"from": icvcm})
    labels.approveMethodology(CCP, 1, approval(), decision(), {"from": icvcm})
    later()
    second = chain[-1].timestamp
    labels.withdrawProgramme(CORSIA_1, 1, decision(), {"from": icao})
    later()

    def held(time):
        return [str(label) for label in labels.labelsAt(1, time)]

    assert held(first) == [hexadecimal(CORSIA_1)]
    assert held(second) == [hexadecimal(CCP), hexadecimal(CORSIA_1)]
    assert held(chain[-1].timestamp) == [hexadecimal(CCP)]


def test_a_batch_has_no_label_before_it_was_issued(labels, credits, icvcm, operator, alice, later, chain):
    labels.approveProgramme(CCP, 1, approval(), decision(), {"from": icvcm})
    labels.approveMethodology(CCP, 1, approval(), decision(), {"from": icvcm})
    later()
    later()
    order = issuance(first=11, last=15, verification=2, **vintage(2021))
    at = credits.issue([order], alice, {"from": operator}).timestamp
    later()
    assert labels.conditions(3, CCP, at - 1)[0] == 1 << Condition.ISSUED
    assert labels.hasLabel(3, CCP, at)


def test_a_label_of_no_framework_is_held_by_none(labels, chain):
    unknown = code("CCP-2")
    assert tuple(labels.conditions(1, unknown, chain[-1].timestamp)) == (1 << Condition.FRAMEWORK, False)


def test_reading_reverts_for_the_future(labels, chain):
    future = chain.time() + 3_600
    with refused("LabelTimeNotPast", future):
        labels.hasLabel(1, CCP, future)
    with refused("LabelTimeNotPast", future):
        labels.conditions(1, CCP, future)
    with refused("LabelTimeNotPast", future):
        labels.labelsAt(1, future)


def test_reading_reverts_for_a_batch_that_nobody_issued(labels, chain):
    for view in (labels.hasLabel, labels.conditions):
        with refused("BatchUnknown", 3):
            view(3, CCP, chain[-1].timestamp)
    with refused("BatchUnknown", 3):
        labels.labelsAt(3, chain[-1].timestamp)


def test_the_ticks_are_missing_at_first(labels, chain):
    assert tuple(labels.conditions(1, CCP, chain[-1].timestamp)) == (BOTH_TICKS, False)
