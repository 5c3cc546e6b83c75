"""viem, ethers and web3.py with the shipped ABIs send and decode refusals; events of the standards suffice.

`refusals.json` drives all three clients: who calls which function of which contract, and the error that comes
back, of that contract or of one behind it. The Node programs lie in `clients/` and read ABIs from `abi/`.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import decode
from eth_utils.abi import abi_to_signature, get_abi_input_types
from eth_utils.crypto import keccak
from labels_story import FORESTS, OF_2020, tell_labels
from saved_chains import SavedChains
from story import Teller, signer_of, tell
from web3 import Web3
from web3.exceptions import ContractCustomError

from onetonne import artifacts
from onetonne.artifacts import formats
from onetonne.chain import decode_event
from onetonne.terms import FreezeScope, code_bytes32

FOLDER = Path(__file__).parent
REFUSALS: list[dict[str, Any]] = json.loads((FOLDER / "refusals.json").read_text(encoding="utf-8"))
IDS = [f"{one['contract']}.{one['function']}-{one['error']}" for one in REFUSALS]
EVERY_WAY = {
    *("BatchIssued", "TransferSingle", "TransferBatch", "Retired", "Cancelled", "ForcedTransfer"),
    *("RedemptionRequested", "RedemptionConfirmed", "RedemptionRefused", "RedemptionWithdrawn", "Redeemed"),
    *("BufferReleased", "ReversalReported", "MadeGood", "OverIssuanceMarked", "Transfer"),
}
"""Events of all that moves credits."""

Refusal = tuple[str | None, list[str]]
"""An error's name, and its values as text in lower case."""


@pytest.fixture(scope="module")
def told(saved_chains: SavedChains, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teller]:
    """The chain after both stories. Nothing here may write to it."""
    with saved_chains.loaded(tmp_path_factory.mktemp("home"), tell, tell_labels) as teller:
        yield teller


@pytest.fixture(scope="module")
def teller(saved_chains: SavedChains, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teller]:
    with saved_chains.loaded(tmp_path_factory.mktemp("home"), tell, tell_labels) as teller:
        yield teller


@pytest.fixture(scope="module")
def names(teller: Teller) -> Mapping[str, str | int]:
    """What `@name` in `refusals.json` stands for; some need a freeze, a suspension and a proposal."""
    carol = int(teller.address("carol"), 16)
    account = int(FreezeScope.ACCOUNT)
    teller.send("governor", "Credits", "freeze", account, carol, keccak(text="case"), "case 3")
    overlapping = teller.propose("aenor", FORESTS, 1, 2020, 100, salt="again")
    teller.send("governor", "Programmes", "suspendProgramme", 2, "under review")
    suspended = teller.chain.block("latest").time
    issued = view(teller, "Credits", "batch", OF_2020).verification
    accounts = {name: teller.address(name) for name in teller.signers}
    return {
        **accounts,
        "overlapping": overlapping,
        "issued": issued,
        "component": view(teller, "Projects", "verification", issued).component,
        "suspended": suspended,
    }


def view(teller: Teller, contract: str, function: str, *arguments: Any) -> Any:
    target = teller.chain.contract(contract, teller.deployment.addresses[contract])
    return teller.chain.call(teller.chain.function(target, function, *arguments))


def resolved(value: Any, names: Mapping[str, str | int]) -> Any:
    """A value of `refusals.json` with names, codes and hashes filled in, and numbers as decimal text."""
    if isinstance(value, list):
        return [resolved(inner, names) for inner in value]
    if isinstance(value, dict):
        return {key: resolved(inner, names) for key, inner in value.items()}
    if isinstance(value, int):
        return str(value)
    kind, _, rest = value.partition(":")
    if kind == "code" and rest:
        return f"0x{code_bytes32(rest).hex()}"
    if kind == "hash" and rest:
        return f"0x{keccak(text=rest).hex()}"
    return str(names[value.removeprefix("@")]) if value.startswith("@") else value


def expected(names: Mapping[str, str | int]) -> list[Refusal]:
    return [(one["error"], [text.lower() for text in resolved(one["values"], names)]) for one in REFUSALS]


def node(program: str, teller: Teller, folder: Path, **asked: Any) -> Any:
    """What a program in `clients/` answers."""
    executable = shutil.which("node")
    assert executable
    question = folder / "asked.json"
    addresses = teller.deployment.addresses
    question.write_text(json.dumps({"rpc": teller.chain.url, "addresses": addresses, **asked}))
    done = subprocess.run(
        [executable, str(FOLDER / "clients" / program), str(question)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def act(names: Mapping[str, str | int], key: str, function: str, *arguments: Any) -> dict[str, Any]:
    given = resolved(list(arguments), names)
    secret = f"0x{keccak(text=f'test account {key}').hex()}"
    return {"contract": "Credits", "function": function, "arguments": given, "key": secret}


def test_refusals_come_from_every_kind_of_contract() -> None:
    assert len({one["error"] for one in REFUSALS}) > 10
    own = {"Credits", "Programmes", "Projects", "Labels", "Certificates", "Redemptions", "Shortfalls"}
    assert own <= {one["raised_by"] for one in REFUSALS}
    assert len([one for one in REFUSALS if one["raised_by"] != one["contract"]]) > 5


@pytest.mark.parametrize("program", ["viem.mjs", "ethers.mjs"])
def test_client_sends_and_decodes_refusals(
    program: str, teller: Teller, names: Mapping[str, str | int], tmp_path: Path
) -> None:
    def balance(name: str) -> int:
        return int(view(teller, "Credits", "balanceOf", teller.address(name), OF_2020))

    before = balance("alice"), balance("bob"), view(teller, "Credits", "counts")[1]
    lots = [{"batch": OF_2020, "kilograms": 2000}]
    acts = [
        act(names, "alice", "safeTransferFrom", "@alice", "@bob", OF_2020, 1500, "0x"),
        act(names, "alice", "retire", lots, "@alice", "@airline", 0, "code:DETAILS"),
        act(names, "airline", "safeTransferFrom", "@airline", "@bob", OF_2020, 1500, "0x"),
        act(names, "alice", "retire", [{"batch": 10, "kilograms": 1000}], "@alice", "@airline", 2, "code:X"),
    ]
    refusals = [
        {**resolved({key: one[key] for key in ("arguments", "from")}, names), **contract_and_function(one)}
        for one in REFUSALS
    ]
    answer = node(program, teller, tmp_path, acts=acts, refusals=refusals)
    assert answer["receipts"] == ["success", "success", "ERC1155InsufficientBalance", "NotAuthorised"]
    assert [(one["error"], one["values"]) for one in answer["refusals"]] == expected(names)
    after = balance("alice"), balance("bob"), view(teller, "Credits", "counts")[1]
    assert after == (before[0] - 3500, before[1] + 1500, before[2] + 1)


def contract_and_function(refusal: Mapping[str, Any]) -> dict[str, str]:
    return {"contract": refusal["contract"], "function": refusal["function"]}


@pytest.mark.parametrize("place", range(len(REFUSALS)), ids=IDS)
def test_web3_py_decodes_refusals(teller: Teller, names: Mapping[str, str | int], place: int) -> None:
    one = REFUSALS[place]
    abi: list[Any] = artifacts.load(one["contract"]).abi
    address = Web3.to_checksum_address(teller.deployment.addresses[one["contract"]])
    contract = Web3(Web3.HTTPProvider(teller.chain.url)).eth.contract(address, abi=abi)
    arguments = with_numbers(resolved(one["arguments"], names))
    with pytest.raises(ContractCustomError) as caught:
        contract.functions[one["function"]](*arguments).call({"from": resolved(one["from"], names)})
    data = bytes.fromhex(str(caught.value.data).removeprefix("0x"))
    (entry,) = [
        entry
        for entry in abi
        if entry["type"] == "error" and keccak(text=abi_to_signature(entry))[:4] == data[:4]
    ]
    values = decode(get_abi_input_types(entry), data[4:])
    texts = [f"0x{value.hex()}" if isinstance(value, bytes) else str(value).lower() for value in values]
    assert (entry["name"], texts) == expected(names)[place]


def with_numbers(value: Any) -> Any:
    if isinstance(value, str):
        return int(value) if re.fullmatch(r"\d+", value) else value
    if isinstance(value, list):
        return [with_numbers(inner) for inner in value]
    return {key: with_numbers(inner) for key, inner in value.items()}


def test_ethers_and_viem_read_the_human_readable_form(told: Teller, tmp_path: Path) -> None:
    declarations = {name: formats.as_human(artifacts.load(name).abi) for name in artifacts.names()}
    assert node("human.mjs", told, tmp_path, declarations=declarations) == []


def test_events_of_the_standards_alone_rebuild_every_balance_and_owner(told: Teller, tmp_path: Path) -> None:
    pages = told.chain.logs(list(told.deployment.addresses.values()), 0, told.chain.head())
    events = [decode_event(log) for page in pages for log in page]
    assert {event.name for event in events if event} >= EVERY_WAY
    accounts = [*map(told.address, told.signers), signer_of("nobody").address]
    accounts += [*told.deployment.addresses.values(), view(told, "Credits", "BUFFER")]
    answer = node("standards.mjs", told, tmp_path, accounts=accounts)
    assert answer["differences"] == []
    batches, retirements, _ = view(told, "Credits", "counts")
    assert answer["compared"] >= batches * len(accounts)
    assert answer["certificates"] == [str(number) for number in range(1, retirements + 1)]
    for batch in range(1, batches + 1):
        entry, issued = view(told, "Credits", "batch", batch), view(told, "Credits", "issuedKilograms", batch)
        assert int(answer["supply"][str(batch)]) == issued - entry.taken - entry.redeemed
