"""An application that is not registered yet: what an applicant or an organiser states, as an entry to be judged.

It is never stored. Personal numbers become tokens at once; without the key of tokens, people cannot be told apart from
others and the clauses about them stay open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import JsonValue

from adapters.registry import region_named, regions
from schema.eligibility import Judgement, judge
from schema.errors import Problem, RequestError, redact
from schema.facts import Document
from schema.form import form_fields
from schema.identifiers import credit_code_fault
from schema.identity import Tokeniser, mask_name
from schema.provenance import SourceRef
from schema.records import Entry, Organisation, Representative, Team
from schema.vocabulary import OrganisationKind, Stage
from sync.database import Session
from sync.entry_facts import region_facts, unregistered_facts


@dataclass(frozen=True, slots=True)
class Person:
    """A representative as stated."""

    name: str
    id_number: str | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation as stated; the first of an application leads."""

    name: str
    credit_code: str | None = None
    kind: OrganisationKind | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """What is stated. `form` has the fields of the national form by id (F001 …); None: not given."""

    region: str
    topic: str
    title: str
    team: str
    organisations: Sequence[Unit]
    representatives: Sequence[Person]
    submitted_at: datetime | None = None
    sub_topic: str | None = None
    city: str | None = None
    summary: str = ""
    form: Mapping[str, JsonValue] | None = None
    documents: Sequence[Document] | None = None
    place: str = field(default="input")  # where it was stated, for problems


def problems_of(application: Application) -> list[Problem]:
    """Why it cannot be judged at all; what breaks a clause is no problem but a verdict."""
    problems: list[Problem] = []

    def wrong(code: str, key: str, value: object, zh: str, en: str, remedy: tuple[str, str]) -> None:
        problems.append(Problem(code, f"{application.place}.{key}", zh, en, redact(value), *remedy))

    adapter = region_named(application.region)
    if adapter is None:
        known = "、".join(f"{code} {each.manifest.name}" for code, each in regions().items())
        wrong(
            "REGION_UNKNOWN",
            "region",
            application.region,
            "没有接入这个赛区",
            "not a connected region",
            (f"可用：{known}", known),
        )
    else:
        found = adapter.catalogue.topic(application.topic)
        if found is None:
            wrong("TOPIC_UNKNOWN", "topic", application.topic, "通知中没有这个赛题", "the notice prints no such topic",
                  ("用 regions 查询赛题编号", "ask regions for ids of topics"))  # fmt: skip
        elif application.sub_topic and application.sub_topic not in {sub.id for sub in found[1].sub_topics}:
            wrong("TOPIC_UNKNOWN", "subTopic", application.sub_topic, "该赛题下没有这个子赛题", "the topic has no such sub-topic",
                  ("核对子赛题编号", "check the sub-topic's id"))  # fmt: skip
    for key in ("title", "team"):
        if not getattr(application, key).strip():
            wrong("VALUE_MISSING", key, "", "必填", "must be given", ("补充该项", "give it"))
    if not application.organisations:
        wrong(
            "VALUE_MISSING",
            "organisations",
            "",
            "至少一个参赛单位",
            "at least one organisation",
            ("补充参赛单位", "give one"),
        )
    for number, unit in enumerate(application.organisations):
        if not unit.name.strip():
            wrong(
                "VALUE_MISSING",
                f"organisations[{number}].name",
                "",
                "单位名称必填",
                "a name must be given",
                ("补充单位名称", "give it"),
            )
        if unit.credit_code and (fault := credit_code_fault(unit.credit_code)):
            wrong("CREDIT_CODE_INVALID", f"organisations[{number}].creditCode", unit.credit_code, "统一社会信用代码校验未通过",
                  fault, ("核对营业执照", "check the licence"))  # fmt: skip
    moment = application.submitted_at
    if moment is not None and moment.tzinfo is None:
        wrong("TIME_WITHOUT_OFFSET", "submittedAt", moment.isoformat(), "时间须带时区", "a time needs an offset",
              ("例如 2025-07-01T00:00:00+08:00", "for instance 2025-07-01T00:00:00+08:00"))  # fmt: skip
    for name in sorted(set(application.form or {}) - form_fields().keys()):
        wrong("FORM_FIELD_UNKNOWN", f"form.{name}", name, "申报书没有这个字段", "the form has no such field",
              ("字段编号为 F001 至 F079", "fields are F001 to F079"))  # fmt: skip
    return problems


def check(session: Session, application: Application, tokens: Tokeniser | None, now: datetime) -> list[Judgement]:
    """The judgements on an application by the clauses of its region, at this moment unless it says when it was handed in.
    RequestError with every reason why it cannot be judged.
    """
    if problems := problems_of(application):
        raise RequestError(problems)
    adapter = region_named(application.region)
    found = adapter.catalogue.topic(application.topic) if adapter else None
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
        sub_topic_id=application.sub_topic,
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
        source=SourceRef(url="", fetched_at=now, sha256="", locator=application.place),
    )
    known = unregistered_facts(session, entry, now)
    stated = None if application.documents is None else tuple(application.documents)
    whole = replace(known, form=application.form, documents=stated)
    return judge(whole, region_facts(entry.region).clauses)
