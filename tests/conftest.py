"""Random tests of a run that must pass are the same each time; `make fuzz` draws others."""

import os

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True)
settings.register_profile("random", print_blob=True)
settings.load_profile("random" if os.environ.get("ONETONNE_FUZZ") == "full" else "repeatable")
