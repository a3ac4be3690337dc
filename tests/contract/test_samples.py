"""What a region's samples may show of the persons in them. That they become the records kept beside them, are enough and are
mapped without a look outside are rules of the contract (tests/conformance).
"""

import hashlib
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

import adapters
from adapters.base import Adapter, Page
from adapters.concealment import Concealer
from adapters.draft import MappingContext
from adapters.source import RawPage, Row
from schema.identity import Tokeniser

NUMBER = re.compile(r"\d{11}|\d{17}[\dX]")
FETCHED = datetime.fromisoformat("2025-07-01T00:00:00+08:00")
TOKENS = Tokeniser(b"sample-key-for-golden-records-32b!", "k1")


def samples(adapter: Adapter) -> Path:
    return Path(adapters.__path__[0]) / adapter.manifest.slug / "samples"


def mapped(adapter: Adapter, rows: list[dict[str, Any]], digest: str = "") -> Page:
    context = MappingContext(adapter.manifest, adapter.catalogue, adapter.lookups, TOKENS)
    raw = RawPage("sample", FETCHED, digest, [Row("", f"[{index}]", row) for index, row in enumerate(rows)])
    return adapter.map_page(raw, context, {})


def sample_page(adapter: Adapter) -> Page:
    body = (samples(adapter) / "entry.json").read_bytes()
    return mapped(adapter, orjson.loads(body), hashlib.sha256(body).hexdigest())


def records(page: Page) -> list[dict[str, Any]]:
    return [row.record.model_dump(mode="json") for row in page.mapped]


def with_numbers(value: Any, names: frozenset[str], instead: object) -> Any:
    """The row with every personal number (names of persons share their key with other names) replaced."""
    if isinstance(value, dict):
        return {
            key: instead if key in names and NUMBER.fullmatch(str(below)) else with_numbers(below, names, instead)
            for key, below in value.items()
        }
    return [with_numbers(below, names, instead) for below in value] if isinstance(value, list) else value


@pytest.mark.parametrize("number", [15400000000, "015400000000x ", ["15400000000"], {"15400000000": 1}])
def test_a_personal_number_of_the_wrong_type_or_form_is_never_shown(adapter: Adapter, number: object) -> None:
    rows = orjson.loads((samples(adapter) / "entry.json").read_bytes())
    names = Concealer(adapter.payload).names()
    page = mapped(adapter, [with_numbers(row, names, number) for row in rows])
    told = [str(problem.as_dict()) for row in page.rejected for problem in row.problems]
    kept = [row.record.model_dump_json() for row in page.mapped]
    kept += [row.payload.decode() for row in (*page.mapped, *page.rejected)]
    assert [text for text in told + kept if "15400000000" in text] == []


def test_the_samples_hold_personal_numbers_that_could_be_shown(adapter: Adapter) -> None:
    rows = orjson.loads((samples(adapter) / "entry.json").read_bytes())
    names = Concealer(adapter.payload).names()
    assert with_numbers(rows, names, "") != rows


def test_mapping_a_kept_payload_again_gives_the_same_record(adapter: Adapter) -> None:
    first = sample_page(adapter)
    again = mapped(adapter, [orjson.loads(row.payload) for row in first.mapped], first.mapped[0].record.source.sha256)
    assert records(again) == records(first)


def test_a_kept_payload_holds_no_personal_number(adapter: Adapter) -> None:
    rows = orjson.loads((samples(adapter) / "entry.json").read_bytes())
    names = Concealer(adapter.payload).names()
    kept = [orjson.loads(row.payload) for row in mapped(adapter, rows).mapped]
    assert with_numbers(kept, names, "") == kept


def test_a_number_in_an_unknown_field_is_hidden_in_what_is_kept(adapter: Adapter) -> None:
    rows = orjson.loads((samples(adapter) / "entry.json").read_bytes())
    page = mapped(adapter, [{**row, "备用13912345678": ["电话 13912345678"]} for row in rows])
    assert [b"13912345678" in row.payload for row in page.rejected] == [False] * len(rows)
