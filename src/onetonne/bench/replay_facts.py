"""What the voluntary market looks like, in figures: what a made-up one is drawn from.

Numbers of projects, issuances and retirements are those that the programmes showed in mid-2026. Median and
mean of the sizes were measured on samples of their public files (6,442 issuances of GS, 6,761 retirements of
ACR and CAR, some hundred rows of each of the others), and adjusted to the sums that are published: 2.555
billion tonnes issued and 1.462 billion retired by December 2025.
"""

import math
from dataclasses import dataclass
from random import Random

from onetonne.terms import KILOGRAMS_PER_TONNE

ISSUANCES, RETIREMENTS, TRANSFERS = 65_000, 350_000, 200_000
"""The whole market. Transfers within programme registries are not public: a guess."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Quantities in tonnes: a lognormal distribution by its median and its mean, cut at its largest."""

    median: int
    mean: int
    largest: int

    def tonnes(self, random: Random) -> int:
        spread = math.sqrt(2 * math.log(self.mean / self.median))
        drawn = random.lognormvariate(math.log(self.median), spread)
        return max(1, min(self.largest, round(drawn)))


@dataclass(frozen=True, slots=True)
class MethodologyFacts:
    code: str
    activity_type: str
    buffer_share: int = 0
    """Basis points."""
    has_ccp: bool = False


@dataclass(frozen=True, slots=True)
class ProgrammeFacts:
    """Numbers of the whole market; a smaller one has each in proportion."""

    code: str
    issuances: int
    retirements: int
    projects: int
    issued: Sizes
    retired: Sizes
    countries: tuple[str, ...]
    methodologies: tuple[MethodologyFacts, ...]


PROGRAMMES = (
    ProgrammeFacts(
        "VCS",
        issuances=19_521,
        retirements=305_145,
        projects=5_245,
        issued=Sizes(11_000, 66_000, 14_900_000),
        retired=Sizes(170, 3_700, 2_000_000),
        countries=("IN", "CN", "BR", "KE", "ID", "PE", "TR", "US", "KH", "ET"),
        methodologies=(
            MethodologyFacts("ACM0002", "ENERGY"),
            MethodologyFacts("VM0048", "AFOLU", 1_500, has_ccp=True),
            MethodologyFacts("VM0015", "AFOLU", 1_200),
            MethodologyFacts("VM0047", "AFOLU", 1_000, has_ccp=True),
            MethodologyFacts("VMR0006", "STOVES"),
            MethodologyFacts("ACM0001", "WASTE", has_ccp=True),
        ),
    ),
    ProgrammeFacts(
        "GS",
        issuances=36_931,
        retirements=23_047,
        projects=4_141,
        issued=Sizes(7_453, 23_447, 1_400_000),
        retired=Sizes(298, 5_000, 350_000),
        countries=("IN", "CN", "KE", "TR", "UG", "RW", "VN", "GH"),
        methodologies=(
            MethodologyFacts("TPDDTEC", "STOVES"),
            MethodologyFacts("MMECD", "STOVES", has_ccp=True),
            MethodologyFacts("ACM0002", "ENERGY"),
            MethodologyFacts("AR-GS", "AFOLU", 2_000),
        ),
    ),
    ProgrammeFacts(
        "CAR",
        issuances=5_170,
        retirements=11_044,
        projects=1_277,
        issued=Sizes(22_287, 60_000, 1_400_000),
        retired=Sizes(772, 10_325, 2_600_000),
        countries=("US", "MX"),
        methodologies=(
            MethodologyFacts("FOREST", "AFOLU", 1_600),
            MethodologyFacts("LANDFILL", "WASTE", has_ccp=True),
        ),
    ),
    ProgrammeFacts(
        "ACR",
        issuances=3_358,
        retirements=10_724,
        projects=994,
        issued=Sizes(49_660, 77_497, 1_700_000),
        retired=Sizes(772, 10_325, 2_600_000),
        countries=("US", "FR", "CA"),
        methodologies=(
            MethodologyFacts("IFM", "AFOLU", 1_800, has_ccp=True),
            MethodologyFacts("ODS", "INDUSTRIAL", has_ccp=True),
        ),
    ),
    ProgrammeFacts(
        "ART",
        issuances=20,
        retirements=40,
        projects=30,
        issued=Sizes(4_000_000, 5_665_693, 9_700_000),
        retired=Sizes(46_404, 52_625, 100_000),
        countries=("GY", "CI", "GH"),
        methodologies=(MethodologyFacts("TREES", "AFOLU", 500, has_ccp=True),),
    ),
)

ISSUANCES_A_VERIFICATION = 2.2
"""On average: 6,442 rows of GS state 2,905 monitoring periods."""
KILOGRAMS_OF_PARTS = 0.05
"""Share of retirements that are no whole tonnes: registries have none, tokens do."""


def geometric(random: Random, mean: float) -> int:
    """1 or more, with this mean."""
    count = 1
    while random.random() > 1 / mean:
        count += 1
    return count


def retired_kilograms(facts: ProgrammeFacts, random: Random) -> int:
    kilograms = facts.retired.tonnes(random) * KILOGRAMS_PER_TONNE
    return random.randint(1, kilograms) if random.random() < KILOGRAMS_OF_PARTS else kilograms
