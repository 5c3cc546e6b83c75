"""Whether a deployment is what this package makes, and the files with which explorers verify its sources."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from onetonne import artifacts
from onetonne.access import Access, Named, named, problems, read_access
from onetonne.chain import Chain
from onetonne.deploy import contracts
from onetonne.deploy.contracts import CONTRACTS
from onetonne.deploy.manifest import Deployment
from onetonne.deploy.running import shortest_delay
from onetonne.errors import DeploymentError
from onetonne.immutables import deployed_code, factory_code
from onetonne.terms import Address

CHECKS = {
    "code": "The code at every address is what this package ships, with the deployment's immutables",
    "arguments": "Each contract was created with the constructor arguments that it must have",
    "manifest": "The manifest's arguments, compiler settings and source hashes are this package's",
    "authority": "The guarded contracts obey the deployment's AccessManager",
    "roles": "Roles and functions are as intended, nobody else has a role, and delays are long enough",
}
_MANAGED = ("Programmes", "Projects", "Labels", "Shortfalls", "Credits")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be."""

    check: str
    """A name in `CHECKS`."""
    subject: str
    problem: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked on a deployment, and what was found."""

    counts: Mapping[str, int]
    """On how many things each check was made, by its name in `CHECKS`; without what could not be checked."""
    findings: tuple[Finding, ...]
    access: Access

    @property
    def holds(self) -> bool:
        return not self.findings


def verify(chain: Chain, deployment: Deployment, expected: Named | None = None) -> Verification:
    """Compare a deployment on its chain with what this package ships and its manifest says.

    `expected` names the holders of roles, in place of the manifest. Takes the node's word for code, storage
    and events. Raises `DeploymentError` for a deployment without manifest, and the chain's errors.
    """
    if deployment.factory is None or deployment.deployer is None:
        raise DeploymentError(
            "Only a deployment by a factory can be verified: give the --home that has its manifest."
        )
    access = read_access(chain, deployment)
    expected = expected or named(deployment)
    findings = [
        *_code(chain, deployment, deployment.factory, deployment.deployer),
        *_arguments(chain, deployment, deployment.deployer),
        *_manifest(deployment, deployment.deployer),
        *_authority(chain, deployment),
        *(
            Finding("roles", subject, problem)
            for subject, problem in problems(access, expected, shortest_delay(chain.chain_id))
        ),
    ]
    counts = {
        "code": len(CONTRACTS) + 1,
        "arguments": len(CONTRACTS),
        "manifest": len(deployment.sources),
        "authority": len(_MANAGED),
        "roles": len(access.members) + len(access.functions),
    }
    return Verification(counts, tuple(findings), access)


def _code(chain: Chain, deployment: Deployment, factory: Address, owner: Address) -> Iterator[Finding]:
    addresses = {"Factory": factory, **deployment.addresses}
    codes = dict(zip(addresses, chain.codes(list(addresses.values())), strict=True))
    for name, code in codes.items():
        wanted = (
            factory_code(owner)
            if name == "Factory"
            else deployed_code(name, deployment.chain_id, deployment.addresses)
        )
        if code != wanted:
            yield Finding("code", name, f"{name} at {addresses[name]}: {_difference(name, code, wanted)}.")


def _difference(name: str, code: bytes, wanted: bytes) -> str:
    """Where a contract's code differs: an immutable by its name, else the first byte."""
    if len(code) != len(wanted):
        return f"its code has {len(code):,} bytes, and should have {len(wanted):,}"
    for place in artifacts.load(name).immutables:
        span = slice(place.start, place.start + place.length)
        if code[span] != wanted[span]:
            return (
                f"its immutable {place.name} is {_hexadecimal(code[span])}, and should be "
                f"{_hexadecimal(wanted[span])}"
            )
    first = next(at for at, (is_, should) in enumerate(zip(code, wanted, strict=True)) if is_ != should)
    return f"byte {first:,} of its code is 0x{code[first]:02x}, and should be 0x{wanted[first]:02x}"


def _hexadecimal(value: bytes) -> str:
    return f"0x{value.lstrip(bytes(1)).hex() or '0'}"


def _arguments(chain: Chain, deployment: Deployment, deployer: Address) -> Iterator[Finding]:
    """By the transactions that created the contracts."""
    wanted = contracts.arguments(deployment.addresses, deployer)
    hashes = {step.step: step.hash for step in deployment.transactions}
    for name in CONTRACTS:
        transaction = hashes.get(name)
        if transaction is None:
            yield Finding("arguments", name, f"The transaction that created {name} is not in the manifest.")
            continue
        created, code = _creation(chain, transaction)
        creation = bytes.fromhex(artifacts.load(name).bytecode[2:])
        if created != deployment.addresses[name].lower():
            yield Finding("arguments", name, f"Transaction {transaction} did not create {name}.")
        elif not code.startswith(creation):
            yield Finding("arguments", name, f"{name} was created with other code than this package ships.")
        else:
            yield from _differing_arguments(name, code[len(creation) :], wanted[name])


def _creation(chain: Chain, transaction: str) -> tuple[str, bytes]:
    """The address that a transaction had a factory create, in small letters, and the init code."""
    found = chain.node.request("eth_getTransactionByHash", transaction)
    with chain.node.reading("eth_getTransactionByHash"):
        data = bytes.fromhex(str(found["input"] if found else "0x")[2:])
    try:
        code, expected = decode(["bytes", "address"], data[4:])
    except DecodingError:
        return "", b""
    return str(expected).lower(), bytes(code)


def _differing_arguments(name: str, given: bytes, wanted: tuple[Address, ...]) -> Iterator[Finding]:
    (constructor,) = (entry for entry in artifacts.load(name).abi if entry["type"] == "constructor")
    if len(given) != 32 * len(wanted):
        yield Finding("arguments", name, f"{name} was created with {len(given)} bytes of arguments.")
        return
    for at, (part, should) in enumerate(zip(constructor["inputs"], wanted, strict=True)):
        word = given[32 * at : 32 * at + 32]
        if word != contracts.encoded((should,)):
            problem = (
                f"The argument {part['name']} of {name} was {_hexadecimal(word)}, and should be {should}."
            )
            yield Finding("arguments", name, problem)


def _manifest(deployment: Deployment, deployer: Address) -> Iterator[Finding]:
    for name, wanted in contracts.arguments(deployment.addresses, deployer).items():
        if tuple(deployment.arguments.get(name, ())) != wanted:
            yield Finding("manifest", name, f"The manifest has other constructor arguments for {name}.")
    if deployment.compiler != contracts.compiler():
        yield Finding("manifest", "compiler", "The manifest's compiler settings are not this package's.")
    shipped = contracts.sources()
    for path in sorted(shipped.keys() | deployment.sources.keys()):
        if shipped.get(path) != deployment.sources.get(path):
            yield Finding(
                "manifest", path, f"The manifest's hash of {path} is not that of this package's file."
            )


def _authority(chain: Chain, deployment: Deployment) -> Iterator[Finding]:
    manager = deployment.addresses["AccessManager"]
    for name in _MANAGED:
        contract = chain.contract(name, deployment.addresses[name])
        authority = chain.call(chain.function(contract, "authority"))
        if authority != manager:
            yield Finding("authority", name, f"{name} obeys {authority}, and should obey {manager}.")


def write_inputs(deployment: Deployment, folder: Path) -> list[Path]:
    """Write what Sourcify and Etherscan are sent to verify each contract's source; return the files.

    `sourcify/NAME.json` is the body of `POST /v2/verify/CHAIN/ADDRESS`; `etherscan/NAME.json` has the form
    fields of `module=contract&action=verifysourcecode`. `standard-input.json` is the compiler's input alone.
    Raises `DeploymentError` where they can't be written.
    """
    standard = artifacts.standard_json()
    hashes = {step.step: step.hash for step in deployment.transactions}
    addresses = dict(deployment.addresses)
    arguments = dict(deployment.arguments)
    if deployment.factory and deployment.deployer:
        addresses["Factory"], arguments["Factory"] = deployment.factory, (deployment.deployer,)
    files: dict[Path, object] = {folder / "standard-input.json": standard}
    for name, address in addresses.items():
        artifact = artifacts.load(name)
        identifier = f"{artifact.source}:{name}"
        files[folder / "sourcify" / f"{name}.json"] = {
            "address": address,
            "chainId": str(deployment.chain_id),
            "compilerVersion": artifact.compiler,
            "contractIdentifier": identifier,
            "creationTransactionHash": hashes.get(name),
            "stdJsonInput": standard,
        }
        files[folder / "etherscan" / f"{name}.json"] = {
            "chainid": str(deployment.chain_id),
            "codeformat": "solidity-standard-json-input",
            "compilerversion": f"v{artifact.compiler}",
            "constructorArguments": contracts.encoded(tuple(arguments[name])).hex(),
            "contractaddress": address,
            "contractname": identifier,
            "sourceCode": json.dumps(standard, ensure_ascii=False),
        }
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as problem:
        raise DeploymentError(f"The folder {folder} can't be written: {problem.strerror}.") from problem
    return list(files)
