"""The story, act by act, as a person reads it."""

import secrets
import time
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path

from rich.markup import escape

from demonstration.attacks import ACR_PREFIX, GS_PREFIX, Answer, attacks, attempt, control
from demonstration.labelling import labelled
from demonstration.page import act, answered, say, spoken, table
from demonstration.stage import YEAR, Stage, statement
from onetonne import importing, registries, serials
from onetonne.audit import AuditReport, audit
from onetonne.certificates import certificate, to_pdf, to_svg, verify
from onetonne.cli.output import tonnes
from onetonne.errors import CertificateError
from onetonne.importing import ImportPlan
from onetonne.index import Index
from onetonne.terms import (
    BatchId,
    Issuance,
    Kilograms,
    Lot,
    MethodologyId,
    ProjectId,
    Proposal,
    Purpose,
    RetirementDetails,
    RetirementId,
    format_quantity,
)

EXAMPLES = files("onetonne") / "examples"


def tell(stage: Stage) -> int:
    """The whole story; the exit code."""
    _deployed(stage)
    _certifiers(stage)
    with as_file(EXAMPLES / "vcs_transactions.csv") as path:
        _imported(stage, path, "vcs")
    with as_file(EXAMPLES / "acr_retirements.csv") as path:
        _imported(stage, path, "acr")
    _by_hand(stage)
    _traded(stage)
    _retired(stage)
    answers = labelled(stage) + _attacked(stage)
    report = _audited(stage)
    return _concluded(stage, answers, report, time.monotonic() - stage.started)


def _deployed(stage: Stage) -> None:
    deployment = stage.ledger.deployment
    gas = sum(step.gas for step in deployment.transactions)
    act(
        stage,
        "1. A chain and the contracts",
        "A local Ethereum chain runs on this machine, with ten contracts on it. None of them can "
        "be replaced.",
    )
    table(stage, ["Contract", "Address"], list(deployment.addresses.items()))
    say(stage, f"{len(deployment.transactions)} transactions, {gas:,} gas.")


def _certifiers(stage: Stage) -> None:
    act(
        stage,
        "2. Who may certify",
        "Governance admits programmes, each with its operator's key and its roots of serial numbers, and a "
        "VVB that verifies. It takes both keys to make a credit.",
    )
    ledger, governance = stage.ledger, stage.keys["governance"]
    rows = []
    for name in ("vcs", "acr", "gs"):
        account = stage.keys[name].address
        made = ledger.admit_programme(name, account, signer=governance).programme
        roots = ledger.register_roots(made, signer=governance).roots
        stage.programmes[name] = made
        rows.append((f"programme {name.upper()}", account, ", ".join(roots)))
    ledger.admit_vvb("VVB-ONE", stage.keys["vvb"].address, signer=governance)
    rows.append(("VVB-ONE", stage.keys["vvb"].address, ""))
    table(stage, ["Admitted", "Key", "Roots of serial numbers"], rows)


def _imported(stage: Stage, path: Path, operator: str) -> None:
    """Check, plan, run: what an operator does with its programme's export."""
    source = importing.read_source(path)
    number = "3" if operator == "vcs" else "4"
    act(stage, f"{number}. {operator.upper()}'s own export: {source.name}")
    report = registries.check([path])
    say(
        stage,
        f"{report.rows} rows, {report.refused} of them defective: reported with their rows, never repaired.",
    )
    state = importing.read_state(stage.ledger.chain, stage.ledger.deployment)
    keys = stage.keys[operator], stage.keys["vvb"]
    plan = importing.plan(source, state, keys[0].address, vvb=keys[1].address)
    table(
        stage,
        ["Row>", "Tonnes>", "Why it can't be on chain"],
        [(str(one.origin.row), f"{one.tonnes or 0:,}", _cut(path, one.reason)) for one in plan.refused],
    )
    say(
        stage,
        f"{plan.tonnes:,} t in the file = {plan.accepted_tonnes:,} t for the chain + "
        f"{plan.refused_tonnes:,} t refused.",
    )
    if not plan.batches:
        say(
            stage,
            f"All of these were used in {operator.upper()}'s registry: nothing is left to put on chain.",
        )
        return
    result = importing.run(plan, stage.ledger, *keys, stage.keys["proponent"].address)
    _issued(stage, plan)
    say(
        stage,
        f"{result.verifications} verifications signed by the VVB and accepted by the operator; "
        f"{len(result.batches)} batches in one transaction. Importing the file again would do nothing.",
    )


def _cut(path: Path, reason: str) -> str:
    return reason.replace(str(path), path.name)


def _issued(stage: Stage, plan: ImportPlan) -> None:
    rows = [
        (
            one.period.project,
            one.row.project_name,
            str(one.vintage_year),
            str(one.block),
            f"{one.block.tonnes:,}",
        )
        for one in plan.new
    ]
    table(stage, ["Project", "Name", "Vintage", "Serial numbers", "Tonnes>"], rows)


def _by_hand(stage: Stage) -> None:
    """What the attempts of act 8 need beside the import."""
    act(
        stage,
        "5. Two more programmes, and one activity that two of them certify",
        f"ACR and GS issue a block each: {ACR_PREFIX} 1 to 1000, and {GS_PREFIX} 1 to 1000.",
    )
    ledger, vcs = stage.ledger, stage.keys["vcs"]
    for name, prefix, country in (("acr", ACR_PREFIX, "US"), ("gs", GS_PREFIX, "KE")):
        _block_of(stage, name, prefix, country)
    stoves = ledger.project_id(stage.programmes["vcs"], "VCS9101")
    methodology = ledger.methodology_id(stage.programmes["vcs"], "VMR0006", importing.UNSTATED)
    stage.verify("room", "vcs", _year_of(stoves, methodology, YEAR, 1_000))
    stage.verify("waiting", "vcs", _year_of(stoves, methodology, YEAR + 1, 1_000), accept=False)
    stage.verify("again", "vcs", _year_of(stoves, methodology, YEAR, 1_000), accept=False)
    forest = ledger.project_id(stage.programmes["vcs"], "VCS9102")
    of_forest = ledger.methodology_id(stage.programmes["vcs"], "VM0048", importing.UNSTATED)
    stage.verify("plenty", "vcs", _year_of(forest, of_forest, YEAR, 20_000))
    activity = ledger.project(stoves).activity
    ledger.consent_to_join(activity, stage.programmes["acr"], signer=vcs)
    joined = ledger.register_project(
        "ACR9301",
        "KE",
        "VCS9101",
        "STOVES",
        date(2022, 1, 1),
        "Turkwel clean cooking",
        signer=stage.keys["acr"],
    ).project
    own = ledger.methodology_id(stage.programmes["acr"], "DEMO", "1.0")
    proposal = statement(joined, own, date(YEAR, 7, 1), date(YEAR + 1, 6, 30), 500)
    stage.verify("elsewhere", "acr", proposal, accept=False)
    say(
        stage,
        f"VCS lets ACR register a project for the stoves of Turkwel Valley, too: one activity now. VCS has "
        f"1,000 t of {YEAR} verified there, and has issued none of them yet.",
    )


def _block_of(stage: Stage, name: str, prefix: str, country: str) -> None:
    """A project with 2,000 t verified of a year, and a block of 1,000 t."""
    ledger, operator = stage.ledger, stage.keys[name]
    methodology = ledger.register_methodology("DEMO", "1.0", signer=operator).methodology
    code = f"{name.upper()}-DEMO"
    project = ledger.register_project(
        code, country, code, "DEMO", date(2022, 1, 1), f"A project of {name.upper()}", signer=operator
    ).project
    verification = stage.verify(name, name, _year_of(project, methodology, YEAR, 2_000))
    issuance = Issuance(
        block=serials.block(prefix, 1, 1_000),
        verification=verification,
        vintage_start=date(YEAR, 1, 1),
        vintage_end=date(YEAR, 12, 31),
        vintage_year=YEAR,
        custody_record=f"{name.upper()}-IMMOBILISED-1",
        custody_date=date(YEAR + 1, 5, 1),
    )
    ledger.issue([issuance], stage.keys["proponent"].address, signer=operator)


def _year_of(project: ProjectId, methodology: MethodologyId, year: int, tonnes: int) -> Proposal:
    return statement(project, methodology, date(year, 1, 1), date(year, 12, 31), tonnes)


def _traded(stage: Stage) -> None:
    act(stage, "6. Credits change hands, and are used once")
    moves = (("proponent", "trader", 1_000_000), ("trader", "ferry-line", 2_500))
    for giver, taker, kilograms in moves:
        stage.ledger.transfer(
            BatchId(1), Kilograms(kilograms), stage.keys[taker].address, signer=stage.keys[giver]
        )
        say(
            stage,
            f"The {giver} gives the {spoken(taker)} {format_quantity(Kilograms(kilograms))} of batch 1.",
        )


def _retired(stage: Stage) -> None:
    for name, kilograms, reason in (
        ("ferry-line", 1_500, "Fuel of 2023"),
        ("trader", 700, "Office heating of 2023"),
    ):
        details = RetirementDetails(
            "Harbour Lights Ferries Ltd" if name == "ferry-line" else "The trader",
            reason,
            date(2023, 1, 1),
            date(2023, 12, 31),
        ).salted(secrets.token_hex(16))
        account = stage.keys[name]
        lots = [Lot(BatchId(1), Kilograms(kilograms))]
        made = stage.ledger.retire(lots, account.address, Purpose.VOLUNTARY, details, signer=account)
        stage.retirements += made.retirements
        _certificate(stage, made.retirements[0], details, name)
    say(stage, "The second retirement goes on in the middle of the tonne at which the first one ended.")


def _certificate(stage: Stage, retirement: RetirementId, details: RetirementDetails, name: str) -> None:
    record = certificate(stage.ledger, retirement, details)
    folder = stage.home / "certificates"
    folder.mkdir(exist_ok=True)
    amount = format_quantity(record.kilograms)
    say(stage, f"The {spoken(name)} retires {amount}: {record.serials} ({record.fractions}).")
    for suffix, content in (("svg", to_svg(record).encode()), ("pdf", to_pdf(record))):
        path = folder / f"certificate-{retirement}.{suffix}"
        path.write_bytes(content)
        checked = verify(path, stage.ledger)
        stage.console.print(f"  {path}", markup=False, soft_wrap=True)
        if not checked.passed:
            raise CertificateError(checked.sentence)


def _attacked(stage: Stage) -> list[Answer]:
    act(
        stage,
        "8. Every attempt to count twice",
        "Each is signed and sent past all checks of the Python package. Only the contracts stand in its way.",
    )
    answers: list[Answer] = []
    for group, members in attacks(stage).items():
        stage.console.print(f"\n[bold]{escape(group)}")
        for attack in members:
            answers.append(attempt(stage, attack))
            answered(stage, answers[-1])
    stage.console.print("\n[bold]And what is right")
    answers.append(attempt(stage, control(stage)))
    answered(stage, answers[-1])
    return answers


def _audited(stage: Stage) -> AuditReport:
    act(
        stage,
        "9. The audit",
        "From the chain alone: all events told again, and every storage slot read and compared with them.",
    )
    with Index.open(stage.home / "index.sqlite") as index:
        report = audit(stage.ledger.chain, stage.ledger.deployment, index)
    rows = [
        (
            result.id,
            result.title,
            f"{result.count:,} {result.of}",
            tonnes(result.kilograms) if result.kilograms else "",
            result.verdict,
        )
        for result in report.results
    ]
    table(stage, ["", "Invariant", "Checked on", "Tonnes>", "Verdict"], rows)
    for finding in report.findings:
        say(stage, f"{finding.invariant}, {finding.subject}: {finding.problem}")
    say(stage, f"{report.events:,} events and {report.slots:,} storage slots at block {report.block:,}.")
    return report


def _concluded(stage: Stage, answers: list[Answer], report: AuditReport, seconds: float) -> int:
    attempts = [answer for answer in answers if answer.attack.error]
    refused = sum(answer.as_expected for answer in attempts)
    act(stage, "One tonne, one token, one claim")
    count = len(attempts)
    say(stage, f"{count} attempts to count twice, {refused} refused by the contracts as they must be.")
    wrong = [answer for answer in answers if not answer.as_expected]
    for answer in wrong:
        what, wanted = answer.error or "no error", answer.attack.error or "none"
        say(stage, f"Not as it must be: {answer.attack.title} ({what}, not {wanted}).")
    verdict = "finds nothing" if report.holds else f"finds {len(report.findings)} faults"
    say(
        stage,
        f"The audit {verdict}. It took {seconds:.0f} s. The chain is ended now; the certificates stay in",
    )
    stage.console.print(f"  {stage.home / 'certificates'}", markup=False, soft_wrap=True)
    return 0 if not wrong and report.holds else 1
