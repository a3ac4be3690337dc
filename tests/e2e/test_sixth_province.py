"""A sixth province is one folder: found, served, pulled and asked for by its own GraphQL type, and named by no other file.

The folder in `tests/fixtures/sixth` is fictitious, as are its notice, its platform and its entries.
"""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import _lru_cache_wrapper
from pathlib import Path

import pytest
from openpyxl import Workbook

import adapters
from adapters import registry
from adapters.base import Adapter
from adapters.conformance.rule import Result
from adapters.conformance.runner import check
from adapters.conformance.subject import Subject
from adapters.sandbox.platform import Platform
from adapters.sandbox.serve import corpus, platforms, serving
from adapters.transport import Endpoint
from gateway.auth import OPERATOR, Viewer
from gateway.execution import execute
from gateway.hub import Hub
from gateway.schema import sdl
from schema.vocabulary import PullStatus, Role
from sync.database import Database
from sync.pull import Puller
from sync.settings import PlatformSettings, Settings

ROOT = Path(__file__).parents[2]
HOME = ROOT / "tests" / "fixtures" / "sixth"
SLUG, CODE, TYPE = "shandong", "37", "ShandongEntry"
NAMES = (SLUG, SLUG.capitalize(), "山东")
TABLE_OF_REGIONS = ROOT / "schema" / "identifiers.py"  # all 34 stand there, connected or not
LAYERS = ("schema", "adapters", "sync", "gateway")
ASK = """
query Ask($regions: [ID!]) {
  entries(first: 100, filter: {regions: $regions}) {
    totalCount
    edges { node { __typename id region { name } topic { title } ... on ShandongEntry { dataOrigin } } }
  }
}"""


def forget() -> None:
    """Everything of ours that is kept once a process, since what is kept may know the regions."""
    ours = [module for name, module in sys.modules.items() if name.partition(".")[0] in LAYERS]
    for kept in {id(value): value for module in ours for value in vars(module).values()}.values():
        if isinstance(kept, _lru_cache_wrapper):
            kept.cache_clear()
    for name in [name for name in sys.modules if name.startswith(f"adapters.{SLUG}")]:
        del sys.modules[name]


@pytest.fixture
def sixth() -> Iterator[Adapter]:
    """The province's adapter, with its folder where folders are looked for while the test lasts."""
    forget()
    adapters.__path__.append(str(HOME))
    yield registry.regions()[CODE]
    adapters.__path__.remove(str(HOME))
    forget()


@pytest.fixture
def site(sixth: Adapter) -> Platform:
    """Its simulated platform with 40 entries."""
    return platforms(corpus({sixth.manifest.slug: 40}, seed=7))[0]


@contextmanager
def hub_of(database: Database, endpoint: Endpoint) -> Iterator[Hub]:
    platform = PlatformSettings(url=endpoint.url, secret=endpoint.secret)
    hub = Hub(Settings(token_key="t" * 64, platforms={SLUG: platform}), database)
    yield hub
    hub.stop()


@asynccontextmanager
async def pulled_hub(database: Database, site: Platform) -> AsyncIterator[Hub]:
    """A hub that has pulled the platform once."""
    async with serving([site]) as endpoints:
        with hub_of(database, endpoints[SLUG]) as hub:
            await pulled(hub, site.adapter)
            yield hub


async def pulled(hub: Hub, adapter: Adapter) -> tuple[PullStatus, int, int, int, int]:
    row = await Puller(hub.database, hub.settings, hub.settings.tokeniser()).pull(adapter, "test")
    assert row.problems == []
    return row.status, row.created, row.unchanged, row.withdrawn, row.quarantined


def export(path: Path, site: Platform, count: int) -> None:
    """The platform's own table of its first entries, as a workbook."""
    workbook = Workbook()
    sheet = workbook.active
    rows = site.rows()[:count]
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    workbook.save(path)


def test_it_is_discovered_beside_the_others(sixth: Adapter) -> None:
    assert (CODE in registry.regions(), len(registry.regions()), sixth.manifest.slug) == (True, 6, SLUG)


def test_without_its_folder_it_is_not_there() -> None:
    forget()
    assert registry.region_named(SLUG) is None


async def test_its_platform_is_served_and_pulled_and_a_second_pull_changes_nothing(
    database: Database, sixth: Adapter, site: Platform
) -> None:
    async with serving([site]) as endpoints:
        with hub_of(database, endpoints[SLUG]) as hub:
            first, second = await pulled(hub, sixth), await pulled(hub, sixth)
    done = PullStatus.SUCCEEDED
    assert (first, second) == ((done, 35, 0, 0, 5), (done, 0, 35, 0, 5))


async def test_it_is_asked_for_by_its_own_type(database: Database, site: Platform) -> None:
    async with pulled_hub(database, site) as hub:
        answer = await execute(hub, OPERATOR, ASK, {"regions": [CODE]})
    nodes = [edge["node"] for edge in answer["data"]["entries"]["edges"]]
    assert (answer.get("errors"), len(nodes)) == (None, 35)
    assert {(node["__typename"], node["region"]["name"]) for node in nodes} == {(TYPE, "山东")}
    assert {node["dataOrigin"] for node in nodes} == {"浮标", "遥感", None}


async def test_another_region_does_not_see_its_entries(database: Database, site: Platform) -> None:
    async with pulled_hub(database, site) as hub:
        answer = await execute(hub, Viewer("other", Role.REGION, "41"), ASK, {"regions": [CODE]})
    assert answer["data"]["entries"]["totalCount"] == 0


async def test_the_newest_file_of_a_folder_takes_the_place_of_its_platform(
    sqlite_backend, tmp_path: Path, sixth: Adapter, site: Platform
) -> None:
    with hub_of(Database(sqlite_backend.new("empty")), Endpoint(tmp_path.as_uri())) as hub:
        export(tmp_path / "2025-06-01.xlsx", site, 40)
        first = await pulled(hub, sixth)
        export(tmp_path / "2025-06-02.xlsx", site, 38)
        second = await pulled(hub, sixth)
    (_, created, _, _, aside), (_, _, unchanged, withdrawn, still_aside) = first, second
    assert (created + aside, unchanged + still_aside, unchanged + withdrawn) == (40, 38, 35)


async def test_it_keeps_every_rule_of_the_contract(sixth: Adapter) -> None:
    outcomes = [outcome async for outcome in check(Subject(HOME / sixth.manifest.slug))]
    assert [outcome.rule.id for outcome in outcomes if outcome.result is not Result.PASSED] == []


@pytest.mark.usefixtures("sixth")
def test_its_type_is_in_the_schema_only_while_its_folder_is_there() -> None:
    inside = f"type {TYPE} implements Entry" in sdl()
    adapters.__path__.remove(str(HOME))
    forget()
    outside = f"type {TYPE} implements Entry" in sdl()
    adapters.__path__.append(str(HOME))
    assert (inside, outside) == (True, False)


def test_no_other_file_of_the_hub_names_it() -> None:
    """So adding the folder changes no other file, but for the exported schema, which is made from the code."""
    files = [path for layer in ("schema", "adapters", "sync", "gateway") for path in (ROOT / layer).rglob("*.*")]
    settings = [ROOT / name for name in ("pyproject.toml", "Makefile")]
    sources = [path for path in (*files, *settings) if path.suffix not in (".pyc", ".so") and path.is_file()]
    naming = [path for path in sources if any(name in path.read_text("utf-8", "ignore") for name in NAMES)]
    assert naming == [TABLE_OF_REGIONS]
