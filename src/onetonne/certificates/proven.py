"""What a certificate says, from storage that is proven: no contract is called, and no event is believed.

Three of its facts are in events alone, and are not among these: see `IN_EVENTS_ALONE`.
"""

from collections.abc import Mapping
from typing import Any

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from onetonne.audit.kinds import HEAD, KINDS, Key
from onetonne.certificates.proven_labels import held_labels
from onetonne.chain.proofs import ProvenState
from onetonne.errors import BadInput, CertificateError, FalseAnswer
from onetonne.immutables import deployed_code
from onetonne.terms import (
    Address,
    Days,
    Kilograms,
    Purpose,
    RetirementId,
    Seconds,
    Serial,
    code_text,
    from_days,
    from_seconds,
    serials_of,
)

IN_EVENTS_ALONE = ("the project's name", "the transaction", "its block")
DETAILS_BYTES = 20
"""Of the hash of a retirement's details, as many as storage has."""

Facts = dict[str, Any]
"""By the names of `Certificate`'s fields, in their types; of `details_hash` the first bytes."""

_AT_ONCE = 4  # records: few claims have more


class Places:
    """Places of storage by kind and key, as the audit names them, each word proven."""

    def __init__(self, state: ProvenState, addresses: Mapping[str, Address]) -> None:
        self._state = state
        self._addresses = addresses

    def get(self, *wanted: tuple[str, Key]) -> list[dict[str, int]]:
        """The fields of places that all lie in one contract. Raises `FalseAnswer` and the chain's errors."""
        slots, contract = [], KINDS[wanted[0][0]].contract
        for name, key in wanted:
            kind = KINDS[name]
            slots.append([kind.slot(key) + number for number in range(kind.shape(key).slots)])
        words = self._state.words(self._addresses[contract], [slot for many in slots for slot in many])
        return [
            KINDS[name].shape(key).decode([words[slot] for slot in many])
            for (name, key), many in zip(wanted, slots, strict=True)
        ]

    def one(self, name: str, *key: int | str | bytes) -> dict[str, int]:
        return self.get((name, key))[0]


def facts(
    state: ProvenState,
    chain_id: int,
    addresses: Mapping[str, Address],
    retirement: RetirementId,
    prefix: str,
) -> Facts:
    """The facts of a certificate. `prefix` is what its serial numbers are said to begin with.

    Raises `CertificateError` where there is no such retirement or the contracts are not this package's,
    `FalseAnswer` for a lie, and the chain's errors.
    """
    _require_code(state, chain_id, addresses)
    places = Places(state, addresses)
    record = places.one("retirement", retirement)
    if not record["time"]:
        raise CertificateError(
            f"There is no retirement {retirement} at block {state.header.number}: its record is empty."
        )
    (batch,) = places.get(("batch", (record["batch"],)))
    _require_prefix(places, prefix, record["batch"], batch)
    project = places.one("project", batch["project"])
    activity = places.one("activity", project["activity"])
    methodology, programme = places.get(
        ("methodology", (batch["methodology"],)), ("programme code", (batch["programme"],))
    )
    first, last, of_first, of_last = serials_of(
        Serial(batch["first"]), Kilograms(record["from"]), Kilograms(record["kilograms"])
    )
    reported = places.one("reported", record["batch"])
    return {
        "id": retirement,
        "claim": _claim(places, retirement, record["position"]),
        "kilograms": record["kilograms"],
        "programme": _code(programme["value"]),
        "project": _code(project["code"]),
        "country": activity["country"].to_bytes(2).decode("ascii", "backslashreplace"),
        "methodology": _code(methodology["code"]),
        "methodology_version": _code(methodology["version"]),
        "vintage_start": from_days(Days(batch["vintageStart"])),
        "vintage_end": from_days(Days(batch["vintageEnd"])),
        "vintage_year": batch["vintageYear"],
        "batch": record["batch"],
        "prefix": prefix,
        "first": first,
        "last": last,
        "first_kilograms": of_first,
        "last_kilograms": of_last,
        "beneficiary": to_checksum_address(f"0x{record['beneficiary']:040x}"),
        "purpose": Purpose(record["purpose"]),
        "labels": held_labels(places.get, record["batch"], batch, project, record["time"]),
        "over_issued": reported["overIssued"],
        "made_good": reported["madeGood"],
        "retired": from_seconds(Seconds(record["time"])),
        "details_hash": record["details"].to_bytes(DETAILS_BYTES),
        "chain_id": chain_id,
        "credits": addresses["Credits"],
        "certificates": addresses["Certificates"],
    }


def _require_code(state: ProvenState, chain_id: int, addresses: Mapping[str, Address]) -> None:
    """Without this, storage says nothing. The code has the chain's id and the other contracts' addresses."""
    for name, address in addresses.items():
        if state.account(address).code_hash != keccak(deployed_code(name, chain_id, addresses)):
            raise CertificateError(
                f"The code of {name} at {address} is not what this package ships for this deployment on "
                f"chain {chain_id}: what its storage holds means nothing."
            )


def _require_prefix(places: Places, prefix: str, number: int, batch: Mapping[str, int]) -> None:
    """Storage has no prefix, but the serial numbers' owner under its hash: the batch, for the right one."""
    key = keccak(prefix.encode())
    for word in places.get(("serial range", (key, HEAD)), ("serial range", (key, batch["last"]))):
        if (word["owner"], word["first"], word["last"]) == (number, batch["first"], batch["last"]):
            return
    raise FalseAnswer(
        f"The serial numbers of batch {number} do not begin with {prefix!r}: no such range is its own."
    )


def _claim(places: Places, retirement: RetirementId, position: int) -> tuple[RetirementId, ...]:
    """All retirements of the same call, whose records follow each other with places from 0 up."""
    first = retirement - position
    found = [RetirementId(first + number) for number in range(position + 1)]
    while True:
        following = [found[-1] + number for number in range(1, _AT_ONCE + 1)]
        for id_, record in zip(
            following, places.get(*(("retirement", (id_,)) for id_ in following)), strict=True
        ):
            if not record["time"] or record["position"] != id_ - first:
                return tuple(found)
            found.append(RetirementId(id_))


def _code(word: int) -> str:
    try:
        return code_text(word.to_bytes(32))
    except BadInput as problem:
        raise CertificateError(f"Storage has no code where one must be: {problem}") from problem
