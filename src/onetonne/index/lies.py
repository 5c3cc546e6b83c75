"""Which log is false, where the receipts of a block are not those of its header."""

from collections.abc import Sequence

from onetonne.chain.blooms import may_have
from onetonne.chain.headers import Header
from onetonne.chain.logs import EthLog
from onetonne.chain.receipts import EthReceipt
from onetonne.chain.wire import Wire
from onetonne.errors import ChainError

_DROPPED, _ALTERED, _INVENTED = "dropped", "altered", "invented"


def difference(wire: Wire, header: Header, receipts: Sequence[EthReceipt]) -> str:
    """A sentence. Nodes that lie in one place often tell the truth in another, which shows what they hid."""
    given = [log for receipt in receipts for log in receipt.logs]
    found = _unlike(given, _told_elsewhere(wire, header)) or _out_of_order(given) or _unforeseen(receipts)
    sentence = f"The node's receipts of block {header.number} are not those of its header"
    if found is None:
        return f"{sentence}; the logs in them do not show what was changed."
    index, what = found
    return f"{sentence}: log {index} of block {header.number} was {what}."


def _told_elsewhere(wire: Wire, header: Header) -> list[EthLog] | None:
    try:
        asked = {"blockHash": f"0x{header.hash.hex()}"}
        logs: list[EthLog] | None = wire.request("eth_getLogs", asked, into=list[EthLog])
    except ChainError:
        return None  # that the receipts are false is certain without it
    return logs


def _unlike(given: Sequence[EthLog], told: Sequence[EthLog] | None) -> tuple[int, str] | None:
    """Where the same node's logs of the block differ from those in its receipts."""
    if told is None:
        return None
    for index, (one, other) in enumerate(zip(given, told, strict=False)):
        if _content(one) != _content(other):
            if len(given) == len(told):
                return index, _ALTERED
            return index, _DROPPED if len(given) < len(told) else _INVENTED
    if len(given) == len(told):
        return None
    return min(len(given), len(told)), _DROPPED if len(given) < len(told) else _INVENTED


def _content(log: EthLog) -> tuple[str, list[str], str]:
    return log.address, log.topics, log.data


def _out_of_order(given: Sequence[EthLog]) -> tuple[int, str] | None:
    """Where the numbers of the logs have a gap, or one comes twice."""
    for index, log in enumerate(given):
        number = int(log.log_index, 16)
        if number != index:
            return index, _DROPPED if number > index else _INVENTED
    return None


def _unforeseen(receipts: Sequence[EthReceipt]) -> tuple[int, str] | None:
    """The log that the bloom of its own receipt does not foresee."""
    index = 0
    for receipt in receipts:
        bloom = bytes.fromhex(receipt.logs_bloom[2:])
        for log in receipt.logs:
            entries = [bytes.fromhex(text[2:]) for text in (log.address, *log.topics)]
            if not all(may_have(bloom, entry) for entry in entries):
                return index, f"{_ALTERED} or {_INVENTED}"
            index += 1
    return None
