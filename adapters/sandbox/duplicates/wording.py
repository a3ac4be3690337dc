"""Disguises of what a project says of itself: title and abstract, by degree."""

import random
from dataclasses import replace
from typing import Final

from adapters.sandbox.duplicates import telling as tellings
from adapters.sandbox.duplicates.entry import Draft
from adapters.sandbox.duplicates.phrases import Table, language
from adapters.sandbox.duplicates.spelling import SPELLINGS

Disguised = tuple[Draft, list[str]]
_TITLE_CHANGES: Final = {"easy": 1, "medium": 2, "hard": 3}
_SURFACE: Final = (*SPELLINGS, "form_swapped", "name_added")


def _form_swapped(rng: random.Random, title: str) -> str:
    held = [form for form in language().forms if form in title]
    if not held:
        return title
    head, _, tail = title.rpartition(held[-1])
    return head + rng.choice([form for form in (*language().forms, "") if form != held[-1]]) + tail


def _changed(rng: random.Random, draft: Draft, name: str) -> str:
    if name == "form_swapped":
        return _form_swapped(rng, draft.title)
    if name == "name_added":
        added = rng.choice((draft.city, draft.project.names["brand"], "“" + draft.project.names["brand"] + "”"))
        return draft.title if added in draft.title else added + draft.title
    return SPELLINGS[name](rng, draft.title)


def _retitled(rng: random.Random, draft: Draft, degree: str, table: Table) -> Disguised:
    """The title in another template, when hard with other names for object and task."""
    others = [number for number in range(len(table.titles)) if number != draft.telling.title]
    rename = degree == "hard"
    telling = replace(draft.telling, title=rng.choice(others), object_name=int(rename), action_name=int(rename))
    names = ["title_reordered", "title_reworded"] if rename else ["title_reordered"]
    return replace(draft, telling=telling, title=tellings.title(draft.project, telling, table)), names


def disguise_title(rng: random.Random, draft: Draft, degree: str, table: Table) -> Disguised:
    """Another title for the same project: one change of spelling when easy, other words when hard."""
    names: list[str] = []
    if degree == "hard" or (degree == "medium" and rng.random() < 0.6):
        draft, names = _retitled(rng, draft, degree, table)
    surface = list(_SURFACE)
    rng.shuffle(surface)
    wanted = _TITLE_CHANGES[degree]
    for name in surface:
        if len(names) >= wanted:
            break
        title = _changed(rng, draft, name)
        if title != draft.title:
            draft = replace(draft, title=title)
            names.append(name)
    return draft, names


def _in_synonyms(text: str, table: Table) -> str:
    for word, other in table.synonyms.items():
        text = text.replace(word, other)
    return text


def disguise_abstract(rng: random.Random, draft: Draft, degree: str, table: Table) -> Disguised:
    """The text as it was or shortened when easy; in another order and partly other words when medium; when hard told
    anew, shortened and with some figures changed, never more than a third of them.
    """
    telling, project, names = draft.telling, draft.project, []
    if degree == "easy":
        if rng.random() < 0.4:
            telling, names = tellings.shortened(rng, telling, 0.2), ["abstract_shortened"]
        text = tellings.abstract(project, telling, table)
        return _told(draft, text, names)
    hard = degree == "hard"
    telling = tellings.paraphrased(rng, telling, project, table, 0.9 if hard else 0.35)
    names = ["abstract_paraphrased"]
    if hard or rng.random() < 0.4:
        telling = tellings.shortened(rng, telling, 0.3 if hard else 0.2)
        names.append("abstract_shortened")
    if table.rewriting == "RETELLING" or rng.random() < 0.4:
        telling = tellings.reordered(rng, telling)
        names.append("abstract_reordered")
    if rng.random() < 0.5:
        project = tellings.with_other_figures(rng, project, 0.33)
        names.append("figures_changed")
    if hard:
        project = replace(project, general=None, paragraph=False)
    return _told(draft, _in_synonyms(tellings.abstract(project, telling, table), table), names)


def _told(draft: Draft, text: str, names: list[str]) -> Disguised:
    return (draft, []) if text == draft.abstract else (replace(draft, abstract=text), names)
