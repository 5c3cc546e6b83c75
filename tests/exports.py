"""Export files for tests: written from the programmes' forms, or found beside the repository."""

import csv
import io
import os
from pathlib import Path

import pytest

from onetonne.registries import layouts

FIXTURES = Path(__file__).parent / "fixtures"
VCS_HEADER = [
    "Issuance Date",
    "Vintage Start",
    "Vintage End",
    "ID",
    "Name",
    "Quantity Issued",
    "Serial Number",
    "Retirement/Cancellation Date",
    "Retirement Beneficiary",
    "Retirement Reason",
    "Retirement Details",
]


def vcs_row(first: int, last: int, **cells: str) -> dict[str, str]:
    """A sound, live row; `cells` replaces some of it."""
    return {
        "Issuance Date": "2024-05-14",
        "Vintage Start": "2022-01-01",
        "Vintage End": "2022-12-31",
        "ID": "9101",
        "Name": "Turkwel Valley Clean Cooking Programme",
        "Quantity Issued": f"{last - first + 1:,}",
        "Serial Number": f"21001-{first}-{last}-VCS-VCU-2001-VER-KE-3-9101-01012022-31122022-0",
    } | cells


def write_vcs(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, VCS_HEADER, restval="", delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_layout(path: Path, name: str, *rows: dict[str, str]) -> Path:
    """A file in a layout that the package knows, by its name: cells by our names of the fields."""
    layout = next(one for one in layouts() if one.name == name)
    header = {field: column.names[0] for field, column in layout.columns.items()}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header.values())
        writer.writerows([row.get(field, "") for field in header] for row in rows)
    return path


def real_file(name: str) -> Path:
    """A programme's real export; the test is skipped where there is none."""
    beside = Path(__file__).parents[1].parent / "shared" / "data"
    path = Path(os.environ.get("ONETONNE_REGISTRY_DATA", beside)) / name
    if not path.is_file():
        pytest.skip(f"no real export {name}: set ONETONNE_REGISTRY_DATA to a folder that holds it")
    return path
