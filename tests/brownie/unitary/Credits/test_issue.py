"""`Credits.issue`: what it does and refuses. Serial numbers have files of their own."""

import pytest
from brownie import ZERO_ADDRESS
from refusals import refused
from statements import (
    BLOCK_KILOGRAMS,
    CUSTODY,
    FIRST,
    LAST,
    code,
    day,
    hexadecimal,
    issuance,
    registration,
)

STORY = "verification"


def test_issue_gives_the_recipient_a_tonne_for_every_serial_number(credits, verification, operator, alice):
    credits.issue([issuance(first=1, last=250)], alice, {"from": operator})
    assert credits.balanceOf(alice, 1) == 250_000
    assert credits.issuedKilograms(1) == 250_000


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


def test_issue_withholds_the_buffer_share_rounded_up(credits, projects, admit, verify, gs_operator, alice):
    methodology = admit("GS", gs_operator, buffer_basis_points=1_234)
    projects.registerProject(registration(site=code("GS-SITE")), {"from": gs_operator})
    named = {
        "programme_code": code("GS"),
        "methodology_code": code("GS-M1"),
        "site": code("GS-SITE"),
        "component_name": code("GS-SITE"),
    }
    number = verify(gs_operator, project=2, methodology=methodology, **named)
    order = issuance(
        root=code("GS1"), prefix="GS1-1-KE-11603-16-2025-30256", first=7, last=9, verification=number
    )
    credits.issue([order], alice, {"from": gs_operator})
    withheld = 371  # 3,000 kg x 12.34% = 370.2 kg
    assert credits.balanceOf(credits.BUFFER(), 1) == withheld
    assert credits.balanceOf(alice, 1) == 3_000 - withheld


@pytest.mark.parametrize("who", ["vvb", "alice", "governance"])
def test_issue_reverts_with_one_key_alone(credits, verification, alice, who, request):
    sender = request.getfixturevalue(who)
    with refused("NotOperator", 1, sender):
        credits.issue([issuance()], alice, {"from": sender})
