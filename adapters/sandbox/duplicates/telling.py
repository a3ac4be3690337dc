"""How a project is told: a title and an abstract, first as its team writes it, then as someone who tells it again."""

import random
from dataclasses import dataclass, replace

from adapters.sandbox.duplicates.phrases import Table
from adapters.sandbox.duplicates.project import Project, Values, figure


@dataclass(frozen=True, slots=True)
class Telling:
    """Sentences as (statement, wording) in their order, and which name of object, task and method is used."""

    title: int
    sentences: tuple[tuple[int, int], ...]
    object_name: int
    action_name: int
    method_name: int


def _wordings(project: Project, table: Table, number: int) -> int:
    statement = project.statements[number]
    return len(table.facts[statement.group][statement.number].wordings)


def first(rng: random.Random, project: Project, table: Table) -> Telling:
    """The team's own telling. The short forms of a summarising author are left to the summary."""
    spare = 1 if table.rewriting == "SUMMARY" else 0
    sentences = tuple(
        (number, int(rng.random() * (_wordings(project, table, number) - spare)))
        for number in range(len(project.statements))
    )
    return Telling(int(rng.random() * len(table.titles)), sentences, 0, 0, 0)


def _fields(project: Project, telling: Telling, table: Table) -> Values:
    words = table.tracks[project.track]
    objects, actions, methods = (
        words.objects[project.object_],
        words.actions[project.action],
        table.methods[project.method],
    )
    return project.names | {
        "object": objects[telling.object_name % len(objects)],
        "action": actions[telling.action_name % len(actions)],
        "method": methods[telling.method_name % len(methods)],
        "form": project.form,
    }


def title(project: Project, telling: Telling, table: Table) -> str:
    """The title in this telling's template."""
    return table.titles[telling.title].format_map(_fields(project, telling, table))


def opening(project: Project, table: Table) -> str:
    """The paragraphs about country and industry that many entries share; empty for most."""
    general = "" if project.general is None else table.general[project.general]
    return general + (table.tracks[project.track].paragraph if project.paragraph else "")


def abstract(project: Project, telling: Telling, table: Table) -> str:
    """The sentences in this telling's order, two to a full stop."""
    fields = _fields(project, telling, table)
    text = []
    for place, (number, wording) in enumerate(telling.sentences):
        statement = project.statements[number]
        fact = table.facts[statement.group][statement.number]
        text.append(fact.wordings[wording % len(fact.wordings)].format_map(fields | statement.figures))
        text.append("。" if place % 2 or place == len(telling.sentences) - 1 else "，")
    return opening(project, table) + "".join(text)


def shortened(rng: random.Random, telling: Telling, share: float) -> Telling:
    """The telling with about `share` of its sentences left out, never fewer than four left."""
    keep = max(4, round(len(telling.sentences) * (1 - share)))
    places = sorted(rng.sample(range(len(telling.sentences)), min(keep, len(telling.sentences))))
    return replace(telling, sentences=tuple(telling.sentences[place] for place in places))


def reordered(rng: random.Random, telling: Telling) -> Telling:
    """The telling with its sentences in another order."""
    sentences = list(telling.sentences)
    while tuple(sentences) == telling.sentences:
        rng.shuffle(sentences)
    return replace(telling, sentences=tuple(sentences))


def paraphrased(rng: random.Random, telling: Telling, project: Project, table: Table, share: float) -> Telling:
    """`share` of the sentences in other words: any other wording, or the short form of a summarising author."""
    sentences = []
    for number, wording in telling.sentences:
        count = _wordings(project, table, number)
        if rng.random() >= share:
            sentences.append((number, wording))
        elif table.rewriting == "SUMMARY":
            sentences.append((number, count - 1))
        else:
            sentences.append((number, (wording + rng.randint(1, max(1, count - 1))) % count))
    return replace(telling, sentences=tuple(sentences), method_name=1)


def with_other_figures(rng: random.Random, project: Project, share: float) -> Project:
    """The project with `share` of its statements giving other figures, as after another year."""
    statements = tuple(
        replace(each, figures={field: figure(rng, field) for field in each.figures}) if rng.random() < share else each
        for each in project.statements
    )
    return replace(project, statements=statements)
