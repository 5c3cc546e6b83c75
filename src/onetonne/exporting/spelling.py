"""A serial number as the programme registry writes it, of a run of serials on chain.

ACR's, CAR's, ART's and Gold Standard's are their namespace and range. A VCS serial number has more in it than
the chain keeps: an import tells it in the verification's source. Where no event does, it is written anew: the
chain's own batch id for the programme registry's batch number, VVB 0, and the issuer VER.
"""

import re

from onetonne import serials
from onetonne.exporting.records import Record
from onetonne.importing.spellings import spelled_in
from onetonne.serials import Grammar, ParsedSerial
from onetonne.terms import Programme, SerialBlock

REBUILT = (
    "the chain keeps the range of this serial number only: its other parts are not the programme registry's"
)

_UNKNOWN_VVB = "0"
_UNKNOWN_SCOPE = 99  # there are 16
_SCOPE = re.compile(r"SCOPE-([1-9][0-9]?)")


class Unspelled(Exception):
    """No serial number can be written. Caught in this package, where the run is left out with its reason."""


def spelled(record: Record) -> tuple[str, bool]:
    """The serial number of a record's run, and whether it had to be rebuilt. Raises `Unspelled`."""
    block = _block(record)
    for known in spelled_in(record.source):
        if (
            known.block.prefix == block.prefix
            and known.block.first <= block.first
            and (block.last <= known.block.last)
        ):
            return serials.format(known.within(block.first, block.last)), False
    if block.root in ("VCS-VCU", "VCU"):
        return serials.format(_vcs(record, block)), True
    if block.root == "CDM":
        return serials.format(_cdm(record, block)), False
    if block.root == "CCER":
        raise Unspelled("a CCER serial number is on chain as a hash only")
    between = "-" if block.root == "GS1" else " to "
    return f"{block.prefix}-{block.first}{between}{block.last}", False


def _block(record: Record) -> SerialBlock:
    return serials.block(record.traced.batch.prefix or "", record.run.first, record.run.last)


def _vcs(record: Record, block: SerialBlock) -> ParsedSerial:
    scope = _SCOPE.fullmatch(record.project.activity_type)
    legacy = block.root == "VCU"
    grammar = Grammar.VCS_LEGACY if legacy else Grammar.VCS if scope else Grammar.VCS_2026
    return ParsedSerial(
        Programme.VCS,
        grammar,
        block,
        batch=record.traced.batch.id,
        vvb=_UNKNOWN_VVB,
        issuer="VER",
        country=record.project.country,
        scope=int(scope[1]) if scope else _UNKNOWN_SCOPE if legacy else None,
        project=_number(record),
        vintage_start=record.traced.batch.vintage_start,
        vintage_end=record.traced.batch.vintage_end,
        additional_certification=False,
    )


def _cdm(record: Record, block: SerialBlock) -> ParsedSerial:
    _, country, period = block.prefix.split("-")
    return ParsedSerial(
        Programme.CDM,
        Grammar.CDM,
        block,
        country=country,
        project=_number(record),
        commitment_period=int(period),
    )


def _number(record: Record) -> int:
    """The project's number in its code, such as `VCS1340`."""
    digits = re.fullmatch(r"[A-Z]*([1-9][0-9]*)", record.project.code)
    if digits is None:
        raise Unspelled(
            f"its project's code {record.project.code} has no number, which a serial number needs"
        )
    return int(digits[1])
