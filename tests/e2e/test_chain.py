"""A real node: connecting, sending, reading, and the local chain itself."""

import json
import os
import random
import signal
import socket
import time
from pathlib import Path

import pytest
from world import World, key

from onetonne.chain import (
    Chain,
    KeySigner,
    LocalChain,
    connect,
    decode_event,
    keystores,
    signer_from_env,
)
from onetonne.chain.sending import Outbox
from onetonne.deploy import Deployment
from onetonne.errors import (
    ChainError,
    MissingKey,
    NodeUnreachable,
    NotSeenYet,
    Reverted,
    TransactionFailed,
    WrongChain,
    WrongKey,
)
from onetonne.terms import BatchId, Kilograms


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_node_that_is_down() -> None:
    port = free_port()
    with pytest.raises(NodeUnreachable) as caught:
        connect(f"http://127.0.0.1:{port}")
    assert str(caught.value) == (
        f"No node answers at http://127.0.0.1:{port} (connection refused); "
        "check the URL, and that it is running."
    )


def test_node_of_another_chain(chain: Chain) -> None:
    with pytest.raises(WrongChain, match="serves chain 31337; give the URL of a node of chain 1 instead"):
        connect(chain.url, 1)
    assert connect(chain.url, 31337).chain_id == 31337


def test_node_that_goes_down_later(tmp_path: Path) -> None:
    local = LocalChain(tmp_path)
    local.up()
    chain = local.connect()
    local.down()
    with pytest.raises(NodeUnreachable, match=r"connection (refused|closed|reset)"):
        chain.head()


def test_missing_key_and_wrong_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONETONNE_KEY", raising=False)
    with pytest.raises(MissingKey, match="There is no key in ONETONNE_KEY: set it"):
        signer_from_env()
    keystores.create(tmp_path, "operator", "right", iterations=2)
    with pytest.raises(MissingKey, match=r"no key 'buyer' in .*keystores \(there are: operator\)"):
        keystores.load(tmp_path, "buyer", "right")
    with pytest.raises(WrongKey, match=r"Key operator can't be opened: the passphrase is wrong\."):
        keystores.load(tmp_path, "operator", "wrong")


def test_transaction_tells_gas_fee_block_and_events(world: World) -> None:
    chain = world.ledger.chain
    before = chain.balance(key("operator").address)
    sent = world.ledger.approve(key("buyer").address, signer=key("operator")).sent
    assert sent.block == chain.head()
    assert before - chain.balance(key("operator").address) == sent.fee_wei > 0
    event = sent.event("ApprovalForAll")
    assert event is not None
    assert event.arguments == {
        "account": key("operator").address,
        "operator": key("buyer").address,
        "approved": True,
    }
    transaction = chain.node.request("eth_getTransactionByHash", sent.transaction)
    assert transaction["type"] == "0x2"


def test_transaction_that_fails_in_its_block(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when another transaction comes first: it was fine when tried, and is refused in its block."""
    world.issue(1, 10, key("proponent"))
    monkeypatch.setattr(Chain, "call", lambda *_, **__: None)
    monkeypatch.setattr(Outbox, "estimate", lambda *_: 200_000)
    with pytest.raises(TransactionFailed) as caught:
        world.ledger.transfer(BatchId(1), Kilograms(10_001), key("buyer").address, signer=key("proponent"))
    assert str(caught.value) == (
        f"Transaction {caught.value.transaction} failed: Account {key('proponent').address} holds 10 t of "
        "batch 1, which is less than the 10.001 t asked for."
    )


def test_transaction_that_does_not_come(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    node = world.ledger.chain.node
    monkeypatch.setattr("onetonne.chain.sending.WAITING_TIME", 0.1)
    node.request("evm_setAutomine", False)
    try:
        with pytest.raises(NotSeenYet, match=r"in a block yet \(after 0 seconds\): it may still come"):
            world.ledger.approve(key("buyer").address, signer=key("operator"))
    finally:
        node.request("evm_setAutomine", True)
        node.request("anvil_dropAllTransactions")


def test_logs_come_in_closed_intervals(world: World) -> None:
    chain, credits = world.ledger.chain, world.ledger.deployment.addresses["Credits"]
    for first in (1, 11, 21):
        world.issue(first, first + 9, key("proponent"))
    head = chain.head()
    pages = list(chain.logs([credits], 0, head, page=4))
    assert pages[0].first == 0
    assert pages[-1].last == head
    assert [page.first for page in pages[1:]] == [page.last + 1 for page in pages[:-1]]
    names = [event.name for page in pages for log in page if (event := decode_event(log)) is not None]
    assert names.count("BatchIssued") == 3
    assert list(chain.logs([credits], head + 1, head)) == []
    with pytest.raises(ChainError, match=f"Block {head + 1} does not exist yet: the latest is {head}"):
        list(chain.logs([credits], 0, head + 1))


def test_storage_is_read_at_a_block(world: World) -> None:
    chain, credits = world.ledger.chain, world.ledger.deployment.addresses["Credits"]
    before = chain.head()
    world.issue(1, 10, key("proponent"))
    slots = list(range(250))
    then, now = chain.storage(credits, slots, before), chain.storage(credits, slots)
    assert len(now) == 250
    assert all(len(word) == 32 for word in now)
    assert then != now
    one_by_one = [
        chain.node.request("eth_getStorageAt", credits, f"0x{slot:064x}", "latest") for slot in slots[:10]
    ]
    assert [f"0x{word.hex()}" for word in now[:10]] == one_by_one


def test_block_ties_to_its_parent(chain: Chain) -> None:
    head = chain.block("latest")
    assert chain.block(head.number).hash == head.hash
    assert chain.block(head.number - 1).hash == head.parent_hash
    with pytest.raises(ChainError, match="The node has no block 99999999"):
        chain.block(99_999_999)


def test_call_where_there_is_no_contract(chain: Chain) -> None:
    nowhere = chain.contract("Credits", key("buyer").address)
    with pytest.raises(ChainError, match="There is no such contract at this address"):
        chain.call(nowhere.functions.counts())


def test_call_to_a_contract_of_another_kind(chain: Chain, deployment: Deployment) -> None:
    other = chain.contract("Credits", deployment.addresses["AccessManager"])
    with pytest.raises(Reverted, match="refused without a reason"):
        chain.call(other.functions.counts())


def quiet_port() -> int:
    """A free port below those that systems give to whoever asks for any: nobody takes it in between."""
    for port in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("none of 100 ports is free")


def test_local_chain_keeps_its_state_and_port(tmp_path: Path) -> None:
    local = LocalChain(tmp_path)
    started = local.up(quiet_port())
    try:
        assert local.up() == local.status() == started  # once is enough
        local.fund(key("buyer").address, 5)
        local.advance(3600)
        height = local.connect().head()
        local.down()
        assert local.status() is None
        local.down()
        with pytest.raises(ChainError, match="The local chain does not run: start it first"):
            local.connect()
        again = LocalChain(tmp_path).up()
        assert (again.url, again.process) != (started.url, started.process)
        assert again.url == started.url
        assert local.connect().balance(key("buyer").address) == 5
        assert local.connect().head() == height
    finally:
        local.down()


def test_local_chain_survives_being_killed(tmp_path: Path) -> None:
    local = LocalChain(tmp_path)
    process = local.up().process
    local.fund(key("buyer").address, 7)
    state = tmp_path / "chain" / "state.json"
    until = time.monotonic() + 20
    while not state.exists() or key("buyer").address.lower() not in state.read_text():
        assert time.monotonic() < until  # it writes its state every two seconds
        time.sleep(0.05)
    os.kill(process, signal.SIGKILL)
    while local.status() is not None:
        assert time.monotonic() < until
        time.sleep(0.01)
    local.up()
    try:
        assert local.connect().balance(key("buyer").address) == 7
    finally:
        local.down()


def test_local_chain_leaves_a_stranger_alone(tmp_path: Path) -> None:
    """The number of a process that ended is given again."""
    local = LocalChain(tmp_path)
    local.up()
    local.down()
    record = tmp_path / "chain" / "running.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"process": os.getpid()}))
    assert local.status() is None
    local.down()


def test_local_chain_on_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with pytest.raises(ChainError, match=r"Port \d+ is taken: choose another"):
            LocalChain(tmp_path).up(listener.getsockname()[1])


def test_local_chain_without_anvil(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(ChainError, match="needs anvil, which is not on PATH"):
        LocalChain(tmp_path).up()


def test_signature_of_another_chain_is_refused(tmp_path: Path, chain: Chain) -> None:
    """A transaction names its chain: sent to another, it is no transaction."""
    raw = KeySigner.new().sign_transaction(
        {"chainId": 1, "nonce": 0, "gas": 21_000, "value": 0, "to": key("buyer").address, "data": "0x"}
        | {"maxFeePerGas": 10**10, "maxPriorityFeePerGas": 1, "type": 2}
    )
    with pytest.raises(ChainError, match=r"The node refused eth_sendRawTransaction: .*chain"):
        chain.node.request("eth_sendRawTransaction", f"0x{raw.hex()}")
