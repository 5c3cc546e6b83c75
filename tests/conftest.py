"""Random tests of a run that must pass are the same each time; `make fuzz` draws others."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("repeatable", derandomize=True)
settings.register_profile("random", print_blob=True)
settings.load_profile("random" if os.environ.get("ONETONNE_FUZZ") == "full" else "repeatable")


@pytest.fixture(scope="session", autouse=True)
def no_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a test sends without naming a home is written down in a folder of the tests."""
    before = os.environ.get("ONETONNE_HOME")
    os.environ["ONETONNE_HOME"] = str(tmp_path_factory.mktemp("no-home"))
    yield
    if before is None:
        del os.environ["ONETONNE_HOME"]
    else:
        os.environ["ONETONNE_HOME"] = before
