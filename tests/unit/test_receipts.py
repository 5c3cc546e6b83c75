"""Receipts as their trie has them, compared with the `rlp` package."""

from random import Random

import pytest
import rlp

from onetonne.chain.blooms import may_have
from onetonne.chain.logs import EthLog
from onetonne.chain.receipts import EMPTY_ROOT, EthReceipt, receipt_bytes, receipts_root


def a_log(chance: Random, size: int, topics: int) -> EthLog:
    words = ["0x" + chance.randbytes(32).hex() for _ in range(topics)]
    data = "0x" + chance.randbytes(size).hex()
    return EthLog("0x" + chance.randbytes(20).hex(), words, data, "0x1", "0x", "0x", "0x0", "0x0")


def a_receipt(chance: Random, logs: list[EthLog], kind: int = 2) -> EthReceipt:
    bloom = "0x" + chance.randbytes(256).hex()
    return EthReceipt("0x", hex(chance.randrange(1, 2**40)), bloom, logs, hex(kind), hex(chance.randrange(2)))


def by_rlp(receipt: EthReceipt) -> bytes:
    logs = [
        [_bytes(log.address), [_bytes(topic) for topic in log.topics], _bytes(log.data)]
        for log in receipt.logs
    ]
    outcome = int(str(receipt.status), 16) if receipt.root is None else _bytes(receipt.root)
    fields = [outcome, int(receipt.cumulative_gas_used, 16), _bytes(receipt.logs_bloom), logs]
    kind = int(receipt.type, 16)
    encoded: bytes = rlp.encode(fields)
    return (bytes([kind]) if kind else b"") + encoded


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])


@pytest.mark.parametrize("kind", [0, 1, 2, 4])
@pytest.mark.parametrize("size", [0, 1, 2, 31, 32, 54, 55, 56, 64, 255, 256, 1000, 70_000])
def test_a_receipt_is_what_rlp_makes_of_it(kind: int, size: int) -> None:
    chance = Random(size)
    for topics in range(5):
        for count in (0, 1, 3):
            logs = [a_log(chance, size, topics) for _ in range(count)]
            receipt = a_receipt(chance, logs, kind)
            assert receipt_bytes(receipt) == by_rlp(receipt)


@pytest.mark.parametrize("byte", ["0x00", "0x01", "0x7f", "0x80", "0xff"])
def test_a_single_byte_of_data_is_written_as_rlp_does(byte: str) -> None:
    log = a_log(Random(1), 0, 1)
    log.data = byte
    receipt = a_receipt(Random(2), [log])
    assert receipt_bytes(receipt) == by_rlp(receipt)


def test_a_receipt_from_before_byzantium_has_a_root() -> None:
    receipt = a_receipt(Random(1), [], 0)
    receipt.status, receipt.root = None, "0x" + "ab" * 32
    assert receipt_bytes(receipt) == by_rlp(receipt)


def test_what_is_no_receipt_is_refused() -> None:
    log = a_log(Random(1), 4, 1)
    log.data += "0"
    with pytest.raises(ValueError, match="half a byte"):
        receipt_bytes(a_receipt(Random(1), [log]))
    receipt = a_receipt(Random(1), [])
    receipt.status = None
    with pytest.raises(ValueError, match="invalid literal"):
        receipt_bytes(receipt)


def test_a_block_without_transactions_has_the_root_of_nothing() -> None:
    assert receipts_root([]) == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"


def test_a_bloom_has_what_was_put_in() -> None:
    assert may_have(b"\xff" * 256, b"anything")
    assert not may_have(bytes(256), b"anything")
