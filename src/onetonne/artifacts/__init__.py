"""What the compiler made of the contracts, shipped with the package: its users need no compiler.

`load("Credits")` gives a contract's ABI, bytecode and storage layout; `standard_json()` gives what the
compiler was given, so that anyone can compile it again and compare. `build(project)` makes these files.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from onetonne.artifacts.building import STANDARD_INPUT, build
from onetonne.errors import ArtifactError

__all__ = ["Artifact", "Immutable", "build", "load", "names", "standard_json"]


@dataclass(frozen=True, slots=True)
class Immutable:
    """One place in the deployed code where the constructor writes an immutable's value; 0 until then."""

    name: str
    start: int
    """Bytes from the beginning of the deployed code."""
    length: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """One compiled contract. Both bytecodes are hexadecimal with `0x`."""

    name: str
    source: str
    """Path of its file, from the project's root."""
    abi: list[dict[str, Any]]
    """With the errors of all contracts: a call can raise those of the contracts that it reaches."""
    bytecode: str
    """What a deployment sends, less the constructor's arguments."""
    deployed_bytecode: str
    """What `eth_getCode` answers, but for the immutables."""
    immutables: tuple[Immutable, ...]
    storage_layout: Mapping[str, Any]
    """As solc gives it: `storage`, a list of variables, and `types`."""
    compiler: str
    """The compiler's version, such as `0.8.37+commit.f401782d`."""

    def slot(self, variable: str) -> int:
        """The storage slot in which a state variable begins. Raises ArtifactError unless one fits."""
        slots = [int(entry["slot"]) for entry in self.storage_layout["storage"] if entry["label"] == variable]
        if len(slots) != 1:
            raise ArtifactError(f"{self.name} has {len(slots)} state variables named {variable}, not one.")
        return slots[0]


@cache
def load(name: str) -> Artifact:
    """One contract by name, such as "Credits". Raises ArtifactError if the package ships no such contract."""
    if name not in names():
        known = ", ".join(names()) or "none; `make build` makes them"
        raise ArtifactError(f"The package ships no contract named {name} (there are: {known}).")
    content = _read(f"{name}.json")
    return Artifact(
        name=content["name"],
        source=content["source"],
        abi=content["abi"],
        bytecode=content["bytecode"],
        deployed_bytecode=content["deployedBytecode"],
        immutables=tuple(Immutable(**place) for place in content["immutables"]),
        storage_layout=content["storageLayout"],
        compiler=content["compiler"],
    )


@cache
def names() -> tuple[str, ...]:
    """The contracts that the package ships, in alphabetical order."""
    found = (path.name for path in files(__name__).iterdir() if path.name.endswith(".json"))
    return tuple(sorted(name.removesuffix(".json") for name in found if name != STANDARD_INPUT))


@cache
def standard_json() -> dict[str, Any]:
    """The compiler's input, complete: `solc --standard-json` makes the same bytecode of it anywhere."""
    return _read(STANDARD_INPUT)


def _read(file_name: str) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads((files(__name__) / file_name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise ArtifactError(
            f"The package's file artifacts/{file_name} can't be read ({problem}); install the package again."
        ) from problem
    return content
