"""brownie's own compilation gives the bytecode that the package ships, to the byte."""

import pytest
from brownie import project

from onetonne import artifacts


@pytest.mark.parametrize("name", [name for name in artifacts.names() if name != "AccessManager"])
def test_brownie_compiles_what_the_package_ships(name: str) -> None:
    (loaded,) = project.get_loaded_projects()
    assert "0x" + loaded[name].bytecode == artifacts.load(name).bytecode, "run `make build`"
