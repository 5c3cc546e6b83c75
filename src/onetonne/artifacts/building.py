"""Compiling the contracts into the files that the package ships.

Needs py-solc-x, which the developers have and the wheel does not ask for.
"""

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from onetonne.errors import ArtifactError

STANDARD_INPUT = "standard-input.json"
SETTINGS_FILE = "foundry.toml"
ACCESS_MANAGER = "node_modules/@openzeppelin/contracts/access/manager/AccessManager.sol"
"""The one contract of OpenZeppelin's that is deployed as it is."""
OUTPUTS = [
    "abi",
    "evm.bytecode.object",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
    "storageLayout",
]

Json = dict[str, Any]

_VERSION = re.compile(r"\d+\.\d+\.\d+\+commit\.[0-9a-f]{8}")


def build(project: Path, destination: Path | None = None) -> dict[str, Path]:
    """Compiles `project`'s contracts; writes a JSON file for each concrete one, and the compiler's input.

    `project` holds `contracts/`, `node_modules/` and `foundry.toml`, the home of the compiler settings. The
    files go to `destination`, by default into the project's package. The same sources and
    settings give the same files. Each ABI has the errors of all contracts (docs/decisions/0021).
    Returns the files by contract name. Raises ArtifactError.
    """
    destination = destination or project / "src" / "onetonne" / "artifacts"
    version, settings = read_settings(project / SETTINGS_FILE)
    solc = find_solc(project, version)
    standard_input = _complete_input(project, solc, settings)
    output = compile_input(standard_input, solc, project)
    version = compiler_version(solc)
    artifacts = with_every_error(
        {name: content | {"compiler": version} for name, content in _artifacts(standard_input, output)}
    )
    destination.mkdir(parents=True, exist_ok=True)
    for path in destination.glob("*.json"):
        if path.stem not in artifacts:
            path.unlink()
    _write(destination / STANDARD_INPUT, standard_input)
    return {name: _write(destination / f"{name}.json", content) for name, content in artifacts.items()}


def read_settings(path: Path) -> tuple[str, Json]:
    """The compiler's version and its standard-JSON settings, from a foundry.toml. Raises ArtifactError."""
    try:
        profile = tomllib.loads(path.read_text(encoding="utf-8"))["profile"]["default"]
        return Path(profile["solc"]).name.removeprefix("solc-v"), {
            "evmVersion": profile["evm_version"],
            "metadata": {"bytecodeHash": profile["bytecode_hash"]},
            "optimizer": {"enabled": profile["optimizer"], "runs": profile["optimizer_runs"]},
            "remappings": profile["remappings"],
            "viaIR": profile["via_ir"],
        }
    except KeyError as missing:
        raise ArtifactError(f"{path} lacks {missing} in [profile.default].") from missing
    except (OSError, ValueError) as problem:
        raise ArtifactError(f"{path} can't be read: {problem}.") from problem


def find_solc(project: Path, version: str) -> Path:
    """solc of one version: from SOLCX_BINARY_PATH, else from npm, else as py-solc-x downloads it.

    Raises ArtifactError.
    """
    try:
        from solcx import install
        from solcx.exceptions import SolcNotInstalled
    except ImportError as problem:
        raise ArtifactError("Building needs py-solc-x: pip install 'onetonne[dev]'.") from problem
    asked = os.environ.get(install.SOLCX_BINARY_PATH_VARIABLE)
    from_npm = (project / "node_modules" / "solc").is_dir()
    try:
        return install.get_executable(
            version, project / "scripts" / "solc" if from_npm and not asked else None
        )
    except SolcNotInstalled:
        if asked:
            raise ArtifactError(f"SOLCX_BINARY_PATH names {asked}, which holds no solc-v{version}.") from None
    try:
        install.install_solc(version)
        return install.get_executable(version)
    except Exception as problem:  # whatever the network, the disk or the downloaded program raise
        raise ArtifactError(
            f"solc {version} can't be downloaded ({problem}); `npm ci` has it too."
        ) from problem


def compiler_version(solc: Path) -> str:
    """Such as `0.8.37+commit.f401782d`: what differs between platforms is left out. Raises ArtifactError."""
    try:
        done = subprocess.run([solc, "--version"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        raise ArtifactError(f"{solc} does not say its version ({problem}).") from problem
    found = _VERSION.search(done.stdout)
    if found is None:
        raise ArtifactError(f"{solc} does not say its version.")
    return found[0]


def compile_input(standard_input: Json, solc: Path, project: Path) -> Json:
    """The compiler's output. Imports that the input lacks are read from `project`. Raises ArtifactError."""
    import solcx
    from solcx.exceptions import SolcError

    try:
        output: Json = solcx.compile_standard(
            standard_input, base_path=project, allow_paths=project, solc_binary=solc, allow_empty=True
        )
    except SolcError as problem:
        raise ArtifactError(f"The contracts don't compile:\n{problem.message}") from problem
    return output


def _complete_input(project: Path, solc: Path, settings: Json) -> Json:
    """The input with every imported source in it, so that it compiles anywhere.

    A first, shallow pass of the compiler tells what is imported, and which contracts are concrete.
    """
    roots = [path.relative_to(project).as_posix() for path in (project / "contracts").rglob("*.sol")]
    if not roots:
        raise ArtifactError(f"{project / 'contracts'} holds no Solidity sources.")
    roots = sorted([*roots, ACCESS_MANAGER])
    syntax: Json = {"*": {"": ["ast"]}}
    shallow = compile_input(_input(project, roots, settings, syntax), solc, project)["sources"]
    concrete = {source: list(_concrete(shallow[source]["ast"])) for source in roots}
    selection = {source: dict.fromkeys(found, OUTPUTS) for source, found in concrete.items() if found}
    return _input(project, sorted(shallow), settings, syntax | selection)


def _input(project: Path, sources: Iterable[str], settings: Json, selection: Json) -> Json:
    try:
        contents = {name: {"content": (project / name).read_text(encoding="utf-8")} for name in sources}
    except OSError as problem:
        raise ArtifactError(f"A source can't be read ({problem}); run `npm ci`.") from problem
    return {
        "language": "Solidity",
        "settings": {**settings, "outputSelection": selection},
        "sources": contents,
    }


def _concrete(ast: Json) -> Iterator[str]:
    for node in ast["nodes"]:
        is_contract = node["nodeType"] == "ContractDefinition" and node["contractKind"] == "contract"
        if is_contract and not node["abstract"]:
            yield node["name"]


def _artifacts(standard_input: Json, output: Json) -> Iterator[tuple[str, Json]]:
    immutables = dict(pair for source in output["sources"].values() for pair in _immutables(source["ast"]))
    origin: dict[str, str] = {}
    selection = standard_input["settings"]["outputSelection"]
    for source in sorted(set(selection) - {"*"}):
        for name in selection[source]:
            if name in origin:
                raise ArtifactError(f"Both {origin[name]} and {source} define a contract {name}; rename one.")
            origin[name] = source
            yield name, _artifact(name, source, output["contracts"][source][name], immutables)


def _artifact(name: str, source: str, compiled: Json, immutables: Mapping[str, str]) -> Json:
    creation, deployed = compiled["evm"]["bytecode"], compiled["evm"]["deployedBytecode"]
    if "__$" in creation["object"] + deployed["object"]:
        raise ArtifactError(f"{name} calls a library that needs linking; make its functions internal.")
    places = [
        {"name": immutables[variable], **place}
        for variable, found in deployed["immutableReferences"].items()
        for place in found
    ]
    return {
        "abi": compiled["abi"],
        "bytecode": "0x" + creation["object"],
        "deployedBytecode": "0x" + deployed["object"],
        "immutables": sorted(places, key=lambda place: place["start"]),
        "name": name,
        "source": source,
        "storageLayout": compiled["storageLayout"],
    }


def with_every_error(artifacts: Mapping[str, Json]) -> dict[str, Json]:
    """Artifacts whose ABIs have the errors of all contracts, in the compiler's order: by kind and name.

    A call reaches other contracts, whose errors come back through it; the compiler lists a contract's own.
    """
    from eth_utils.abi import abi_to_signature

    every = {
        abi_to_signature(entry): entry
        for artifact in artifacts.values()
        for entry in artifact["abi"]
        if entry["type"] == "error"
    }
    return {
        name: artifact
        | {
            "abi": sorted(
                [*(entry for entry in artifact["abi"] if entry["type"] != "error"), *every.values()],
                key=lambda entry: (entry["type"], entry.get("name", "")),
            )
        }
        for name, artifact in artifacts.items()
    }


def _immutables(ast: Json) -> Iterator[tuple[str, str]]:
    """A source's immutables: the number by which the compiler refers to each, and its name."""
    for contract in ast["nodes"]:
        for node in contract.get("nodes", []):
            if node["nodeType"] == "VariableDeclaration" and node["mutability"] == "immutable":
                yield str(node["id"]), node["name"]


def _write(path: Path, content: Json) -> Path:
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")
    return path
