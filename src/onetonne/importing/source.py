"""The file that an import starts from: its sound rows, its defects, and a hash that names it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from eth_utils.crypto import keccak

from onetonne import registries
from onetonne.errors import FileError
from onetonne.importing.remainders import read_ended, remainders
from onetonne.registries import CheckReport
from onetonne.registries.rows import CreditRow, Origin, ProjectRow
from onetonne.terms import Tonnes


@dataclass(frozen=True, slots=True)
class Source:
    """An export of credits, checked. `tonnes` holds each legible quantity by its row, sound or not."""

    path: str
    hash: bytes
    """keccak256 of the file's bytes."""
    report: CheckReport
    rows: tuple[CreditRow, ...]
    tonnes: Mapping[int, Tonnes]
    projects: Mapping[str, ProjectRow]
    """What a second export, of the programme's projects, says of them; by project id."""
    ended: Mapping[Origin, Tonnes]
    """Tonnes that were issued in a row and have ended since, by other files."""

    @property
    def name(self) -> str:
        """The file's name without its folder: this goes on chain."""
        return Path(self.path).name


def read_source(
    path: str | PathLike[str],
    projects: str | PathLike[str] | None = None,
    ended: Sequence[str | PathLike[str]] = (),
) -> Source:
    """`ended` are the programme's retirements and cancellations: what the file says was issued, and they do
    not have, is live. Raises `FileError` where a file as a whole can't be used, or holds no credits.
    """
    report = registries.check([path] if projects is None else [path, projects])
    name = report.files[0].path
    rows = tuple(row for row in report.accepted if isinstance(row, CreditRow))
    if report.files[0].kind == "projects":
        raise FileError(
            path, "it lists projects, not credits; give it as --projects with an export of credits"
        )
    if projects is not None and report.files[1].kind != "projects":
        raise FileError(projects, "it is no list of projects; import it by itself")
    left = remainders(rows, read_ended(ended)) if ended else []
    return Source(
        path=name,
        hash=keccak(Path(path).read_bytes()),
        report=report,
        rows=tuple(part for one in left for part in one.parts) if ended else rows,
        ended={one.row.origin: one.ended for one in left if one.ended},
        tonnes=registries.read(path).tonnes,
        projects={row.project_id: row for row in report.accepted if isinstance(row, ProjectRow)},
    )
