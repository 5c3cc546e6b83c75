"""Handing roles over: nothing is left with the sender, and nothing is scheduled twice."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from anvil import anvil
from commands import PASSPHRASE, Commands
from world import key

from onetonne.access import Access, read_access
from onetonne.chain import Chain, connect, keystores
from onetonne.deploy import Deployment, deploy, roles
from onetonne.deploy.handing_over import hand_over
from onetonne.deploy.verifying import verify
from onetonne.errors import BadInput, Scheduled

DAY = 86_400
NAMES = {"council": "governance", "authority": "regulator", "next": "airline", "mallory": "buyer"}
COUNCIL, AUTHORITY, NEXT, MALLORY = (key(name) for name in NAMES.values())


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    """A chain on which governance waits."""
    with anvil("--accounts", "0", "--chain-id", "5001") as node:
        chain = connect(node.url, home=tmp_path)
        for name in NAMES.values():
            chain.node.request("anvil_setBalance", key(name).address, hex(10**21))
        yield chain


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name, account in NAMES.items():
        keystores.add(tmp_path, name, key(account), PASSPHRASE, iterations=2)
    return tmp_path


@pytest.fixture
def made(chain: Chain, home: Path) -> Deployment:
    return deploy(chain, COUNCIL, regulator=AUTHORITY.address, home=home)


def later(chain: Chain, seconds: int) -> None:
    chain.node.request("evm_increaseTime", hex(seconds))
    chain.node.request("evm_mine")


def held(access: Access) -> set[tuple[int, str, int]]:
    return {(member.role, member.account, member.delay) for member in access.members}


def test_a_handover_under_a_delay(chain: Chain, made: Deployment) -> None:
    with pytest.raises(Scheduled, match="must be scheduled first"):
        hand_over(chain, made, NEXT.address, COUNCIL, dry_run=True)
    assert read_access(chain, made).pending == ()
    with pytest.raises(Scheduled) as first:
        hand_over(chain, made, NEXT.address, COUNCIL)
    assert first.value.transaction
    with pytest.raises(Scheduled) as second:
        hand_over(chain, made, NEXT.address, COUNCIL)
    assert (second.value.ready_at, second.value.transaction) == (first.value.ready_at, None)
    access = read_access(chain, made)
    assert len(access.pending) == 2
    assert {(one.contract, one.function) for one in access.pending} == {("AccessManager", "grantRole")}
    later(chain, DAY)
    done = hand_over(chain, made, NEXT.address, COUNCIL)
    assert done.roles == (roles.ADMIN, roles.GOVERNANCE)
    assert held(done.access) == {
        (roles.ADMIN, NEXT.address, DAY),
        (roles.GOVERNANCE, NEXT.address, DAY),
        (roles.REGULATOR, AUTHORITY.address, 0),
    }
    assert done.access.pending == ()
    assert (done.deployment.governance, done.deployment.regulator) == (NEXT.address, AUTHORITY.address)
    assert verify(chain, done.deployment).holds
    assert not verify(chain, made).holds
    with pytest.raises(BadInput, match=f"Account {COUNCIL.address} has no role here"):
        hand_over(chain, made, NEXT.address, COUNCIL)


def test_a_handover_cut_off_after_the_grants_goes_on(
    chain: Chain, made: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Scheduled):
        hand_over(chain, made, NEXT.address, COUNCIL)
    later(chain, DAY)
    with monkeypatch.context() as patched:
        patched.setattr("onetonne.deploy.handing_over._require_effect", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            hand_over(chain, made, NEXT.address, COUNCIL)
    assert len(read_access(chain, made).members) == 5
    done = hand_over(chain, made, NEXT.address, COUNCIL)
    assert len(done.access.members) == 3
    assert len(done.sent) == 1


def test_no_role_is_renounced_before_its_grant_has_effect(chain: Chain, made: Deployment) -> None:
    manager = chain.contract("AccessManager", made.addresses["AccessManager"])
    calls = [
        chain.encoded(chain.function(manager, "setGrantDelay", roles.GOVERNANCE, 9 * DAY)),
        chain.encoded(chain.function(manager, "setGrantDelay", roles.ADMIN, 0)),
    ]
    schedule = [("schedule", manager.address, data, 0) for data in calls]
    chain.send(roles.multicall(chain, made.addresses["AccessManager"], schedule), COUNCIL)
    later(chain, DAY)
    chain.send(chain.function(manager, "multicall", calls), COUNCIL)
    later(chain, 5 * DAY)  # AccessManager.minSetback()
    with pytest.raises(Scheduled):
        hand_over(chain, made, NEXT.address, COUNCIL)
    later(chain, DAY)
    with pytest.raises(Scheduled) as waiting:
        hand_over(chain, made, NEXT.address, COUNCIL)
    assert waiting.value.ready_at - chain.block("latest").time > 8 * DAY
    assert (roles.GOVERNANCE, COUNCIL.address, DAY) in held(read_access(chain, made))
    later(chain, 9 * DAY)
    assert len(hand_over(chain, made, NEXT.address, COUNCIL).access.members) == 3


def test_who_is_no_administrator_is_told_so(chain: Chain, made: Deployment) -> None:
    with pytest.raises(BadInput, match=r"is no administrator: let one grant .* the role regulator first"):
        hand_over(chain, made, NEXT.address, AUTHORITY)
    with pytest.raises(BadInput, match="has these roles already: name another one"):
        hand_over(chain, made, COUNCIL.address, COUNCIL)


def test_the_commands(chain: Chain, made: Deployment, home: Path) -> None:
    commands = Commands(home, {"ONETONNE_RPC": chain.url})
    assert "Everything holds." in commands.ok("deploy", "verify")
    shown = commands.ok("roles")
    assert f"{COUNCIL.address} (council)" in shown
    assert "Credits.forcedTransfer" in shown
    line = ("deploy", "handover", "--to", "next", "--from", "council")
    for _ in range(2):
        scheduled = commands.run(*line)
        assert scheduled.exit_code == 3
        assert "do the same again from 20" in scheduled.stdout
    assert commands.ok("roles").count("Scheduled by") == 2
    later(chain, DAY)
    assert "has: administrator, governance. The sender has no role any more." in commands.ok(*line)
    assert commands.json("deploy", "verify")["findings"] == []
    members = commands.json("roles")["members"]
    assert [(member["role"], member["account"]) for member in members] == [
        ("administrator", NEXT.address),
        ("governance", NEXT.address),
        ("regulator", AUTHORITY.address),
    ]
    made.save(home)  # as another machine still has it
    broken = commands.run("deploy", "verify")
    assert broken.exit_code == 1
    assert "BROKEN: 4 findings, each above." in broken.stdout
    assert commands.run("audit").exit_code == 1
    file = home / "roles.toml"
    file.write_text(
        f'administrator = ["{NEXT.address}"]\ngovernance = ["{NEXT.address}"]\n'
        f'regulator = ["{AUTHORITY.address}"]\n'
    )
    folder = home / "inputs"
    written = commands.ok("deploy", "verify", "--roles", str(file), "--write", str(folder))
    assert "Wrote 23 files for Sourcify and Etherscan" in written
    assert json.loads((folder / "etherscan" / "Credits.json").read_text())["chainid"] == "5001"
    assert "Role governance: " in commands.ok("audit", "--roles", str(file))


def test_a_plan_shows_addresses_gas_and_coin(chain: Chain, home: Path) -> None:
    commands = Commands(home, {"ONETONNE_RPC": chain.url})
    shown = commands.ok("deploy", "--from", "council", "--dry-run")
    assert "12 transactions to send, at most " in shown
    assert " ETH at the prices of now." in shown
    assert "Nothing was sent: this was a dry run." in shown
    plan = commands.json("deploy", "--from", "council", "--dry-run", "--salt", "3")
    assert len(plan["transactions"]) == 12
    assert plan["salt"] == 3
    made = commands.json("deploy", "--from", "council", "--salt", "3")
    assert made["addresses"] == plan["addresses"]
    assert made["factory"] == plan["factory"]
