"""What the commands of one line share: the home, the chain, the deployment, and who signs."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from onetonne.cli.output import moment, progress, remark
from onetonne.errors import BadInput, ChainError, DeploymentError, MissingKey, SignerError
from onetonne.home import index_path
from onetonne.terms import Address

if TYPE_CHECKING:
    from onetonne.chain import Chain, KeySigner, LocalChain, Signer
    from onetonne.chain.journal import Entry
    from onetonne.chain.keystores import Keystore
    from onetonne.deploy import Deployment
    from onetonne.index import Index
    from onetonne.index.listings import Listings
    from onetonne.ledger import Ledger
    from onetonne.networks import Network


@dataclass
class Session:
    """Made by the root command; a command takes it from its context with `session_of`."""

    home: Path
    rpc: str | None
    expected_chain_id: int | None
    credits: str | None = None
    """Address of a Credits contract, for who has no manifest of its deployment."""
    again: bool = False
    """Whether what is under way, or was done just before, is done once more without a question."""
    network_name: str | None = None
    dry_run: bool = False
    """Whether nothing is signed: then no passphrase is asked for."""
    _signers: dict[str, Signer] = field(default_factory=dict, repr=False)

    @cached_property
    def local(self) -> LocalChain:
        from onetonne.chain import LocalChain

        return LocalChain(self.home)

    @cached_property
    def chain(self) -> Chain:
        """Raises `NodeUnreachable`, `WrongChain`, and `ChainError` where no chain is named and none is up."""
        chain = self.connected()
        chain.node.tell = remark
        chain.outbox.ask = self._asked_again
        chain.outbox.catch_up()
        return chain

    def connected(self) -> Chain:
        """Connect, without looking up what was sent before. Errors as `chain`."""
        from onetonne.chain import connect

        network = self.network if self.network_name is not None else None
        expected = network.chain_id if network else self.expected_chain_id
        if network is not None and not self._local_named:
            return connect(self.rpc_of(network), expected, home=self.home, network=network)
        if self.rpc:
            return connect(self.rpc, expected, home=self.home, network=network)
        running = self.local.status()
        if running is None:
            raise ChainError(
                f"No chain is named, and no local one runs in {self.home}: "
                "run `onetonne chain up`, or give --rpc URL."
            )
        return connect(running.url, expected, home=self.home, network=network)

    @property
    def _local_named(self) -> bool:
        return self.network_name in (None, "local")

    @cached_property
    def network(self) -> Network:
        """The profile that --network names. Raises `BadInput`, also where --chain-id contradicts it."""
        from onetonne.networks import named

        network = named(self.network_name or "local", self.home)
        if self.expected_chain_id not in (None, network.chain_id):
            raise BadInput(
                f"Network {network.name} is chain {network.chain_id}, and --chain-id says "
                f"{self.expected_chain_id}: leave one of them out."
            )
        return network

    def rpc_of(self, network: Network) -> str:
        """The URL of a network's node: --rpc, else the network's variable. Raises `ChainError`."""
        from onetonne.networks import node_url

        return node_url(network, self.rpc)

    def _asked_again(self, entry: Entry) -> bool:
        """Whether the same act is to be done once more: --again, or what a person answers."""
        if self.again or not (sys.stdin.isatty() and sys.stderr.isatty()):
            return self.again
        remark(
            f"The same was signed at {moment(int(entry.time))} as transaction {entry.hash} ({entry.state})."
        )
        return typer.confirm("Do it once more?", err=True)

    @cached_property
    def deployment(self) -> Deployment:
        """Of the contract in --credits, else the home's on this chain. Raises `DeploymentError`."""
        from onetonne.chain import checked_address
        from onetonne.deploy import Deployment

        if self.credits:
            return Deployment.of(self.chain, checked_address(self.credits))
        return Deployment.load(self.home, self.chain.chain_id)

    @cached_property
    def ledger(self) -> Ledger:
        from onetonne.ledger import Ledger

        return Ledger(self.chain, self.deployment)

    @cached_property
    def index(self) -> Index:
        """As it is; `synced` brings it up to the chain first."""
        from onetonne.index import Index

        return Index.open(self.index_place)

    @property
    def index_place(self) -> str | Path:
        """ONETONNE_INDEX, a path or a database's URL, else a file in the home: one for each deployment."""
        place = self.index_place_on(self.chain.chain_id)
        if isinstance(place, Path) and self.credits:
            return place.with_stem(f"{place.stem}-{self.credits.lower()}")
        return place

    def index_place_on(self, chain_id: int) -> str | Path:
        """As `index_place`, of a deployment that the home has a manifest of."""
        return os.environ.get("ONETONNE_INDEX") or index_path(self.home, chain_id)

    def synced(self, *, quiet: bool = False, verify: bool = False) -> Index:
        """The index, with everything up to the chain's head; shows how far it is where that takes long.

        With `verify` the node has to prove the events.
        """
        with progress("Reading the chain's events", hidden=quiet) as advance:
            self.index.sync(
                self.chain,
                self.deployment,
                verify=verify,
                progress=lambda at, last, _logs: advance(at, last),
            )
        return self.index

    @property
    def listings(self) -> Listings:
        """Lists of what there is on the chain now."""
        from onetonne.index.listings import Listings

        return Listings(self.synced().engine)

    @property
    def has_deployment(self) -> bool:
        """Whether there is a chain to ask, with contracts on it."""
        try:
            return bool(self.ledger)
        except (ChainError, DeploymentError):
            return False

    def close(self) -> None:
        if "index" in vars(self):  # cached: it was opened
            self.index.close()

    @property
    def is_local(self) -> bool:
        """Whether the chain in use is the one that `chain up` runs, where gas can be given to anyone."""
        running = self.local.status() if self._local_named else None
        return running is not None and (self.rpc or running.url).rstrip("/") == running.url

    def account(self, name_or_address: str) -> Address:
        """An address as it stands, or that of a keystore. Raises `AddressError` and `MissingKey`."""
        from onetonne.environment import account

        return account(name_or_address, self.home)

    def signer(self, sender: str | None) -> Signer:
        """Return the account of `--from`, else the one of the environment. Raises `SignerError`.

        Where ONETONNE_SIGNER is set, an address is an account of that signer. A dry run needs the address
        alone, so its keystore stays closed, unless the file has no address.
        """
        from onetonne.chain import keystores, signer_from_env
        from onetonne.chain.remote_signing import remote_signer
        from onetonne.chain.signing import has_key_in_env

        if sender is not None and sender in self._signers:
            return self._signers[sender]
        remote = remote_signer(sender, remark)
        if remote is not None:
            return self._signers.setdefault(sender or remote.address, remote)
        if sender is None:
            if not has_key_in_env():
                raise MissingKey(
                    "Nobody signs: give --from NAME (see `onetonne account list`), or set ONETONNE_KEY."
                )
            return signer_from_env()
        return self._signers.setdefault(sender, self._keystore_signer(keystores.find(self.home, sender)))

    def _keystore_signer(self, keystore: Keystore) -> Signer:
        from onetonne.chain.signing import LockedSigner

        if keystore.warning:
            remark(keystore.warning)

        def unlock() -> KeySigner:
            return keystore.unlock(passphrase(f"Passphrase of {keystore.name}"))

        if self.dry_run and keystore.address is not None:
            return LockedSigner(keystore.address, unlock)
        return unlock()

    @cached_property
    def names(self) -> dict[Address, str]:
        """Names of the accounts whose keystores are at hand."""
        from onetonne.chain import keystores

        return {one.address: one.name for one in keystores.names(self.home) if one.address}

    def shown(self, account: Address) -> str:
        """An account for people: its address, and its name where its keystore is at hand."""
        return f"{account} ({self.names[account]})" if account in self.names else account

    def short(self, account: Address) -> str:
        """As `shown`, for tables: the name alone where there is one."""
        return self.names.get(account, account)


def session_of(context: typer.Context) -> Session:
    session = context.find_root().obj
    assert isinstance(session, Session)
    return session


def mnemonic() -> str:
    """Read from the environment, else ask for in a terminal. Raises `SignerError` where neither can be."""
    from onetonne.chain.signing import mnemonic_from_env

    given = mnemonic_from_env()
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise SignerError(
            "The mnemonic is needed, and there is no terminal to ask in: "
            "set ONETONNE_MNEMONIC_FILE to a file that has it."
        )
    return str(typer.prompt("Mnemonic", hide_input=True, err=True))


def passphrase(prompt: str, *, confirm: bool = False) -> str:
    """From the environment, else asked for in a terminal. Raises `SignerError` where neither can be."""
    from onetonne.chain import keystores

    given = keystores.passphrase_from_env()
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise SignerError(
            f"{prompt} is needed, and there is no terminal to ask in: "
            "set ONETONNE_PASSPHRASE_FILE to a file that has it."
        )
    return str(typer.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True))
