"""Rules about the files of a folder. They read the files themselves, so that a folder that cannot be loaded still shows
all that is wrong with it.
"""

import tomllib
from typing import Any, Final

from pydantic import ValidationError

from adapters import registry
from adapters.conformance.rule import CannotCheckError, Needs, broken, rule
from adapters.conformance.subject import Subject
from adapters.lookups import VOCABULARY, Lookups
from adapters.manifest import Manifest
from schema.catalogue import read_catalogue
from schema.errors import FactsError, Problem, redact
from schema.identifiers import REGIONS

_FILES: Final = (
    *("manifest.toml", "notice.toml", "tracks.toml", "clauses.toml", "lookups.toml", "samples/entry.json"),
    *("payload.py", "mapping.py", "source.py", "subgraph.py", "sandbox.py"),
)


def _manifest(subject: Subject) -> dict[str, Any]:
    try:
        return tomllib.loads((subject.folder / "manifest.toml").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CannotCheckError("manifest.toml 无法读取 / cannot be read (facts.manifest)") from error


@rule("facts.names", "文件夹、代码与名称一致", "folder, codes and name are of one region", Needs.FILES)
async def names(subject: Subject) -> list[Problem]:
    """Two provinces differ by one letter: all four names are compared with the one table."""
    manifest = _manifest(subject)
    region = REGIONS.get(str(manifest.get("code")))
    if region is None:
        code = manifest.get("code")
        return [broken("manifest.toml: code", "不是省级行政区代码", "not the code of a province", code)]
    wanted = {"slug": region.slug, "iso": region.iso, "name": region.name}
    problems = [
        broken(f"manifest.toml: {key}", f"代码 {region.code} 对应 {value}", f"code {region.code} has {value}", found)
        for key, value in wanted.items()
        if (found := manifest.get(key)) != value
    ]
    if subject.folder.name != region.slug:
        zh, en = f"文件夹应名为 {region.slug}", f"the folder should be called {region.slug}"
        problems.append(broken(subject.folder.name, zh, en))
    return problems


@rule("facts.manifest", "清单完整，无未知键", "the manifest is complete and has no unknown key", Needs.FILES)
async def manifest(subject: Subject) -> list[Problem]:
    """What a manifest may say is a closed list: a key with a slip in it must not be overlooked."""
    try:
        Manifest.model_validate(tomllib.loads((subject.folder / "manifest.toml").read_text("utf-8")))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return [broken("manifest.toml", "无法读取", f"cannot be read: {error}")]
    except ValidationError as error:
        faults = [fault for fault in error.errors() if fault["loc"]]  # one without a key is about names: facts.names
        return [
            broken(f"manifest.toml: {'.'.join(map(str, fault['loc']))}", "键有误", fault["msg"]) for fault in faults
        ]
    return []


@rule("facts.files", "文件齐全，模块可用", "every file is there and every module gives what it should", Needs.FILES)
async def files(subject: Subject) -> list[Problem]:
    """The GraphQL type is only looked for: it is the gateway's to load."""
    missing = [name for name in _FILES if not (subject.folder / name).is_file()]
    problems = [broken(name, "缺少该文件", "the file is missing") for name in missing]
    wanted = {"payload": "PAYLOAD", "mapping": "to_entry", "source": "PlatformSource", "sandbox": "SandboxPlatform"}
    for module, name in wanted.items():
        if f"{module}.py" in missing:
            continue
        try:
            getattr(registry.module(subject.folder.name, module), name)
        except Exception as error:  # noqa: BLE001  whatever a module does when it is loaded is what we want to show
            place = f"{module}.py: {name}"
            problems.append(broken(place, "无法加载", f"cannot be loaded: {type(error).__name__}", redact(error)))
    return problems


@rule("facts.catalogue", "赛道与通知文件无误", "tracks.toml and notice.toml are without fault", Needs.FILES)
async def catalogue(subject: Subject) -> list[Problem]:
    """Ids are unique, national tracks exist, every crosswalk that is not exact has its reason."""
    try:
        read_catalogue(subject.folder)
    except FactsError as error:
        return [
            problem for problem in error.problems if "/clauses.toml" not in problem.place
        ]  # facts.clauses shows those
    return []


@rule("facts.lookups", "对照表齐全有效", "the lookups are there and lead to what exists", Needs.FILES)
async def lookups(subject: Subject) -> list[Problem]:
    """A table that is missing would set aside every row."""
    try:
        found = Lookups(subject.folder / "lookups.toml")
    except FactsError as error:
        return list(error.problems)
    empty = [table for table in VOCABULARY if not found.labels(table)]
    return [broken(f"lookups.toml: {table}", "缺少该表", "the table is missing or empty") for table in empty]


@rule("facts.counts", "赛道、赛题数量与清单一致", "as many tracks and topics as the manifest expects", Needs.FILES)
async def counts(subject: Subject) -> list[Problem]:
    """The manifest's figures are counted by hand in the notice."""
    expected = _manifest(subject).get("expected", {})
    try:
        catalogue = read_catalogue(subject.folder)
    except FactsError:
        raise CannotCheckError("赛道或通知文件有误 / tracks.toml or notice.toml is faulty (facts.catalogue)") from None
    topics = [topic for _, topic in catalogue.topics()]
    found = {
        "tracks": len(catalogue.tracks),
        "topics": sum(not topic.ours for topic in topics),
        "sub_topics": sum(len(topic.sub_topics) for topic in topics),
        "ours": sum(topic.ours for topic in topics),
    }
    return [
        broken(
            f"manifest.toml: expected.{key}",
            f"清单为 {stated}，文件中有 {number}",
            f"{stated} expected, {number} found",
        )
        for key, number in found.items()
        if (stated := expected.get(key, 0)) != number
    ]


RULES = (names, manifest, files, catalogue, lookups, counts)
