"""Deploying: a plan of all transactions, and the transactions that are missing still, one after the other."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from onetonne import __version__
from onetonne.chain import LOCAL_CHAIN_ID, Chain, Log, Sent, Signer, checked_address, decode_event
from onetonne.deploy import contracts, factory, roles
from onetonne.deploy.contracts import CONTRACTS
from onetonne.deploy.manifest import Deployment, Transaction, first_block
from onetonne.errors import DeploymentError, InsufficientFunds
from onetonne.immutables import deployed_code
from onetonne.terms import Address

SHORTEST_DELAY = 86_400  # seconds, on any chain but the local one
STEPS = ("Factory", *CONTRACTS, "roles")
"""Of a deployment, a transaction each."""
_PRICES_MAY_RISE = 2  # times, until the last transaction


@dataclass(frozen=True, slots=True)
class _Step:
    """A transaction that was made, and its block."""

    transaction: Transaction
    block: int


def deploy(
    chain: Chain,
    signer: Signer,
    *,
    governance: Address | None = None,
    regulator: Address | None = None,
    delay: int | None = None,
    salt: int | None = None,
    home: Path | None = None,
    dry_run: bool = False,
) -> Deployment:
    """Create the contracts by a factory, give the roles away and, where there is a `home`, keep the manifest.

    A deployment that stopped goes on with the first transaction that is missing: the same signer and salt
    have the same addresses. What is not named is as it was in the unfinished manifest, else the signer, salt
    0 and the shortest delay. What governance and the administrator do waits `delay` seconds: none on a local
    chain, at least a day elsewhere. The regulator acts at once: a freeze that is announced a day ahead stops
    nobody.

    The plan of a dry run has the most gas of each missing transaction. Raises `DeploymentError` for a shorter
    delay, where the home's deployment on this chain is still there, and where other code is at an address;
    `InsufficientFunds`, before the first transaction, unless the signer can pay for all of them.
    """
    kept = _kept(chain, home, signer.address)
    target = _target(
        chain.chain_id,
        signer.address,
        governance or (kept.governance if kept else signer.address),
        regulator or (kept.regulator if kept else signer.address),
        _delay(chain.chain_id, delay if delay is not None or kept is None else kept.delay),
        salt if salt is not None else (kept.salt if kept else 0),
    )
    if not dry_run:
        chain.settle(signer.address)
    done = _done(chain, target)
    missing = STEPS[len(done) :]
    if "roles" in done:
        _require_roles(chain, target)
    known = _known(chain, target, done, kept)
    planned = _plan(chain, signer, target, missing)
    if dry_run:
        return replace(target, transactions=(*(step.transaction for step in known), *planned))
    _require_funds(chain, signer.address, planned)
    block = known[0].block if known else chain.head()
    unfinished = replace(target, state="unfinished", block=block)
    return _run(chain, signer, unfinished, known, missing, home)


def _run(
    chain: Chain,
    signer: Signer,
    target: Deployment,
    known: tuple[_Step, ...],
    missing: tuple[str, ...],
    home: Path | None,
) -> Deployment:
    """The missing transactions; the manifest is written before the first and after each."""

    def save(deployment: Deployment) -> Deployment:
        made = replace(deployment, transactions=tuple(step.transaction for step in known))
        if home is not None:
            made.save(home)
        return made

    save(target)
    if "Factory" in missing:
        factory.require_create2_deployer(chain)
    for name in missing:
        sent = _send(chain, signer, target, name)
        transaction = Transaction(name, sent.transaction, sent.gas_used, sent.fee_wei)
        known = (*known, _Step(transaction, sent.block or 0))
        if name != STEPS[-1]:
            save(target)
    first = next((step.block for step in known if step.transaction.step == "AccessManager"), target.block)
    return save(replace(target, state="finished", block=first))


def _send(chain: Chain, signer: Signer, target: Deployment, step: str) -> Sent:
    at = _factory(target)
    if step == "Factory":
        return factory.place(chain, signer, target.salt)
    if step == "roles":
        return chain.send(roles.hand_over(chain, target.addresses, signer.address, _holders(target)), signer)
    code = contracts.init_code(step, target.arguments[step])
    return factory.create(chain, signer, at, code, target.addresses[step])


def _target(
    chain_id: int, deployer: Address, governance: Address, regulator: Address, delay: int, salt: int
) -> Deployment:
    """The deployment as it will be: all of it follows from what is given."""
    at = factory.factory_address(deployer, salt)
    addresses = factory.contract_addresses(at)
    return Deployment(
        chain_id=chain_id,
        version=__version__,
        block=0,
        addresses=addresses,
        governance=checked_address(governance),
        regulator=checked_address(regulator),
        delay=delay,
        factory=at,
        deployer=deployer,
        salt=salt,
        arguments=contracts.arguments(addresses, deployer),
        compiler=contracts.compiler(),
        sources=contracts.sources(),
    )


def _holders(target: Deployment) -> roles.Holders:
    return {
        roles.ADMIN: (target.governance, target.delay),
        roles.GOVERNANCE: (target.governance, target.delay),
        roles.REGULATOR: (target.regulator, 0),
    }


def _factory(target: Deployment) -> Address:
    assert target.factory is not None  # `_target` gave one
    return target.factory


def _delay(chain_id: int, delay: int | None) -> int:
    shortest = shortest_delay(chain_id)
    if delay is not None and delay < shortest:
        raise DeploymentError(
            f"A delay of {delay} seconds is too short on chain {chain_id}: give at least {shortest}."
        )
    return shortest if delay is None else delay


def shortest_delay(chain_id: int) -> int:
    """Seconds that governance must wait at least."""
    return 0 if chain_id == LOCAL_CHAIN_ID else SHORTEST_DELAY


def _kept(chain: Chain, home: Path | None, deployer: Address) -> Deployment | None:
    """The home's unfinished deployment on this chain. Raises `DeploymentError` where it is no deployment to
    go on with: finished, or another account's."""
    known = Deployment.read(home, chain.chain_id) if home is not None else None
    if known is None:
        return None
    if known.state == "finished":
        credits = known.addresses["Credits"]
        if chain.codes([credits])[0]:
            raise DeploymentError(
                f"There is a deployment on chain {chain.chain_id} already, with Credits at {credits}: "
                "use it, or give another home."
            )
        return None
    if known.factory is None or factory.created_count(chain, known.factory) is None:
        return None  # nothing of it is on the chain
    if known.deployer != deployer:
        raise DeploymentError(
            f"The unfinished deployment on chain {chain.chain_id} is {known.deployer}'s: go on with that "
            "account, or give another home."
        )
    return known


def _done(chain: Chain, target: Deployment) -> tuple[str, ...]:
    """The steps that the chain has. Raises `DeploymentError` where it has other code than this package's."""
    count = factory.created_count(chain, _factory(target))
    if count is None:
        return ()
    created = CONTRACTS[:count]
    codes = chain.codes([target.addresses[name] for name in created])
    for name, code in zip(created, codes, strict=True):
        if code != deployed_code(name, chain.chain_id, target.addresses):
            raise DeploymentError(
                f"{name} at {target.addresses[name]} is not what this package ships: go on with the version "
                "that began this deployment, or give another --salt."
            )
    given = len(created) == len(CONTRACTS) and roles.are_given(chain, target.addresses)
    return STEPS if given else STEPS[: 1 + len(created)]


def _require_roles(chain: Chain, target: Deployment) -> None:
    """Raises `DeploymentError` unless the roles were given to those whom the manifest would name."""
    for role, (account, delay) in _holders(target).items():
        if roles.holds(chain, target.addresses["AccessManager"], role, account) != (True, delay):
            raise DeploymentError(
                f"The deployment with Credits at {target.addresses['Credits']} is finished, and {account} is "
                f"not its {roles.NAMES[role]} with a delay of {delay} seconds: name who is, or give another "
                "--salt for a new one."
            )


def _known(
    chain: Chain, target: Deployment, done: tuple[str, ...], kept: Deployment | None
) -> tuple[_Step, ...]:
    """The transactions of the steps that are done, by the events of factory and AccessManager."""
    if not done:
        return ()
    at, head = _factory(target), chain.head()
    begin = first_block(chain, at) or (kept.block if kept else 0)
    manager = target.addresses["AccessManager"]
    hashes: dict[str, tuple[str, int]] = {}
    names = {address: name for name, address in target.addresses.items()}
    for page in chain.logs([at, manager], begin, head):
        for log in page:
            step = _step_of(log, names)
            if step is not None:
                hashes.setdefault(step, (str(log["transactionHash"]), int(log["blockNumber"], 16)))
    return tuple(
        _step(chain, name, *hashes[name]) if name in hashes else _Step(Transaction(name, None, 0), begin)
        for name in done
    )


def _step_of(log: Log, names: Mapping[Address, str]) -> str | None:
    """The step whose transaction made a log; None for what came later."""
    event = decode_event(log)
    if event is None:
        return None
    if event.name == "Created":
        return names.get(event.arguments["created"])
    return {"FactoryPlaced": "Factory", "RoleLabel": "roles"}.get(event.name)


def _step(chain: Chain, name: str, transaction: str, block: int) -> _Step:
    receipt = chain.node.request("eth_getTransactionReceipt", transaction)
    with chain.node.reading("eth_getTransactionReceipt"):
        gas = int(receipt["gasUsed"], 16)
        fee = gas * int(receipt.get("effectiveGasPrice") or "0x0", 16)
    return _Step(Transaction(name, transaction, gas, fee), block)


def _plan(
    chain: Chain, signer: Signer, target: Deployment, missing: tuple[str, ...]
) -> tuple[Transaction, ...]:
    """The missing transactions with the most gas that each uses, and its price now."""
    if not missing:
        return ()
    if "Factory" in missing:
        factory.require_create2_deployer(chain, dry_run=True)
    if missing == STEPS[-1:]:
        call = roles.hand_over(chain, target.addresses, signer.address, _holders(target))
        sent = chain.send(call, signer, dry_run=True)
        return (Transaction("roles", None, sent.gas_used, sent.fee_wei),)
    given: Mapping[str, tuple[Address, ...]] = {"Factory": (signer.address,), **target.arguments}
    alone = {name: chain.create(name, given[name], signer, dry_run=True) for name in missing[:-1]}
    first = alone[missing[0]]
    price = first.fee_wei // first.gas_used
    gas = {name: factory.most_gas(sent.gas_used) for name, sent in alone.items()}
    gas["roles"] = roles.hand_over_gas()
    return tuple(Transaction(name, None, gas[name], gas[name] * price) for name in missing)


def _require_funds(chain: Chain, account: Address, planned: tuple[Transaction, ...]) -> None:
    needed = _PRICES_MAY_RISE * sum(step.fee_wei for step in planned)
    balance = chain.balance(account)
    if balance < needed:
        raise InsufficientFunds(account, balance, needed)
