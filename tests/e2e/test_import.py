"""Exports onto a real chain: with two keys, to the tonne, and the same whether interrupted or not."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from exports import real_file, write_layout
from typer.testing import CliRunner
from world import key

from onetonne import importing
from onetonne.audit import audit
from onetonne.chain import KeySigner, LocalChain, keystores
from onetonne.cli.app import app
from onetonne.errors import BadInput, ChainError, Reverted, WrongKey
from onetonne.importing import ChainState, ImportPlan, ImportResult, Seen
from onetonne.index import Index
from onetonne.ledger import Ledger
from onetonne.terms import (
    Address,
    BatchId,
    CancellationId,
    CancellationKind,
    Kilograms,
    Lot,
    RetirementId,
    Seconds,
    VerificationId,
    VerificationStatus,
)

Command = Callable[..., tuple[int, str, str]]
VCS_EXAMPLE = Path(str(files("onetonne") / "examples" / "vcs_transactions.csv"))
ACR_EXAMPLE = Path(str(files("onetonne") / "examples" / "acr_retirements.csv"))


@pytest.fixture
def certifying(
    ledger: Ledger, governance: KeySigner, operator: KeySigner, acr_operator: KeySigner, vvb: KeySigner
) -> Ledger:
    """Two programmes with their roots and a VVB; no project, no methodology."""
    for code, account in (("VCS", operator), ("ACR", acr_operator)):
        programme = ledger.admit_programme(code, account.address, signer=governance).programme
        ledger.register_roots(programme, signer=governance)
    ledger.admit_vvb("EARTHOOD", vvb.address, signer=governance)
    return ledger


def planned(ledger: Ledger, path: Path, operator: Address, vvb: Address, **options: Any) -> ImportPlan:
    senders = (operator, key("proponent").address)
    state = importing.read_state(ledger.chain, ledger.deployment, senders)
    return importing.plan(importing.read_source(path), state, operator, vvb=vvb, **options)


def imported(
    ledger: Ledger, path: Path, operator: KeySigner, vvb: KeySigner, holder: KeySigner, **options: bool
) -> tuple[ImportPlan, ImportResult]:
    made = planned(ledger, path, operator.address, vvb.address, **options)
    return made, importing.run(made, ledger, operator, vvb, holder.address, holder_signer=holder)


def held(ledger: Ledger, account: KeySigner) -> int:
    return sum(holding.kilograms for holding in ledger.holdings(account.address))


def check_audit(ledger: Ledger, tmp_path: Path) -> None:
    with Index.open(tmp_path / "index.sqlite") as index:
        report = audit(ledger.chain, ledger.deployment, index)
    assert report.holds, report.findings


def test_live_credits_come_on_chain_with_two_keys(
    certifying: Ledger, operator: KeySigner, vvb: KeySigner, proponent: KeySigner, tmp_path: Path
) -> None:
    made, result = imported(certifying, VCS_EXAMPLE, operator, vvb, proponent)
    assert (made.rows, made.tonnes, made.refused_tonnes) == (12, 54_250, 18_250)
    assert (result.projects, result.methodologies, result.verifications) == (4, 4, 4)
    assert result.batches == (1, 2, 3, 4)
    assert held(certifying, proponent) == made.accepted_tonnes * 1000 == 36_000_000
    batch = certifying.batch(BatchId(1))
    verification = certifying.verification(batch.verification)
    assert (verification.cap, verification.issued) == (batch.issued, batch.issued)
    assert verification.evidence_hash == made.file_hash
    check_audit(certifying, tmp_path)


def test_a_second_run_sends_nothing(
    certifying: Ledger, operator: KeySigner, vvb: KeySigner, proponent: KeySigner
) -> None:
    imported(certifying, VCS_EXAMPLE, operator, vvb, proponent)
    head = certifying.chain.head()
    again, result = imported(certifying, VCS_EXAMPLE, operator, vvb, proponent)
    assert again.steps == result.transactions == 0
    assert len(again.done) == 4
    assert again.tonnes == 54_250
    assert certifying.chain.head() == head


def test_history_retires_and_cancels_what_the_file_shows(
    certifying: Ledger, operator: KeySigner, vvb: KeySigner, proponent: KeySigner, tmp_path: Path
) -> None:
    made, result = imported(certifying, VCS_EXAMPLE, operator, vvb, proponent, history=True)
    assert made.accepted_tonnes + made.refused_tonnes == 54_250
    assert (len(result.batches), result.retirements, result.cancellations) == (9, 4, 1)
    assert held(certifying, proponent) == 36_000_000
    issued = [certifying.batch(BatchId(id)) for id in range(1, 10)]
    assert sum(batch.retired for batch in issued) == 9_000_000
    assert sum(batch.cancelled for batch in issued) == 6_000_000
    check_audit(certifying, tmp_path)


def test_history_says_in_its_evidence_that_it_is_simulated(
    certifying: Ledger, operator: KeySigner, vvb: KeySigner, proponent: KeySigner
) -> None:
    before = certifying.chain.head()
    imported(certifying, VCS_EXAMPLE, operator, vvb, proponent, history=True)
    chain, deployment = certifying.chain, certifying.deployment
    contract = chain.contract("Projects", deployment.addresses["Projects"])
    logs = contract.events.VerificationProposed.get_logs(from_block=before + 1)
    sources = [log["args"]["proposal"].source.split("; spelled ") for log in logs]
    assert {source[0] for source in sources} == {"simulated from vcs_transactions.csv"}


def test_what_was_ended_at_source_is_issued_and_cancelled_by_the_operator(
    certifying: Ledger, operator: KeySigner, vvb: KeySigner, proponent: KeySigner, tmp_path: Path
) -> None:
    made = planned(certifying, VCS_EXAMPLE, operator.address, vvb.address, at_source=True)
    result = importing.run(made, certifying, operator, vvb, proponent.address)
    assert made.accepted_tonnes + made.refused_tonnes == 54_250
    assert (len(result.batches), result.retirements, result.cancellations) == (9, 0, 5)
    assert (held(certifying, proponent), held(certifying, operator)) == (36_000_000, 0)
    cancellations = [certifying.cancellation(CancellationId(id)) for id in range(1, 6)]
    assert {one.kind for one in cancellations} == {CancellationKind.AT_SOURCE}
    assert sum(one.kilograms for one in cancellations) == 15_000_000
    assert planned(certifying, VCS_EXAMPLE, operator.address, vvb.address, at_source=True).steps == 0
    later = planned(certifying, VCS_EXAMPLE, operator.address, vvb.address)
    assert later.steps == 0
    assert [one.seen for one in later.batches].count(Seen.ENDED) == 5
    check_audit(certifying, tmp_path)


def test_names_go_on_chain_only_where_asked_for(
    certifying: Ledger, operator: KeySigner, vvb: KeySigner, proponent: KeySigner, local_chain: LocalChain
) -> None:
    addresses = list(certifying.deployment.addresses.values())
    for publish in (False, True):
        before = local_chain.snapshot()
        made = planned(certifying, VCS_EXAMPLE, operator.address, vvb.address, history=True)
        importing.run(
            made,
            certifying,
            operator,
            vvb,
            proponent.address,
            holder_signer=proponent,
            publish_details=publish,
        )
        first, last = certifying.deployment.block, certifying.chain.head()
        logs = [log["data"] for page in certifying.chain.logs(addresses, first, last) for log in page]
        assert any(b"Ferries".hex() in data for data in logs) is publish
        local_chain.revert(before)


def test_a_history_can_follow_a_live_import(
    certifying: Ledger, operator: KeySigner, vvb: KeySigner, proponent: KeySigner
) -> None:
    """Its verifications would be larger; those on chain have no room left, and that is said."""
    imported(certifying, VCS_EXAMPLE, operator, vvb, proponent)
    made = planned(certifying, VCS_EXAMPLE, operator.address, vvb.address, history=True)
    assert len(made.done) == 4
    assert made.accepted_tonnes + made.refused_tonnes == made.tonnes == 54_250
    assert any("0 t are left" in refusal.reason for refusal in made.refused)


def test_credits_used_on_chain_since_are_still_done(
    certifying: Ledger, operator: KeySigner, vvb: KeySigner, proponent: KeySigner
) -> None:
    imported(certifying, VCS_EXAMPLE, operator, vvb, proponent)
    certifying.retire([Lot(BatchId(2), Kilograms(1_500))], proponent.address, signer=proponent)
    assert planned(certifying, VCS_EXAMPLE, operator.address, vvb.address).steps == 0


def test_the_second_programme_has_a_namespace_of_its_own(
    certifying: Ledger, acr_operator: KeySigner, vvb: KeySigner, proponent: KeySigner, tmp_path: Path
) -> None:
    made, result = imported(certifying, ACR_EXAMPLE, acr_operator, vvb, proponent, history=True)
    assert made.accepted_tonnes + made.refused_tonnes == made.tonnes == 14_150
    assert (result.retirements, result.cancellations) == (4, 1)
    check_audit(certifying, tmp_path)


def test_a_real_export_comes_in_as_simulated_history(
    certifying: Ledger, operator: KeySigner, vvb: KeySigner, proponent: KeySigner, tmp_path: Path
) -> None:
    path = real_file("verra/odb_transactions.csv")
    made, result = imported(certifying, path, operator, vvb, proponent, history=True)
    assert (made.rows, made.accepted_tonnes, made.tonnes) == (200, 4_029_227, 4_029_227)
    assert (len(result.batches), result.retirements, result.verifications) == (200, 100, 87)
    assert held(certifying, proponent) == 3_891_681_000
    assert planned(certifying, path, operator.address, vvb.address, history=True).steps == 0
    check_audit(certifying, tmp_path)


CUT_OFF = """
import os, signal, sys
from pathlib import Path
from onetonne import importing
from onetonne.chain import KeySigner, connect
from onetonne.chain.rpc import Node
from onetonne.deploy import Deployment
from onetonne.ledger import Ledger

url, home, path, transactions, when, mode = sys.argv[1:]
left = int(transactions)
request = Node.request

def until_the_end(node, method, *params):
    global left
    if method == "eth_sendRawTransaction":
        left -= 1
        if left == 0 and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
    result = request(node, method, *params)
    if method == "eth_sendRawTransaction" and left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

Node.request = until_the_end
keys = (name.encode().rjust(32, b"-") for name in ("operator", "vvb", "proponent"))
operator, vvb, holder = map(KeySigner.from_key, keys)
chain = connect(url, home=Path(home))
ledger = Ledger(chain, Deployment.load(Path(home), chain.chain_id))
state = importing.read_state(chain, ledger.deployment, (operator.address, holder.address))
plan = importing.plan(importing.read_source(path), state, operator.address, vvb=vvb.address, **{mode: True})
importing.run(plan, ledger, operator, vvb, holder.address, holder_signer=holder)
"""


def final_state(ledger: Ledger) -> tuple[ChainState, list[object]]:
    """All that an import leaves behind, but for the seconds at which it happened."""
    state = importing.read_state(ledger.chain, ledger.deployment)
    batches, retirements, cancellations = ledger.counts()
    records: list[object] = [
        replace(ledger.batch(BatchId(n)), issued_at=Seconds(0)) for n in range(1, batches + 1)
    ]
    records += [
        replace(ledger.retirement(RetirementId(n)), time=Seconds(0)) for n in range(1, retirements + 1)
    ]
    records += [
        replace(ledger.cancellation(CancellationId(n)), time=Seconds(0)) for n in range(1, cancellations + 1)
    ]
    return state, records


def cut_off(ledger: Ledger, home: Path, transactions: int, when: str, mode: str) -> None:
    arguments = [ledger.chain.url, str(home), str(VCS_EXAMPLE), str(transactions), when, mode]
    ended = subprocess.run([sys.executable, "-c", CUT_OFF, *arguments], capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


# Of 22 transactions: 4 methodologies, 4 projects, 8 for verifications, 1 for all batches, 5 endings.
HISTORY = [([2], "before"), ([6], "after"), ([9], "after"), ([17], "after"), ([3, 8, 6, 2], "before")]
# Of 19: as many, with 1 for live batches, 1 for those ended at source, 1 to cancel them.
AT_SOURCE = [([17], "after"), ([18], "after"), ([19], "before"), ([17, 1, 1], "after")]


@pytest.mark.parametrize(("mode", "kills"), [("history", HISTORY), ("at_source", AT_SOURCE)])
def test_an_import_that_was_killed_ends_as_if_it_had_not_been(
    certifying: Ledger,
    local_chain: LocalChain,
    home: Path,
    operator: KeySigner,
    vvb: KeySigner,
    proponent: KeySigner,
    mode: str,
    kills: list[tuple[list[int], str]],
) -> None:
    """Killed before or after the node got this or that transaction, once or again and again."""
    before = local_chain.snapshot()
    imported(certifying, VCS_EXAMPLE, operator, vvb, proponent, **{mode: True})
    undisturbed = final_state(certifying)
    for transactions, when in kills:
        local_chain.revert(before)
        before = local_chain.snapshot()  # each serves once
        for count in transactions:
            cut_off(certifying, home, count, when, mode)
        imported(certifying, VCS_EXAMPLE, operator, vvb, proponent, **{mode: True})
        assert final_state(certifying) == undisturbed, (transactions, when)


def test_a_period_of_which_more_was_issued_since_is_verified_anew(
    certifying: Ledger,
    local_chain: LocalChain,
    home: Path,
    operator: KeySigner,
    vvb: KeySigner,
    proponent: KeySigner,
    tmp_path: Path,
) -> None:
    """Of 5 transactions: propose, withdraw the old one, accept, issue, retire. Killed or not."""
    lines = VCS_EXAMPLE.read_text().splitlines(keepends=True)
    earlier = tmp_path / VCS_EXAMPLE.name
    earlier.write_text("".join(lines[:3] + lines[4:]))
    imported(certifying, earlier, operator, vvb, proponent, history=True)
    before = local_chain.snapshot()
    made, result = imported(certifying, VCS_EXAMPLE, operator, vvb, proponent, history=True)
    assert (len(made.new), result.transactions, made.steps) == (1, 5, 5)
    (grown,) = [one for one in made.verifications if one.supersedes]
    assert grown.kilograms == 12_000_000
    old, new = (certifying.verification(VerificationId(id)) for id in (grown.supersedes or 0, 5))
    assert (old.status, new.status) == (VerificationStatus.SUPERSEDED, VerificationStatus.ACCEPTED)
    assert (new.carried, new.issued, new.remaining) == (10_500_000, 1_500_000, 0)
    assert planned(certifying, VCS_EXAMPLE, operator.address, vvb.address, history=True).steps == 0
    check_audit(certifying, tmp_path)
    undisturbed = final_state(certifying)
    for count, when in ((1, "after"), (2, "after"), (4, "before")):
        local_chain.revert(before)
        before = local_chain.snapshot()
        cut_off(certifying, home, count, when, "history")
        imported(certifying, VCS_EXAMPLE, operator, vvb, proponent, history=True)
        assert final_state(certifying) == undisturbed, (count, when)


def test_a_plan_waits_for_what_was_sent_before(
    ledger: Ledger, proponent: KeySigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was killed may have left a transaction that is in no block yet."""
    chain, deployment, sender = ledger.chain, ledger.deployment, proponent.address
    monkeypatch.setattr("onetonne.chain.sending.SETTLING_TIME", 0.2)
    nonce = int(chain.node.request("eth_getTransactionCount", sender, "latest"), 16)
    fields = {"chainId": chain.chain_id, "nonce": nonce, "gas": 21_000, "gasPrice": 10**11}
    raw = proponent.sign_transaction({**fields, "to": sender, "value": 0})
    chain.node.request("evm_setAutomine", False)
    try:
        chain.node.request("eth_sendRawTransaction", f"0x{raw.hex()}")
        with pytest.raises(ChainError, match="has sent transactions from elsewhere that are in no block"):
            importing.read_state(chain, deployment, (sender,))
    finally:
        chain.node.request("evm_setAutomine", True)
        chain.node.request("evm_mine")
    assert importing.read_state(chain, deployment, (sender,)).chain_id == chain.chain_id


def test_one_key_is_not_enough(certifying: Ledger, operator: KeySigner, proponent: KeySigner) -> None:
    made = planned(certifying, VCS_EXAMPLE, operator.address, operator.address)
    with pytest.raises(WrongKey, match="is not an admitted VVB: two keys make a credit"):
        importing.run(made, certifying, operator, operator, proponent.address)


def test_a_plan_is_for_its_operator(
    certifying: Ledger, operator: KeySigner, acr_operator: KeySigner, vvb: KeySigner, proponent: KeySigner
) -> None:
    made = planned(certifying, VCS_EXAMPLE, operator.address, vvb.address)
    with pytest.raises(WrongKey, match="The plan was made for the operator"):
        importing.run(made, certifying, acr_operator, vvb, proponent.address)


def test_a_history_needs_the_holders_key(
    certifying: Ledger, operator: KeySigner, vvb: KeySigner, proponent: KeySigner
) -> None:
    made = planned(certifying, VCS_EXAMPLE, operator.address, vvb.address, history=True)
    with pytest.raises(BadInput, match="needs the holder's own key"):
        importing.run(made, certifying, operator, vvb, proponent.address)


def test_what_a_stale_plan_would_issue_again_is_refused_by_the_contracts(
    certifying: Ledger, operator: KeySigner, vvb: KeySigner, proponent: KeySigner
) -> None:
    stale = planned(certifying, VCS_EXAMPLE, operator.address, vvb.address)
    importing.run(stale, certifying, operator, vvb, proponent.address)
    with pytest.raises(Reverted):
        importing.run(stale, certifying, operator, vvb, proponent.address)


@pytest.fixture
def command(certifying: Ledger, home: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`onetonne registry import` with keystores of the accounts, at the test's chain."""
    monkeypatch.setenv("ONETONNE_PASSPHRASE", "of a test")
    for name in ("operator", "vvb", "proponent", "airline"):
        if not (home / "keystores" / f"{name}.json").exists():
            keystores.add(home, name, key(name), "of a test", iterations=2)

    def run(*arguments: str) -> tuple[int, str, str]:
        line = ["--home", str(home), "--rpc", certifying.chain.url, "registry", "import", *arguments]
        ended = CliRunner().invoke(app, line)
        return ended.exit_code, ended.stdout, ended.stderr

    return run


ROLES = ("--operator", "operator", "--verifier", "vvb", "--holder", "proponent")


def test_a_missing_root_is_said_before_anything_is_sent(
    ledger: Ledger, governance: KeySigner, operator: KeySigner, vvb: KeySigner, proponent: KeySigner
) -> None:
    ledger.admit_programme("VCS", operator.address, signer=governance)
    ledger.admit_vvb("EARTHOOD", vvb.address, signer=governance)
    plan = planned(ledger, VCS_EXAMPLE, operator.address, vvb.address)
    before = ledger.chain.node.integer("eth_getTransactionCount", operator.address, "latest")
    with pytest.raises(BadInput) as refused:
        importing.run(plan, ledger, operator, vvb, proponent.address)
    assert str(refused.value) == (
        "Programme VCS lacks the roots VCS-VCU, VCU of these serial numbers: let governance run "
        "`onetonne programme roots VCS` first."
    )
    assert ledger.chain.node.integer("eth_getTransactionCount", operator.address, "latest") == before


def test_the_command_shows_its_plan_first_and_then_does_it(command: Command, certifying: Ledger) -> None:
    code, shown, _ = command(str(VCS_EXAMPLE), *ROLES, "--dry-run")
    assert code == 0
    assert "no token may stand for it" in shown
    assert "Nothing was sent: this was a dry run." in shown
    assert certifying.counts()[0] == 0
    code, shown, _ = command(str(VCS_EXAMPLE), *ROLES, "--yes")
    assert code == 0
    assert "Done: 4 batches, 0 retirements and 0 cancellations in 17 transactions" in shown
    code, shown, _ = command(str(VCS_EXAMPLE), *ROLES, "--yes")
    assert "Nothing is left to do." in shown


def test_the_command_speaks_json(command: Command) -> None:
    code, shown, _ = command(str(VCS_EXAMPLE), *ROLES, "--history", "--yes", "--json")
    document = json.loads(shown)
    assert code == 0
    assert document["plan"]["tonnes"] == 54_250
    assert [refusal["row"] for refusal in document["plan"]["refusals"]] == [11, 12, 13]
    assert len(document["result"]["batches"]) == 9
    assert "Ferries" not in shown


def gs_row(first: int, last: int, **cells: str) -> dict[str, str]:
    return {
        "serial": f"GS1-1-KE-GS9301-16-2023-30256-{first}-{last}",
        "quantity": str(last - first + 1),
        "status": "Issued",
        "project_id": "9301",
        "project_name": "Tharaka Boreholes",
        "vintage_year": "2023",
        "vintage_start": "2023-01-01",
        "vintage_end": "2023-12-31",
        "methodology": "GS TPDDTEC v3.1",
    } | cells


def test_what_an_issuance_export_calls_issued_comes_in_less_what_has_ended(
    command: Command, certifying: Ledger, operator: KeySigner, proponent: KeySigner, tmp_path: Path
) -> None:
    governance = key("governance")
    programme = certifying.admit_programme("GS", key("airline").address, signer=governance).programme
    certifying.register_roots(programme, signer=governance)
    issued = write_layout(tmp_path / "issued.csv", "gs-issuances", gs_row(1, 100), gs_row(201, 210))
    ended = {"status": "Retired", "ended_on": "2024-05-01", "reason": "Voluntary"}
    retired = write_layout(tmp_path / "retired.csv", "gs-retirements", gs_row(11, 20, **ended))
    roles = ("--operator", "airline", *ROLES[2:])
    code, shown, error = command(str(issued), *roles, "--ended", str(retired), "--yes")
    assert code == 0, error
    assert "Done: 3 batches" in shown
    blocks = [(one.first, one.last) for one in (certifying.batch(BatchId(id)) for id in (1, 2, 3))]
    assert blocks == [(1, 10), (21, 100), (201, 210)]
    assert held(certifying, proponent) == 100_000
    _, shown, _ = command(str(issued), *roles, "--ended", str(retired), "--yes")
    assert "Nothing is left to do." in shown
    check_audit(certifying, tmp_path)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (ROLES[:2], 2, "Two keys make a credit: give --operator, who issues it, and --verifier"),
        (ROLES[:4], 2, "Missing --holder: name who gets the credits."),
        ((*ROLES[:3], "operator", *ROLES[4:]), 1, "Operator and verifier are one key"),
        ((*ROLES[:3], "proponent", "--holder", "operator", "--yes"), 1, "is not an admitted VVB"),
        (("--operator", "proponent", *ROLES[2:]), 1, "operates no programme here"),
        (("--operator", "nobody", *ROLES[2:]), 1, "There is no key 'nobody'"),
        (ROLES, 2, "There is no terminal to ask in: add --yes"),
        ((*ROLES[:5], "0x" + "11" * 20, "--history", "--yes"), 1, "give --holder the name of a key"),
        ((*ROLES, "--publish-details"), 2, "--publish-details goes with --history"),
        ((*ROLES, "--record-date", "yesterday"), 1, "Date 'yesterday' can't be read"),
    ],
)
def test_bad_input_is_one_sentence(
    command: Command, certifying: Ledger, arguments: tuple[str, ...], code: int, says: str
) -> None:
    ended, _, error = command(str(VCS_EXAMPLE), *arguments)
    assert ended == code
    assert error.startswith("Error: ")
    assert error.count("\n") == 1
    assert says in error
    assert certifying.counts()[0] == 0


def test_a_missing_file_is_one_sentence(command: Command) -> None:
    code, _, error = command("nowhere.csv", *ROLES)
    assert code == 1
    assert error.startswith("Error: File nowhere.csv: ")


def test_check_lists_defects_and_fails() -> None:
    ended = CliRunner().invoke(app, ["registry", "check", str(VCS_EXAMPLE)])
    assert ended.exit_code == 1
    assert "3 of 12 rows are refused." in ended.stdout
    document = json.loads(CliRunner().invoke(app, ["registry", "check", str(VCS_EXAMPLE), "--json"]).stdout)
    assert document["tonnes"]["total"] == 54_250
