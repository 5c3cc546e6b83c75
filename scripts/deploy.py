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
    roles = {name: os.environ.get(f"ONETONNE_{name.upper()}") for name in ("governance", "regulator")}
    accounts = {name: environment.account(given) for name, given in roles.items() if given}
    deployment = deploy(chain, signer, home=home(), **accounts)
    print(f"Credits is at {deployment.addresses['Credits']} on chain {deployment.chain_id}.")


if __name__ == "__main__":
    main()
