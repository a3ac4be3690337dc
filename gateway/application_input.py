"""An application that is not registered yet, as GraphQL takes it and as a file holds it: one shape for both."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry
from strawberry.scalars import JSON

from schema.errors import Problem, RequestError
from schema.types.scalars import CreditCode
from schema.vocabulary import DocumentKind, OrganisationKind
from sync.applications import Application, Paper, Person, Unit


@strawberry.input(description="参赛单位；第一个为牵头单位 / An organisation; the first one leads")
class UnitInput:
    """As stated."""

    name: str
    credit_code: CreditCode | None = None
    kind: OrganisationKind | None = None


@strawberry.input(
    description="参赛代表；证件号码即时转为令牌，不保存 / A representative; the number becomes a token and is not kept"
)
class PersonInput:
    """As stated."""

    name: str
    id_number: str | None = None


@strawberry.input(description="证明材料 / A paper")
class DocumentInput:
    """Kind and owner."""

    kind: DocumentKind
    owner: str | None = None


@strawberry.input(description="未报名的申报 / An application that is not registered")
class ApplicationInput:
    """What is known of it; what is not given stays open."""

    region: strawberry.ID = strawberry.field(description="赛区代码 / Region code")
    topic: strawberry.ID = strawberry.field(description="赛题编号 / Topic id")
    title: str
    team: str
    organisations: list[UnitInput]
    representatives: list[PersonInput] = strawberry.field(default_factory=list)
    submitted_at: datetime | None = strawberry.field(default=None, description="缺省为此刻 / Now, unless given")
    sub_topic: strawberry.ID | None = None
    city: str | None = None
    summary: str = ""
    form: JSON | None = strawberry.field(
        default=None, description="申报书，字段编号 F001… 到值 / The national form, field id to value"
    )
    documents: list[DocumentInput] | None = None

    def as_application(self) -> Application:
        """What the rules are asked about."""
        form: Any = self.form
        if form is not None and not isinstance(form, Mapping):
            raise RequestError(
                Problem(
                    "FORM_INVALID", "input.form", "申报书须为字段编号到值的对象", "the form is an object of field ids",
                    remedy_zh='例如 {"F008": "…"}', remedy_en='for instance {"F008": "…"}',
                )
            )  # fmt: skip
        papers = self.documents
        return Application(
            region=str(self.region),
            topic=str(self.topic),
            title=self.title,
            team=self.team,
            organisations=tuple(Unit(**vars(unit)) for unit in self.organisations),
            representatives=tuple(Person(**vars(person)) for person in self.representatives),
            submitted_at=self.submitted_at,
            sub_topic=str(self.sub_topic) if self.sub_topic else None,
            city=self.city,
            summary=self.summary,
            form=dict(form) if form is not None else None,
            documents=None if papers is None else tuple(Paper(**vars(paper)) for paper in papers),
        )
