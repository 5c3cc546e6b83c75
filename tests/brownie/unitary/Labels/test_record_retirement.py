"""What `Credits` asks of `Labels` at a retirement: the label that the purpose demands, and one claim (I8)."""

import pytest
from refusals import refused
from statements import decision

from onetonne.terms import Purpose, Use

STORY = "frameworks"

ABROAD = 1 << Use.INTERNATIONAL_MITIGATION
INTERNATIONAL = int(Use.INTERNATIONAL_MITIGATION)


@pytest.fixture
def authorised(labels, host, later, isolation):
    """6 of the 10 tonnes of batch 2."""
    labels.authorise(1, 2021, ABROAD, 6_000, [2], decision(), {"from": host})
    later()


def retire(credits, holder, kilograms, purpose, batch=2):
    return credits.retire([(batch, kilograms)], holder, holder, purpose, bytes(32), {"from": holder})


@pytest.mark.parametrize("purpose", [Purpose.CORSIA_PHASE_1, Purpose.CORSIA_PHASE_2])
def test_a_corsia_retirement_is_a_first_transfer(labels, credits, authorised, alice, purpose):
    retire(credits, alice, 1_000, purpose)
    said = retire(credits, alice, 2_000, purpose).events["FirstTransferred"]
    assert (said["project"], said["vintageYear"], said["use"]) == (1, 2021, INTERNATIONAL)
    assert (said["kilograms"], said["total"]) == (2_000, 3_000)
    assert tuple(labels.authorisation(1, 2021)) == (ABROAD, 6_000, 3_000, 0)


def test_record_retirement_reverts_for_all_but_credits(labels, alice, operator):
    for sender in (alice, operator):
        with refused("OnlyCredits", sender):
            labels.recordRetirement(2, Purpose.HOST_NDC, 1, sender, {"from": sender})
