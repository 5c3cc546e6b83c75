"""Where a person's keys, deployment manifests, index and local chain are kept: one folder."""

import os
from pathlib import Path

from platformdirs import user_data_path

VARIABLE = "ONETONNE_HOME"


def home(path: str | os.PathLike[str] | None = None) -> Path:
    """`path`, else what the environment's ONETONNE_HOME names, else the user's data folder. Makes nothing."""
    chosen = path or os.environ.get(VARIABLE)
    return Path(chosen).expanduser() if chosen else user_data_path("onetonne")


def keystores_folder(home: Path) -> Path:
    return home / "keystores"


def manifest_path(home: Path, chain_id: int) -> Path:
    return home / "deployments" / f"{chain_id}.json"


def index_path(home: Path, chain_id: int) -> Path:
    return home / f"index-{chain_id}.sqlite"


def local_chain_folder(home: Path) -> Path:
    return home / "chain"


def details_folder(home: Path) -> Path:
    return home / "details"


def journal_folder(home: Path) -> Path:
    """Of the transactions that were signed, and what became of them."""
    return home / "journal"


def networks_path(home: Path) -> Path:
    """Of the profiles that the home adds to the package's."""
    return home / "networks.toml"


def rounds_folder(home: Path) -> Path:
    """Of retirements for tables of beneficiaries."""
    return home / "rounds"
