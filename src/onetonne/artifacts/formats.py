"""An ABI as programs in other languages take it: JSON, TypeScript, and lines that people read."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Abi = Sequence[Mapping[str, Any]]


def as_json(abi: Abi) -> str:
    """A plain JSON array."""
    return json.dumps(abi, indent=2, ensure_ascii=False) + "\n"


def as_typescript(name: str, abi: Abi) -> str:
    """A constant such as `creditsAbi`, from whose literal type viem and wagmi infer arguments and results."""
    return f"export const {name[0].lower()}{name[1:]}Abi = {as_json(abi).rstrip()} as const\n"


def as_human(abi: Abi) -> list[str]:
    """Declarations in the human-readable form of ethers, which viem's `parseAbi` reads too."""
    return [_declaration(entry) for entry in abi]


def write_abis(abis: Mapping[str, Abi], folder: Path) -> None:
    """Write NAME.json and NAME.ts for each contract, and remove those of contracts that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {f"{name}.json": as_json(abi) for name, abi in abis.items()}
    texts |= {f"{name}.ts": as_typescript(name, abi) for name, abi in abis.items()}
    for path in [*folder.glob("*.json"), *folder.glob("*.ts")]:
        if path.name not in texts:
            path.unlink()
    for file_name, text in texts.items():
        (folder / file_name).write_text(text, encoding="utf-8")


def _declaration(entry: Mapping[str, Any]) -> str:
    kind = entry["type"]
    if kind in {"receive", "fallback"}:
        return f"{kind}() external{' payable' if entry['stateMutability'] == 'payable' else ''}"
    words = [f"{kind}{' ' if 'name' in entry else ''}{entry.get('name', '')}({_parameters(entry['inputs'])})"]
    if entry.get("stateMutability", "nonpayable") != "nonpayable":
        words.append(entry["stateMutability"])
    if entry.get("anonymous"):
        words.append("anonymous")
    if entry.get("outputs"):
        words.append(f"returns ({_parameters(entry['outputs'])})")
    return " ".join(words)


def _parameters(parts: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(_parameter(part) for part in parts)


def _parameter(part: Mapping[str, Any]) -> str:
    kind: str = part["type"]
    if kind.startswith("tuple"):
        kind = f"({_parameters(part['components'])}){kind.removeprefix('tuple')}"
    return f"{kind}{' indexed' if part.get('indexed') else ''} {part.get('name', '')}".rstrip()
