"""The verbs of the ledger, typed in, typed out.

`Ledger(chain, deployment)` joins what programmes, projects, labels, credits, redemptions, shortfalls,
signed orders and the regulator do.
Every verb that sends takes a `signer`, and `dry_run=True` to only try it; it returns ids and what was sent,
and raises `Reverted`, whose text says in one sentence why a contract refused. Reading needs no signer.
"""

from onetonne.ledger import results
from onetonne.ledger.credits import CreditVerbs
from onetonne.ledger.labels import LabelVerbs
from onetonne.ledger.orders import OrderVerbs
from onetonne.ledger.programmes import ProgrammeVerbs
from onetonne.ledger.projects import ProjectVerbs
from onetonne.ledger.redemptions import RedemptionVerbs
from onetonne.ledger.regulation import RegulationVerbs
from onetonne.ledger.shortfalls import ShortfallVerbs
from onetonne.ledger.typed_data import custody_hash

__all__ = ["Ledger", "custody_hash", "results"]


class Ledger(
    ProgrammeVerbs,
    ProjectVerbs,
    LabelVerbs,
    CreditVerbs,
    RedemptionVerbs,
    ShortfallVerbs,
    OrderVerbs,
    RegulationVerbs,
):
    """One deployment on one chain. Raises `DeploymentError` where its contracts are not there."""
