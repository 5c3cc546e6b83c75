"""What the events of batches, balances and records mean, and whether they follow from one another."""

import json
from functools import lru_cache
from typing import Any

from onetonne.audit import one_claim
from onetonne.audit.kinds import Key
from onetonne.audit.story import BUFFER, Fields, Story
from onetonne.index.columns import code_word
from onetonne.terms import KILOGRAMS_PER_TONNE

REQUESTED, CONFIRMED, REACTIVATED = 1, 2, 5
_ACCEPTED = 2
_NAMES = ("", "requested", "confirmed", "refused", "withdrawn")


def batch(story: Story, row: Any, time: int) -> None:
    source = story.figures.get("verification", row.verification)
    word = code_word(row.root)
    fields = {
        "first": row.first,
        "last": row.last,
        "verification": row.verification,
        "project": source.get("project", 0),
        "programme": story.root_shapes.get(word, ("", 0, 0, 0))[1],
        "methodology": source.get("methodology", 0),
        "vintageYear": row.vintage_year,
        "vintageStart": row.vintage_start,
        "vintageEnd": row.vintage_end,
        "taken": 0,
        "cancelled": 0,
        "redeemed": 0,
        "issuedAt": time,
    }
    if (row.batch,) in story.figures.of("batch"):
        story.wrong("I2", f"batch {row.batch}", (row.batch,), f"batch {row.batch} was issued twice")
    story.figures.put("batch", (row.batch,), fields)
    story.figures.add("balance", (row.batch, BUFFER), 0)
    story.figures.get("ledger counters")["batches"] = row.batch
    story.prefixes[row.batch], story.roots[row.batch] = row.prefix, word
    _against_verification(story, row, fields)
    _remember(story, row.batch, fields, source)


def _against_verification(story: Story, row: Any, fields: dict[str, int]) -> None:
    source = story.figures.get("verification", row.verification)
    kilograms = _kilograms(fields)
    place = f"batch {row.batch}", (row.batch,)
    if source.get("status") != _ACCEPTED:
        story.wrong(
            "I6",
            *place,
            f"batch {row.batch} was issued when verification {row.verification} was not accepted",
        )
        return
    source["issued"] += kilograms
    if source["issued"] > source["cap"]:
        problem = (
            f"batch {row.batch} brought verification {row.verification} to {source['issued']:,} kg, "
            f"above its cap of {source['cap']:,} kg"
        )
        story.wrong("I6", *place, problem)
    if not source["periodStart"] <= row.vintage_start <= row.vintage_end <= source["periodEnd"]:
        story.wrong(
            "I6", *place, f"the vintage of batch {row.batch} lies outside the period that was verified"
        )
    lost = story.figures.get("project", fields["project"]).get("outstanding", 0)
    if lost:
        problem = f"batch {row.batch} was issued while {lost:,} kg lost in its project were not made good"
        story.wrong("I6", *place, problem)
    if fields["programme"] != source["programme"]:
        story.wrong(
            "I7", *place, f"batch {row.batch} was issued by another programme than its verification's"
        )


def _kilograms(fields: dict[str, int]) -> int:
    return (fields["last"] - fields["first"] + 1) * KILOGRAMS_PER_TONNE


def _remember(story: Story, batch_id: int, fields: dict[str, int], source: dict[str, int]) -> None:
    story.issued_in[fields["project"], fields["vintageYear"]] += _kilograms(fields)
    for kind in ("verification", "project", "programme", "methodology"):
        story.batches_of[kind, fields[kind]].append(batch_id)
    for kind in ("vvb", "component"):
        story.batches_of[kind, source.get(kind, 0)].append(batch_id)


def movement(story: Story, row: Any, _time: int) -> None:
    balances, batch, kilograms = story.figures.of("balance"), row.batch, row.kilograms
    sender, recipient = account_number(row.sender), account_number(row.recipient)
    if sender:
        _add(balances, (batch, sender), -kilograms)
        if balances[batch, sender]["value"] < 0:
            problem = f"account {row.sender} gave more of batch {batch} than it had"
            story.wrong("I1", f"batch {batch}", (batch,), problem)
        if sender == BUFFER and recipient:
            story.left_buffer[batch] += kilograms
    else:
        story.minted[batch] += kilograms
        if recipient == BUFFER:
            story.withheld[batch] += kilograms
    if recipient:
        _add(balances, (batch, recipient), kilograms)
    else:
        story.burnt[batch] += kilograms


def _add(balances: dict[Key, Fields], key: tuple[int, int], kilograms: int) -> None:
    if key in balances:
        balances[key]["value"] += kilograms
    else:
        balances[key] = {"value": kilograms}


@lru_cache(maxsize=1 << 20)
def account_number(account: str) -> int:
    """An address as the number that it is in storage. The same ones come again and again."""
    return int(account, 16)


def retirement(story: Story, row: Any, time: int) -> None:
    beneficiary = account_number(row.beneficiary)
    fields = {
        "beneficiary": beneficiary,
        "from": row.from_kilogram,
        "kilograms": row.kilograms,
        "batch": row.batch,
        "time": time,
        "purpose": row.purpose,
        "position": row.retirement - row.claim,
        "details": int.from_bytes(row.details[:20]),
    }
    _take_front(story, row, "retirement", row.retirement)
    story.figures.put("retirement", (row.retirement,), fields)
    story.figures.get("ledger counters")["retirements"] = row.retirement
    story.batches_of["beneficiary", beneficiary].append(row.batch)
    one_claim.retired(story, row, time)


def cancellation(story: Story, row: Any, time: int) -> None:
    fields = {
        "holder": int(row.holder, 16),
        "from": row.from_kilogram,
        "kilograms": row.kilograms,
        "batch": row.batch,
        "time": time,
        "kind": row.kind,
        "reason": int.from_bytes(row.reason_hash[:20]),
    }
    _take_front(story, row, "cancellation", row.cancellation)
    source = story.figures.get("batch", row.batch)
    if source:
        source["cancelled"] += row.kilograms
    story.figures.put("cancellation", (row.cancellation,), fields)
    story.figures.get("ledger counters")["cancellations"] = row.cancellation


def _take_front(story: Story, row: Any, kind: str, number: int) -> None:
    source = story.figures.get("batch", row.batch)
    if not source:
        name = f"{kind} {number}"
        story.wrong("I4", name, (row.batch,), f"{name} takes from batch {row.batch}, which was never issued")
        return
    taken = source["taken"]
    if row.from_kilogram != taken:
        name = f"{kind} {number}"
        between = "a gap before it" if row.from_kilogram > taken else "kilograms that had left before"
        problem = (
            f"{name} of batch {row.batch} begins at kilogram {row.from_kilogram:,}, not at {taken:,}: "
            f"{between}"
        )
        story.wrong("I4", name, (row.batch,), problem)
        if row.from_kilogram < taken:
            problem = (
                f"the cursor of batch {row.batch} fell from {taken:,} to {row.from_kilogram:,} kg at {name}"
            )
            story.wrong("I5", name, (row.batch,), problem)
    source["taken"] = taken + row.kilograms


def redeemed(story: Story, row: Any, _time: int) -> None:
    source = story.figures.get("batch", row.batch)
    name = f"batch {row.batch}"
    if not source:
        story.wrong("I4", name, (row.batch,), f"serials of {name} were redeemed, which was never issued")
        return
    last = source["last"] - source["redeemed"] // KILOGRAMS_PER_TONNE
    first = last + 1 - row.kilograms // KILOGRAMS_PER_TONNE
    if (row.first, row.last) != (first, last) or row.kilograms % KILOGRAMS_PER_TONNE:
        problem = (
            f"serials {row.first} to {row.last} of {name} were redeemed, and {first} to {last} were next"
        )
        story.wrong("I4", name, (row.batch,), problem)
        if row.last > last:
            story.wrong("I5", name, (row.batch,), f"serial {row.last} of {name} had been redeemed before")
    source["redeemed"] += row.kilograms


def redemption(story: Story, row: Any, time: int) -> None:
    fields = {
        "holder": int(row.holder, 16),
        "kilograms": row.kilograms,
        "requestedAt": time,
        "batch": row.batch,
        "status": REQUESTED,
        "first": 0,
        "last": 0,
    }
    story.figures.put("redemption", (row.redemption,), fields)
    story.figures.set("redemption count", (), row.redemption)


def redemption_answer(story: Story, row: Any, time: int) -> None:
    fields = story.figures.get("redemption", row.redemption)
    name = f"redemption {row.redemption}"
    if fields.get("status") != REQUESTED:
        batches = (fields["batch"],) if fields else ()
        story.wrong("I5", name, batches, f"{name} was {_NAMES[row.status]} when nothing was asked of it")
    if not fields:
        return
    fields["status"] = row.status
    story.answered[row.redemption] = time
    if row.status == CONFIRMED:
        fields.update(first=row.first, last=row.last)


def reactivation(story: Story, row: Any, _time: int) -> None:
    fields = story.figures.get("redemption", row.redemption)
    if fields.get("status") != CONFIRMED:
        name, batches = f"redemption {row.redemption}", (fields["batch"],) if fields else ()
        story.wrong("I4", name, batches, f"{name} was reported as live again, and was not burnt")
    if fields:
        fields["status"] = REACTIVATED


def freeze(story: Story, row: Any, _time: int) -> None:
    story.figures.set("freeze", (row.scope, row.subject), int(row.in_force))
    story.figures.get("ledger counters")["freezes"] += 1 if row.in_force else -1


def frozen_amount(story: Story, row: Any, _time: int) -> None:
    key = (int(row.account, 16), row.batch)
    before = story.figures.value("frozen amount", *key)
    story.figures.set("frozen amount", key, row.amount)
    story.figures.get("ledger counters")["freezes"] += (row.amount != 0) - (before != 0)


def approval(story: Story, row: Any, _time: int) -> None:
    story.figures.set("operator approval", (int(row.account, 16), int(row.operator, 16)), int(row.approved))


def purpose_mask(story: Story, row: Any, _time: int) -> None:
    story.figures.get("ledger counters")["purposesDemandingLabel"] = row.mask


def certificate(story: Story, row: Any, _time: int) -> None:
    number, recipient = row.certificate, account_number(row.recipient)
    moved, again = account_number(row.sender), number in story.certificates
    if moved or again:
        fields = story.figures.get("retirement", number)
        batches = (fields["batch"],) if fields else ()
        name = f"certificate {number}"
        what = f"was moved from {row.sender} to {row.recipient}" if moved else "was made twice"
        story.wrong("I10", name, batches, f"{name} {what}")
    story.certificates[number] = recipient
    story.figures.add("certificate balance", (recipient,), 1)


def other(story: Story, row: Any, _time: int) -> None:
    if row.contract == "AccessManager":
        story.access.add(row.event, json.loads(row.arguments))
    if (row.contract, row.event) == ("Certificates", "Unlocked"):
        story.wrong("I10", "certificates", (), f"a certificate was unlocked: {row.arguments}")


HANDLERS = {
    "batches": batch,
    "movements": movement,
    "retirements": retirement,
    "cancellations": cancellation,
    "redeemed_blocks": redeemed,
    "redemptions": redemption,
    "redemption_answers": redemption_answer,
    "reactivations": reactivation,
    "freezes": freeze,
    "frozen_amounts": frozen_amount,
    "approvals": approval,
    "purpose_masks": purpose_mask,
    "certificates": certificate,
    "other_events": other,
}
