"""The lists of mutants: they follow the contracts and the proofs."""

import pytest
from mutants import ROOT, Mutant, find_proofs, read_mutants


def test_every_proof_has_a_mutant() -> None:
    assert {mutant.proof for mutant in read_mutants("proofs")} == find_proofs()


@pytest.mark.parametrize("mutant", read_mutants("forge") + read_mutants("proofs"))
def test_mutant_changes_one_place_of_a_contract(mutant: Mutant) -> None:
    assert (ROOT / mutant.file).read_text().count(mutant.before) == 1
    assert mutant.before != mutant.after
