"""What one row needs before it can go on chain: each refusal is one sentence, and nothing is guessed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from onetonne.errors import CodeError, DateError
from onetonne.importing.outcome import Ending, MethodologyKey, Period, PlannedBatch
from onetonne.importing.presence import Refused, covered, present
from onetonne.importing.source import Source
from onetonne.importing.state import ChainBatch, ChainProgramme, ChainState
from onetonne.registries.building import code_of_title
from onetonne.registries.rows import CancellationRow, CreditRow, RetirementRow
from onetonne.terms import (
    MAX_KILOGRAMS,
    CancellationKind,
    Programme,
    Purpose,
    RetirementDetails,
    SerialBlock,
    Status,
    code_bytes32,
    to_days,
)

UNSTATED = "UNSTATED"
"""Code or version where the export gives none."""

MOST_PARTS = 8
"""Of a composed methodology (`Programmes.MOST_PARTS`)."""

_NOT_A_HOLDERS = {CancellationKind.REVERSAL, CancellationKind.CORSIA}
"""Kinds that the contracts refuse a holder: a reversal is the programme's to record, and a CORSIA use asks
the host country, of whose authorisation no export tells.
"""

_CALENDAR_YEARS = {Programme.CAR, Programme.ART}
"""Programmes whose vintage is the calendar year of the reductions; their exports give no days."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What rows are held against. Ended credits come in, and end, in a `history`, which is a simulation; and
    with `at_source`, as cancellations that say so. Else they stay out.
    """

    source: Source
    state: ChainState
    programme: ChainProgramme
    history: bool = False
    at_source: bool = False

    def batch(self, row: CreditRow) -> PlannedBatch:
        """Raises `Refused`."""
        self._check_programme(row)
        block = row.serial.block if row.serial else None
        if block is None:
            raise Refused("it states no serial numbers, so it says nothing that could be put on chain")
        there = self.state.all_overlapping(block)
        self._check_status(row, block, there)
        start, end, year = self._vintage(row)
        if block.kilograms > MAX_KILOGRAMS:
            raise Refused(f"its {block.tonnes:,} t are more than one batch can hold")
        period = Period(self._project(row), start, end, self._methodology(row))
        planned = PlannedBatch(row, block, start, end, year, period, ending=self._ending(row))
        return present(planned, there, self) if there else planned

    def _check_programme(self, row: CreditRow) -> None:
        if row.programme != self.programme.code:
            raise Refused(
                f"it is of {row.programme}, but this operator acts for {self.programme.code}; "
                f"import it with the operator of {row.programme}"
            )

    def _check_status(self, row: CreditRow, block: SerialBlock, there: Sequence[ChainBatch]) -> None:
        batch = there[0] if there else None
        if row.status is None:
            raise Refused(
                "it says what was issued, not whether it is still live", batch.id if batch else None
            )
        if row.status is Status.LIVE or self.history or self.at_source:
            return
        if batch is not None and covered(block, there) and not any(one.circulates(block) for one in there):
            return  # ended on both sides
        shown = f"{row.status}{day_of_end(row)}"
        ended = f"the programme registry shows it as {shown}: no token may stand for it"
        live = next((one for one in there if one.circulates(block)), None)
        if live is not None:
            raise Refused(f"{ended}, yet batch {live.id} holds such serial numbers", live.id)
        raise Refused(ended, batch.id if batch else None)

    def _vintage(self, row: CreditRow) -> tuple[date, date, int]:
        serial = row.serial
        start = row.vintage_start or (serial.vintage_start if serial else None)
        end = row.vintage_end or (serial.vintage_end if serial else None)
        whole_years = self.history or row.programme in _CALENDAR_YEARS
        if (start is None or end is None) and whole_years and row.vintage_year:
            start, end = date(row.vintage_year, 1, 1), date(row.vintage_year, 12, 31)
        if start is None or end is None:
            raise Refused("it gives no first and last day of its vintage")
        if end > self.state.today:
            raise Refused(f"its vintage ends on {end}, after the chain's newest block")
        try:
            to_days(start)
        except DateError as problem:
            raise Refused(f"its vintage can't be used: {problem}") from problem
        # Where a vintage touches several years and none is declared: the last. The first would let one that
        # spans New Year 2021 pass by its host country (I8).
        return start, end, row.vintage_year or end.year

    def _methodology(self, row: CreditRow) -> MethodologyKey:
        to_end = self.history or (self.at_source and row.status is not Status.LIVE)
        if not row.methodologies and not to_end:
            raise Refused("it names no methodology")
        parts = sorted(
            {
                _methodology_key(one.code or code_of_title(one.title), one.version or UNSTATED)
                for one in row.methodologies
            }
        )
        if len(parts) < 2:
            return parts[0] if parts else MethodologyKey(UNSTATED, UNSTATED)
        if len(parts) > MOST_PARTS:
            raise Refused(
                f"it names {len(parts)} methodologies, and one can be composed of {MOST_PARTS} at most"
            )
        code = "_".join(part.code for part in parts)
        versions = [part.version for part in parts]
        version = versions[0] if len(set(versions)) == 1 else "_".join(versions)
        return replace(_methodology_key(code, version), parts=tuple(parts))

    def _project(self, row: CreditRow) -> str:
        code = (row.serial.project_id if row.serial else None) or row.project_id
        try:
            code_bytes32(code)
        except CodeError as problem:
            raise Refused(f"its project can't be registered: {problem}") from problem
        if len(row.country) != 2 or not row.country.isascii() or not row.country.isupper():
            raise Refused(f"its country {row.country!r} is no two-letter code")
        return code

    def _ending(self, row: CreditRow) -> Ending | None:
        if not (self.history or self.at_source) or not isinstance(row, RetirementRow | CancellationRow):
            return None
        if self.at_source:
            return Ending()  # its reason is in words of our own: the row's may name people
        mark = f"simulated from {self.source.name} row {row.origin.row}"
        if isinstance(row, CancellationRow):
            kind = CancellationKind.AT_SOURCE if row.kind in _NOT_A_HOLDERS else row.kind
            return Ending(kind=kind, reason=": ".join(part for part in (mark, row.reason) if part))
        details = RetirementDetails(
            beneficiary=row.beneficiary or None,
            reason=": ".join(part for part in (mark, row.reason, row.details) if part),
            salt=f"{self.source.hash.hex()}-{row.origin.row}",
        )
        # On chain, the purpose CORSIA needs the host country's authorisation, of which no export tells.
        corsia = "corsia" in row.reason.casefold()
        return Ending(details, Purpose.OTHER if corsia else Purpose.VOLUNTARY)


def _methodology_key(code: str, version: str) -> MethodologyKey:
    """Raises `Refused` where one is no word on chain."""
    try:
        code_bytes32(code), code_bytes32(version)
    except CodeError as problem:
        raise Refused(f"its methodology can't be registered: {problem}") from problem
    return MethodologyKey(code.upper(), version.upper())


def day_of_end(row: CreditRow) -> str:
    day = getattr(row, "retired_on", None) or getattr(row, "cancelled_on", None)
    return f" since {day}" if day else ""
