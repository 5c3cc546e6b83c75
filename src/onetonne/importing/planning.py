"""Rows of an export against what the chain holds: a plan, before anything is sent."""

from collections.abc import Iterable
from datetime import date

from onetonne.chain import LOCAL_CHAIN_ID
from onetonne.errors import BadInput
from onetonne.importing.outcome import ImportPlan, MethodologyKey, PlannedBatch, PlannedProject, Refusal
from onetonne.importing.periods import verify
from onetonne.importing.presence import Refused, check_whole, shares
from onetonne.importing.rules import UNSTATED, Rules
from onetonne.importing.source import Source
from onetonne.importing.state import ChainProgramme, ChainState
from onetonne.registries.rows import Origin
from onetonne.terms import EPOCH, Address, Programme

ENDED_SINCE = "retired or cancelled since, as the files of what ended say: no token may stand for it"


def plan(
    source: Source,
    state: ChainState,
    operator: Address,
    *,
    vvb: Address | None = None,
    history: bool = False,
    at_source: bool = False,
    immobilised: date | None = None,
) -> ImportPlan:
    """What an import by this operator would do, and all that it would leave out.

    `vvb` helps to find what it proposed before. `immobilised` is the day on which the programme registry
    immobilised the credits: the chain's today where it is not given; in a history, each row's issuance.
    With `at_source`, what the programme registry has ended comes in too, held by the operator alone, and is
    cancelled at once as ended at its source: those serial numbers can never be tokenised again.
    Raises `BadInput` where the account operates no programme, or for a history on any but a local chain.
    """
    if history and at_source:
        raise BadInput("A history retires what was ended, --at-source cancels it: choose one of them.")
    if history and state.chain_id != LOCAL_CHAIN_ID:
        raise BadInput(
            f"A simulated history belongs on a local chain, chain {LOCAL_CHAIN_ID}, "
            f"not on chain {state.chain_id}: leave out --history."
        )
    programme = _programme_of(state, operator)
    rules = Rules(source, state, programme, history, at_source)
    refused = _defective(source)
    refused += [Refusal(origin, tonnes, ENDED_SINCE) for origin, tonnes in source.ended.items()]
    batches: list[PlannedBatch] = []
    found = shares(source.rows, state)
    for row in source.rows:
        try:
            planned = rules.batch(row)
            check_whole(planned, found, state)
            batches.append(planned)
        except Refused as refusal:
            refused.append(Refusal(row.origin, row.tonnes, refusal.reason, refusal.batch))
    verified = verify(batches, rules, state.vvbs.get(vvb) if vvb else None)
    refused += [
        Refusal(row.origin, row.tonnes, refusal.reason, refusal.batch) for row, refusal in verified.refused
    ]
    return ImportPlan(
        file=source.name,
        file_hash=source.hash,
        programme=Programme(programme.code),
        operator=operator,
        chain_id=state.chain_id,
        history=history,
        at_source=at_source,
        immobilised=immobilised,
        today=state.today,
        batches=tuple(sorted(verified.batches, key=_place)),
        projects=_projects(verified.batches, rules),
        methodologies=_missing_methodologies(verified.batches, rules),
        verifications=tuple(verified.verifications),
        refused=tuple(sorted(refused, key=lambda one: one.origin.row)),
    )


def _place(one: PlannedBatch) -> tuple[str, int]:
    """Ascending in each namespace: every block then comes above all others, which costs least."""
    return one.block.prefix, one.block.first


def _programme_of(state: ChainState, operator: Address) -> ChainProgramme:
    for programme in state.programmes.values():
        if programme.operator == operator:
            if programme.code in set(Programme):
                return programme
            raise BadInput(f"Programme {programme.code} has no exports that can be read here.")
    raise BadInput(f"Account {operator} operates no programme here: have it admitted first.")


def _defective(source: Source) -> list[Refusal]:
    """A refusal for each row that the check refused, with all of its defects."""
    reasons: dict[Origin, list[str]] = {}
    for defect in source.report.defects:
        if defect.origin.file == source.path:
            reasons.setdefault(defect.origin, []).append(defect.sentence)
    return [
        Refusal(
            origin,
            source.tonnes.get(origin.row),
            " ".join(s.removeprefix(f"{origin}: ") for s in sentences).removesuffix("."),
        )
        for origin, sentences in reasons.items()
    ]


def _missing_methodologies(batches: list[PlannedBatch], rules: Rules) -> tuple[MethodologyKey, ...]:
    """Single ones before those composed of them."""

    def missing(keys: Iterable[MethodologyKey]) -> set[MethodologyKey]:
        known = rules.state.methodologies
        return {key for key in keys if (rules.programme.id, key.code, key.version) not in known}

    wanted = missing(one.period.methodology for one in batches if one.batch is None)
    wanted |= missing(part for key in wanted for part in key.parts)
    return tuple(sorted(wanted, key=lambda key: (bool(key.parts), key)))


def _projects(batches: list[PlannedBatch], rules: Rules) -> tuple[PlannedProject, ...]:
    """In the order of their codes. What the export does not tell of a project is said to be unstated.

    A crediting start that is unknown is given as the first day there is: rules that ask for a late one then
    do not hold, rather than hold by mistake.
    """
    projects: dict[str, PlannedProject] = {}
    for one in sorted(batches, key=_place):
        code = one.period.project
        if one.batch is not None or code in projects:
            continue
        listed = rules.source.projects.get(code)
        scope = one.row.serial.scope if one.row.serial else None
        projects[code] = PlannedProject(
            code=code,
            country=one.row.country,
            activity_type=UNSTATED if scope is None else f"SCOPE-{scope}",
            crediting_start=(listed.crediting_start if listed else None) or EPOCH,
            name=(listed.project_name if listed else "") or one.row.project_name,
            registered=(rules.programme.id, code) in rules.state.projects,
        )
    return tuple(projects[code] for code in sorted(projects))
