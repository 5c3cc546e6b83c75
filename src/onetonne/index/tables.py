"""How a table of events is built: its place in history first, then its columns.

Raw logs lie beside the events, and the blocks that both belong to.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.schema import SchemaItem

from onetonne.index.columns import Account, Code, Topics, Word

metadata = MetaData()

state = Table(
    "index_state",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", String(200), nullable=False),
)
blocks = Table(
    "blocks",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", Word, nullable=False),
    Column("timestamp", BigInteger, nullable=False, comment="seconds since 1970-01-01, UTC"),
    sqlite_with_rowid=False,
)
"""Those with events, and the last of each page that was read: the highest is how far the index is."""
transactions = Table(
    "transactions",
    metadata,
    Column("block_number", BigInteger, primary_key=True, autoincrement=False),
    Column("transaction_index", Integer, primary_key=True, autoincrement=False),
    Column("hash", Word, nullable=False),
    sqlite_with_rowid=False,
)
"""Those with events."""
logs = Table(
    "logs",
    metadata,
    Column("block_number", BigInteger, primary_key=True, autoincrement=False),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("transaction_index", Integer, nullable=False),
    Column("address", Account, nullable=False),
    Column("topics", Topics, nullable=False, comment="up to four words, each 0x and 64 digits"),
    Column("data", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""As they were emitted, unless the index leaves them out: a new version makes its tables from them."""

EVENT_TABLES: list[Table] = []
INDEXES: list[Index] = []
"""Made when an index has caught up with its chain: they take as long as all the rest while it has not."""


def event_table(name: str, *columns: SchemaItem, indexed: tuple[str, ...] = (), items: bool = False) -> Table:
    """A table of decoded events. `items` where one log gives several rows."""
    place = [
        Column("block_number", BigInteger, primary_key=True, autoincrement=False),
        Column("log_index", Integer, primary_key=True, autoincrement=False),
    ]
    if items:
        place.append(Column("item", Integer, primary_key=True, autoincrement=False))
    place.append(Column("transaction_index", Integer, nullable=False))
    # Without rowid, SQLite keeps a table in one tree, in the order of history, and not in two.
    made = Table(name, metadata, *place, *columns, sqlite_with_rowid=False)
    EVENT_TABLES.append(made)
    INDEXES.extend(_index(made, by) for by in indexed)
    return made


def _index(table: Table, by: str) -> Index:
    """Apart from its table, so that it is not made with it."""
    made = Index(f"{table.name}_by_{by}", table.c[by])
    table.indexes.discard(made)
    return made


def id_column(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def account(name: str) -> Column[str]:
    return Column(name, Account, nullable=False)


def code(name: str) -> Column[str]:
    return Column(name, Code, nullable=False)


def word(name: str) -> Column[bytes]:
    return Column(name, Word, nullable=False)


def text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def decision() -> tuple[Column[bytes], Column[int], Column[str]]:
    """Where the decision behind an entry can be read. An entry counts from the second after its block's."""
    return word("document"), number("decided_on"), text("source")
