"""What a short program is told by its environment: chain, deployment, who signs, values of its own.

    @script
    def main() -> None:
        to = environment.account(environment.value("ONETONNE_TO", "who gets them"))
        environment.ledger().transfer(BatchId(1), Kilograms(1500), to, signer=environment.signer())

ONETONNE_HOME names the home. ONETONNE_NETWORK names the chain by its profile; its node's URL is ONETONNE_RPC,
else the profile's variable. ONETONNE_RPC alone takes any chain; without either it is the home's local chain.
ONETONNE_CREDITS names a Credits contract, else it is the home's deployment. ONETONNE_FROM names the keystore
that signs, opened with ONETONNE_PASSPHRASE_FILE or ONETONNE_PASSPHRASE; without it, ONETONNE_KEY holds the
private key, or ONETONNE_SIGNER the URL of a signer. What another run is sending, or did in the last ten
minutes, is not done once more unless ONETONNE_AGAIN is set.
"""

import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path

from onetonne import networks
from onetonne.chain import Chain, LocalChain, Signer, checked_address, connect, keystores, signer_from_env
from onetonne.chain.remote_signing import remote_signer
from onetonne.chain.signing import has_key_in_env
from onetonne.deploy import Deployment
from onetonne.errors import BadInput, ChainError, MissingKey, OnetonneError, SignerError, quoted
from onetonne.home import home
from onetonne.ledger import Ledger
from onetonne.terms import Address


def script(main: Callable[[], None]) -> Callable[[], None]:
    """`main`, ending the program with one sentence and exit code 1 where it raises an `OnetonneError`."""

    @wraps(main)
    def run() -> None:
        try:
            main()
        except OnetonneError as problem:
            sys.exit(f"Error: {problem}")

    return run


def value(variable: str, what: str, default: str | None = None) -> str:
    """A variable's value. Raises `BadInput` where it is not set and has no default; `what` is told."""
    found = os.environ.get(variable, "").strip() or default
    if found is None:
        raise BadInput(f"Set {variable}: {what}.")
    return found


def number(variable: str, what: str) -> int:
    """As `value`, for a whole number."""
    found = value(variable, what)
    if not found.isdecimal():
        raise BadInput(f"{variable} is {quoted(found)}, and must be a number: {what}.")
    return int(found)


def chain() -> Chain:
    """Connect to brownie's network under `brownie run`, else to ONETONNE_RPC, else to the local chain.

    ONETONNE_NETWORK names the chain that it must be, and the variable with its node's URL. Raises
    `ChainError`, and `BadInput` for an unknown name.
    """
    found = _connected()
    if os.environ.get("ONETONNE_AGAIN"):
        found.outbox.ask = lambda entry: True
    found.outbox.catch_up()
    return found


def _connected() -> Chain:
    url = _brownies_node() or os.environ.get("ONETONNE_RPC")
    name = os.environ.get("ONETONNE_NETWORK")
    network = networks.named(name, home()) if name else None
    chain_id = network.chain_id if network else None
    if network is not None and network.name != "local":
        url = networks.node_url(network, url)
    if url:
        return connect(url, chain_id, home=home(), network=network)
    running = LocalChain(home()).status()
    if running is None:
        raise ChainError(
            f"No chain is named, and none runs in {home()}: set ONETONNE_RPC, or run `onetonne chain up`."
        )
    return connect(running.url, chain_id, home=home(), network=network)


def ledger() -> Ledger:
    """The deployment on that chain. Raises `DeploymentError`."""
    found = chain()
    credits = os.environ.get("ONETONNE_CREDITS")
    if credits:
        return Ledger(found, Deployment.of(found, checked_address(credits)))
    return Ledger(found, Deployment.load(home(), found.chain_id))


def signer() -> Signer:
    """Return the account in ONETONNE_FROM, else the one of the environment. Raises `SignerError`.

    Where ONETONNE_SIGNER is set, an address is an account of that signer.
    """
    name = os.environ.get("ONETONNE_FROM") or None
    remote = remote_signer(name)
    if remote is not None:
        return remote
    if name is None:
        if not has_key_in_env():
            raise MissingKey("Nobody signs: set ONETONNE_FROM to a keystore's name, or ONETONNE_KEY.")
        return signer_from_env()
    keystore = keystores.find(home(), name)
    if keystore.warning:
        print(keystore.warning, file=sys.stderr)
    passphrase = keystores.passphrase_from_env()
    if passphrase is None:
        raise SignerError(f"Set ONETONNE_PASSPHRASE_FILE to a file with the passphrase of {keystore.name}.")
    return keystore.unlock(passphrase)


def account(name_or_address: str, folder: Path | None = None) -> Address:
    """Return an address as it stands, or that of a keystore. Raises `AddressError` and `SignerError`."""
    text = name_or_address.strip()
    if text.lower().startswith("0x"):
        return checked_address(text)
    keystore = keystores.find(folder or home(), text)
    if keystore.address is None:
        raise MissingKey(f"The file of key {keystore.name} does not have its address: give the address.")
    return keystore.address


def _brownies_node() -> str | None:
    """The node that brownie is connected to, where brownie runs this: it is met here, never imported."""
    brownie = sys.modules.get("brownie")
    provider = getattr(getattr(brownie, "web3", None), "provider", None)
    url = getattr(provider, "endpoint_uri", None)
    return None if url is None else str(url)
