"""Two sides compared, serial by serial: pure functions over statements, in about the time of sorting them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from onetonne.reconciling.findings import Comparison, Finding, Kind, Tally
from onetonne.reconciling.layers import Cell, cells, layered, overlapping
from onetonne.reconciling.statements import Side, State, Statement
from onetonne.terms import SerialBlock, Tonnes

MATCHED = "the same on both sides"
REFUSED = "refused by the check"
REPEATED = "stated by another row too"
NOT_ON_CHAIN = "not on chain"
REDEEMED = "redeemed: no longer on chain"
NO_FILE = "of a programme without a file"
NOT_LISTED = "of a kind that the files do not list"
ALONE = "on this side only"
_KINDS = frozenset(map(str, Kind))


@dataclass(slots=True)
class _Sum:
    """One side's tonnes by what became of them. A damaged row goes as a whole, with the tonnes it states."""

    side: Side
    parts: Counter[str] = field(default_factory=Counter)
    damaged: dict[int, str] = field(default_factory=dict)
    """What a damaged row was found to be, by its identity."""

    def add(self, said: Statement | None, name: str, tonnes: Tonnes, otherwise: str = "") -> None:
        if said is None:
            return
        if said.state is State.DAMAGED:
            if name in _KINDS:
                self.damaged[id(said)] = name
            return
        self.parts[otherwise or name] += tonnes

    def tally(self) -> Tally:
        """Adds what no comparison was made of. What is still missing are serials that several rows state."""
        parts = Counter(self.parts)
        parts.update(self.side.apart)
        for row in self.side.statements:
            if row.state is State.DAMAGED:
                parts[self.damaged.get(id(row), REFUSED)] += row.tonnes
        parts[REPEATED] += self.side.tonnes - sum(parts.values())
        shown = {name: Tonnes(tonnes) for name, tonnes in sorted(parts.items(), key=_place) if tonnes}
        return Tally(self.side.name, self.side.tonnes, shown)


def compare(files: Side, system: Side, as_of: date, after: int) -> Comparison:
    """The programmes' files against a system that tokenised their credits.

    A serial that was ended on chain should be so in the files: within `after` days of `as_of` it is a
    notice, later a warning. Files that list only what ended say nothing of what is live.
    """
    one, other = _Sum(files), _Sum(system)
    findings: list[Finding] = []
    rules = _Rules(files, as_of, after)
    for cell in cells(layered(files.statements), layered(system.statements)):
        name = rules.name(cell.one, cell.other)
        if isinstance(name, Kind):
            findings.append(Finding(name, cell.block, rules.sentence(cell, name), cell.one, cell.other))
        one.add(cell.one, name, cell.tonnes, NOT_ON_CHAIN if name == REDEEMED else "")
        other.add(cell.other, name, cell.tonnes)
    return Comparison(one.tally(), other.tally(), (*findings, *_twice(system)))


def doubles(one: Side, other: Side) -> Comparison:
    """Two systems that tokenise credits against each other: no serial may be on both.

    What was redeemed left its system, and may have come to another one.
    """
    left, right = _Sum(one), _Sum(other)
    findings: list[Finding] = []
    for cell in cells(layered(_present(one)), layered(_present(other))):
        name = ALONE
        if cell.one is not None and cell.other is not None:
            name = str(Kind.TWO_TOKENISATIONS)
            findings.append(_twice_on(cell.block, cell.one, cell.other))
        left.add(cell.one, name, cell.tonnes)
        right.add(cell.other, name, cell.tonnes)
    for sums in (left, right):
        gone = (row.tonnes for row in sums.side.statements if row.state is State.REDEEMED)
        sums.parts[REDEEMED] += sum(gone)
    return Comparison(left.tally(), right.tally(), tuple(findings))


def _place(part: tuple[str, int]) -> int:
    order = [MATCHED, *map(str, Kind)]
    return order.index(part[0]) if part[0] in order else len(order)


@dataclass(frozen=True, slots=True)
class _Rules:
    files: Side
    as_of: date
    after: int

    def name(self, file: Statement | None, chain: Statement | None) -> Kind | str:
        """The finding, or the sum that the serials belong to of which the two sides say this."""
        if chain is None:
            return NOT_ON_CHAIN
        if chain.state is State.REDEEMED:
            return REDEEMED
        if file is None:
            return self._missing(chain)
        if file.state is State.DAMAGED:
            return Kind.DAMAGED_ROW if file.sound else Kind.QUANTITY
        if chain.state is State.DAMAGED:
            return Kind.QUANTITY
        if file.state.ended:
            return MATCHED if chain.state.ended else Kind.ENDED_IN_FILE
        if chain.state is State.PARTLY:
            return Kind.PARTLY_RETIRED
        if chain.state.ended and file.state is State.LIVE:
            return self._late(chain)
        return MATCHED

    def _missing(self, chain: Statement) -> Kind | str:
        covered = self.files.covers.get(chain.programme)
        if covered is None:
            return NO_FILE
        if covered & {State.LIVE, State.ISSUED}:
            return Kind.NOT_IN_FILE
        # Files of what ended: a block that isn't there is live at the programme, or was never issued.
        if chain.state.ended and {State.RETIRED, State.CANCELLED} <= covered:
            return self._late(chain)
        return NOT_LISTED

    def _late(self, chain: Statement) -> Kind:
        days = (self.as_of - chain.since).days if chain.since else 0
        return Kind.NOT_MIRRORED if days > self.after else Kind.LIVE_IN_FILE

    def sentence(self, cell: Cell, kind: Kind) -> str:
        file, chain = cell.one, cell.other
        assert chain is not None
        where = f"{cell.block} ({cell.tonnes:,} t)"
        said = file.place if file else self.files.name
        if kind is Kind.NOT_IN_FILE:
            return f"{where} is on chain in {chain.place}, and in no row of {said}."
        if kind in (Kind.LIVE_IN_FILE, Kind.NOT_MIRRORED):
            state = f"is live in {said}" if file else f"is not ended in {said}"
            waited = f", {self.after} days and more" if kind is Kind.NOT_MIRRORED else ""
            return f"{where} was ended on chain on {chain.since} ({chain.place}) and {state}{waited}."
        assert file is not None
        if kind is Kind.PARTLY_RETIRED:
            return f"{where} is ended in part on chain ({chain.place}): {chain.left:,} kg of it circulate."
        if kind is Kind.ENDED_IN_FILE:
            return f"{where} is {file.state} in {said}{_since(file, chain)}, and live in {chain.place}."
        if kind is Kind.DAMAGED_ROW:
            return f"{where} is on chain in {chain.place}, but {said} is damaged: {file.defect}."
        wrong, right = (file, chain) if not file.sound else (chain, file)
        return (
            f"{where}: {wrong.place} says {wrong.tonnes:,} t of the {wrong.block.tonnes:,} t from "
            f"{wrong.block.first} to {wrong.block.last}; {right.place} has them."
        )


def _since(file: Statement, chain: Statement) -> str:
    if file.since is None:
        return ""
    if chain.created is None:
        return f" since {file.since}"
    when = "before" if file.since < chain.created else "after"
    return f" since {file.since}, {when} it was issued on chain on {chain.created}"


def _present(side: Side) -> Iterable[Statement]:
    return (row for row in side.statements if row.state is not State.REDEEMED)


def _twice(system: Side) -> Iterable[Finding]:
    return (_twice_on(block, one, other) for block, one, other in overlapping(_present(system)))


def _twice_on(block: SerialBlock, one: Statement, other: Statement) -> Finding:
    sentence = f"{block} ({block.tonnes:,} t) is tokenised twice: in {one.place}, and in {other.place}."
    return Finding(Kind.TWO_TOKENISATIONS, block, sentence, one, other)
