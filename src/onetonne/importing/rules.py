"""What one row needs before it can go on chain: each refusal is one sentence, and nothing is guessed."""

from dataclasses import dataclass
from datetime import date

from onetonne.errors import CodeError, DateError
from onetonne.importing.outcome import Ending, MethodologyKey, Period, PlannedBatch
from onetonne.importing.source import Source
from onetonne.importing.state import ChainBatch, ChainProgramme, ChainState
from onetonne.registries.rows import CancellationRow, CreditRow, RetirementRow
from onetonne.terms import (
    MAX_KILOGRAMS,
    BatchId,
    CancellationKind,
    Kilograms,
    Purpose,
    RetirementDetails,
    Status,
    code_bytes32,
    to_days,
)

UNSTATED = "UNSTATED"
"""Code or version where the export gives none."""


class Refused(Exception):
    """This row stays out. Caught in this package, where it becomes a `Refusal`."""

    def __init__(self, reason: str, batch: BatchId | None = None) -> None:
        self.reason = reason
        self.batch = batch
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Rules:
    """What rows are held against. `history`: a simulation, in which ended credits come in, and end."""

    source: Source
    state: ChainState
    programme: ChainProgramme
    history: bool

    def batch(self, row: CreditRow) -> PlannedBatch:
        """Raises `Refused`."""
        self._check_programme(row)
        block = row.serial.block if row.serial else None
        if block is None:
            raise Refused("it states no serial numbers, so it says nothing that could be put on chain")
        there = self.state.overlapping(block)
        self._check_status(row, there)
        start, end, year = self._vintage(row)
        if block.kilograms > MAX_KILOGRAMS:
            raise Refused(f"its {block.tonnes:,} t are more than one batch can hold")
        period = Period(self._project(row), start, end, self._methodology(row))
        planned = PlannedBatch(row, block, start, end, year, period, ending=self._ending(row))
        return planned if there is None else self._on_chain(planned, there)

    def _check_programme(self, row: CreditRow) -> None:
        if row.programme != self.programme.code:
            raise Refused(
                f"it is of {row.programme}, but this operator acts for {self.programme.code}; "
                f"import it with the operator of {row.programme}"
            )

    def _check_status(self, row: CreditRow, there: ChainBatch | None) -> None:
        batch = there.id if there else None
        if row.status is None:
            raise Refused("it says what was issued, not whether it is still live", batch)
        if row.status is Status.LIVE or self.history:
            return
        shown = f"{row.status}{_day_of_end(row)}"
        ended = f"the programme registry shows it as {shown}: no token may stand for it"
        if there is not None and there.used < there.kilograms:
            raise Refused(f"{ended}, yet batch {there.id} holds such serial numbers", there.id)
        raise Refused(ended, batch)

    def _vintage(self, row: CreditRow) -> tuple[date, date, int]:
        serial = row.serial
        start = row.vintage_start or (serial.vintage_start if serial else None)
        end = row.vintage_end or (serial.vintage_end if serial else None)
        if (start is None or end is None) and self.history and row.vintage_year:
            start, end = date(row.vintage_year, 1, 1), date(row.vintage_year, 12, 31)
        if start is None or end is None:
            raise Refused("it gives no first and last day of its vintage")
        if end > self.state.today:
            raise Refused(f"its vintage ends on {end}, after the chain's newest block")
        try:
            to_days(start)
        except DateError as problem:
            raise Refused(f"its vintage can't be used: {problem}") from problem
        # Where a vintage touches several years and none is declared: the first, which no rule favours.
        return start, end, row.vintage_year or start.year

    def _methodology(self, row: CreditRow) -> MethodologyKey:
        if not row.methodologies and not self.history:
            raise Refused("it names no methodology")
        for one in row.methodologies:
            if one.code is None:
                raise Refused(f"its methodology {one.title!r} has no code yet")
        code = "_".join(sorted({one.code for one in row.methodologies if one.code})) or UNSTATED
        version = "_".join(sorted({one.version for one in row.methodologies if one.version})) or UNSTATED
        try:
            code_bytes32(code), code_bytes32(version)
        except CodeError as problem:
            raise Refused(f"its methodology can't be registered: {problem}") from problem
        return MethodologyKey(code.upper(), version.upper())

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
        if not self.history:
            return None
        mark = f"simulated from {self.source.name} row {row.origin.row}"
        if isinstance(row, CancellationRow):
            # The kind "reversal" is the programme's to record, not a holder's.
            reserved = row.kind is CancellationKind.REVERSAL
            kind = CancellationKind.AT_SOURCE if reserved else row.kind
            return Ending(kind=kind, reason=": ".join(part for part in (mark, row.reason) if part))
        if isinstance(row, RetirementRow):
            details = RetirementDetails(
                beneficiary=row.beneficiary or None,
                reason=": ".join(part for part in (mark, row.reason, row.details) if part),
                salt=f"{self.source.hash.hex()}-{row.origin.row}",
            )
            # On chain, the purpose CORSIA needs the host country's authorisation, of which no export tells.
            corsia = "corsia" in row.reason.casefold()
            return Ending(details, Purpose.OTHER if corsia else Purpose.VOLUNTARY)
        return None

    def _on_chain(self, planned: PlannedBatch, there: ChainBatch) -> PlannedBatch:
        """The same, known to be done; where it is not the same, it is refused."""
        taken = f"batch {there.id} on chain holds {there.prefix} {there.first} to {there.last}"
        project = self.state.codes[self.state.verifications[there.verification].project]
        if project != planned.period.project:
            raise Refused(f"{taken}, for project {project}", there.id)
        if (there.vintage_start, there.vintage_end) != (planned.vintage_start, planned.vintage_end):
            vintage = f"{there.vintage_start} to {there.vintage_end}"
            raise Refused(f"{taken}, with the vintage {vintage}", there.id)
        block = planned.block
        if (there.first, there.last) != (block.first, block.last):
            part = there.first <= block.first and block.last <= there.last
            how = "it is a part of what is on chain already" if part else "its serial numbers are taken"
            raise Refused(f"{how}: {taken}", there.id)
        ending = planned.ending if there.used == 0 else None
        if planned.ending is not None and ending is None and there.used != there.kilograms:
            rest = Kilograms(there.kilograms - there.used)
            raise Refused(f"{taken}, of which {rest:,} kg are left, used in another way", there.id)
        return PlannedBatch(
            planned.row,
            planned.block,
            planned.vintage_start,
            planned.vintage_end,
            planned.vintage_year,
            planned.period,
            there.id,
            ending,
        )


def _day_of_end(row: CreditRow) -> str:
    day = getattr(row, "retired_on", None) or getattr(row, "cancelled_on", None)
    return f" since {day}" if day else ""
