"""A file as large as all programmes' exports together, written from the grammars: nothing in it is real."""

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

HEADER = (
    *("Issuance Date", "Sustainable Development Goals", "Vintage Start", "Vintage End", "ID", "Name"),
    *("Country/Area", "Project Type", "Methodology", "Total Vintage Quantity", "Quantity Issued"),
    *("Serial Number", "Additional Certifications", "Retirement/Cancellation Date"),
    *("Retirement Beneficiary", "Retirement Reason", "Retirement Details"),
)
_GOALS = "08: Decent Work and Economic Growth; 13: Climate Action"
_BLOCKS_OF_A_BATCH = 20


def rows(count: int, *, seed: int = 1) -> Iterator[list[object]]:
    """Sound rows of VCS: nine of ten blocks are retired, and a seventh has the legacy form."""
    random_ = random.Random(seed)
    next_serial = {"VCS-VCU": 1, "VCU": 1}
    for number in range(count):
        tonnes = random_.choice((1, random_.randint(1, 400), random_.randint(1, 40_000)))
        project, year = random_.randint(1, 5_200), random_.randint(2010, 2023)
        family = "VCU" if number % 7 == 0 else "VCS-VCU"
        first = next_serial[family]
        next_serial[family] += tonnes
        issuer = "MER" if family == "VCU" else "VER"
        serial = (
            f"{number // _BLOCKS_OF_A_BATCH + 1}-{first}-{first + tonnes - 1}-{family}-"
            f"{random_.randint(100, 1600)}-{issuer}-BR-{random_.randint(1, 15)}-{project}-"
            f"0101{year}-3112{year}-{number % 2}"
        )
        issued = date(year + 1, 1, 1) + timedelta(random_.randint(0, 600))
        ended = issued + timedelta(random_.randint(0, 900))
        retired = number % 10 > 0
        claim = [f"Company {number % 777} Ltd", "Environmental Benefit", f"For the use of year {year}"]
        yield [
            *(issued, _GOALS, f"{year}-01-01", f"{year}-12-31", project, f"Project {project}, on a river"),
            *("Brazil", "Energy industries (renewable/non-renewable sources)", "ACM0002"),
            *(f"{tonnes * _BLOCKS_OF_A_BATCH:,}", f"{tonnes:,}", serial, "" if number % 3 else "CCB-Gold"),
            *([ended, *claim] if retired else ["", "", "", ""]),
        ]


def write(path: Path, count: int) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows(count))
    return path
