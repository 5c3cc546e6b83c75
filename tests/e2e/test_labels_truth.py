"""Contract and twin say the same of every label, at every second; and of every claim.

First each condition failing alone; then random histories, at each entry's second, one before and one after.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from labels_scene import BODIES, CONDITIONAL_DECISION, DECISION, LETTER, LONG, Scene, window
from sqlalchemy import text
from story import chain_of_its_own

from onetonne.labels import Histories, Refusal, evaluate, labels_of, refusal
from onetonne.terms import (
    BatchId,
    Condition,
    Kilograms,
    Purpose,
    Use,
    code_bytes32,
    code_text,
    to_days,
)

OPEN_RULE = (False, False, 0, False)
CCP_RULE = (True, True, 0, False)
CORSIA_RULE = (True, False, int(Use.INTERNATIONAL_MITIGATION), True)
LABELS = ("CCP", "CORSIA-1", "CCER", "OPEN")
CLAIMED = (Purpose.CORSIA_PHASE_1, Purpose.HOST_NDC, Purpose.NATIONAL_SCHEME, Purpose.VOLUNTARY)


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("labels")
    with chain_of_its_own(folder) as teller:
        scene = Scene(teller, folder)
        scene.furnish()
        yield scene


@pytest.fixture
def scene(furnished: Scene, tmp_path: Path) -> Iterator[Scene]:
    """The furnished chain, taken back afterwards."""
    before, now, serial = furnished.teller.local.snapshot(), furnished.now, furnished.serial
    furnished.folder = tmp_path
    yield furnished
    furnished.forget()
    furnished.teller.local.revert(before)
    furnished.now, furnished.serial = now, serial


def missing_of(answer: bytes) -> tuple[frozenset[Condition], bool]:
    bits = int.from_bytes(answer[:32])
    return frozenset(one for one in Condition if bits >> one & 1), answer[63] == 1


def agree(scene: Scene, batch: int, label: str, time: int) -> frozenset[Condition]:
    """What is missing, which contract and twin must agree on."""
    (answer,) = scene.answers("conditions", [(batch, code_bytes32(label), time)])
    histories = scene.histories()
    compare_views(scene, histories)
    verdict = evaluate(histories, BatchId(batch), label, time)
    assert (verdict.missing, verdict.conditional) == missing_of(answer)
    return verdict.missing


def ccp(scene: Scene, **windows: tuple[Any, ...]) -> int:
    """CCP, with both ticks unless told otherwise, and batch 1 issued. Returns the last second."""
    label = code_bytes32("CCP")
    scene.done(scene.admit("CCP", "icvcm", CCP_RULE))
    programme = windows.get("programme", window())
    methodology = windows.get("methodology", window())
    if programme:
        scene.done(("icvcm", "Labels", "approveProgramme", label, 1, programme, DECISION))
    if methodology:
        scene.done(("icvcm", "Labels", "approveMethodology", label, 1, methodology, DECISION))
    return scene.done(scene.issue(1, 2020))


def corsia(scene: Scene, *, uses: int = 0b100, adjusted: bool = True, year: int = 2021) -> int:
    """CORSIA's first phase, all said that batch 1 needs unless told otherwise. Returns the last second."""
    label = code_bytes32("CORSIA-1")
    scene.done(scene.admit("CORSIA-1", "icao", CORSIA_RULE))
    scene.done(("icao", "Labels", "approveProgramme", label, 1, window(), DECISION))
    scene.done(scene.issue(1, year))
    if uses:
        scene.done(("addis", "Labels", "authorise", 1, year, uses, 1000, [1], LETTER))
    if uses and adjusted:
        scene.done(("addis", "Labels", "recordAdjustment", 1, year, LETTER))
    return scene.now


def later(scene: Scene) -> int:
    """A second in which all that was said counts."""
    scene.done(later=10)
    return scene.now


def test_nothing_is_missing_where_both_ticks_cover_the_batch(scene: Scene) -> None:
    ccp(scene)
    assert agree(scene, 1, "CCP", later(scene)) == frozenset()


def test_framework_alone_is_missing_before_it_counts(scene: Scene) -> None:
    scene.done(scene.issue(1, 2020))
    used = retirement(scene, 1, Purpose.VOLUNTARY, 1)
    admitted = scene.done(scene.admit("OPEN", "icvcm", OPEN_RULE), used)
    later(scene)
    assert agree(scene, 1, "OPEN", admitted) == {Condition.FRAMEWORK}
    assert agree(scene, 1, "OPEN", admitted + 1) == frozenset()
    assert agree(scene, 1, "NOBODYS", admitted + 1) == {Condition.FRAMEWORK}


def test_issued_alone_is_missing_before_the_batch(scene: Scene) -> None:
    ccp(scene)
    issued = scene.done(scene.issue(1, 2020), later=100)
    later(scene)
    assert agree(scene, 2, "CCP", issued - 1) == {Condition.ISSUED}
    assert agree(scene, 2, "CCP", issued) == frozenset()


def test_programme_alone_is_missing_without_its_tick(scene: Scene) -> None:
    ccp(scene, programme=())
    assert agree(scene, 1, "CCP", later(scene)) == {Condition.PROGRAMME}


def test_methodology_alone_is_missing_without_its_tick(scene: Scene) -> None:
    ccp(scene, methodology=())
    assert agree(scene, 1, "CCP", later(scene)) == {Condition.METHODOLOGY}


def test_programme_is_missing_from_the_second_after_its_withdrawal(scene: Scene) -> None:
    ccp(scene)
    withdrawn = scene.done(("icvcm", "Labels", "withdrawProgramme", code_bytes32("CCP"), 1, DECISION))
    later(scene)
    assert agree(scene, 1, "CCP", withdrawn) == frozenset()
    assert agree(scene, 1, "CCP", withdrawn + 1) == {Condition.PROGRAMME}


OUTSIDE = {
    "starts too late": window(start=to_days(date(2020, 1, 2))),
    "ends too early": window(end=to_days(date(2020, 12, 30))),
    "wants a later first crediting period": window(crediting=to_days(date(2012, 1, 2))),
}
ON_THE_EDGE = window(to_days(date(2020, 1, 1)), to_days(date(2020, 12, 31)), to_days(date(2012, 1, 1)))


@pytest.mark.parametrize("case", OUTSIDE)
def test_window_alone_is_missing_where_it(scene: Scene, case: str) -> None:
    ccp(scene, programme=OUTSIDE[case], methodology=ON_THE_EDGE)
    assert agree(scene, 1, "CCP", later(scene)) == {Condition.PROGRAMME_WINDOW}
    label = code_bytes32("CCP")
    scene.done(("icvcm", "Labels", "approveProgramme", label, 1, ON_THE_EDGE, DECISION))
    scene.done(("icvcm", "Labels", "approveMethodology", label, 1, OUTSIDE[case], DECISION))
    assert agree(scene, 1, "CCP", later(scene)) == {Condition.METHODOLOGY_WINDOW}


def test_exclusion_alone_is_missing_while_it_lasts(scene: Scene) -> None:
    ccp(scene)
    label, kind = code_bytes32("CCP"), code_bytes32("AFOLU")
    for function, subject in (("setActivityTypeExclusion", (1, kind)), ("setMethodologyExclusion", (1,))):
        excluded = scene.done(("icvcm", "Labels", function, label, *subject, True, DECISION), later=9)
        compare_views(scene, scene.histories())
        ended = scene.done(("icvcm", "Labels", function, label, *subject, False, DECISION), later=9)
        later(scene)
        assert agree(scene, 1, "CCP", excluded) == frozenset()
        assert agree(scene, 1, "CCP", excluded + 1) == {Condition.EXCLUSION}
        assert agree(scene, 1, "CCP", ended) == {Condition.EXCLUSION}
        assert agree(scene, 1, "CCP", ended + 1) == frozenset()


def test_exclusions_of_other_kinds_do_not_touch_a_batch(scene: Scene) -> None:
    ccp(scene)
    label = code_bytes32("CCP")
    other = code_bytes32("WASTE"), code_bytes32("AFOLU")
    scene.done(("icvcm", "Labels", "setActivityTypeExclusion", label, 1, other[0], True, DECISION))
    scene.done(("icvcm", "Labels", "setActivityTypeExclusion", label, 2, other[1], True, DECISION))
    scene.done(("icvcm", "Labels", "setMethodologyExclusion", label, 2, True, DECISION))
    assert agree(scene, 1, "CCP", later(scene)) == frozenset()


def test_condition_counts_and_is_told_of_either_tick(scene: Scene) -> None:
    ccp(scene)
    label, under = code_bytes32("CCP"), window(conditional=True)
    for function in ("approveProgramme", "approveMethodology"):
        scene.done(("icvcm", "Labels", function, label, 1, under, CONDITIONAL_DECISION))
        time = later(scene)
        assert agree(scene, 1, "CCP", time) == frozenset()
        assert evaluate(scene.histories(), BatchId(1), "CCP", time).conditional
        scene.done(("icvcm", "Labels", function, label, 1, window(), DECISION))
        later(scene)
        assert not evaluate(scene.histories(), BatchId(1), "CCP", scene.now).conditional


def test_recognition_is_information_only(scene: Scene) -> None:
    ccp(scene, programme=())
    scene.done(scene.admit("CCER", "icao", (True, False, 0, False)))
    recognising = window(recognises="CCP")
    scene.done(("icao", "Labels", "approveProgramme", code_bytes32("CCER"), 1, recognising, DECISION))
    time = later(scene)
    assert agree(scene, 1, "CCER", time) == frozenset()
    assert agree(scene, 1, "CCP", time) == {Condition.PROGRAMME}


def test_authorisation_alone_is_missing_where_the_host_named_other_uses(scene: Scene) -> None:
    corsia(scene, uses=0b1010, adjusted=False)
    scene.done(("icao", "Labels", "setGuarantee", code_bytes32("CORSIA-1"), 1, 2021, True, LETTER))
    assert agree(scene, 1, "CORSIA-1", later(scene)) == {Condition.AUTHORISATION}
    scene.done(("addis", "Labels", "authorise", 1, 2021, 0b1110, 1000, [1], LETTER))
    assert agree(scene, 1, "CORSIA-1", later(scene)) == frozenset()
    revoked = scene.done(("addis", "Labels", "revoke", 1, 2021, LETTER))
    later(scene)
    assert agree(scene, 1, "CORSIA-1", revoked) == frozenset()
    assert agree(scene, 1, "CORSIA-1", revoked + 1) == {Condition.AUTHORISATION}


def test_adjustment_alone_is_missing_until_recorded_or_guaranteed(scene: Scene) -> None:
    corsia(scene, adjusted=False)
    label = code_bytes32("CORSIA-1")
    assert agree(scene, 1, "CORSIA-1", later(scene)) == {Condition.ADJUSTMENT}
    scene.done(("icao", "Labels", "setGuarantee", label, 1, 2021, True, LETTER))
    assert agree(scene, 1, "CORSIA-1", later(scene)) == frozenset()
    scene.done(("icao", "Labels", "setGuarantee", label, 1, 2021, False, LETTER))
    assert agree(scene, 1, "CORSIA-1", later(scene)) == {Condition.ADJUSTMENT}
    scene.done(("addis", "Labels", "recordAdjustment", 1, 2021, LETTER))
    assert agree(scene, 1, "CORSIA-1", later(scene)) == frozenset()


def test_vintages_before_2021_need_no_host(scene: Scene) -> None:
    corsia(scene, uses=0, year=2020)
    assert agree(scene, 1, "CORSIA-1", later(scene)) == frozenset()


def test_last_of_several_entries_in_one_second_counts(scene: Scene) -> None:
    ccp(scene)
    label = code_bytes32("CCP")
    withdrawal = ("icvcm", "Labels", "withdrawProgramme", label, 1, DECISION)
    approval = (
        "icvcm",
        "Labels",
        "approveProgramme",
        label,
        1,
        window(conditional=True),
        CONDITIONAL_DECISION,
    )
    scene.done(withdrawal, approval)
    assert agree(scene, 1, "CCP", later(scene)) == frozenset()
    scene.done(approval, withdrawal)
    assert agree(scene, 1, "CCP", later(scene)) == {Condition.PROGRAMME}


class Author:
    """Says random things: some of them the contract refuses, which leaves no entry."""

    def __init__(self, scene: Scene, seed: int, years: Sequence[tuple[int, int]] = ()) -> None:
        self.scene, self.random = scene, Random(seed)
        self.years = years or list(scene.verifications)
        self.bodies = dict.fromkeys(LABELS, BODIES[0])
        self.batches: list[tuple[int, int]] = []
        """Project and vintage year of each batch."""

    def act(self) -> tuple[Any, ...]:
        kinds = {
            self._approve: 7,
            self._withdraw: 3,
            self._exclude: 3,
            self._guarantee: 2,
            self.authorise: 5,
            self._adjust: 2,
            self._issue: 2,
        }
        return self.random.choices(list(kinds), list(kinds.values()))[0]()

    def begin(self) -> None:
        """Frameworks and a batch or two, at seconds of their own."""
        random = self.random
        for label, rule in zip(LABELS, (CCP_RULE, CORSIA_RULE, self._rule(), OPEN_RULE), strict=True):
            self.bodies[label] = random.choice(BODIES)
            self.scene.done(self.scene.admit(label, self.bodies[label], rule), later=random.randint(1, 9))
            self.scene.done(self._issue(), later=random.randint(1, 9))

    def _rule(self) -> tuple[bool, bool, int, bool]:
        yes = [self.random.random() < 0.5 for _ in range(3)]
        return yes[0], yes[1], self.random.randint(0, 3), yes[2]

    def _body(self) -> tuple[str, bytes]:
        label = self.random.choice(LABELS)
        return self.bodies[label], code_bytes32(label)

    def _subject(self) -> tuple[str, int]:
        return self.random.choice(
            (("Programme", 1), ("Programme", 2), *(("Methodology", i) for i in (1, 2, 3)))
        )

    def _approve(self) -> tuple[Any, ...]:
        (body, label), (kind, subject), random = self._body(), self._subject(), self.random
        starts = (LONG[0], to_days(date(2020, 1, 1)), to_days(date(2021, 1, 1)))
        ends = (LONG[1], to_days(date(2022, 12, 31)), to_days(date(2020, 12, 31)), 2**32 - 1)
        conditional = random.random() < 0.3
        given = window(
            random.choice(starts),
            random.choice(ends),
            random.choice((0, 0, to_days(date(2016, 1, 1)), to_days(date(2019, 1, 1)))),
            conditional=conditional,
            recognises=random.choice((*[None] * 6, *LABELS)),
        )
        decision = CONDITIONAL_DECISION if conditional else DECISION
        return body, "Labels", f"approve{kind}", label, subject, given, decision

    def _withdraw(self) -> tuple[Any, ...]:
        (body, label), (kind, subject) = self._body(), self._subject()
        return body, "Labels", f"withdraw{kind}", label, subject, DECISION

    def _exclude(self) -> tuple[Any, ...]:
        (body, label), (kind, subject), on = self._body(), self._subject(), self.random.random() < 0.5
        if kind == "Methodology":
            return body, "Labels", "setMethodologyExclusion", label, subject, on, DECISION
        activity = code_bytes32(self.random.choice(("AFOLU", "WASTE", "COOKSTOVE")))
        return body, "Labels", "setActivityTypeExclusion", label, subject, activity, on, DECISION

    def _year(self) -> tuple[str, int, int]:
        project, year = self.random.choice(self.batches)
        return ("addis" if project == 1 else "nairobi"), project, year

    def _guarantee(self) -> tuple[Any, ...]:
        (body, label), (_, project, year) = self._body(), self._year()
        return body, "Labels", "setGuarantee", label, project, year, self.random.random() < 0.6, LETTER

    def authorise(self) -> tuple[Any, ...]:
        host, project, year = self._year()
        if self.random.random() < 0.3:
            return host, "Labels", "revoke", project, year, LETTER
        of_year = [place for place, one in enumerate(self.batches, 1) if one == (project, year)]
        if self.random.random() < 0.4 and len(of_year) > 1:
            of_year.pop(self.random.randrange(len(of_year)))
        uses, cap = 2 * self.random.randint(1, 7), self.random.randint(1, 5) * 700
        return host, "Labels", "authorise", project, year, uses, cap, of_year, LETTER

    def _adjust(self) -> tuple[Any, ...]:
        host, project, year = self._year()
        return host, "Labels", "recordAdjustment", project, year, LETTER

    def _issue(self) -> tuple[Any, ...]:
        one = self.random.choice([one for one in self.years if self.batches.count(one) < 9])
        self.batches.append(one)
        return self.scene.issue(*one)


@pytest.mark.parametrize("seed", range(3))
def test_contract_and_twin_agree_on_random_histories_at_every_second(scene: Scene, seed: int) -> None:
    author = Author(scene, seed)
    first = scene.now
    author.begin()
    seconds = set[int]()
    for _ in range(40):
        acts = [author.act() for _ in range(author.random.choice((1, 1, 1, 2, 3)))]
        done = scene.say(*acts, later=author.random.choice((1, 1, 2, 60, 86_400, 2_600_000)))
        failed = [act for act, well in zip(acts, done, strict=True) if act[2] == "issue" and not well]
        assert not failed, [scene.refused(*act) for act in failed]
        seconds |= {scene.now - 1, scene.now, scene.now + 1}
        compare_views(scene, scene.histories())
    later(scene)
    seconds |= {author.random.randint(first, scene.now) for _ in range(20)} | {0, first}
    compare(scene, scene.histories(), sorted(seconds))


def compare(scene: Scene, histories: Histories, seconds: list[int]) -> None:
    batches = sorted(histories.batches)
    asked = [
        (batch, code_bytes32(label), second)
        for batch, label, second in product(batches, histories.labels, seconds)
    ]
    found, held = set[tuple[frozenset[Condition], bool]](), dict[tuple[int, int], list[str]]()
    for (batch, word, second), answer in zip(asked, scene.answers("conditions", asked), strict=True):
        verdict = evaluate(histories, batch, code_text(word), second)
        said = verdict.missing, verdict.conditional
        assert said == missing_of(answer), (batch, code_text(word), second)
        found.add(said)
        held.setdefault((batch, second), []).extend([code_text(word)] if verdict.held else [])
    assert len(found) > 10, "these histories tell too little apart"
    pairs = [(batch, second) for batch, second in held if second % 3 == 0]
    for (number, second), answer in zip(pairs, scene.answers("labelsAt", pairs), strict=True):
        words = [answer[start : start + 32] for start in range(64, len(answer), 32)]
        assert [code_text(one) for one in words] == held[number, second]
        assert [one.label for one in labels_of(histories, BatchId(number), second)] == held[number, second]
    some = asked[::7]
    for (batch, word, second), answer in zip(some, scene.answers("hasLabel", some), strict=True):
        assert evaluate(histories, batch, code_text(word), second).held is (answer[31] == 1)


def compare_views(scene: Scene, histories: Histories) -> None:
    """The index's SQL says of labels now, and of those at each retirement, what the twin says."""
    assert scene.index is not None
    with scene.index.engine.connect() as connection:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return sorted(tuple(row) for row in connection.execute(text(query)))

        [(last,)] = rows("SELECT MAX(timestamp) FROM blocks")
        held = {batch: labels_of(histories, batch, last + 1) for batch in histories.batches}
        then = {one.id: labels_of(histories, one.batch, one.time) for one in scene.index.retirements()}
        for view, found in (("batch_labels", held), ("retirement_labels", then)):
            expected = [
                (id_, one.label, int(one.conditional)) for id_, labels in found.items() for one in labels
            ]
            assert rows(f"SELECT * FROM {view}") == sorted(expected)


def retirement(scene: Scene, batch: int, purpose: Purpose, kilograms: int) -> tuple[Any, ...]:
    """By the one who holds the credits; toward its own NDC by the host country, which holds half of each."""
    name = "addis" if purpose is Purpose.HOST_NDC else "holder"
    holder = scene.teller.address(name)
    return name, "Credits", "retire", [(batch, kilograms)], holder, holder, int(purpose), bytes(32)


def lend(scene: Scene, batch: int) -> tuple[Any, ...]:
    """Part of a batch, given by its holder to the host country."""
    accounts = scene.teller.address("holder"), scene.teller.address("addis")
    return "holder", "Credits", "safeTransferFrom", *accounts, batch, 20_000, b""


def claim(
    scene: Scene, purpose: Purpose, kilograms: int, batch: int = 1, by: str | None = None
) -> Refusal | None:
    """Why contract and twin both refuse, in the latest block's second."""
    asked = list(retirement(scene, batch, purpose, kilograms))
    if by is not None:
        asked[0], asked[4], asked[5] = by, *[scene.teller.address(by)] * 2
    histories = scene.histories()
    said = refusal(histories, BatchId(batch), purpose, Kilograms(kilograms), scene.now, asked[4])
    assert scene.refused(*asked) == (said.value if said else None)
    return said


def test_cap_counts_what_was_first_transferred(scene: Scene) -> None:
    scene.done(scene.issue(1, 2021), lend(scene, 1))
    scene.done(("addis", "Labels", "authorise", 1, 2021, 0b100, 2000, [1], LETTER))
    assert claim(scene, Purpose.CORSIA_PHASE_1, 1) is Refusal.NOT_AUTHORISED
    scene.done(retirement(scene, 1, Purpose.CORSIA_PHASE_1, 1500))
    assert claim(scene, Purpose.CORSIA_PHASE_2, 500) is None
    assert claim(scene, Purpose.CORSIA_PHASE_2, 501) is Refusal.AUTHORISATION_EXCEEDED
    scene.done(("addis", "Labels", "authorise", 1, 2021, 0b100, 3000, [1], LETTER))
    assert claim(scene, Purpose.CORSIA_PHASE_1, 1500) is Refusal.NOT_AUTHORISED
    later(scene)
    assert claim(scene, Purpose.CORSIA_PHASE_1, 1500) is None
    assert claim(scene, Purpose.HOST_NDC, 1) is Refusal.HOST_USE_EXCLUDED
    assert claim(scene, Purpose.HOST_NDC, 1, by="holder") is Refusal.NOT_HOST
    scene.done(scene.issue(1, 2021))
    assert claim(scene, Purpose.CORSIA_PHASE_1, 1, batch=2) is Refusal.BATCH_NOT_AUTHORISED


def test_before_2021_nobody_is_asked_and_nothing_closes(scene: Scene) -> None:
    scene.done(scene.issue(1, 2020), lend(scene, 1))
    assert claim(scene, Purpose.HOST_NDC, 1) is Refusal.VINTAGE_BEFORE_NDC
    scene.done(retirement(scene, 1, Purpose.CORSIA_PHASE_1, 1500))
    assert claim(scene, Purpose.CORSIA_PHASE_2, 1) is None


def test_a_revocation_opens_the_year_to_the_host_at_once(scene: Scene) -> None:
    scene.done(scene.issue(1, 2021), lend(scene, 1))
    scene.done(("addis", "Labels", "authorise", 1, 2021, 0b100, 2000, [1], LETTER))
    later(scene)
    scene.done(("addis", "Labels", "revoke", 1, 2021, LETTER))
    assert claim(scene, Purpose.HOST_NDC, 1) is None
    assert claim(scene, Purpose.CORSIA_PHASE_1, 1) is Refusal.NOT_AUTHORISED


def test_purpose_that_demands_a_label_for_a_use_is_a_first_transfer(scene: Scene) -> None:
    scene.done(scene.issue(1, 2021), scene.admit("CCER", "icao", (False, False, 3, False)))
    scene.done(_demand(Purpose.NATIONAL_SCHEME, "CCER"))
    assert claim(scene, Purpose.NATIONAL_SCHEME, 1) is Refusal.LABEL_MISSING
    scene.done(("addis", "Labels", "authorise", 1, 2021, 0b1000, 2000, [1], LETTER))
    later(scene)
    assert claim(scene, Purpose.NATIONAL_SCHEME, 2000) is None
    assert claim(scene, Purpose.NATIONAL_SCHEME, 2001) is Refusal.AUTHORISATION_EXCEEDED
    assert claim(scene, Purpose.CORSIA_PHASE_1, 1) is Refusal.NOT_AUTHORISED
    assert claim(scene, Purpose.OTHER, 2001) is None


def test_contract_and_twin_refuse_the_same_claims(scene: Scene) -> None:
    """I8, asked in the very second of what was said, and in the next."""
    author = Author(scene, 103, years=[(1, 2020), (1, 2021)])
    author.begin()
    random, found, lent = author.random, set[str | None](), set[int]()
    for _ in range(100):
        claim = random.randint(1, len(author.batches)), random.choice(CLAIMED), random.randint(1, 3000)
        demand = random.choice((*[None] * 6, *LABELS))
        acts = (
            author.act,
            author.authorise,
            partial(retirement, scene, *claim),
            partial(_demand, random.choice(CLAIMED), demand),
        )
        scene.say(random.choices(acts, (2, 5, 7, 2))[0]())
        if new := set(scene.histories().batches) - lent:
            scene.done(*(lend(scene, batch) for batch in sorted(new)))
            lent |= new
        for _ in range(2):
            histories = scene.histories()
            for batch, purpose in product(random.sample(list(histories.batches), 2), CLAIMED):
                kilograms = Kilograms(random.randint(1, 3000))
                asked = retirement(scene, batch, purpose, kilograms)
                if purpose is Purpose.HOST_NDC and random.random() < 0.2:
                    asked = retirement(scene, batch, Purpose.OTHER, kilograms)
                    asked = (*asked[:6], int(purpose), asked[7])
                said = refusal(histories, batch, purpose, kilograms, scene.now, asked[4])
                refused = scene.refused(*asked)
                assert refused == (said.value if said else None), (batch, purpose, kilograms)
                found.add(refused)
            scene.done(later=1)
    compare_views(scene, scene.histories())
    assert found == {None, *(one.value for one in Refusal)}


def _demand(purpose: Purpose, label: str | None) -> tuple[Any, ...]:
    word = code_bytes32(label) if label else bytes(32)
    return "governor", "Labels", "demandLabel", int(purpose), word
