"""Words of the command line for what the contracts number."""

from enum import StrEnum

from onetonne.terms import CancellationKind, Kilograms, Purpose, Serial


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
    """Why a holder removes credits without a claim. Reversals are the programme's to record."""

    VOLUNTARY = "voluntary"
    CORSIA = "corsia"
    CONVERSION = "conversion"
    ERROR = "error"
    AT_SOURCE = "at-source"

    @property
    def kind(self) -> CancellationKind:
        return CancellationKind[self.name]


def serials_in_words(first: Serial, last: Serial, of_first: Kilograms, of_last: Kilograms) -> str:
    """Exact serial numbers as people copy them: `941467007 and 500 kg of 941467008`."""
    if first == last:
        return str(first) if of_first == 1000 else f"{of_first} kg of {first}"
    parts = [str(first) if of_first == 1000 else f"{of_first} kg of {first}"]
    parts += [str(last) if of_last == 1000 else f"{of_last} kg of {last}"]
    return " to ".join(parts) if last - first > 1 or of_first == of_last == 1000 else " and ".join(parts)
