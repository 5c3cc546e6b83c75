"""`deploy verify` holds on a good deployment, and names each thing that is made wrong."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from anvil import anvil
from eth_abi.abi import decode
from world import key

from onetonne import artifacts
from onetonne.access import read_access, read_roles_file
from onetonne.access.reading import _Slots
from onetonne.artifacts import building
from onetonne.chain import Chain, Signer, connect
from onetonne.deploy import CONTRACTS, Deployment, contracts, deploy, roles
from onetonne.deploy.verifying import Verification, verify, write_inputs
from onetonne.errors import DeploymentError, FileError
from onetonne.immutables import deployed_code
from onetonne.terms import Address

DAY = 86_400
DEPLOYER, COUNCIL, AUTHORITY, STRANGER = (
    key(name) for name in ("deployer", "governance", "regulator", "airline")
)


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    """A chain on which governance waits."""
    with anvil("--accounts", "0", "--chain-id", "5001") as node:
        chain = connect(node.url, home=tmp_path_factory.mktemp("public"))
        for signer in (DEPLOYER, COUNCIL, AUTHORITY, STRANGER):
            chain.node.request("anvil_setBalance", signer.address, hex(10**21))
        yield chain


@pytest.fixture(scope="module")
def made(public: Chain) -> Deployment:
    return deploy(public, DEPLOYER, governance=COUNCIL.address, regulator=AUTHORITY.address)


@pytest.fixture
def chain(public: Chain, made: Deployment, tmp_path: Path) -> Iterator[Chain]:
    """Taken back after the test."""
    before = public.node.request("evm_snapshot")
    yield connect(public.url, home=tmp_path / "journals")
    assert public.node.request("evm_revert", before)


def found(verification: Verification) -> list[tuple[str, str]]:
    return [(finding.check, finding.subject) for finding in verification.findings]


def govern(chain: Chain, deployment: Deployment, signer: Signer, *calls: Sequence[Any]) -> None:
    """Calls of the AccessManager by its administrator, who schedules them and waits."""
    manager = deployment.addresses["AccessManager"]
    contract = chain.contract("AccessManager", manager)
    datas = [chain.encoded(chain.function(contract, name, *given)) for name, *given in calls]
    chain.send(roles.multicall(chain, manager, [("schedule", manager, data, 0) for data in datas]), signer)
    chain.node.request("evm_increaseTime", hex(DAY))
    chain.node.request("evm_mine")
    chain.send(chain.function(contract, "multicall", datas), signer)


def test_a_good_deployment_holds(chain: Chain, made: Deployment) -> None:
    verification = verify(chain, made)
    assert verification.findings == ()
    assert verification.counts["code"] == len(CONTRACTS) + 1
    assert {(one.role, one.account, one.delay) for one in verification.access.members} == {
        (roles.ADMIN, COUNCIL.address, DAY),
        (roles.GOVERNANCE, COUNCIL.address, DAY),
        (roles.REGULATOR, AUTHORITY.address, 0),
    }


def test_storage_is_read_as_the_access_manager_reads_it(chain: Chain, made: Deployment) -> None:
    access = read_access(chain, made)
    manager = chain.contract("AccessManager", made.addresses["AccessManager"])
    for member in access.members:
        asked = chain.function(manager, "getAccess", member.role, member.account)
        assert list(chain.call(asked)) == [member.since, member.delay, 0, 0]
    for function in access.functions:
        target = made.addresses[function.contract]
        asked = chain.function(manager, "getTargetFunctionRole", target, function.selector)
        assert chain.call(asked) == function.role
    assert sum(function.role != roles.ADMIN for function in access.functions) == 19


@pytest.mark.parametrize("name", [*CONTRACTS, "Factory"])
def test_one_byte_of_code(chain: Chain, made: Deployment, name: str) -> None:
    address = made.factory if name == "Factory" else made.addresses[name]
    assert address
    (code,) = chain.codes([address])
    altered = bytearray(code)
    altered[-9] ^= 1  # in the compiler's note, which nothing runs
    chain.node.request("anvil_setCode", address, f"0x{altered.hex()}")
    verification = verify(chain, made)
    assert found(verification) == [("code", name)]
    assert f"byte {len(code) - 9:,} of its code is 0x{altered[-9]:02x}" in verification.findings[0].problem


@pytest.mark.parametrize("name", [name for name in CONTRACTS if artifacts.load(name).immutables])
def test_one_immutable(chain: Chain, made: Deployment, name: str) -> None:
    place = artifacts.load(name).immutables[-1]
    altered = bytearray(deployed_code(name, chain.chain_id, made.addresses))
    altered[place.start + place.length - 1] ^= 1
    chain.node.request("anvil_setCode", made.addresses[name], f"0x{altered.hex()}")
    verification = verify(chain, made)
    assert ("code", name) in found(verification)
    problem = next(one.problem for one in verification.findings if one.check == "code")
    assert f"its immutable {place.name} is 0x" in problem


def test_one_constructor_argument(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of Credits: its authority is a variable, which no code shows."""
    original = contracts.arguments

    def other_arguments(addresses: dict[str, Address], admin: Address) -> dict[str, tuple[Address, ...]]:
        right = original(addresses, admin)
        return right | {"Credits": (addresses["Programmes"], *right["Credits"][1:])}

    with monkeypatch.context() as patched:
        patched.setattr(contracts, "arguments", other_arguments)
        wrong = deploy(chain, DEPLOYER, governance=COUNCIL.address, regulator=AUTHORITY.address, salt=1)
    at, manager = wrong.addresses["Programmes"], wrong.addresses["AccessManager"]
    verification = verify(chain, wrong)
    assert found(verification) == [(check, "Credits") for check in ("arguments", "manifest", "authority")]
    assert verification.findings[0].problem == (
        f"The argument authority of Credits was {at.lower()}, and should be {manager}."
    )


def test_a_role_left_with_the_deployer(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    original = roles.multicall
    with monkeypatch.context() as patched:
        patched.setattr(
            roles,
            "multicall",
            lambda chain, manager, calls: original(
                chain, manager, [call for call in calls if call[0] != "renounceRole"]
            ),
        )
        wrong = deploy(chain, DEPLOYER, governance=COUNCIL.address, regulator=AUTHORITY.address, salt=1)
    verification = verify(chain, wrong)
    assert set(found(verification)) == {("roles", f"administrator, {DEPLOYER.address}")}
    assert "the manifest does not name it" in verification.findings[0].problem


def test_a_stranger_with_role_0(chain: Chain, made: Deployment) -> None:
    govern(chain, made, COUNCIL, ("grantRole", roles.ADMIN, STRANGER.address, 0))
    verification = verify(chain, made)
    subject = ("roles", f"administrator, {STRANGER.address}")
    assert found(verification) == [subject, subject]
    has = f"{STRANGER.address} has the role administrator"
    assert [finding.problem for finding in verification.findings] == [
        f"{has} with a delay of 0 seconds, and the manifest does not name it.",
        f"{has} with a delay of 0 seconds, and 86,400 is the least.",
    ]


def test_a_stranger_that_the_file_names_holds(chain: Chain, made: Deployment, tmp_path: Path) -> None:
    govern(chain, made, COUNCIL, ("grantRole", roles.GOVERNANCE, STRANGER.address, DAY))
    file = tmp_path / "roles.toml"
    file.write_text(
        f'administrator = ["{COUNCIL.address}"]\n'
        f'governance = ["{COUNCIL.address}", "{STRANGER.address.lower()}"]\n'
        f'regulator = ["{AUTHORITY.address}"]\n'
    )
    assert found(verify(chain, made)) == [("roles", f"governance, {STRANGER.address}")]
    assert verify(chain, made, read_roles_file(file, made.delay)).holds


def test_a_named_holder_without_its_role(chain: Chain, made: Deployment) -> None:
    govern(chain, made, COUNCIL, ("revokeRole", roles.REGULATOR, AUTHORITY.address))
    verification = verify(chain, made)
    assert found(verification) == [("roles", f"regulator, {AUTHORITY.address}")]
    assert "does not have the role regulator, and the manifest names it" in verification.findings[0].problem


def test_a_delay_that_will_be_too_short(chain: Chain, made: Deployment) -> None:
    """A shorter delay comes into force later; it is found at once."""
    govern(chain, made, COUNCIL, ("grantRole", roles.GOVERNANCE, COUNCIL.address, DAY - 1))
    verification = verify(chain, made)
    assert found(verification) == [("roles", f"governance, {COUNCIL.address}")]
    assert "with a delay of 86,399 seconds, and 86,400 is the least" in verification.findings[0].problem


WRONG: list[tuple[str, Callable[[Deployment], Sequence[Any]], str, str]] = [
    (
        "a function for everybody",
        lambda made: (
            "setTargetFunctionRole",
            made.addresses["Credits"],
            roles.selectors("Credits", ["forcedTransfer"]),
            2**64 - 1,
        ),
        "Credits",
        "Credits.forcedTransfer can be called by everybody, and should be by regulator only.",
    ),
    (
        "a role's administrator",
        lambda _: ("setRoleAdmin", roles.REGULATOR, 7),
        "regulator",
        "The administrator of the role regulator is role 7, and should be administrator.",
    ),
    (
        "a role's guardian",
        lambda _: ("setRoleGuardian", roles.GOVERNANCE, 8),
        "governance",
        "The guardian of the role governance is role 8, and should be administrator.",
    ),
    (
        "a closed contract",
        lambda made: ("setTargetClosed", made.addresses["Labels"], True),
        "Labels",
        "Labels is closed: nobody can call its guarded functions.",
    ),
]


@pytest.mark.parametrize(
    ("call", "subject", "problem"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG]
)
def test_what_the_administrator_can_change(
    chain: Chain, made: Deployment, call: Callable[[Deployment], Sequence[Any]], subject: str, problem: str
) -> None:
    govern(chain, made, COUNCIL, call(made))
    (finding,) = verify(chain, made).findings
    assert (finding.check, finding.subject, finding.problem) == ("roles", subject, problem)


def test_storage_that_no_event_announced(chain: Chain, made: Deployment) -> None:
    """As of a node that keeps an event to itself, where the account is known by another one."""
    govern(
        chain,
        made,
        COUNCIL,
        ("grantRole", roles.REGULATOR, STRANGER.address, 0),
        ("revokeRole", roles.REGULATOR, STRANGER.address),
    )
    access = read_access(chain, made)
    assert access.differences == ()
    manager = made.addresses["AccessManager"]
    slot = _Slots().member(roles.REGULATOR, STRANGER.address)
    chain.node.request("anvil_setStorageAt", manager, f"0x{slot.hex()}", f"0x{access.time:064x}")
    problems = [finding.problem for finding in verify(chain, made).findings]
    assert problems[0] == (f"By the events {STRANGER.address} has not role 2, and by storage it has.")


def test_another_authority(chain: Chain, made: Deployment) -> None:
    at = made.addresses["Programmes"]
    govern(chain, made, COUNCIL, ("updateAuthority", made.addresses["Labels"], at))
    assert [(one.check, one.problem) for one in verify(chain, made).findings] == [
        ("authority", f"Labels obeys {at}, and should obey {made.addresses['AccessManager']}.")
    ]


def test_an_altered_manifest(chain: Chain, made: Deployment) -> None:
    compiled = dict(made.compiler) | {"evmVersion": "london"}
    sources = dict(made.sources) | {"contracts/Credits.sol": "0x00"}
    assert found(verify(chain, replace(made, compiler=compiled, sources=sources))) == [
        ("manifest", "compiler"),
        ("manifest", "contracts/Credits.sol"),
    ]
    steps = tuple(replace(step, hash=made.transactions[0].hash) for step in made.transactions)
    assert {check for check, _ in found(verify(chain, replace(made, transactions=steps)))} == {"arguments"}


def test_a_deployment_without_manifest(chain: Chain, made: Deployment) -> None:
    with pytest.raises(DeploymentError, match="Only a deployment by a factory can be verified"):
        verify(chain, Deployment.of(chain, made.addresses["Credits"]))


@pytest.mark.parametrize(
    "content", ["", "governance = 7", 'governor = ["0x00"]', 'governance = ["0x12"]', "not toml", None]
)
def test_a_roles_file_that_can_not_be_read(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "roles.toml"
    if content is not None:
        file.write_text(content)
    with pytest.raises(FileError, match=r"roles\.toml: it"):
        read_roles_file(file)


def test_inputs_for_explorers(made: Deployment, tmp_path: Path) -> None:
    files = write_inputs(made, tmp_path)
    assert len(files) == 1 + 2 * (len(CONTRACTS) + 1)
    sourcify = json.loads((tmp_path / "sourcify" / "Credits.json").read_text())
    assert sourcify["contractIdentifier"] == "contracts/Credits.sol:Credits"
    assert sourcify["compilerVersion"] == "0.8.37+commit.f401782d"
    assert sourcify["stdJsonInput"] == artifacts.standard_json()
    hashes = {step.step: step.hash for step in made.transactions}
    assert sourcify["creationTransactionHash"] == hashes["Credits"]
    etherscan = json.loads((tmp_path / "etherscan" / "Redemptions.json").read_text())
    assert etherscan["contractname"] == "contracts/Redemptions.sol:Redemptions"
    assert etherscan["compilerversion"] == "v0.8.37+commit.f401782d"
    given = decode(["address", "address"], bytes.fromhex(etherscan["constructorArguments"]))
    assert given == (made.addresses["Credits"].lower(), made.addresses["Programmes"].lower())


def test_the_written_input_compiles_to_what_is_deployed(
    made: Deployment, public: Chain, tmp_path: Path
) -> None:
    """One small contract of it: all of them take half a minute, and test_artifacts compares the sources."""
    write_inputs(made, tmp_path)
    body = json.loads((tmp_path / "sourcify" / "Factory.json").read_text())
    root = Path(__file__).parents[2]
    source, name = body["contractIdentifier"].split(":")
    standard = body["stdJsonInput"]
    standard["settings"]["outputSelection"] = {source: {name: ["evm.bytecode.object"]}}
    standard["sources"] = {source: standard["sources"][source]}
    output = building.compile_input(standard, building.find_solc(root, "0.8.37"), root)
    code = output["contracts"][source][name]["evm"]["bytecode"]["object"]
    transaction = public.node.request("eth_getTransactionByHash", made.transactions[0].hash)
    arguments = json.loads((tmp_path / "etherscan" / "Factory.json").read_text())["constructorArguments"]
    assert transaction["input"] == f"0x{'0' * 64}{code}{arguments}"
