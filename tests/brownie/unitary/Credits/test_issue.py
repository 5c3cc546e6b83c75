"""`Credits.issue`: what it does and refuses. Serial numbers have files of their own."""

import pytest
from brownie import ZERO_ADDRESS
from refusals import refused
from statements import (
    ABOVE_EVERYTHING,
    BLOCK_KILOGRAMS,
    CUSTODY,
    FIRST,
    LAST,
    code,
    day,
    hexadecimal,
    issuance,
    namespace,
    proposal,
    registration,
)

STORY = "verification"


def test_issue_gives_the_recipient_a_tonne_for_every_serial_number(credits, verification, operator, alice):
    credits.issue([issuance(first=1, last=250)], alice, {"from": operator})
    assert credits.balanceOf(alice, 1) == 250_000
    assert credits.issuedKilograms(1) == 250_000


def test_issue_records_the_batch(credits, verification, operator, alice, chain):
    receipt = credits.issue([issuance()], alice, {"from": operator})
    entry = credits.batch(1)
    assert (entry["first"], entry["last"]) == (FIRST, LAST)
    assert (entry["verification"], entry["project"], entry["programme"], entry["methodology"]) == (1, 1, 1, 1)
    assert (entry["vintageStart"], entry["vintageEnd"]) == (day(2020, 1, 1), day(2020, 12, 31))
    assert entry["vintageYear"] == 2020
    assert (entry["taken"], entry["cancelled"], entry["redeemed"]) == (0, 0, 0)
    assert entry["issuedAt"] == receipt.timestamp
    assert tuple(credits.counts()) == (1, 0, 0)


def test_issue_says_so(credits, verification, operator, alice):
    receipt = credits.issue([issuance()], alice, {"from": operator})
    said = receipt.events["BatchIssued"]
    assert (said["batch"], said["verification"]) == (1, 1)
    assert said["root"] == hexadecimal(code("VCS-VCU"))
    assert said["prefix"] == "VCS-VCU"
    assert (said["first"], said["last"]) == (FIRST, LAST)
    assert (said["vintageStart"], said["vintageEnd"], said["vintageYear"]) == (
        day(2020, 1, 1),
        day(2020, 12, 31),
        2020,
    )
    assert said["custody"] == hexadecimal(CUSTODY)
    moved = receipt.events["TransferSingle"]
    assert (moved["from"], moved["to"], moved["id"], moved["value"]) == (
        ZERO_ADDRESS,
        alice,
        1,
        BLOCK_KILOGRAMS,
    )


def test_issue_makes_every_serial_number_findable(credits, batch):
    space = namespace("VCS-VCU")
    assert [credits.batchOfSerial(space, serial) for serial in (FIRST, FIRST + 1, LAST)] == [1, 1, 1]
    assert [credits.batchOfSerial(space, serial) for serial in (FIRST - 1, LAST + 1)] == [0, 0]


def test_issue_counts_against_the_verification(credits, projects, batch):
    assert projects.verification(1)["issued"] == BLOCK_KILOGRAMS


def test_issue_withholds_the_buffer_share_rounded_up(credits, projects, admit, verify, gs_operator, alice):
    methodology = admit("GS", gs_operator, buffer_basis_points=1_234)
    projects.registerProject(registration(site=code("GS-SITE")), {"from": gs_operator})
    number = verify(gs_operator, project=2, methodology=methodology)
    order = issuance(
        root=code("GS1"), prefix="GS1-1-KE-11603-16-2025-30256", first=7, last=9, verification=number
    )
    credits.issue([order], alice, {"from": gs_operator})
    withheld = 371  # 3,000 kg x 12.34% = 370.2 kg
    assert credits.balanceOf(credits.BUFFER(), 1) == withheld
    assert credits.balanceOf(alice, 1) == 3_000 - withheld


def test_issue_opens_several_batches_in_one_call(credits, verification, operator, alice):
    orders = [issuance(first=start, last=start + 9) for start in (1, 11, 21)]
    credits.issue(orders, alice, {"from": operator})
    assert [credits.balanceOf(alice, batch) for batch in (1, 2, 3)] == [10_000, 10_000, 10_000]
    assert [credits.batch(batch)["first"] for batch in (1, 2, 3)] == [1, 11, 21]


def test_issue_takes_a_hint_for_a_block_between_others(credits, verification, operator, alice):
    for start in (1, 100, 200):
        credits.issue([issuance(first=start, last=start + 9)], alice, {"from": operator})
    hint = credits.serialHint(namespace("VCS-VCU"), 50)
    assert hint == 109
    credits.issue([issuance(first=50, last=59, hint=hint)], alice, {"from": operator})
    assert credits.batchOfSerial(namespace("VCS-VCU"), 55) == 4


def test_issue_reverts_without_a_block(credits, verification, operator, alice):
    with refused("LotsInvalid", 0):
        credits.issue([], alice, {"from": operator})


def test_issue_reverts_for_a_root_that_nobody_registered(credits, verification, operator, alice):
    with refused("SerialRootUnknown", code("XYZ")):
        credits.issue([issuance(root=code("XYZ"), prefix="XYZ")], alice, {"from": operator})


@pytest.mark.parametrize("who", ["vvb", "alice", "governance"])
def test_issue_reverts_with_one_key_alone(credits, verification, alice, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotOperator", 1, sender):
        credits.issue([issuance()], alice, {"from": sender})


def test_issue_reverts_for_another_programmes_root(
    credits, verification, admit, acr_operator, operator, alice
):
    admit("ACR", acr_operator)
    order = issuance(root=code("ACR"), prefix="ACR-US-499-2022-2006", first=28_173, last=28_213)
    with refused("NotOperator", 2, operator):
        credits.issue([order], alice, {"from": operator})


def test_issue_reverts_while_the_programme_is_suspended(
    credits, verification, programmes, governance, operator, alice
):
    receipt = programmes.suspendProgramme(1, "under investigation", {"from": governance})
    with refused("ProgrammeNotActive", 1, 2, receipt.timestamp):
        credits.issue([issuance()], alice, {"from": operator})
    programmes.reinstateProgramme(1, "cleared", {"from": governance})
    credits.issue([issuance()], alice, {"from": operator})
    assert credits.balanceOf(alice, 1) == BLOCK_KILOGRAMS


def test_issue_reverts_by_the_operator_of_yesterday(
    credits, verification, programmes, governance, operator, stranger, alice
):
    programmes.rotateOperator(1, stranger, {"from": governance})
    with refused("NotOperator", 1, operator):
        credits.issue([issuance()], alice, {"from": operator})


def test_issue_reverts_while_the_methodology_is_suspended(credits, verification, programmes, operator, alice):
    receipt = programmes.suspendMethodology(1, "withdrawn version", {"from": operator})
    with refused("MethodologyNotActive", 1, 2, receipt.timestamp):
        credits.issue([issuance()], alice, {"from": operator})


def test_issue_reverts_without_an_immobilisation_record(credits, verification, operator, alice):
    with refused("CustodyMissing", namespace("VCS-VCU"), FIRST, LAST):
        credits.issue([issuance(custody=bytes(32))], alice, {"from": operator})


@pytest.mark.parametrize(
    ("start", "end", "year"),
    [
        (day(2020, 12, 31), day(2020, 1, 1), 2020),
        (day(2020, 1, 1), day(2020, 12, 31), 2019),
        (day(2020, 1, 1), day(2020, 12, 31), 2021),
    ],
    ids=["reversed", "year before", "year after"],
)
def test_issue_reverts_when_the_vintage_makes_no_sense(
    credits, verification, operator, alice, start, end, year
):
    with refused("VintageInvalid", start, end, year):
        credits.issue(
            [issuance(vintage_start=start, vintage_end=end, vintage_year=year)], alice, {"from": operator}
        )


@pytest.mark.parametrize(
    ("start", "end", "year"),
    [(day(2019, 12, 31), day(2020, 6, 30), 2020), (day(2020, 7, 1), day(2021, 1, 1), 2020)],
    ids=["a day early", "a day late"],
)
def test_issue_reverts_for_a_vintage_outside_what_was_verified(
    credits, verification, operator, alice, start, end, year
):
    with refused("VintageOutsidePeriod", start, end, day(2020, 1, 1), day(2020, 12, 31)):
        credits.issue(
            [issuance(vintage_start=start, vintage_end=end, vintage_year=year)], alice, {"from": operator}
        )


def test_issue_reverts_against_a_verification_that_nobody_made(credits, verification, operator, alice):
    with refused("VerificationUnknown", 2):
        credits.issue([issuance(verification=2)], alice, {"from": operator})


def test_issue_reverts_against_a_verification_that_is_not_accepted(
    credits, projects, verification, operator, vvb, alice
):
    projects.proposeVerification(proposal(salt=b"\1" * 32), {"from": vvb})
    with refused("VerificationStatusIs", 2, 1, 2):
        credits.issue([issuance(verification=2)], alice, {"from": operator})


def test_issue_reverts_against_a_withdrawn_verification(credits, projects, verification, operator, alice):
    projects.withdrawVerification(1, "typo", {"from": operator})
    with refused("VerificationStatusIs", 1, 3, 2):
        credits.issue([issuance()], alice, {"from": operator})


def test_issue_reverts_against_another_programmes_verification(
    credits, verification, admit, acr_operator, alice
):
    admit("ACR", acr_operator)
    order = issuance(root=code("ACR"), prefix="ACR-US-499-2022-2006", first=28_173, last=28_213)
    with refused("VerificationOfOtherProgramme", 1, 1):
        credits.issue([order], alice, {"from": acr_operator})


def test_issue_reverts_for_more_tonnes_than_verified(credits, verification, operator, alice):
    order = issuance(first=1, last=10_001)
    with refused("VerifiedQuantityExceeded", 1, 10001000, 10000000):
        credits.issue([order], alice, {"from": operator})


def test_issue_reverts_for_one_tonne_more_than_is_left(credits, batch, operator, alice):
    credits.issue([issuance(first=1, last=9_000)], alice, {"from": operator})
    with refused("VerifiedQuantityExceeded", 1, 1000, 0):
        credits.issue([issuance(first=9_001, last=9_001)], alice, {"from": operator})


def test_issue_reverts_for_the_serial_number_that_is_kept_for_marks(credits, verification, operator, alice):
    last = ABOVE_EVERYTHING
    with refused("IntervalTooHigh", last, last - 1):
        credits.issue([issuance(first=last, last=last)], alice, {"from": operator})


def test_issue_reverts_for_a_reversed_block(credits, verification, operator, alice):
    with refused("IntervalReversed", LAST, FIRST):
        credits.issue([issuance(first=LAST, last=FIRST)], alice, {"from": operator})


def test_issue_reverts_for_a_block_beyond_all_counting(credits, verification, operator, alice):
    with refused("SerialBlockTooLarge", 1, 281_474_976_711):
        credits.issue([issuance(first=1, last=281_474_976_711)], alice, {"from": operator})


def test_issue_reverts_for_nobody(credits, verification, operator):
    with refused("ERC1155InvalidReceiver", ZERO_ADDRESS):
        credits.issue([issuance()], ZERO_ADDRESS, {"from": operator})


def test_issue_reverts_to_the_escrow(credits, redemptions, verification, operator):
    with refused("ERC7943CannotReceive", redemptions):
        credits.issue([issuance()], redemptions, {"from": operator})


def test_issue_is_all_or_nothing(credits, projects, verification, operator, alice):
    orders = [issuance(first=1, last=10), issuance(first=10, last=20)]
    with refused("SerialBlockOverlaps", namespace("VCS-VCU"), 10, 20, 1, 1, 10):
        credits.issue(orders, alice, {"from": operator})
    assert tuple(credits.counts()) == (0, 0, 0)
    assert projects.verification(1)["issued"] == 0
