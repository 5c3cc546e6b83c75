"""Deploys the contracts. ONETONNE_GOVERNANCE and ONETONNE_REGULATOR name who governs; else the signer does.

    ONETONNE_FROM=council python scripts/deploy.py          the chain in ONETONNE_RPC, or the local one
    ONETONNE_FROM=council brownie run scripts/deploy        the network that brownie is connected to

`onetonne.environment` says which variables name home, node and key.
"""

import os

from onetonne import environment
from onetonne.deploy import deploy
from onetonne.home import home


@environment.script
def main() -> None:
    chain, signer = environment.chain(), environment.signer()
    names = (os.environ.get("ONETONNE_GOVERNANCE"), os.environ.get("ONETONNE_REGULATOR"))
    governance, regulator = (environment.account(name) if name else None for name in names)
    deployment = deploy(chain, signer, governance=governance, regulator=regulator, home=home())
    print(f"Credits is at {deployment.addresses['Credits']} on chain {deployment.chain_id}.")


if __name__ == "__main__":
    main()
