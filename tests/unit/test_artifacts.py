"""The shipped compiler output is complete, made of these sources with these settings, and fits on chain."""

import json
from pathlib import Path

import pytest
import yaml

from onetonne import artifacts
from onetonne.artifacts import building
from onetonne.errors import ArtifactError

ROOT = Path(__file__).resolve().parents[2]
MAX_CODE_BYTES = 24_576  # EIP-170


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one small contract; compiled without the Yul pipeline, which takes ten times as long."""
    (tmp_path / "contracts").mkdir()
    for name in ("node_modules", "scripts"):
        (tmp_path / name).symlink_to(ROOT / name)
    settings = (ROOT / "foundry.toml").read_text()
    assert "via_ir = true" in settings
    (tmp_path / "foundry.toml").write_text(settings.replace("via_ir = true", "via_ir = false"))
    write_source(
        tmp_path,
        "Box",
        "uint8 small; uint256 private _big; uint64 public immutable LIMIT = uint64(block.number);",
    )
    return tmp_path


def write_source(project: Path, name: str, body: str, file: str = "") -> None:
    text = f"// SPDX-License-Identifier: Apache-2.0\npragma solidity ^0.8.37;\ncontract {name} {{ {body} }}\n"
    (project / "contracts" / f"{file or name}.sol").write_text(text)


def test_every_shipped_contract_loads_and_fits_on_chain() -> None:
    assert {"Programmes", "Projects", "Labels", "Credits", "Certificates", "AccessManager"} <= set(
        artifacts.names()
    )
    for name in artifacts.names():
        artifact = artifacts.load(name)
        assert artifact.name == name
        assert artifact.bytecode.startswith("0x")
        assert 0 < len(artifact.deployed_bytecode) // 2 - 1 <= MAX_CODE_BYTES, name


def test_artifacts_are_made_of_the_sources_here() -> None:
    shipped = artifacts.standard_json()["sources"]
    ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / "contracts").rglob("*.sol")}
    stale = [name for name in ours if shipped.get(name, {}).get("content") != (ROOT / name).read_text()]
    assert not stale, "run `make build`"
    assert {name for name in shipped if name.startswith("contracts/")} == ours


def test_settings_agree_in_foundry_toml_brownie_config_and_the_shipped_input() -> None:
    version, settings = building.read_settings(ROOT / "foundry.toml")
    shipped = artifacts.standard_json()["settings"]
    assert {key: shipped[key] for key in settings} == settings
    brownie = yaml.safe_load((ROOT / "brownie-config.yaml").read_text())["compiler"]
    assert brownie == {
        "evm_version": settings["evmVersion"],
        "solc": {
            "version": version,
            "optimizer": settings["optimizer"],
            "remappings": settings["remappings"],
            "viaIR": settings["viaIR"],
        },
    }
    packages = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert packages["solc"] == version


def test_unknown_contract_names_the_known_ones() -> None:
    with pytest.raises(
        ArtifactError, match=r"no contract named Credit \(there are: AccessManager, .*Credits"
    ):
        artifacts.load("Credit")


def test_build_writes_the_same_files_again_and_removes_stale_ones(project: Path) -> None:
    out = project / "out"
    built = building.build(project, out)
    assert sorted(built) == ["AccessManager", "Box"]
    box = json.loads(built["Box"].read_text())
    assert [(entry["label"], entry["slot"]) for entry in box["storageLayout"]["storage"]] == [
        ("small", "0"),
        ("_big", "1"),
    ]
    assert {place["name"] for place in box["immutables"]} == {"LIMIT"}
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    (out / "Gone.json").write_text("{}")
    building.build(project, out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first


def test_slot_of_a_state_variable() -> None:
    artifact = artifacts.Artifact(
        "Box", "Box.sol", [], "0x", "0x", (), {"storage": [{"label": "a", "slot": "3"}]}, "0.8.37"
    )
    assert artifact.slot("a") == 3
    with pytest.raises(ArtifactError, match="Box has 0 state variables named b"):
        artifact.slot("b")


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("Box2", "uint8 x = 256;", "don't compile"),
        ("Box", "uint8 x;", "Both .* define a contract Box"),
        (
            "Linked",
            "function f() external { L.g(); }\n}\nlibrary L { function g() external {}",
            "needs linking",
        ),
    ],
)
def test_build_refuses(project: Path, name: str, body: str, message: str) -> None:
    write_source(project, name, body, file="Other")
    with pytest.raises(ArtifactError, match=message):
        building.build(project, project / "out")


def test_build_says_what_is_missing(tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ArtifactError, match=r"foundry\.toml can't be read"):
        building.build(tmp_path / "nowhere")
    monkeypatch.setenv("SOLCX_BINARY_PATH", str(tmp_path))
    with pytest.raises(ArtifactError, match="holds no solc-v"):
        building.build(project)
