"""Putting the contracts on a chain, and remembering where they are: one manifest a chain.

    deployment = deploy(chain, signer, governance=..., regulator=..., home=...)
    Deployment.load(home, chain_id)

A factory creates the contracts, which refer to each other by immutables. Their addresses follow from the
deploying account and a salt alone, and are known before the first transaction.
"""

from onetonne.deploy.contracts import CONTRACTS
from onetonne.deploy.manifest import Deployment, Transaction
from onetonne.deploy.running import SHORTEST_DELAY, deploy

__all__ = ["CONTRACTS", "SHORTEST_DELAY", "Deployment", "Transaction", "deploy"]
