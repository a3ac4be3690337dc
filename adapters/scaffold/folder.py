"""Starts a province's folder from a sample, and lists what a person must still do in it."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import adapters as package
from adapters.scaffold import facts_text
from adapters.scaffold.mapping_text import mapping_text
from adapters.scaffold.outline import UNFILLED, Outline
from adapters.scaffold.payload_text import payload_text
from adapters.scaffold.sample import read_sample
from adapters.scaffold.samples_text import samples_text
from adapters.scaffold.sandbox_text import sandbox_text
from schema.errors import Problem, RequestError
from schema.identifiers import REGIONS, RegionCode


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """Something left to a person: where, and what."""

    place: str
    zh: str
    en: str


def start_folder(slug: str, sample: Path, into: Path | None = None) -> tuple[Path, list[OpenPoint]]:
    """Write `into`/slug (by default beside the other provinces) and say what is open. RequestError where the slug is no
    region's or the folder is there already; then nothing is written.
    """
    region = _region(slug)
    folder = (into or Path(package.__path__[0])) / slug
    if folder.exists():
        raise RequestError(
            Problem(
                "FOLDER_EXISTS",
                slug,
                zh=f"文件夹已存在：{folder.name}",
                en=f"the folder {folder.name} exists already",
                remedy_zh="不覆盖已有的文件夹；请改用 --into 或先移走它",
                remedy_en="nothing is overwritten: use --into, or move it away first",
            )
        )
    outline = Outline(region, sample.name, read_sample(sample))
    for name, text in _files(outline).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder, [*_from_sample(outline), *_from_files(folder)]


def _region(slug: str) -> RegionCode:
    slugs = {region.slug: region for region in REGIONS.values()}
    if slug in slugs:
        return slugs[slug]
    near = "、".join(f"{each} {slugs[each].name}" for each in difflib.get_close_matches(slug, slugs, 3, 0.5))
    raise RequestError(
        Problem(
            "REGION_UNKNOWN",
            "SLUG",
            value=slug,
            zh=f"没有这个地区：{slug}",
            en=f"no region is called {slug}",
            remedy_zh=f"拼音见 schema/identifiers.py{f'；相近的有 {near}' if near else ''}",
            remedy_en=f"slugs stand in schema/identifiers.py{f'; near: {near}' if near else ''}",
        )
    )


def _files(outline: Outline) -> dict[str, str]:
    if outline.sample.is_table:
        source = {
            "source.py": facts_text.filled("source_table.py", outline),
            "columns.toml": facts_text.columns_text(outline),
        }
    else:
        key = outline.parts.get("native_id")
        steps = "".join(f'["{step}"]' for step in outline.sample.envelope)
        envelope = ".".join(outline.sample.envelope)
        values = {"key": key.key if key else "", "steps": steps, "envelope": envelope}
        source = {"source.py": facts_text.filled("source_json.py", outline, **values)}
    return {
        "__init__.py": "",
        "manifest.toml": facts_text.manifest_text(outline),
        "tracks.toml": facts_text.tracks_text(outline),
        "clauses.toml": facts_text.filled("clauses.toml", outline),
        "notice.toml": facts_text.notice_text(outline),
        "lookups.toml": facts_text.lookups_text(outline),
        **source,
        "payload.py": payload_text(outline.region.name, outline.fields, outline.file),
        "mapping.py": mapping_text(outline),
        "subgraph.py": facts_text.filled("subgraph.py", outline),
        "sandbox.py": sandbox_text(outline),
        "samples/entry.json": samples_text(outline),
    }


def _from_sample(outline: Outline) -> Iterator[OpenPoint]:
    """What the sample did not say."""
    for told in outline.missing:
        zh, _, en = told.partition(" / ")
        yield OpenPoint("mapping.py", f"样例中没有找到：{zh}", f"no field of the sample seems to hold the {en}")
    for field in outline.unmapped:
        yield OpenPoint("mapping.py", f"字段“{field.place}”尚未使用", f"the field {field.place} is not mapped")
    if not (outline.people or outline.listed("person_name")):
        yield OpenPoint("mapping.py", "没有找到参赛代表", "no representatives were found")


def _from_files(folder: Path) -> Iterator[OpenPoint]:
    """What the written files mark as open, and what they mark as guessed."""
    for path in sorted(folder.rglob("*.*")):
        if path.suffix not in (".py", ".toml"):
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        for mark, zh, en in (
            (UNFILLED, "处待填写", "to fill in"),
            ("# guessed", "处为推测，请核对", "guessed, to check"),
        ):
            found = [number for number, line in enumerate(lines, start=1) if mark in line]
            if found:
                shown = ", ".join(map(str, found[:6])) + (", …" if len(found) > 6 else "")
                yield OpenPoint(path.name, f"{len(found)} {zh}：第 {shown} 行", f"{len(found)} {en}: lines {shown}")
