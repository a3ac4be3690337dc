"""Every region can be read from a table its clerk exports, and gives the records that its platform gives."""

from pathlib import Path

import pytest

from adapters.base import Adapter
from adapters.columns import columns_of
from adapters.sandbox.export import exported, text_table, workbook
from adapters.sandbox.platform import Platform
from adapters.transport import Endpoint
from schema.records import Entry


@pytest.fixture
def lines(adapter: Adapter, platform: Platform, content) -> list[list]:
    """All registrations without a flaw: a table has no field for one row alone."""
    sound = {made.native_id for made in content.registrations[adapter.manifest.slug] if made.flaw is None}
    table = exported(platform.rows(), columns_of(adapter.manifest.slug))
    key = table[0].index(columns_of(adapter.manifest.slug).key)
    return [table[0], *(line for line in table[1:] if line[key] in sound)]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "gb18030.csv"])
async def test_a_table_gives_the_records_that_the_platform_gives(
    kind: str, tmp_path: Path, adapter: Adapter, lines: list[list], pull, first_pulls
) -> None:
    encoding = "gb18030" if kind.startswith("gb") else "utf-8-sig"
    (tmp_path / f"a.{kind}").write_bytes(workbook(lines) if kind == "xlsx" else text_table(lines, encoding))
    pulled = await pull(adapter, Endpoint(tmp_path.as_uri()))
    assert [row.problems for row in pulled.rejected] == []
    assert records(pulled) == records(first_pulls[adapter.manifest.slug])


async def test_a_row_gone_bad_costs_itself_alone(tmp_path: Path, adapter: Adapter, lines: list[list], pull) -> None:
    stage = columns_of(adapter.manifest.slug).columns
    at = next(i for i, name in enumerate(lines[0]) if name in stage and name in ("当前阶段", "当前环节"))
    spoilt = [lines[0], [*lines[1][:at], "复议中", *lines[1][at + 1 :]], *lines[2:]]
    (tmp_path / "a.xlsx").write_bytes(workbook(spoilt))
    pulled = await pull(adapter, Endpoint(tmp_path.as_uri()))
    told = [[problem.code for problem in row.problems] for row in pulled.rejected]
    assert (told, len(pulled.mapped)) == ([["UNKNOWN_LABEL"]], len(lines) - 2)


async def test_no_personal_number_of_a_table_is_in_any_record_or_kept_row(
    tmp_path: Path, adapter: Adapter, lines: list[list], pull, content
) -> None:
    (tmp_path / "a.xlsx").write_bytes(workbook(lines))
    pulled = await pull(adapter, Endpoint(tmp_path.as_uri()))
    text = "".join(row.record.model_dump_json() + row.payload.decode() for row in pulled.mapped)
    assert [number for number in content.personal_numbers() if number in text] == []


def records(pulled) -> dict[str, dict]:
    return {
        row.record.id: row.record.model_dump(exclude={"source"})
        for row in pulled.mapped
        if isinstance(row.record, Entry)
    }
