"""Whatever the damage: our own errors, or every row accepted or refused. ONETONNE_FUZZ=full does far more."""

import os
import random
from collections.abc import Callable
from pathlib import Path

import made_exports
import pytest

from onetonne.errors import FileError, SerialError
from onetonne.registries import check
from onetonne.registries.layout import layouts
from onetonne.serials import format, parse

FULL = os.environ.get("ONETONNE_FUZZ") == "full"
SERIALS = 1_000_000 if FULL else 5_000
FILES = 20_000 if FULL else 150
SEED = int(os.environ.get("ONETONNE_FUZZ_SEED", "1"))

SOUND = (
    "19385-941467007-941467431-VCS-VCU-1507-VER-ET-14-1340-01012020-31122020-1",
    "8160-461651645-461651984-VCU-009-MER-CN-14-1847-15042017-14042019-1",
    "19902-1139690318-1139925921-VCS-VCU-500-VER-US-3352-01012024-31122024-0",
    "GS1-1-KE-GS11603-16-2025-30256-110-5463",
    "ACR-FR-1129-2025-2917-30932 to 35143",
    "CAR-ROC-US-1152-105-431-NY-2024-9445-1 to 18101",
    "FCPF-CI-130-2023-20-1 to 46404",
    "RW-5-563732-2-2-0-6207 - RW-5-586300-2-2-0-6207",
)
CHARACTERS = "0123456789-ABCGSUVXZ to_\u00a0\u00c2\u200b\u2013\ud800\u0663\n\t\0é"
BYTES = b'",;\n\r\t\0\x01\x1c\x85\xa0\xc2\xe9\xff-/ 0a[{}]:'


def _damaged(text: str, random_: random.Random) -> str:
    for _ in range(random_.randint(1, 4)):
        at, kind = random_.randint(0, len(text)), random_.randrange(6)
        if kind == 0:
            text = text[:at] + random_.choice(CHARACTERS) + text[at + 1 :]
        elif kind == 1:
            text = text[:at] + random_.choice(CHARACTERS) + text[at:]
        elif kind == 2:
            text = text[:at] + text[at + random_.randint(1, 5) :]
        elif kind == 3:
            text = text[:at] + text[max(0, at - random_.randint(1, 9)) :]
        elif kind == 4:
            parts = text.split("-")
            random_.shuffle(parts)
            text = "-".join(parts)
        else:
            text = text.lower() if random_.random() < 0.5 else text[::-1]
    return text


def test_parse_raises_only_serial_error_however_damaged() -> None:
    random_ = random.Random(SEED)
    for _ in range(SERIALS):
        text = _damaged(random_.choice(SOUND), random_)
        stopped: int | None = None
        try:
            parsed = parse(text)
        except SerialError as error:
            stopped = error.position
        if stopped is not None:
            assert 0 <= stopped <= len(text)
            continue
        again = parse(format(parsed))
        assert again.block == parsed.block
        assert format(again) == format(parsed)


def _swap_columns(data: bytes, random_: random.Random) -> bytes:
    lines = [line.split(b",") for line in data.split(b"\r\n")]
    one, other = (random_.randrange(len(lines[0])) for _ in range(2))
    for cells in lines[random_.randrange(2) :]:
        if max(one, other) < len(cells):
            cells[one], cells[other] = cells[other], cells[one]
    return b"\r\n".join(b",".join(cells) for cells in lines)


def _flip(data: bytes, random_: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(random_.randint(1, 12)):
        at = random_.randrange(len(found))
        found[at] = random_.choice(BYTES) if random_.random() < 0.7 else random_.randrange(256)
    return bytes(found)


def _insert(data: bytes, random_: random.Random) -> bytes:
    at = random_.randrange(len(data))
    return data[:at] + bytes(random_.choices(BYTES, k=random_.randint(1, 6))) + data[at:]


def _cut(data: bytes, random_: random.Random) -> bytes:
    at = random_.randrange(len(data))
    return data[:at] if random_.random() < 0.5 else data[:at] + data[at + random_.randint(1, 200) :]


def _repeat(data: bytes, random_: random.Random) -> bytes:
    lines = data.split(b"\n")
    return b"\n".join(random_.choices(lines, k=len(lines)))


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (_swap_columns, _flip, _insert, _cut, _repeat)


@pytest.fixture(scope="module")
def originals() -> list[bytes]:
    """Each layout's rows in each form of file."""
    found: list[bytes] = []
    for layout in layouts():
        rows = made_exports.rows(layout, 6)
        found += [made_exports.csv_bytes(rows, encoding) for encoding in ("utf-8-sig", "cp1252", "utf-16")]
        found += [made_exports.csv_bytes(rows, delimiter=";"), made_exports.json_bytes(rows, "data")]
        found += [made_exports.json_bytes(rows), made_exports.xlsx_bytes(rows)]
    return found


def test_originals_are_sound(tmp_path: Path, originals: list[bytes]) -> None:
    for number, data in enumerate(originals):
        path = tmp_path / f"{number}.txt"
        path.write_bytes(data)
        report = check([path])
        assert (report.rows, report.defects) == (6, ()), data[:200]


def test_check_raises_only_file_error_however_damaged(tmp_path: Path, originals: list[bytes]) -> None:
    random_ = random.Random(SEED)
    path = tmp_path / "damaged.txt"
    read = 0
    for _ in range(FILES):
        data = random_.choice(originals)
        for _ in range(random_.randint(1, 3)):
            data = random_.choice(DAMAGES)(data, random_) or b"?"
        path.write_bytes(data)
        try:
            report = check([path])
        except FileError:
            continue
        read += 1
        file = report.files[0]
        assert file.rows == file.accepted + file.refused
        assert len(report.accepted) == file.accepted
        assert len({defect.origin for defect in report.defects}) == file.refused
    assert read > FILES // 10
