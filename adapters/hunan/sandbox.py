"""The Hunan dialect from the other side: records served as the platform would."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar, Final

import orjson
from aiohttp import web
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)

from adapters.base import Adapter
from adapters.hunan.source import milliseconds
from adapters.sandbox.platform import Platform, json_response
from adapters.sandbox.profile import Profile, label_of, profile
from adapters.sandbox.registrations import Company, Registration
from schema.vocabulary import EntryStatus, Stage

_CITIES: Final = ("益阳", "长沙", "株洲", "常德")
_COUNTIES: Final = ("资阳区", "赫山区", "南县", "桃江县", "安化县", "沅江市")  # Yiyang's
_CITY_ONLY: Final = (Stage.REGISTERED, Stage.QUALIFICATION)  # no city award yet
_PROMOTED: Final = ("一等奖", "二等奖")  # 六 1: these go on to the province
_UNASKED: Final = ("aiFlag",)  # a sound server sends what was asked for; this one slips in next year's field


class SandboxPlatform(Platform):
    """One GraphQL query; cursors; errors with HTTP 200."""

    SPOIL: ClassVar = {
        "unknown_stage": ("phase", "CITY_REJUDGED"),
        "unknown_topic": ("topic", {"no": 99, "title": "其他"}),
        "no_title": ("title", ""),
        "bad_time": ("createdAt", 0),
        "new_field": ("aiFlag", "1"),
    }

    @staticmethod
    def profile(adapter: Adapter) -> Profile:
        """Hunan's own facts, its form of ids, its host cities."""
        return profile(adapter, "HN-{serial:07d}", _CITIES)

    def render(self, registration: Registration) -> dict[str, Any]:
        """One node of the connection, with every field it has."""
        rng, made = registration.rng(), registration
        units = [self._unit(company, lead=index == 0) for index, company in enumerate(made.companies)]
        rng.shuffle(units)
        city_award, phase = self._city_result(made)
        return {
            "id": made.native_id,
            "title": made.title,
            "abstract": made.summary,
            "track": {"no": made.topic.track_number, "name": made.topic.track_name},
            "topic": {"no": made.topic.topic_number, "title": made.topic.title},
            "hostCity": {"code": label_of(self.adapter, "city", made.city), "name": f"{made.city}市"},
            "team": {
                "name": made.team,
                "members": [
                    {"name": p.name, "idNumber": p.id_number, "phone": p.phone, "duty": p.duty, "contact": index == 0}
                    for index, p in enumerate(made.people)
                ],
            },
            "organisations": units,
            "recommendingAuthority": self._authority(made),
            "phase": phase,
            "status": self._status(made),
            "cityAward": city_award,
            "award": label_of(self.adapter, "award", made.award) if made.award else None,
            "score": made.score,
            "createdAt": milliseconds(made.submitted_at),
            "updatedAt": milliseconds(made.updated_at),
            "withdrawnAt": None,
        }

    def cancel(self, native_id: str, at: datetime) -> None:
        """Withdraw an entry: it stays, with its status and time."""
        _, row = self._rows[native_id]
        moment = milliseconds(at)
        self.remove(native_id, at, {**row, "status": "WITHDRAWN", "updatedAt": moment, "withdrawnAt": moment})

    def routes(self) -> list[web.RouteDef]:
        """The one endpoint."""
        return [web.post("/graphql", self._graphql)]

    def _unit(self, company: Company, *, lead: bool) -> dict[str, Any]:
        kind = label_of(self.adapter, "organisation_kind", company.kind)
        return {"name": company.name, "creditCode": company.credit_code or None, "nature": kind, "lead": lead}

    def _status(self, made: Registration) -> str:
        refused = made.status is EntryStatus.ELIMINATED and made.stage in _CITY_ONLY
        return "NOT_QUALIFIED" if refused else label_of(self.adapter, "status", made.status)

    def _city_result(self, made: Registration) -> tuple[str | None, str]:
        rng, phase = made.rng(), label_of(self.adapter, "stage", made.stage)
        if made.stage in _CITY_ONLY:
            return None, phase
        if made.stage is not Stage.CITY:
            return rng.choice(_PROMOTED), phase
        award = rng.choice((None, "三等奖") if made.status is EntryStatus.ELIMINATED else (None, *_PROMOTED))
        return award, "CITY_PUBLICITY" if award in _PROMOTED else phase

    def _authority(self, made: Registration) -> dict[str, str] | None:
        rng = made.rng()
        if rng.random() < 0.1:  # registered without a recommendation (四（二）2 自主报名)
            return None
        if made.city != "益阳":
            return {"name": f"{made.city}市数据局", "kind": "市州数据局"}
        track = self.adapter.catalogue.track(made.topic.track_id)
        authorities = track.authorities if track else ()
        if authorities and rng.random() < 0.5:
            return {"name": rng.choice(authorities), "kind": "主管单位"}
        return {"name": f"{rng.choice(_COUNTIES)}数据局", "kind": "县市区数据局"}

    async def _graphql(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.secret}":
            return _error("UNAUTHENTICATED", "令牌无效")
        try:
            asked = orjson.loads(await request.read())
            wanted, variables = _wanted(asked["query"]), asked["variables"]
            if "projectsByIds" in wanted:
                return json_response({"data": {"projectsByIds": self._numbered(wanted["projectsByIds"], variables)}})
            node = wanted["projects"]["edges"]["node"]
            return json_response({"data": {"projects": self._connection(node, variables)}})
        except GraphQLError as error:
            return _error("GRAPHQL_PARSE_FAILED", error.message)
        except LookupError as error:
            return _error("GRAPHQL_VALIDATION_FAILED", f"无此字段或变量 {error}")
        except (TypeError, ValueError):
            return _error("BAD_USER_INPUT", "请求无法识别")

    def _connection(self, wanted: dict[str, Any], variables: dict[str, Any]) -> dict[str, Any]:
        size, since, after = min(int(variables["first"]), 1000), variables.get("updatedAfter"), variables.get("after")
        start = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(since)) if since else None
        rows = sorted(self.rows(start), key=_place)
        left = rows if after is None else [row for row in rows if _place(row) > _place_of(after)]
        edges = [{"cursor": _cursor(row), "node": _picked(row, wanted)} for row in left[:size]]
        return {
            "totalCount": len(rows),
            "pageInfo": {"endCursor": edges[-1]["cursor"] if edges else None, "hasNextPage": len(left) > size},
            "edges": edges,
        }

    def _numbered(self, wanted: dict[str, Any], variables: dict[str, Any]) -> list[dict[str, Any] | None]:
        found = {row["id"]: _picked(row, wanted) for row in self.rows_of(variables["ids"])}
        return [found.get(native_id) for native_id in variables["ids"]]


def _error(code: str, message: str) -> web.Response:
    return json_response({"errors": [{"message": message, "extensions": {"code": code}}]})


def _place(row: dict[str, Any]) -> tuple[int, str]:
    return row["updatedAt"], row["id"]


def _cursor(row: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(_place(row))).decode()


def _place_of(cursor: str) -> tuple[int, str]:
    moment, native_id = orjson.loads(base64.urlsafe_b64decode(cursor))
    return moment, native_id


@lru_cache(maxsize=8)
def _wanted(query: str) -> dict[str, Any]:
    """The fields that the query selects, nested ones below them, fragments in their places."""
    parts = parse(query).definitions
    operation = next(part for part in parts if isinstance(part, OperationDefinitionNode))
    fragments = {part.name.value: part.selection_set for part in parts if isinstance(part, FragmentDefinitionNode)}
    return _tree(operation.selection_set, fragments)


def _tree(selected: SelectionSetNode | None, fragments: Mapping[str, SelectionSetNode]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in selected.selections if selected else ():
        if isinstance(part, FieldNode):
            found[part.name.value] = _tree(part.selection_set, fragments)
        elif isinstance(part, FragmentSpreadNode):
            found |= _tree(fragments[part.name.value], fragments)
    return found


def _picked(row: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    return {**_only(row, wanted), **{name: row[name] for name in _UNASKED if name in row}}


def _only(value: Any, wanted: dict[str, Any]) -> Any:  # noqa: ANN401  any JSON value
    if isinstance(value, list):
        return [_only(item, wanted) for item in value]
    if isinstance(value, dict):
        return {name: _only(value[name], below) if below else value[name] for name, below in wanted.items()}
    return value
