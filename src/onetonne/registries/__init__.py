"""Programme registries' exports: read into rows, with every defect told by file and row.

`check` reads any number of files and compares their blocks; `read` reads one. A new export is a new file in
`layouts/`; a new programme is a module with the verbs of `vcs` and `acr`.
"""

from onetonne.registries.check import check
from onetonne.registries.defects import Defect, DefectKind, Note
from onetonne.registries.export import Export, read
from onetonne.registries.layout import layouts
from onetonne.registries.report import CheckReport, FileReport, TonnesReport
from onetonne.registries.rows import (
    CancellationRow,
    CreditRow,
    IssuanceRow,
    Methodology,
    Origin,
    ProjectRow,
    RetirementRow,
    Row,
)

__all__ = [
    "CancellationRow",
    "CheckReport",
    "CreditRow",
    "Defect",
    "DefectKind",
    "Export",
    "FileReport",
    "IssuanceRow",
    "Methodology",
    "Note",
    "Origin",
    "ProjectRow",
    "RetirementRow",
    "Row",
    "TonnesReport",
    "check",
    "layouts",
    "read",
]
