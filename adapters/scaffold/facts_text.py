"""Writes the facts: manifest.toml, tracks.toml, notice.toml, lookups.toml, columns.toml. They load as they are, so that the
folder can be tried at once; what only the notice can say carries the mark of what is to be filled in.
"""

import re
from pathlib import Path
from string import Template
from typing import Final

import orjson

from adapters.lookups import VOCABULARY
from adapters.scaffold.outline import UNFILLED, Outline, tables
from adapters.scaffold.roles import target_of
from adapters.values import china_time
from schema.catalogue import national_tracks
from schema.errors import MappingError

_TEMPLATES: Final = Path(__file__).parent / "templates"
_WINDOW: Final = ("2025-05-01", "2025-06-30")


def filled(template: str, outline: Outline, **values: object) -> str:
    """A template's text with the region's own names in it."""
    region = outline.region
    names = {
        "slug": region.slug,
        "code": region.code,
        "iso": region.iso,
        "name": region.name,
        "title": region.slug.capitalize(),
        "prefix": outline.prefix,
        "unfilled": UNFILLED,
        "file": outline.file,
    }
    text = (_TEMPLATES / f"{template}.template").read_text(encoding="utf-8")
    lines = Template(text).substitute(names, **values).splitlines(keepends=True)
    ours = [index for index, line in enumerate(lines) if line.startswith("from adapters.")]
    for index, line in zip(ours, sorted(lines[index] for index in ours), strict=True):
        lines[index] = line  # where the region's own modules stand among the others depends on its name
    return "".join(lines)


def manifest_text(outline: Outline) -> str:
    """manifest.toml; the counts are those of the tracks.toml written beside it."""
    tracks = _tracks(outline)
    topics = sum(len(below) for below in tracks.values())
    dialect = "a table file, everything each time" if outline.sample.is_table else "JSON, everything each time"
    return filled("manifest.toml", outline, dialect=dialect, tracks=len(tracks), topics=topics)


def notice_text(outline: Outline) -> str:
    """notice.toml; the registration window is that of the sample."""
    days = sorted(_days(outline))
    first, last = (days[0], days[-1]) if days else _WINDOW
    return filled("notice.toml", outline, first=first, last=last)


def columns_text(outline: Outline) -> str:
    """columns.toml of a table: only which column is the entry's own number."""
    key = outline.parts.get("native_id")
    heading = key.key if key else outline.fields[0].key
    return (
        "# Every column goes by its own heading, as text. Add [columns] to lead headings elsewhere: see adapters/file_source.py.\n"
        f"key = {_quoted(heading)}  # guessed\n"
    )


def tracks_text(outline: Outline) -> str:
    """tracks.toml: the tracks and topics that occur in the sample, with a crosswalk where a name is the national one's."""
    national = {track.name: track.id for track in national_tracks()}
    lines = [
        f"# {outline.region.name}: tracks and topics seen in {outline.file}, to be completed from the notice: every one, as printed,",
        "# with its place and line, and how it leads to the national tracks (match: exact, topic, ambiguous, none).",
    ]
    for number, (track, topics) in enumerate(_tracks(outline).items(), start=1):
        identifier = f"{outline.prefix}-T{number:02d}"
        plain = re.sub(r"^.*[：:]|数据要素[×xX]", "", track).strip()
        match = f'match = "exact"  # guessed\nnational = ["{national[plain]}"]' if plain in national else _unmatched()
        name = track if not track.isdecimal() and track else f"{UNFILLED} track {track or number}"
        shown = int(track) if track.isdecimal() else number
        lines += ["", "[[tracks]]", f'id = "{identifier}"', f"number = {shown}", f'number_printed = "{UNFILLED}"']
        lines += [f"name = {_quoted(name)}", f"heading = {_quoted(name)}", *_placed(), match]
        for place, topic in enumerate(topics, start=1):
            title = topic if topic and not topic.isdecimal() else f"{UNFILLED} topic {topic or place}"
            lines += ["", "[[tracks.topics]]", f'id = "{identifier}-{place:02d}"']
            lines += [f"number = {topic if topic.isdecimal() else place}", f'number_printed = "{UNFILLED}"']
            lines += [f"title = {_quoted(title)}", *_placed(), match]
    return "\n".join([*lines, ""])


def lookups_text(outline: Outline) -> str:
    """lookups.toml: every label of the sample. One whose target cannot be guessed is a comment, so that it stops its rows
    until somebody has decided.
    """
    lines = [f"# Labels seen in {outline.file}. The platform may know more: ask for its whole list."]
    for table in tables():
        members = ", ".join([*VOCABULARY[table], *(["NONE"] if table == "award" else [])])
        lines += ["", f"[{table}]  # {members}"]
        for label in outline.labels(table):
            target = target_of(table, label)
            lines.append(
                f'{_quoted(label)} = "{target}"  # guessed' if target else f'# {_quoted(label)} = ""  # {UNFILLED}'
            )
    if outline.topics and not outline.numbered:
        lines += ["", "[topic]  # ids of tracks.toml"]
        ids = iter(_topic_ids(outline))
        lines += [f'{_quoted(outline.topic_label(*pair))} = "{next(ids)}"  # guessed' for pair in _pairs(outline)]
    return "\n".join([*lines, ""])


def _tracks(outline: Outline) -> dict[str, list[str]]:
    """The topics of each track, as the sample names them; one of each where it names none."""
    found: dict[str, list[str]] = {}
    for track, topic in _pairs(outline):
        found.setdefault(_shown(track), []).append(_shown(topic))
    return found or {"": [""]}


def _pairs(outline: Outline) -> list[tuple[object, object]]:
    return [pair for pair in outline.topics if any(part not in (None, "") for part in pair)]


def _topic_ids(outline: Outline) -> list[str]:
    """Ids of topics in the order of `_pairs`."""
    tracks = list(_tracks(outline))
    seen = dict.fromkeys(tracks, 0)
    ids = []
    for track, _ in _pairs(outline):
        seen[_shown(track)] += 1
        ids.append(f"{outline.prefix}-T{tracks.index(_shown(track)) + 1:02d}-{seen[_shown(track)]:02d}")
    return ids


def _shown(part: object) -> str:
    return "" if part is None else str(part)


def _placed() -> list[str]:
    return [f'locator = "{UNFILLED}"', "line = 1"]


def _unmatched() -> str:
    return f'match = "none"\nnational = []\nreason = "{UNFILLED}: the crosswalk is not decided yet"'


def _days(outline: Outline) -> list[str]:
    field = outline.parts.get("submitted")
    found = []
    for value in field.values if field else ():
        try:
            found.append(china_time(str(value), "").date().isoformat())
        except MappingError:
            continue
    return found


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's form, of which TOML's is a superset."""
    return orjson.dumps(text).decode()
