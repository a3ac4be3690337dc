"""Finds the regions: every folder below `adapters` with a manifest.toml is one. Nothing else lists them."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Final

import adapters as package
from adapters.base import Adapter
from adapters.lookups import Lookups
from adapters.manifest import Manifest
from adapters.source import NumberedSource
from schema.catalogue import Catalogue, read_catalogue
from schema.errors import FactsError, Problem, RequestError
from schema.fact_file import read_facts
from schema.identifiers import REGIONS

# What is wrong where the manifest states it, or does not, and the source is of the other kind.
_BY_NUMBER: Final = {
    True: ("source.py 不能按编号查询", "source.py cannot be asked for entries by number"),
    False: (
        "source.py 可按编号查询，清单未写明一次几项",
        "source.py can be asked for entries by number; say how many at once",
    ),
}


def _folders() -> list[Path]:
    # Root by root, as imports look for modules.
    return [path.parent for root in package.__path__ for path in sorted(Path(root).glob("*/manifest.toml"))]


def _checked(folder: Path) -> tuple[Manifest, Catalogue]:
    manifest = read_facts(folder / "manifest.toml", Manifest)
    catalogue = read_catalogue(folder)
    topics = [topic for _, topic in catalogue.topics()]
    ours = sum(topic.ours for topic in topics)
    counted = (len(catalogue.tracks), len(topics) - ours, sum(len(topic.sub_topics) for topic in topics), ours)
    expected = manifest.expected
    problems = []
    if folder.name != manifest.slug:
        zh = f"文件夹名为 {folder.name}，清单写 {manifest.slug}"
        en = f"the folder is called {folder.name}, the manifest says {manifest.slug}"
        problems.append(_disagrees(folder, "slug", zh, en))
    if (region := catalogue.book.region) != manifest.code:
        zh = f"clauses.toml 属于地区 {region}，清单属于 {manifest.code}"
        en = f"clauses.toml is of region {region}, the manifest of {manifest.code}"
        problems.append(_disagrees(folder, "code", zh, en))
    if counted != (expected.tracks, expected.topics, expected.sub_topics, expected.ours):
        zh = f"tracks.toml 中赛道、赛题、子赛题、自拟赛题数为 {counted}"
        en = f"tracks.toml holds {counted} tracks, topics, sub-topics and topics of ours"
        problems.append(_disagrees(folder, "expected", zh, en))
    if problems:
        raise FactsError(problems)
    return manifest, catalogue


def _disagrees(folder: Path, key: str, zh: str, en: str) -> Problem:
    return Problem(
        "MANIFEST_DISAGREES",
        f"{folder.name}/manifest.toml: {key}",
        zh=f"清单不一致：{zh}",
        en=en,
        remedy_zh="对照通知核实，改正清单或所述文件",
        remedy_en="check against the notice, then mend the manifest or what it disagrees with",
    )


def module(slug: str, name: str) -> ModuleType:
    """One module of a region's folder."""
    return import_module(f"{package.__name__}.{slug}.{name}")


def read(folder: Path) -> Adapter:
    """The adapter of one folder. Raises FactsError with all its problems."""
    manifest, catalogue = _checked(folder)
    source = module(manifest.slug, "source").PlatformSource
    stated = bool(manifest.capabilities.entries_by_number)
    if stated != issubclass(source, NumberedSource):
        raise FactsError([_disagrees(folder, "entries_by_number", *_BY_NUMBER[stated])])
    return Adapter(
        manifest=manifest,
        catalogue=catalogue,
        lookups=Lookups(folder / "lookups.toml"),
        source=source,
        payload=module(manifest.slug, "payload").PAYLOAD,
        to_entry=module(manifest.slug, "mapping").to_entry,
    )


def folder_named(word: str) -> Path | None:
    """The folder of the region whose slug, code or Chinese name is `word`, whether or not it can be read."""
    slugs = {word, *(region.slug for region in REGIONS.values() if word in (region.code, region.name))}
    return next((folder for folder in _folders() if folder.name in slugs), None)


@cache
def regions() -> Mapping[str, Adapter]:
    """Every adapter by region code, in order of code. Raises FactsError with all problems of all folders."""
    found: dict[str, Adapter] = {}
    problems: list[Problem] = []
    for folder in _folders():
        try:
            adapter = read(folder)
        except FactsError as error:
            problems.extend(error.problems)
        else:
            found[adapter.manifest.code] = adapter
    if problems:
        raise FactsError(problems)
    return MappingProxyType(dict(sorted(found.items())))


def region_named(word: str) -> Adapter | None:
    """The adapter whose code, slug or Chinese name is `word`."""
    for adapter in regions().values():
        if word in (adapter.manifest.code, adapter.manifest.slug, adapter.manifest.name):
            return adapter
    return None


def connected(words: Sequence[str], place: str = "REGION") -> list[Adapter]:
    """The adapters of regions named by code, slug or Chinese name, all of them where none is named; RequestError with a
    problem for each word that names none.
    """
    found = {word: region_named(word) for word in words}
    if unknown := [not_connected(word, place) for word, adapter in found.items() if adapter is None]:
        raise RequestError(unknown)
    return [adapter for adapter in found.values() if adapter] or list(regions().values())


def not_connected(word: str, place: str = "REGION") -> Problem:
    """What is said of a word that names no region with an adapter."""
    known = "、".join(f"{adapter.manifest.slug} {adapter.manifest.name}" for adapter in regions().values())
    return Problem(
        "REGION_UNKNOWN", place, "没有接入这个地区", "not a connected region", word, f"可用：{known}", f"one of {known}"
    )


def subgraph(slug: str) -> ModuleType:
    """The region's GraphQL module; imported only by the gateway, which alone knows strawberry."""
    return module(slug, "subgraph")


def sandbox(slug: str) -> ModuleType:
    """The region's simulated platform."""
    return module(slug, "sandbox")
