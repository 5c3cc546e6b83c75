"""The act about labels: two ticks, a host country's authorisation, and a past that stands."""

import secrets
from datetime import date

from demonstration.attacks import Answer, Attack, attempt
from demonstration.page import act, answered, say, table
from demonstration.stage import Stage
from onetonne.terms import (
    Approval,
    BatchId,
    Condition,
    Decision,
    Kilograms,
    Lot,
    Purpose,
    RetirementId,
    Rule,
    Use,
    format_quantity,
)

STOVES, FOREST = "VCS9101", "VCS9102"
YEAR = 2022
"""Vintage of batch 1, of the stoves of Turkwel Valley in Kenya."""
BATCH = BatchId(1)
FLIGHTS = Kilograms(50_000)
_CCP, _CORSIA = "CCP", "CORSIA-1"
_LACKS = {
    Condition.PROGRAMME: "programme not approved",
    Condition.PROGRAMME_WINDOW: "vintage outside the approval",
    Condition.METHODOLOGY: "methodology not approved",
    Condition.AUTHORISATION: "no authorisation by its host",
    Condition.ADJUSTMENT: "no adjustment or guarantee",
}


def labelled(stage: Stage) -> list[Answer]:
    """Who approves what, what that makes of each batch, and a flight's credits up to their certificate."""
    act(
        stage,
        "7. What a credit is good for",
        "Governance admits two labels, each with its own body. CCP takes two ticks: programme and "
        "methodology. CORSIA takes the programme, and the host country's word that it will not count the "
        "tonnes itself.",
    )
    _frameworks(stage)
    _approvals(stage)
    _shown(stage)
    stage.ledger.transfer(
        BATCH, Kilograms(200_000), stage.keys["airline"].address, signer=stage.keys["trader"]
    )
    title = "The airline retires for CORSIA, before the host country authorised it"
    early = _retirement(stage, title, Purpose.CORSIA_PHASE_1, "LabelMissing")
    answers = [_tried(stage, early)]
    _authorised(stage)
    flown = _flown(stage)
    answers += [_tried(stage, attack) for attack in _two_claims(stage)]
    _withdrawn(stage, flown)
    return answers


def _tried(stage: Stage, attack: Attack) -> Answer:
    answer = attempt(stage, attack)
    answered(stage, answer)
    return answer


def _frameworks(stage: Stage) -> None:
    ledger, governance = stage.ledger, stage.keys["governance"]
    ledger.admit_framework(_CCP, stage.keys["icvcm"].address, Rule(True, True), signer=governance)
    corsia = Rule(True, False, Use.INTERNATIONAL_MITIGATION, adjusted=True)
    ledger.admit_framework(_CORSIA, stage.keys["icao"].address, corsia, signer=governance)
    ledger.demand_label(Purpose.CORSIA_PHASE_1, _CORSIA, signer=governance)
    ledger.set_host("KE", stage.keys["kenya"].address, signer=governance)


def _approvals(stage: Stage) -> None:
    ledger, programme = stage.ledger, stage.programmes["vcs"]
    stoves = ledger.batch(BATCH).methodology
    always = Approval(date(2016, 1, 1), date(2099, 12, 31))
    first_phase = Approval(date(2021, 1, 1), date(2026, 12, 31))
    icvcm, icao = stage.keys["icvcm"], stage.keys["icao"]
    ledger.approve_programme(_CCP, programme, always, _decision("ICVCM's decision on VCS"), signer=icvcm)
    ledger.approve_methodology(_CCP, stoves, always, _decision("ICVCM's decision on stoves"), signer=icvcm)
    ledger.approve_programme(_CORSIA, programme, first_phase, _decision("ICAO's decision"), signer=icao)


def _decision(source: str) -> Decision:
    return Decision(source, date(2025, 1, 1), secrets.token_bytes(32))


def _shown(stage: Stage) -> None:
    ledger = stage.ledger
    _next_second(stage)
    batches = [ledger.batch(BatchId(number)) for number in range(1, ledger.counts()[0] + 1)]
    table(
        stage,
        ["Batch>", "Project", "Vintage", _CCP, _CORSIA],
        [
            (
                str(one.id),
                ledger.project(one.project).code,
                str(one.vintage_year),
                *(_verdict(stage, one.id, label) for label in (_CCP, _CORSIA)),
            )
            for one in batches
        ],
    )
    good = sum(one.in_circulation for one in batches if ledger.has_label(one.id, _CCP))
    share = good / sum(one.in_circulation for one in batches)
    say(stage, f"{share:.0%} of the tonnes in circulation are CCP; nobody had to stamp them: it is computed.")


def _verdict(stage: Stage, batch: BatchId, label: str) -> str:
    missing, _ = stage.ledger.label_conditions(batch, label)
    return ", ".join(_LACKS[one] for one in sorted(missing)) if missing else "yes"


def _retirement(stage: Stage, title: str, purpose: Purpose, error: str) -> Attack:
    """The airline's, for itself, of what its flights need."""
    airline = stage.keys["airline"].address
    arguments = ([(BATCH, FLIGHTS)], airline, airline, purpose, bytes(32))
    return Attack(title, "airline", "Credits", "retire", arguments, error)


def _authorised(stage: Stage) -> None:
    ledger = stage.ledger
    project = ledger.batch(BATCH).project
    ledger.authorise(
        project,
        YEAR,
        [Use.INTERNATIONAL_MITIGATION],
        Kilograms(150_000),
        [BATCH],
        _decision("Kenya's letter of authorisation"),
        signer=stage.keys["kenya"],
    )
    ledger.set_guarantee(
        _CORSIA, project, YEAR, True, _decision("a guarantee that ICAO accepts"), signer=stage.keys["icao"]
    )
    say(stage, "Kenya authorises 150 t of the stoves' vintage 2022 for CORSIA, and ICAO accepts a guarantee.")
    _next_second(stage)


def _next_second(stage: Stage) -> None:
    """An entry counts from the second after it was made, and many blocks of a local chain share a second."""
    for method, *arguments in (("evm_increaseTime", 1), ("evm_mine",)):
        stage.ledger.chain.node.request(method, *arguments)


def _flown(stage: Stage) -> RetirementId:
    airline = stage.keys["airline"]
    made = stage.ledger.retire(
        [Lot(BATCH, FLIGHTS)], airline.address, Purpose.CORSIA_PHASE_1, signer=airline
    ).retirements[0]
    stage.retirements.append(made)
    labels = _labels_of(stage, made)
    say(stage, f"The airline retires {format_quantity(FLIGHTS)} for CORSIA: certificate {made}, {labels}.")
    return made


def _labels_of(stage: Stage, retirement: RetirementId) -> str:
    made = stage.ledger.retirement(retirement)
    return "held then: " + ", ".join(stage.ledger.labels_at(made.batch, made.time))


def _two_claims(stage: Stage) -> list[Attack]:
    """What would let two parties claim one tonne (I8)."""
    project = stage.ledger.batch(BATCH).project
    letter = (bytes(32), 0, "Kenya changes its mind")
    ndc = "Somebody else counts tonnes of that year toward Kenya's NDC"
    lowered = "Kenya lowers its cap below what was used"
    bits, batches = 1 << Use.INTERNATIONAL_MITIGATION, [BATCH]
    return [
        _retirement(stage, ndc, Purpose.HOST_NDC, "NotHost"),
        Attack(
            *(lowered, "kenya", "Labels", "authorise"),
            (project, YEAR, bits, FLIGHTS - 1, batches, letter),
            "CapBelowTransferred",
        ),
    ]


def _withdrawn(stage: Stage, retirement: RetirementId) -> None:
    ledger = stage.ledger
    methodology = ledger.batch(BATCH).methodology
    ledger.withdraw_methodology(
        _CCP, methodology, _decision("ICVCM withdraws it"), signer=stage.keys["icvcm"]
    )
    _next_second(stage)
    now = "yes" if ledger.has_label(BATCH, _CCP) else "no"
    say(
        stage,
        f"Then ICVCM withdraws its tick for the methodology. Is batch 1 CCP now: {now}. Certificate "
        f"{retirement}, {_labels_of(stage, retirement)}: no later decision changes it.",
    )
