"""Signed orders: each uses the next nonce of its holder's key, and so does a cancellation."""

from collections.abc import Callable
from typing import Any

from onetonne.audit.story import Story

_NUMBER_BITS = 64
"""Of a nonce, the lower ones, which count; the key is above them."""


def order(story: Story, row: Any, _time: int) -> None:
    holder, nonce_key = int(row.holder, 16), row.nonce >> _NUMBER_BITS
    number = row.nonce % 2**_NUMBER_BITS
    kind, key = ("order nonce of key", (holder, nonce_key)) if nonce_key else ("order nonce", (holder,))
    expected = story.figures.value(kind, *key)
    if number != expected:
        name = f"order nonce of {row.holder}, key {nonce_key}"
        problem = f"an order of {row.holder} used nonce {number} of key {nonce_key} where {expected} was next"
        story.wrong("STATE", name, (), problem)
    story.figures.set(kind, key, number + 1)


HANDLERS: dict[str, Callable[[Story, Any, int], None]] = {"signed_orders": order}
