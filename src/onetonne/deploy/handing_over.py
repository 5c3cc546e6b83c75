"""Handing roles over to another account: granted first, then renounced, then shown to be gone."""

from dataclasses import dataclass, replace

from onetonne.access import Access, Member, read_access, role_name
from onetonne.chain import Chain, Sent, Signer, checked_address
from onetonne.deploy import roles
from onetonne.deploy.manifest import Deployment
from onetonne.errors import BadInput, DeploymentError, Scheduled
from onetonne.terms import Address


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What was handed over, and what shows it."""

    deployment: Deployment
    """With the new holder in the old one's place: save it."""
    roles: tuple[int, ...]
    account: Address
    sent: tuple[Sent, ...]
    access: Access
    """After it."""


def hand_over(
    chain: Chain, deployment: Deployment, account: Address, signer: Signer, *, dry_run: bool = False
) -> HandedOver:
    """Give every role that the signer has to an account, with the same delay, and renounce it.

    Where the signer waits, the grants are scheduled, once; the same call goes on from then on. Where a grant
    has its effect later, the renunciation waits too: no role is without a holder in between. Raises
    `Scheduled` until it is done, `BadInput` where the signer has nothing to hand over or may not, and
    `DeploymentError` where it has a role still at the end.
    """
    account = checked_address(account)
    if account == signer.address:
        raise BadInput(f"Account {account} has these roles already: name another one.")
    access = read_access(chain, deployment)
    own = [member for member in access.members if member.account == signer.address]
    if not own:
        raise BadInput(f"Account {signer.address} has no role here: `onetonne roles` lists who has.")
    missing = _missing(access, own, account)
    sent: list[Sent] = []
    if missing:
        sent.append(_grant(chain, deployment, missing, account, signer, dry_run))
        if dry_run:
            return HandedOver(deployment, tuple(one.role for one in own), account, tuple(sent), access)
        access = read_access(chain, deployment)
    _require_effect(access, own, account)
    calls = [("renounceRole", member.role, signer.address) for member in own]
    manager = deployment.addresses["AccessManager"]
    sent.append(chain.send(roles.multicall(chain, manager, calls), signer, dry_run=dry_run))
    if not dry_run:
        access = read_access(chain, deployment)
        _require_gone(access, own, signer.address, account)
    made = _renamed(deployment, signer.address, account)
    return HandedOver(made, tuple(member.role for member in own), account, tuple(sent), access)


def _missing(access: Access, own: list[Member], account: Address) -> list[Member]:
    """The roles that the account has not, or with a shorter delay: as the account must have them."""
    delays = {member.role: member.least_delay for member in access.members if member.account == account}
    return [member for member in own if delays.get(member.role, -1) < member.delay]


def _grant(
    chain: Chain,
    deployment: Deployment,
    missing: list[Member],
    account: Address,
    signer: Signer,
    dry_run: bool,
) -> Sent:
    """The grants in one transaction; where the signer waits, all are scheduled in one first."""
    manager = deployment.addresses["AccessManager"]
    may, delay = roles.holds(chain, manager, roles.ADMIN, signer.address)
    if not may:
        raise BadInput(
            f"Account {signer.address} is no administrator: let one grant {account} the role "
            f"{role_name(missing[0].role)} first, and hand over again."
        )
    contract = chain.contract("AccessManager", manager)
    calls = [("grantRole", member.role, account, member.delay) for member in missing]
    encoded = [chain.encoded(chain.function(contract, name, *given)) for name, *given in calls]
    if delay:
        _require_ready(chain, manager, encoded, signer, delay, dry_run)
    return chain.send(chain.function(contract, "multicall", encoded), signer, dry_run=dry_run)


def _require_ready(
    chain: Chain, manager: Address, encoded: list[bytes], signer: Signer, delay: int, dry_run: bool
) -> None:
    """Schedules what is not scheduled. Raises `Scheduled` unless all of it can be done now."""
    contract = chain.contract("AccessManager", manager)

    def ready_at(data: bytes) -> int:
        operation = chain.call(chain.function(contract, "hashOperation", signer.address, manager, data))
        return int(chain.call(chain.function(contract, "getSchedule", operation)))

    now = chain.block("latest").time
    new = [data for data in encoded if not ready_at(data)]
    if new and dry_run:
        raise Scheduled(now + delay, dry_run=True)
    transaction = None
    if new:
        calls = [("schedule", manager, data, 0) for data in new]
        transaction = chain.send(roles.multicall(chain, manager, calls), signer).transaction
    last = max(map(ready_at, encoded))
    if new or last > now:
        raise Scheduled(last, transaction)


def _require_effect(access: Access, own: list[Member], account: Address) -> None:
    """Raises `Scheduled` unless the account has all roles already, and may use them."""
    since = max(
        member.since
        for member in access.members
        if member.account == account and member.role in {one.role for one in own}
    )
    if since > access.time:
        raise Scheduled(since)


def _require_gone(access: Access, own: list[Member], before: Address, account: Address) -> None:
    left = [role_name(member.role) for member in access.members if member.account == before]
    if left:
        raise DeploymentError(f"Account {before} still has the role {left[0]}: hand over again.")
    missing = _missing(access, own, account)
    if missing:
        role = role_name(missing[0].role)
        raise DeploymentError(
            f"Account {account} does not have the role {role}: an administrator must grant it."
        )


def _renamed(deployment: Deployment, before: Address, account: Address) -> Deployment:
    return replace(
        deployment,
        governance=account if deployment.governance == before else deployment.governance,
        regulator=account if deployment.regulator == before else deployment.regulator,
    )
