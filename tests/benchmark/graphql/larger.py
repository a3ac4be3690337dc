"""A filled database made several times as large by its own SQL, which takes a hundredth of the time that storing records takes."""

from typing import Final

from sqlalchemy import inspect

from sync.database import Database

_TABLES: Final = {"entry": "id", "entry_organisation": "entry_id", "entry_representative": "entry_id"}


def multiply(database: Database, times: int) -> None:
    """So many of each entry that is there, under other ids; what text search reads is left as it is."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table, key in _TABLES.items():
            found = inspect(connection).get_columns(table)
            names = [each["name"] for each in found if "computed" not in each]
            told = ", ".join(f"s.{name} || '-' || n" if name in (key, "native_id") else f"s.{name}" for name in names)
            copies = f"SELECT {told} FROM {table} AS s, generate_series(2, {times}) AS n"
            connection.exec_driver_sql(f"INSERT INTO {table} ({', '.join(names)}) {copies}")
        connection.exec_driver_sql("VACUUM ANALYZE")
