"""An audit with proofs: a node may lie as it likes about storage, code and headers: it is caught."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from anvil import anvil
from commands import Commands
from eth_utils.crypto import keccak
from labels_story import tell_labels
from lying_node import Lie, Refusal, lying_node, truth
from saved_chains import SavedChains
from story import Teller, tell

from onetonne.audit import audit
from onetonne.audit.kinds import KINDS
from onetonne.audit.proving import ProvingState
from onetonne.chain import Chain
from onetonne.chain.trusting import trust_second_node
from onetonne.errors import AuditError, FalseAnswer
from onetonne.index import Cursor, Index

CREDITS = "Credits"


@pytest.fixture(scope="module")
def teller(saved_chains: SavedChains, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teller]:
    with saved_chains.loaded(tmp_path_factory.mktemp("home"), tell, tell_labels) as one:
        yield one


@pytest.fixture(scope="module")
def chain(teller: Teller) -> Chain:
    return teller.chain


@pytest.fixture(scope="module")
def block_hash(chain: Chain) -> str:
    return chain.block("latest").hash


Audited = Callable[..., Any]


@pytest.fixture(scope="module")
def audited(teller: Teller, tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """The result of `onetonne audit` by a node that lies, in a home whose index is there after the first."""
    home = tmp_path_factory.mktemp("auditor")
    teller.deployment.save(home)

    def run(lie: Lie, *line: str) -> Any:
        with lying_node(teller.chain.url, lie) as proxy:
            return Commands(home).run("--rpc", proxy.url, "audit", *line)

    return run


def place(teller: Teller, kind: str, *key: Any) -> tuple[str, int]:
    """Contract and slot of a place."""
    return KINDS[kind].contract, KINDS[kind].slot(key)


def read_as(teller: Teller, contract: str, slot: int, word: int) -> Lie:
    """A node that answers one slot falsely, however it is read, as long as no proof is asked for."""
    address = teller.deployment.addresses[contract].lower()

    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        if method == "eth_getStorageAt" and parameters[0].lower() == address:
            return f"0x{word:064x}" if int(parameters[1], 16) == slot else result
        if method == "eth_call" and len(parameters) == 3 and parameters[0]["to"].lower() == address:
            slots, words = parameters[0]["data"][2:], result[2:]
            at = slots.find(f"{slot:064x}")
            return f"0x{words[:at]}{word:064x}{words[at + 64 :]}" if at >= 0 else result
        return result

    return lie


def test_a_true_node_proves_everything(audited: Audited, block_hash: str) -> None:
    result = audited(truth, "--prove", "--block-hash", block_hash)
    assert result.exit_code == 0, result.output
    assert "Everything holds." in result.stdout
    assert "against block " in result.stdout
    assert "which is trusted because its hash was given by whoever asked." in result.stdout


def test_the_report_says_what_was_trusted(audited: Audited, chain: Chain, block_hash: str) -> None:
    result = audited(truth, "--prove", "--second-rpc", chain.url, "--json")
    proof = json.loads(result.stdout)["proof"]
    assert proof["block"] == {"number": chain.head(), "hash": block_hash}
    assert proof["trusted"].startswith("two nodes have the same header (http://127.0.0.1:")
    assert proof["slots"] > 400
    unproven = json.loads(audited(truth, "--json").stdout)
    assert unproven["proof"] is None
    assert unproven["verdict"] == "holds"


@pytest.mark.parametrize("batch", [1, 4])
def test_a_balance_altered_in_flight(audited: Audited, teller: Teller, block_hash: str, batch: int) -> None:
    account = int(teller.address("alice"), 16)
    contract, slot = place(teller, "balance", batch, account)
    true = int.from_bytes(teller.chain.storage(teller.deployment.addresses[contract], [slot])[0])
    lie = read_as(teller, contract, slot, true + 1000)
    assert audited(lie).exit_code == 1  # against the events
    result = audited(lie, "--prove", "--block-hash", block_hash)
    assert result.exit_code == 1
    assert result.stderr.startswith(
        f"Error: The node lies about slot {slot:#x} of Credits ({teller.deployment.addresses[contract]}): "
        f"it gave {true + 1000:#x}, and by the state root of block "
    )
    assert result.stderr.endswith(f" it is {true:#x}.\n")
    assert "holds" not in result.stdout


def test_a_lie_that_agrees_with_the_events(audited: Audited, teller: Teller, block_hash: str) -> None:
    """A node that hides what was done to storage: without proofs it would pass."""
    contract, slot = place(teller, "balance", 1, int(teller.address("alice"), 16))
    address = teller.deployment.addresses[contract]
    node, true = teller.chain.node, int.from_bytes(teller.chain.storage(address, [slot])[0])
    before = node.request("evm_snapshot")
    try:
        node.request("anvil_setStorageAt", address, f"0x{slot:064x}", f"0x{true + 1:064x}")
        node.request("evm_mine")
        lie = read_as(teller, contract, slot, true)
        assert audited(lie).exit_code == 0
        result = audited(lie, "--prove", "--block-hash", teller.chain.block("latest").hash)
        assert result.exit_code == 1
        assert f"The node lies about slot {slot:#x} of Credits" in result.stderr
    finally:
        node.request("evm_revert", before)


def test_a_proof_altered_in_flight(audited: Audited, block_hash: str) -> None:
    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        if method == "eth_getProof" and result["storageProof"]:
            node = result["storageProof"][0]["proof"][-1]
            result["storageProof"][0]["proof"][-1] = node[:-1] + ("0" if node[-1] != "0" else "1")
        return result

    result = audited(lie, "--prove", "--block-hash", block_hash)
    assert result.exit_code == 1
    assert "Error: The proof of slot 0x" in result.stderr
    assert "does not come to the state root of block" in result.stderr


def test_an_event_altered_in_flight(teller: Teller, tmp_path: Path, block_hash: str) -> None:
    """In a home whose index reads all events anew."""
    teller.deployment.save(tmp_path)
    holder = teller.address("alice")[2:].lower()

    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        if method in ("eth_getLogs", "eth_getBlockReceipts"):
            return json.loads(json.dumps(result).replace(holder, "ab" * 20))
        return result

    with lying_node(teller.chain.url, lie) as proxy:
        result = Commands(tmp_path).run("--rpc", proxy.url, "audit", "--prove", "--block-hash", block_hash)
    assert result.exit_code == 1
    assert "Error: " in result.stderr
    assert "block" in result.stderr
    assert "holds" not in result.stdout


def test_events_of_another_chain(audited: Audited, teller: Teller, chain: Chain, block_hash: str) -> None:
    """The header that is trusted is true, and those above it, by which the events are linked, are not."""
    past, head = chain.head() - 3, chain.head()
    foreign = chain.node.request("eth_getBlockByNumber", hex(past - 10), False)
    asked = []

    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        if method == "eth_getBlockByNumber" and parameters[0] == hex(head - 1):
            asked.append(1)
            return foreign
        return result

    result = audited(lie, "--prove", "--block-hash", chain.block(past).hash)
    assert asked
    assert result.exit_code == 1
    assert "The chain whose events the node proved has another block" in result.stderr


def test_events_that_were_read_without_proof(teller: Teller, tmp_path: Path) -> None:
    chain, deployment = teller.chain, teller.deployment
    proving = ProvingState(
        lambda block: trust_second_node(chain.node, chain.node, block), deployment.addresses
    )
    with Index.open(tmp_path / "index.sqlite") as index:
        assert audit(chain, deployment, index, state_at=proving.at).holds
        with pytest.raises(AuditError, match=r"The events up to block \d+ are not proven"):
            proving.prove(index)


def test_events_whose_chain_is_not_the_trusted_block_s(teller: Teller, tmp_path: Path) -> None:
    """The node proved the events by headers of its own making, and then the state by the true one."""
    chain, deployment = teller.chain, teller.deployment
    proving = ProvingState(
        lambda block: trust_second_node(chain.node, chain.node, block), deployment.addresses
    )
    with Index.open(tmp_path / "index.sqlite") as index:
        audit(chain, deployment, index, state_at=proving.at, verify=True)
        made_up = Cursor(chain.head(), "0x" + "ab" * 32)
        with pytest.raises(FalseAnswer, match="the events are another chain's"):
            proving.prove(cast(Index, SimpleNamespace(verified=made_up)))
        assert proving.prove(index).block == chain.head()


def test_code_that_is_not_the_chain_s(audited: Audited, teller: Teller, block_hash: str) -> None:
    address = teller.deployment.addresses["Labels"].lower()

    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        if method == "eth_getCode" and parameters[0].lower() == address:
            return result[:-2] + "00"
        return result

    result = audited(lie, "--prove", "--block-hash", block_hash)
    assert result.exit_code == 1
    assert "The code that the node gave for Labels (0x" in result.stderr


def test_code_that_leads_to_other_contracts(audited: Audited, teller: Teller) -> None:
    """The same code with another contract for an immutable: only its address differs."""
    node, address = teller.chain.node, teller.deployment.addresses["Certificates"]
    before, code = node.request("evm_snapshot"), node.request("eth_getCode", address, "latest")
    try:
        own = teller.deployment.addresses["Credits"][2:].lower()
        node.request("anvil_setCode", address, code.replace(own, "ab" * 20, 1))
        node.request("evm_mine")
        result = audited(truth, "--prove", "--block-hash", teller.chain.block("latest").hash)
        assert result.exit_code == 1
        assert f"The code of Certificates at {address} is not what this package ships." in result.stdout
    finally:
        node.request("evm_revert", before)


def test_header_of_another_chain(audited: Audited, chain: Chain, block_hash: str) -> None:
    with anvil() as other:
        other.request("anvil_mine", hex(3))
        foreign = other.request("eth_getBlockByNumber", "latest", False)

        def lie(method: str, parameters: list[Any], result: Any) -> Any:
            if method == "eth_getBlockByHash":
                return foreign
            return result

        assert "is not on the node's chain" in audited(lie, "--prove", "--block-hash", block_hash).stderr
        result = audited(lie, "--prove", "--block-hash", block_hash, "--block", str(chain.head()))
        assert result.exit_code == 1
        assert f"Asked for the block of hash {block_hash}, the node gave block 3, of hash" in result.stderr
        result = audited(truth, "--prove", "--second-rpc", other.url)
        assert result.exit_code == 1
        assert "The node has no block" in result.stderr or "different headers of block" in result.stderr


def test_header_that_is_made_up(audited: Audited, teller: Teller, block_hash: str) -> None:
    """The true hash over another state root."""

    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        if method in ("eth_getBlockByHash", "eth_getBlockByNumber") and result:
            return {**result, "stateRoot": "0x" + keccak(text="another state").hex()}
        return result

    for trusted in (("--block-hash", block_hash), ("--second-rpc", teller.chain.url)):
        result = audited(lie, "--prove", *trusted)
        assert result.exit_code == 1
        assert "is false: its fields come to the hash" in result.stderr


def test_second_node_that_is_on_a_fork(audited: Audited, teller: Teller) -> None:
    head = teller.chain.head()
    with anvil("--chain-id", "31337") as other:
        other.request("anvil_mine", hex(head))
        result = audited(truth, "--prove", "--second-rpc", other.url)
    assert result.exit_code == 1
    assert f"Error: The two nodes have different headers of block {head}: 0x" in result.stderr
    with anvil("--chain-id", "5") as other:
        result = audited(truth, "--prove", "--second-rpc", other.url)
    assert "The node serves chain 5; give the URL of a node of chain 31337 instead." in result.stderr


def test_a_block_of_the_past(audited: Audited, chain: Chain) -> None:
    past = chain.block(chain.head() - 5)
    result = audited(truth, "--prove", "--block-hash", past.hash)
    assert result.exit_code == 0, result.output
    assert f"and all code, against block {past.number}, which" in result.stdout
    assert f"- That block {past.number} is the chain's: it is trusted because" in result.stdout


def test_block_that_is_trusted_and_not_audited(audited: Audited, chain: Chain) -> None:
    head = chain.head()
    result = audited(truth, "--prove", "--block-hash", chain.block(head - 5).hash, "--block", str(head))
    assert result.exit_code == 1
    assert f"and the block that is trusted is {head - 5} (0x" in result.stderr


def test_node_that_gives_no_proofs(audited: Audited, block_hash: str) -> None:
    def lie(method: str, parameters: list[Any], result: Any) -> Any:
        if method == "eth_getProof":
            raise Refusal("the method eth_getProof does not exist")
        return result

    result = audited(lie, "--prove", "--block-hash", block_hash)
    assert result.exit_code == 1
    assert "Error: The node can't prove the state of block" in result.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["--prove"], "--prove needs something to trust: give --block-hash HASH"),
        (["--block-hash", "0x" + "ab" * 32], "give --prove with it"),
        (["--prove", "--block-hash", "latest"], "'latest' is not the hash of a block"),
        (["--prove", "--block-hash", "0x" + "ab" * 32], "The node has no block with the hash 0xabab"),
        (["--prove", "--second-rpc", "http://127.0.0.1:1/KEY"], "No node answers at http://127.0.0.1:1 ("),
    ],
)
def test_what_must_be_given(audited: Audited, line: list[str], said: str) -> None:
    result = audited(truth, *line)
    assert result.exit_code in (1, 2)
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert "KEY" not in result.stderr
