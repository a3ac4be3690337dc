"""A full pull gives every registration as it was entered, sets aside what is flawed, and leaks nothing."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters import registry
from adapters.base import Adapter
from adapters.sandbox.registrations import Company, Corpus, Registration
from adapters.transport import Endpoint
from schema.records import Entry
from schema.types.entry import Entry as EntryType

BY_THE_MINUTE = {"shaanxi"}  # tables there print no seconds
WITH_CITIES = {"hunan"}  # only there the contest has a city round


def expected(made: Registration, slug: str) -> dict[str, Any]:
    """What the hub must know of a registration, in plain values."""
    return {
        "id": made.entry_id,
        "city": made.city if slug in WITH_CITIES else None,
        "title": made.title,
        "summary": made.summary,
        "topic": made.topic.topic_id,
        "sub_topic": made.sub_topic,
        "stage": made.stage,
        "status": made.status,
        "award": made.award,
        "score": made.score,
        "lead": made.companies[0].name,
        "organisations": sorted(map(organisation, made.companies)),
        "team": made.team,
        "roles": [person.duty for person in made.people],
        "contacts": [index == 0 for index in range(len(made.people))],
        "times": [printed(moment, slug) for moment in (made.submitted_at, made.updated_at)],
    }


def organisation(company: Company) -> tuple[str, str, str]:
    return company.name, company.credit_code, str(company.kind)


def printed(moment: datetime, slug: str) -> datetime:
    """The moment as far as the platform prints it."""
    return moment.replace(second=0) if slug in BY_THE_MINUTE else moment


def found(entry: Entry) -> dict[str, Any]:
    """The same of a record."""
    return {
        "id": entry.id,
        "city": entry.city,
        "title": entry.title,
        "summary": entry.summary,
        "topic": entry.topic_id,
        "sub_topic": entry.sub_topic_id,
        "stage": entry.stage,
        "status": entry.status,
        "award": entry.award,
        "score": entry.score,
        "lead": entry.lead.name,
        "organisations": sorted((one.name, one.credit_code or "", str(one.kind)) for one in entry.organisations),
        "team": entry.team.name,
        "roles": [person.role for person in entry.team.representatives],
        "contacts": [person.is_contact for person in entry.team.representatives],
        "times": [entry.submitted_at, entry.updated_at],
    }


def sound(content: Corpus, adapter: Adapter) -> list[Registration]:
    return [made for made in content.registrations[adapter.manifest.slug] if made.flaw is None]


def flawed(content: Corpus, adapter: Adapter) -> list[Registration]:
    return [made for made in content.registrations[adapter.manifest.slug] if made.flaw is not None]


def test_every_sound_registration_is_mapped_as_it_was_entered(adapter: Adapter, content: Corpus, first_pulls) -> None:
    slug = adapter.manifest.slug
    records = {row.record.id: row.record for row in first_pulls[slug].mapped}
    wanted = {made.entry_id: expected(made, slug) for made in sound(content, adapter)}
    assert {entry: found(record) for entry, record in records.items()} == wanted


def test_no_entry_comes_twice(adapter: Adapter, first_pulls) -> None:
    assert [entry for entry, times in Counter(first_pulls[adapter.manifest.slug].ids).items() if times > 1] == []


def test_exactly_the_five_flawed_rows_are_set_aside(adapter: Adapter, content: Corpus, first_pulls) -> None:
    keys = sorted(row.key for row in first_pulls[adapter.manifest.slug].rejected)
    assert keys == sorted(made.native_id for made in flawed(content, adapter))


def test_the_five_flaws_are_one_of_each_kind(adapter: Adapter, content: Corpus) -> None:
    kinds = sorted(str(made.flaw) for made in flawed(content, adapter))
    assert kinds == ["bad_time", "new_field", "no_title", "unknown_stage", "unknown_topic"]


def test_every_row_set_aside_says_where_and_how_to_mend_it(adapter: Adapter, first_pulls) -> None:
    rejected = first_pulls[adapter.manifest.slug].rejected
    told = [all((p.place, p.zh, p.en, p.remedy_zh, p.remedy_en)) for row in rejected for p in row.problems]
    assert told == [True] * 5


def test_every_row_set_aside_says_which_bytes_it_stood_in(adapter: Adapter, first_pulls) -> None:
    rejected = first_pulls[adapter.manifest.slug].rejected
    assert [row for row in rejected if not (row.locator == row.source.locator and len(row.source.sha256) == 64)] == []


def test_every_record_says_which_bytes_it_was_read_from(adapter: Adapter, first_pulls) -> None:
    sources = [row.record.source for row in first_pulls[adapter.manifest.slug].mapped]
    assert {(len(source.sha256), source.url.startswith("http://127.0.0.1:")) for source in sources} == {(64, True)}


def test_the_total_where_the_platform_says_one_counts_every_row(adapter: Adapter, first_pulls) -> None:
    pulled = first_pulls[adapter.manifest.slug]
    assert {page.total for page in pulled.pages} <= {None, len(pulled.mapped) + len(pulled.rejected)}


def test_no_personal_number_is_in_any_record_or_problem(adapter: Adapter, content: Corpus, first_pulls) -> None:
    pulled = first_pulls[adapter.manifest.slug]
    told = [str(problem.as_dict()) for row in pulled.rejected for problem in row.problems]
    text = "\n".join([*(row.record.model_dump_json() for row in pulled.mapped), *told])
    assert [number for number in content.personal_numbers() if number in text] == []


def test_every_representative_has_tokens_for_name_number_and_phone(adapter: Adapter, first_pulls) -> None:
    entries = [row.record for row in first_pulls[adapter.manifest.slug].mapped]
    people = [person for entry in entries for person in entry.team.representatives]
    assert [person for person in people if not (person.name_token and person.id_token and person.phone_token)] == []


def test_one_person_has_one_token_in_every_region(content: Corpus, first_pulls) -> None:
    numbers = {p.id_number for part in content.registrations.values() for r in part if not r.flaw for p in r.people}
    entries = [row.record for pulled in first_pulls.values() for row in pulled.mapped]
    tokens = {person.id_token for entry in entries for person in entry.team.representatives}
    assert len(tokens) == len(numbers)


def test_native_fields_are_those_that_the_regions_own_type_adds(adapter: Adapter, first_pulls) -> None:
    own = registry.subgraph(adapter.manifest.slug).ENTRY
    added = names(own) - names(EntryType)
    assert {frozenset(row.record.native) for row in first_pulls[adapter.manifest.slug].mapped} == {frozenset(added)}


def names(entry_type: Any) -> set[str]:
    return {field.python_name for field in entry_type.__strawberry_definition__.fields}


async def test_small_pages_give_the_same_records_as_large_ones(
    adapter: Adapter, endpoint: Endpoint, pull, first_pulls: Mapping[str, Any]
) -> None:
    capabilities = adapter.manifest.capabilities.model_copy(update={"page_size": 20})
    paged = replace(adapter, manifest=adapter.manifest.model_copy(update={"capabilities": capabilities}))
    hashes = {row.record.id: row.record.content_hash() for row in (await pull(paged, endpoint)).mapped}
    assert hashes == {r.record.id: r.record.content_hash() for r in first_pulls[adapter.manifest.slug].mapped}
