"""An application that is not registered yet: what an applicant or an organiser states, as an entry to be judged.

It is never stored. Personal numbers become tokens at once; without the key of tokens, people cannot be told apart from
others and the clauses about them stay open.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from pydantic import BaseModel, ConfigDict, JsonValue
from pydantic.alias_generators import to_camel

from adapters.registry import region_named, regions
from schema.catalogue import Catalogue, Topic, Track
from schema.eligibility import Judgement
from schema.errors import Problem, RequestError, redact
from schema.facts import Document
from schema.form import form_fields
from schema.identifiers import credit_code_fault
from schema.identity import Tokeniser, mask_name
from schema.provenance import SourceRef
from schema.records import Entry, Organisation, Representative, Team
from schema.vocabulary import DocumentKind, OrganisationKind, Stage
from sync.database import Session
from sync.entry_facts import region_facts, unregistered_facts

_Fault = tuple[str, str, object, str, str, str, str]  # code, key, value, both texts, both remedies


class _Stated(BaseModel):
    """Base of what is stated; in files by the names that GraphQL has."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Person(_Stated):
    """A representative as stated."""

    name: str
    id_number: str | None = None


class Unit(_Stated):
    """An organisation as stated; the first of an application leads."""

    name: str
    credit_code: str | None = None
    kind: OrganisationKind | None = None


class Paper(_Stated):
    """A document as stated."""

    kind: DocumentKind
    owner: str | None = None


class Application(_Stated):
    """What is stated. `form` has the fields of the national form by id (F001 …); None: not given."""

    region: str
    topic: str
    title: str
    team: str
    organisations: tuple[Unit, ...]
    representatives: tuple[Person, ...] = ()
    submitted_at: datetime | None = None
    sub_topic: str | None = None
    city: str | None = None
    summary: str = ""
    form: dict[str, JsonValue] | None = None
    documents: tuple[Paper, ...] | None = None


def problems_of(application: Application, place: str) -> list[Problem]:
    """Why it cannot be judged at all; what breaks a clause is no problem but a verdict. `place` is where it was stated."""
    faults = (*_faults_of_region(application), *_faults_of_entrants(application), *_faults_of_form(application))
    return [
        Problem(code, f"{place}.{key}", zh, en, redact(value), remedy_zh, remedy_en)
        for code, key, value, zh, en, remedy_zh, remedy_en in faults
    ]


def _faults_of_region(application: Application) -> Iterator[_Fault]:
    adapter = region_named(application.region)
    if adapter is None:
        known = "、".join(f"{code} {each.manifest.name}" for code, each in regions().items())
        yield (
            "REGION_UNKNOWN",
            "region",
            application.region,
            "没有接入这个赛区",
            "not a connected region",
            f"可用：{known}",
            known,
        )
        return
    found = _topic(adapter.catalogue, application.topic)
    if found is None:
        yield ("TOPIC_UNKNOWN", "topic", application.topic, "通知中没有这个赛题", "the notice prints no such topic",
               "填写赛题编号、“赛道-赛题”序号（如 1-3）或照抄标题",
               "its id, its numbers (1-3) or its title; see regions")  # fmt: skip
    elif application.sub_topic and _sub_topic(found[1], application.sub_topic) is None:
        yield ("TOPIC_UNKNOWN", "subTopic", application.sub_topic, "该赛题下没有这个子赛题", "the topic has no such sub-topic",
               "核对子赛题编号", "check the sub-topic's id")  # fmt: skip
    moment = application.submitted_at
    if moment is not None and moment.tzinfo is None:
        yield ("TIME_WITHOUT_OFFSET", "submittedAt", moment.isoformat(), "时间须带时区", "a time needs an offset",
               "例如 2025-07-01T00:00:00+08:00", "for instance 2025-07-01T00:00:00+08:00")  # fmt: skip


def _topic(catalogue: Catalogue, said: str) -> tuple[Track, Topic] | None:
    """The topic of this id, of these numbers (track and topic, 1-3), or of this title where only one has it."""
    numbers = re.fullmatch(r"(\d+)[-.](\d+)", said)
    if numbers and (topic := catalogue.topic_numbered(int(numbers[1]), int(numbers[2]))):
        return catalogue.topic(topic.id)
    titled = [topic.id for _, topic in catalogue.topics() if topic.title == said]
    return catalogue.topic(titled[0] if len(titled) == 1 else said)


def _sub_topic(topic: Topic, said: str | None) -> str | None:
    return next((sub.id for sub in topic.sub_topics if said in (sub.id, sub.title)), None)


def _faults_of_entrants(application: Application) -> Iterator[_Fault]:
    missing = [key for key in ("title", "team") if not getattr(application, key).strip()]
    missing += [] if application.organisations else ["organisations"]
    units = list(enumerate(application.organisations))
    missing += [f"organisations[{number}].name" for number, unit in units if not unit.name.strip()]
    for key in missing:
        yield ("VALUE_MISSING", key, "", "必填", "must be given", "补充该项", "give it")
    for number, unit in units:
        if unit.credit_code and (fault := credit_code_fault(unit.credit_code.upper())):
            yield ("CREDIT_CODE_INVALID", f"organisations[{number}].creditCode", unit.credit_code,
                   "统一社会信用代码校验未通过", fault, "核对营业执照", "check the licence")  # fmt: skip


def _faults_of_form(application: Application) -> Iterator[_Fault]:
    for name in sorted(set(application.form or {}) - form_fields().keys()):
        yield ("FORM_FIELD_UNKNOWN", f"form.{name}", name, "申报书没有这个字段", "the form has no such field",
               "字段编号为 F001 至 F079", "fields are F001 to F079")  # fmt: skip


def check(
    session: Session, application: Application, tokens: Tokeniser | None, now: datetime, place: str = "input"
) -> tuple[Judgement, ...]:
    """The judgements on an application by the clauses of its region, at this moment unless it says when it was handed in.
    RequestError with every reason why it cannot be judged.
    """
    if problems := problems_of(application, place):
        raise RequestError(problems)
    adapter = region_named(application.region)
    found = _topic(adapter.catalogue, application.topic) if adapter else None
    if adapter is None or found is None:
        raise AssertionError("an application without problems has a region and a topic")
    track, topic = found
    moment = application.submitted_at or now
    entry = Entry(
        id=f"{adapter.manifest.code}:-",
        region=adapter.manifest.code,
        native_id="-",
        city=application.city,
        title=application.title,
        summary=application.summary,
        track_id=track.id,
        topic_id=topic.id,
        sub_topic_id=_sub_topic(topic, application.sub_topic),
        match=topic.match,
        stage=Stage.REGISTERED,
        organisations=tuple(
            Organisation(
                name=unit.name, credit_code=(unit.credit_code or "").upper() or None, kind=unit.kind, is_lead=not number
            )
            for number, unit in enumerate(application.organisations)
        ),
        team=Team(
            name=application.team,
            representatives=tuple(
                Representative(
                    name=mask_name(person.name) or "*",
                    id_token=tokens.token("id", person.id_number) if tokens else None,
                )
                for person in application.representatives
            ),
        ),
        submitted_at=moment,
        updated_at=moment,
        source=SourceRef(url="", fetched_at=now, sha256="", locator=place),
    )
    known = unregistered_facts(session, entry)
    papers = application.documents
    stated = None if papers is None else tuple(Document(paper.kind, paper.owner) for paper in papers)
    whole = replace(known, form=application.form, documents=stated)
    return region_facts(entry.region).law.judge(whole)
