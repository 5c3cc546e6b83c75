"""Words of the command line for what the contracts number."""

from collections.abc import Iterable
from enum import StrEnum

from onetonne.terms import CancellationKind, Kilograms, Purpose, Rule, Serial, Use


class PurposeWord(StrEnum):
    """What a retirement is used for."""

    VOLUNTARY = "voluntary"
    CORSIA_PHASE_1 = "corsia-1"
    CORSIA_PHASE_2 = "corsia-2"
    HOST_NDC = "host-ndc"
    NATIONAL_SCHEME = "national-scheme"
    OTHER = "other"

    @property
    def purpose(self) -> Purpose:
        return Purpose[self.name]


class KindWord(StrEnum):
    """Why a holder removes credits without a claim. Reversals are the programme's to record.

    `corsia` is a programme's word for what is a claim here: `cancel` answers it with how to make that.
    """

    VOLUNTARY = "voluntary"
    CORSIA = "corsia"
    CONVERSION = "conversion"
    ERROR = "error"
    AT_SOURCE = "at-source"

    @property
    def kind(self) -> CancellationKind:
        return CancellationKind[self.name]


class UseWord(StrEnum):
    """What a host country authorises, as Article 6 abbreviates it."""

    NDC = "ndc"
    INTERNATIONAL_MITIGATION = "imp"
    OTHER_PURPOSES = "op"

    @property
    def use(self) -> Use:
        return Use[self.name]


_USES = {
    Use.NDC: "another country's NDC",
    Use.INTERNATIONAL_MITIGATION: "international mitigation",
    Use.OTHER_PURPOSES: "other purposes",
}


def use_in_words(use: Use) -> str:
    """Such as `international mitigation`."""
    return _USES[use]


def uses_in_words(uses: Iterable[Use]) -> str:
    return ", ".join(use_in_words(use) for use in sorted(uses))


def rule_in_words(rule: Rule) -> str:
    """What a framework asks, for a sentence that begins with "asks for"."""
    asked = ["an approved programme"] if rule.by_programme else []
    asked += ["an approved methodology version"] if rule.by_methodology else []
    if rule.use is not None:
        asked.append(f"the host country's authorisation for {use_in_words(rule.use)}")
        asked += ["a corresponding adjustment or guarantee"] if rule.adjusted else []
    return ", ".join(asked) or "nothing but that nothing is excluded"


def purpose_words(purposes: Iterable[Purpose]) -> list[str]:
    """As `retire --purpose` takes them."""
    return [PurposeWord[purpose.name].value for purpose in sorted(purposes)]


def serials_in_words(first: Serial, last: Serial, of_first: Kilograms, of_last: Kilograms) -> str:
    """Exact serial numbers as people copy them: `941467007 and 500 kg of 941467008`."""
    if first == last:
        return str(first) if of_first == 1000 else f"{of_first} kg of {first}"
    parts = [str(first) if of_first == 1000 else f"{of_first} kg of {first}"]
    parts += [str(last) if of_last == 1000 else f"{of_last} kg of {last}"]
    return " to ".join(parts) if last - first > 1 or of_first == of_last == 1000 else " and ".join(parts)
