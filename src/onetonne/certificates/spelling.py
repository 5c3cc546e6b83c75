"""Serials in the programme registry's own spelling, from what the chain knows: prefix, numbers, project code.

GS, ACR, CAR, ART and CDM serial numbers follow from these. VCS puts registry data around its numbers that no
contract holds, so the part that does follow is given: a search for it finds the serial number. CCER's
prefix is a hash of the whole string.
"""

import re
from collections.abc import Callable, Mapping

from onetonne import serials
from onetonne.errors import SerialError
from onetonne.terms import SerialBlock

_NUMBER = re.compile(r"[1-9][0-9]*$")


def spelled(block: SerialBlock, project: str) -> str:
    """The block as its programme registry writes it; `project` is the project's code on chain."""
    return _SPELLINGS.get(block.root, _first_to_last)(block, project)


def _first_to_last(block: SerialBlock, project: str) -> str:
    return f"{block.prefix}-{block.first} to {block.last}"


def _gold_standard(block: SerialBlock, project: str) -> str:
    return f"{block.prefix}-{block.first}-{block.last}"


def _vcs(block: SerialBlock, project: str) -> str:
    return f"{block.first}-{block.last}-{block.prefix}"


def _cdm(block: SerialBlock, project: str) -> str:
    _, country, period = block.prefix.split("-")
    number = _NUMBER.search(project)
    if number is None:
        return _first_to_last(block, project)
    ends = [f"{country}-5-{end}-{period}-{period}-0-{number.group()}" for end in (block.first, block.last)]
    try:
        same = serials.parse(" - ".join(ends)).block == block
    except SerialError:
        same = False
    return " - ".join(ends) if same else _first_to_last(block, project)


def _ccer(block: SerialBlock, project: str) -> str:
    return f"tonnes {block.first} to {block.last} of {block.prefix}"


_SPELLINGS: Mapping[str, Callable[[SerialBlock, str], str]] = {
    "VCS-VCU": _vcs,
    "VCU": _vcs,
    "GS1": _gold_standard,
    "CDM": _cdm,
    "CCER": _ccer,
}
