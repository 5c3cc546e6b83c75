"""What commands that send a transaction have in common: how they tell what it did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import typer

from onetonne.cli.output import say, show_json
from onetonne.errors import Scheduled
from onetonne.terms import Seconds, from_seconds

if TYPE_CHECKING:
    from onetonne.chain import Sent

SCHEDULED = 3  # exit code: neither done nor failed


def report(sent: Sent, as_json: bool, document: Mapping[str, object], *sentences: str) -> None:
    """Prints what a transaction did, or would do: the ids and quantities of the command, then its cost."""
    if as_json:
        show_json(
            {
                **document,
                "dry_run": sent.transaction is None,
                "transaction": sent.transaction,
                "block": sent.block,
                "gas": sent.gas_used,
                "fee_wei": sent.fee_wei,
            }
        )
        return
    say(*sentences)
    if sent.transaction is None:
        say(f"Dry run: nothing was sent. It would take {sent.gas_used:,} gas, {_ether(sent.fee_wei)} ETH.")
    else:
        say(f"Transaction {sent.transaction} in block {sent.block}, {sent.gas_used:,} gas.")


@contextmanager
def governing(as_json: bool) -> Iterator[None]:
    """An act of governance: where it has to wait for its delay, says so and ends with a code of its own."""
    try:
        yield
    except Scheduled as scheduled:
        if as_json:
            moment = from_seconds(Seconds(scheduled.ready_at))
            show_json({"scheduled": True, "ready_at": moment, "transaction": scheduled.transaction})
        else:
            say(str(scheduled))
        raise typer.Exit(SCHEDULED) from None


def _ether(wei: int) -> str:
    return f"{(Decimal(wei) / 10**18).normalize():f}"


def roots_in_words(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"
