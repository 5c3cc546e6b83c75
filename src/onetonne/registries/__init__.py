"""Programme registries' exports: read into rows, with every defect told by file and row.

`check` reads any number of files and compares their blocks; `read` reads one. A new export is a new file in
`layouts/`, and no code. Rows are kept in columns: `accepted` and `rows` make dataclasses of them when asked.
"""

from onetonne.registries.batches import Batches, IssuedGroup, RebuiltBatch
from onetonne.registries.check import check
from onetonne.registries.defects import Defect, DefectKind, Note
from onetonne.registries.export import Export, read
from onetonne.registries.layout import layouts
from onetonne.registries.report import CheckReport, FileReport, TonnesReport
from onetonne.registries.rows import (
    CancellationRow,
    CreditRow,
    IssuanceRow,
    LabelFact,
    Methodology,
    Origin,
    ProjectRow,
    RetirementRow,
    Row,
)
from onetonne.registries.snapshots import Change, ChangeKind, Comparison

__all__ = [
    "Batches",
    "CancellationRow",
    "Change",
    "ChangeKind",
    "CheckReport",
    "Comparison",
    "CreditRow",
    "Defect",
    "DefectKind",
    "Export",
    "FileReport",
    "IssuanceRow",
    "IssuedGroup",
    "LabelFact",
    "Methodology",
    "Note",
    "Origin",
    "ProjectRow",
    "RebuiltBatch",
    "RetirementRow",
    "Row",
    "TonnesReport",
    "check",
    "layouts",
    "read",
]
