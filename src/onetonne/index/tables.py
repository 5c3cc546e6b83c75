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

from onetonne.index.columns import Code, Word

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
)
logs = Table(
    "logs",
    metadata,
    Column("block_number", BigInteger, primary_key=True, autoincrement=False),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("block_hash", LargeBinary, nullable=False),
    Column("transaction_hash", LargeBinary, nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("topics", LargeBinary, nullable=False, comment="up to four words of 32 bytes"),
    Column("data", LargeBinary, nullable=False),
)

EVENT_TABLES: list[Table] = []


def event_table(name: str, *columns: SchemaItem, indexed: tuple[str, ...] = (), items: bool = False) -> Table:
    """A table of decoded events. `items` where one log gives several rows."""
    place = [
        Column("block_number", BigInteger, primary_key=True, autoincrement=False),
        Column("log_index", Integer, primary_key=True, autoincrement=False),
    ]
    if items:
        place.append(Column("item", Integer, primary_key=True, autoincrement=False))
    made = Table(name, metadata, *place, *columns)
    for by in indexed:
        Index(f"{name}_by_{by}", made.c[by])
    EVENT_TABLES.append(made)
    return made


def id_column(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def account(name: str) -> Column[str]:
    return Column(name, String(42), nullable=False)


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
