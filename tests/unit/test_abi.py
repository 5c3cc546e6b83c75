"""ABIs for other people's programs: complete in errors, the same in package, folder and command."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from eth_utils.abi import abi_to_signature
from eth_utils.crypto import keccak
from typer.testing import CliRunner

from onetonne import artifacts
from onetonne.artifacts import building, formats
from onetonne.cli.app import app

FOLDER = Path(__file__).resolve().parents[2] / "abi"
NAMES = artifacts.names()
BOX: list[dict[str, Any]] = [
    {"inputs": [], "stateMutability": "nonpayable", "type": "constructor"},
    {"inputs": [{"name": "size", "type": "uint8"}], "name": "TooBig", "type": "error"},
    {
        "anonymous": True,
        "inputs": [{"indexed": True, "name": "lid", "type": "address"}],
        "name": "Shut",
        "type": "event",
    },
    {"stateMutability": "payable", "type": "fallback"},
    {
        "inputs": [
            {
                "components": [
                    {"name": "id", "type": "uint32"},
                    {"components": [{"name": "", "type": "bytes"}], "name": "inner", "type": "tuple"},
                ],
                "name": "lots",
                "type": "tuple[2][]",
            }
        ],
        "name": "look",
        "outputs": [{"name": "", "type": "bool"}],
        "stateMutability": "view",
        "type": "function",
    },
    {"stateMutability": "payable", "type": "receive"},
]


def errors(abi: list[Any]) -> set[str]:
    return {abi_to_signature(entry) for entry in abi if entry["type"] == "error"}


@pytest.fixture(scope="module")
def compiled() -> Mapping[str, list[dict[str, Any]]]:
    """The compiler's own ABIs, without the errors of others; from syntax to ABI takes no optimiser."""
    root = FOLDER.parent
    version, _ = building.read_settings(root / building.SETTINGS_FILE)
    given = artifacts.standard_json()
    selection = {
        source: {contract: outputs and ["abi"] for contract, outputs in contracts.items() if contract}
        for source, contracts in given["settings"]["outputSelection"].items()
        if source != "*"
    }
    settings = {**given["settings"], "outputSelection": selection, "viaIR": False}
    output = building.compile_input({**given, "settings": settings}, building.find_solc(root, version), root)
    return {
        name: contract["abi"]
        for source in output["contracts"].values()
        for name, contract in source.items()
        if name in NAMES
    }


def test_each_abi_has_the_errors_of_all_contracts(compiled: Mapping[str, list[dict[str, Any]]]) -> None:
    assert sorted(compiled) == sorted(NAMES)
    every = set().union(*(errors(abi) for abi in compiled.values()))
    assert len(every) > 100
    for name in NAMES:
        assert errors(artifacts.load(name).abi) == every, name


def test_each_abi_is_otherwise_the_compilers(compiled: Mapping[str, list[dict[str, Any]]]) -> None:
    for name in NAMES:
        shipped = [entry for entry in artifacts.load(name).abi if entry["type"] != "error"]
        assert shipped == [entry for entry in compiled[name] if entry["type"] != "error"], name


def test_no_two_errors_share_a_selector_or_a_name() -> None:
    for name in NAMES:
        abi: list[Any] = artifacts.load(name).abi
        entries = [entry for entry in abi if entry["type"] == "error"]
        selectors = {keccak(text=abi_to_signature(entry))[:4] for entry in entries}
        # Error(string) and Panic(uint256) are the language's.
        selectors |= {keccak(text=text)[:4] for text in ("Error(string)", "Panic(uint256)")}
        assert len(selectors) == len(entries) + 2, name
        assert len({entry["name"] for entry in entries}) == len(entries), name


def test_build_gives_each_artifact_every_error_once() -> None:
    full = {"abi": [{"type": "error", "name": "A", "inputs": []}, {"type": "event", "name": "E"}]}
    other = {"abi": [{"type": "constructor"}, {"type": "error", "name": "B", "inputs": []}, *full["abi"]]}
    made = building.with_every_error({"Full": full, "Other": other, "Empty": {"abi": [], "bytecode": "0x"}})
    assert [entry.get("name") for entry in made["Full"]["abi"]] == ["A", "B", "E"]
    assert [entry.get("name") for entry in made["Other"]["abi"]] == [None, "A", "B", "E"]
    assert [entry.get("name") for entry in made["Empty"]["abi"]] == ["A", "B"]
    assert made["Empty"]["bytecode"] == "0x"


def test_folder_has_what_the_package_ships() -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert sorted(files) == sorted(f"{name}.{kind}" for name in NAMES for kind in ("json", "ts"))
    for name in NAMES:
        abi = artifacts.load(name).abi
        assert json.loads(files[f"{name}.json"]) == abi, "run `make build`"
        assert files[f"{name}.ts"] == formats.as_typescript(name, abi), "run `make build`"


def test_write_abis_removes_files_of_contracts_that_are_gone(tmp_path: Path) -> None:
    for file_name in ("Gone.json", "Gone.ts", "README.md"):
        (tmp_path / file_name).write_text("")
    formats.write_abis({"Box": BOX}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Box.json", "Box.ts", "README.md"]
    assert json.loads((tmp_path / "Box.json").read_text()) == BOX


def test_typescript_is_a_constant_with_the_json_in_it() -> None:
    text = formats.as_typescript("AccessManager", BOX)
    assert text.startswith("export const accessManagerAbi = [\n")
    assert text.endswith("\n] as const\n")
    assert json.loads(text.partition(" = ")[2].removesuffix(" as const\n")) == BOX


def test_human_readable_declarations() -> None:
    assert formats.as_human(BOX) == [
        "constructor()",
        "error TooBig(uint8 size)",
        "event Shut(address indexed lid) anonymous",
        "fallback() external payable",
        "function look((uint32 id, (bytes) inner)[2][] lots) view returns (bool)",
        "receive() external payable",
    ]


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["abi", *words])
    return done.exit_code, done.stdout, done.stderr


def test_command_lists_the_contracts() -> None:
    code, out, _ = run()
    assert code == 0
    assert all(name in out for name in NAMES)
    code, out, _ = run("--json")
    assert [row["contract"] for row in json.loads(out)] == list(NAMES)


@pytest.mark.parametrize(
    ("words", "file"),
    [((), "json"), (("--json",), "json"), (("--format", "json"), "json"), (("--format", "ts"), "ts")],
)
def test_command_prints_what_the_folder_has(words: tuple[str, ...], file: str) -> None:
    assert run("Credits", *words) == (0, (FOLDER / f"Credits.{file}").read_text(encoding="utf-8"), "")


def test_command_prints_a_declaration_a_line() -> None:
    code, out, _ = run("Certificates", "--format", "human")
    assert code == 0
    assert out.splitlines() == formats.as_human(artifacts.load("Certificates").abi)


def test_unknown_name_is_one_sentence_with_the_names() -> None:
    code, out, problem = run("Credit")
    assert (code, out) == (1, "")
    assert problem == (
        f"Error: The package ships no contract named Credit (there are: {', '.join(NAMES)}).\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--format", "ts"), "Missing the contract's name"),
        (("Credits", "--json", "--format", "ts"), "Give either --json or --format ts."),
    ],
)
def test_misuse(words: tuple[str, ...], message: str) -> None:
    code, out, problem = run(*words)
    assert (code, out) == (2, "")
    assert message in problem
