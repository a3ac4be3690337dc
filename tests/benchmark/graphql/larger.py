"""A filled database made several times as large by its own SQL, which takes a hundredth of the time that storing records takes; and
how PostgreSQL finds what operations ask for in it.
"""

from typing import Any, Final

import orjson
from sqlalchemy import event, inspect

from gateway.compiled.operation import compiled
from gateway.schema import graphql_schema
from sync.database import Database
from sync.scope import EVERYTHING, Scope

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


def scans(database: Database, bodies: list[dict[str, Any]], scope: Scope = EVERYTHING) -> list[str]:
    """The steps of these operations' plans that read a whole table, as PostgreSQL would take them."""
    heard: list[tuple[str, Any]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: heard.append((given[2], given[3])))
    for body in bodies:
        plan = compiled(graphql_schema(), body["query"], None)
        assert plan is not None
        with database.read() as session:
            plan.bound(orjson.dumps(body["variables"])).answer(session, scope)
    found = []
    with database.engine.connect() as connection:
        for statement, values in tuple(heard):
            found += [
                row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", values) if "Seq Scan" in row[0]
            ]
    return found
