"""Whether PostgreSQL seeks what operations ask for among 250,000 entries.

`python tests/benchmark/graphql/seeks.py [--entries 5000] [--times 50]` fails where a page (first, later, last; of all, of a region, of a
track, of both; by each sort that an index serves) or one entry is looked for by reading a table whole.
"""

import argparse
from itertools import product
from typing import Any, Final

import orjson
from filled import filled
from larger import scans
from questions import ANY_ONE, PAGE

from gateway.compiled.operation import compiled
from gateway.schema import graphql_schema
from sync.database import Database
from sync.scope import EVERYTHING, Scope

_PAGES: Final = f"""query ($filter: EntryFilterInput, $sort: [EntrySortInput!], $first: Int, $last: Int, $after: String) {{
    entries(filter: $filter, sort: $sort, first: $first, last: $last, after: $after) {{ pageInfo {{ endCursor hasPreviousPage }} {PAGE} }} }}"""
_UNCOUNTED: Final = _PAGES.replace("totalCount", "")  # the total of all entries is rightly read from a whole index
_FILTERS: Final = ({}, {"regions": ["41"]}, {"nationalTracks": ["N01"]}, {"regions": ["41"], "nationalTracks": ["N01"]})
_SORTS: Final = ("SUBMITTED_AT", "UPDATED_AT", "ID")


def corpus(database: Database) -> list[dict[str, Any]]:
    """The operations that must seek."""
    made: list[dict[str, Any]] = []
    for given, by, size in product(_FILTERS, _SORTS, ({"first": 50}, {"last": 50}, {"first": 1000})):
        asked = {"filter": given, "sort": [{"by": by, "descending": True}], **size}
        text = _PAGES if len(given) == 2 else _UNCOUNTED
        made.append({"query": text, "variables": asked})
        if "first" in size:
            plan = compiled(graphql_schema(), text, None)
            assert plan is not None
            with database.read() as session:
                data, _ = plan.bound(orjson.dumps(asked)).answer(session, EVERYTHING)
            cursor = orjson.loads(data)["entries"]["pageInfo"]["endCursor"]
            made.append({"query": text, "variables": {**asked, "after": cursor}})
    with database.engine.connect() as connection:
        ids = [row[0] for row in connection.exec_driver_sql("SELECT id FROM entry ORDER BY random() LIMIT 20")]
    return made + [{"query": ANY_ONE, "variables": {"id": each}} for each in ids]


def main() -> None:
    """Fill, ask, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=5000)
    parser.add_argument("--times", type=int, default=50, help="that many of each entry")
    options = parser.parse_args()
    with filled(None, options.entries, options.times) as url:
        database = Database(url)
        operations = corpus(database)
        found = {scope: scans(database, operations, scope) for scope in (EVERYTHING, Scope("41"))}
        database.close()
    assert found == {EVERYTHING: [], Scope("41"): []}, found
    print(
        f"{options.entries * options.times:,} entries, {len(operations)} operations for two viewers: none reads a table whole"
    )


if __name__ == "__main__":
    main()
