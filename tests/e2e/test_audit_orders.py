"""Signed orders in the index, and their nonces in the audit."""

from collections.abc import Iterator

import pytest
from altered_state import CopiedState, Rewritten, StorageInMemory, StorageOnChain, altered
from orders_story import KEY, tell_orders
from saved_chains import SavedChains
from sqlalchemy import select
from story import Teller, tell

from onetonne.audit import audit, replay
from onetonne.audit.kinds import KINDS, Key
from onetonne.audit.places import places
from onetonne.audit.state import NodeState
from onetonne.index import Index, schema

KIND, OF_KEY = "order nonce", "order nonce of key"


@pytest.fixture(scope="module")
def teller(saved_chains: SavedChains, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Teller]:
    with saved_chains.loaded(tmp_path_factory.mktemp("home"), tell, tell_orders) as one:
        yield one


@pytest.fixture(scope="module")
def index(teller: Teller, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("index") / "index.sqlite") as one:
        one.sync(teller.chain, teller.deployment)
        yield one


@pytest.fixture(scope="module")
def in_memory(teller: Teller, index: Index) -> StorageInMemory:
    assert index.cursor is not None
    block = teller.chain.block(index.cursor.block)
    story = replay(index, teller.deployment, block.number, lambda *_: None)
    return StorageInMemory(teller, story, block, CopiedState(NodeState(teller.chain, block)))


@pytest.fixture(scope="module")
def rewritten(teller: Teller, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rewritten]:
    folder = tmp_path_factory.mktemp("rewritten")
    with Index.open(folder / "index.sqlite") as one:
        yield Rewritten(teller, one, folder)


def account(teller: Teller, name: str) -> int:
    return int(teller.address(name), 16)


def test_orders_and_cancellations_are_indexed(teller: Teller, index: Index) -> None:
    columns = schema.signed_orders.c
    query = select(columns.holder, columns.nonce, columns.relayer).order_by(columns.block_number)
    with index.engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
        digests = connection.execute(select(columns.digest)).scalars().all()
    alice, relayer = teller.address("alice"), teller.address("relayer")
    assert rows == [
        (alice, 0, relayer),
        (alice, 1, None),
        (alice, 2, relayer),
        (alice, KEY << 64, relayer),
        (alice, KEY << 64 | 1, relayer),
        (teller.address("bob"), 0, relayer),
    ]
    assert len({digest for digest in digests if digest is not None}) == 5
    assert digests.count(None) == 1


def test_an_audit_with_orders_holds(teller: Teller, index: Index) -> None:
    report = audit(teller.chain, teller.deployment, index)
    assert report.findings == ()


def test_nonces_are_replayed(teller: Teller, index: Index) -> None:
    block = teller.chain.head()
    story = replay(index, teller.deployment, block, lambda *_: None)
    found = {
        (place.kind.name, place.key): place.expected
        for place in places(story)
        if place.kind.contract == "SignedOrders"
    }
    assert found == {
        (KIND, (account(teller, "alice"),)): {"value": 3},
        (KIND, (account(teller, "bob"),)): {"value": 1},
        (OF_KEY, (account(teller, "alice"), KEY)): {"value": 2},
    }


def keys(teller: Teller) -> list[tuple[str, Key]]:
    alice = account(teller, "alice")
    return [(KIND, (alice,)), (KIND, (account(teller, "bob"),)), (OF_KEY, (alice, KEY))]


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("bit", [0, 1, 63, 64, 255])
def test_an_altered_nonce_is_found(teller: Teller, in_memory: StorageInMemory, number: int, bit: int) -> None:
    kind, key = keys(teller)[number]
    with altered(in_memory, "SignedOrders", KINDS[kind].slot(key), 1 << bit):
        findings = in_memory.audit().findings
    assert [one.invariant for one in findings] == ["STATE"]
    assert findings[0].subject.startswith(
        f"order nonce of {teller.address('bob' if number == 1 else 'alice')}"
    )
    assert in_memory.audit().holds


def test_an_altered_nonce_is_found_on_chain(teller: Teller, index: Index) -> None:
    kind, key = keys(teller)[2]
    storage = StorageOnChain(teller, index)
    with altered(storage, "SignedOrders", KINDS[kind].slot(key), 1):
        (finding,) = storage.audit().findings
    assert finding.subject == f"order nonce of {teller.address('alice')}, key {KEY}"
    assert storage.audit().holds


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("DELETE FROM signed_orders WHERE relayer IS NULL", "used nonce 2 of key 0 where 1 was next"),
        (
            f"UPDATE signed_orders SET nonce = '{KEY << 64:078}' WHERE nonce = '{KEY << 64 | 1:078}'",
            f"used nonce 0 of key {KEY} where 1 was next",
        ),
        ("DELETE FROM signed_orders WHERE nonce LIKE '%2' AND relayer IS NOT NULL", "order nonce"),
    ],
)
def test_a_missing_or_repeated_nonce_is_found(rewritten: Rewritten, change: str, problem: str) -> None:
    assert any(problem in f"{one.subject} {one.problem}" for one in rewritten.findings(change))
