"""The Henan dialect from the other side: records served as the platform would."""

from datetime import datetime
from typing import Any, ClassVar

from aiohttp import web

from adapters.base import Adapter
from adapters.sandbox.platform import Platform, json_response
from adapters.sandbox.profile import Profile, label_of, profile
from adapters.sandbox.registrations import Company, Registration
from schema.vocabulary import Stage

_TIME = "%Y-%m-%d %H:%M:%S"


class SandboxPlatform(Platform):
    """REST JSON with page numbers."""

    SPOIL: ClassVar = {
        "unknown_stage": ("stage", "复议中"),
        "unknown_topic": ("topicNo", 99),
        "no_title": ("projectName", ""),
        "bad_time": ("submitTime", "2025年13月40日"),
        "new_field": ("aiFlag", "1"),
    }

    @staticmethod
    def profile(adapter: Adapter) -> Profile:
        """Henan's own facts, its form of ids, its host cities."""
        return profile(adapter, "HA2025{serial:06d}", ("郑州", "洛阳", "开封", "新乡", "南阳", "许昌", "商丘", "信阳"))

    def render(self, registration: Registration) -> dict[str, Any]:
        """One project of the list."""
        rng, made = registration.rng(), registration
        verified = made.stage in (Stage.VERIFICATION, Stage.FINAL, Stage.PUBLICITY, Stage.AWARDED)
        return {
            "cancelled": False,
            "projectNo": made.native_id,
            "projectName": made.title,
            "projectSummary": made.summary,
            "trackNo": made.topic.track_number,
            "topicNo": made.topic.topic_number,
            "teamName": made.team,
            "leadUnit": self._unit(made.companies[0]),
            "partnerUnits": [self._unit(company) for company in made.companies[1:]],
            "members": [
                {"name": p.name, "idNo": p.id_number, "mobile": p.phone, "duty": p.duty, "isContact": index == 0}
                for index, p in enumerate(made.people)
            ],
            "stage": label_of(self.adapter, "stage", made.stage),
            "status": label_of(self.adapter, "status", made.status),
            "awardLevel": label_of(self.adapter, "award", made.award) if made.award else None,
            "reviewScore": made.score,
            "verification": {
                "result": rng.choice(("通过", "通过", "通过", "待验证")),
                "method": rng.choice(("技术验证", "线下场景复现")),
                "verifiedAt": f"2025-07-{rng.randint(10, 31)}",
            }
            if verified
            else None,
            "submitTime": made.submitted_at.strftime(_TIME),
            "updateTime": made.updated_at.strftime(_TIME),
        }

    def cancel(self, native_id: str, at: datetime) -> None:
        """Leave a tombstone."""
        self.remove(native_id, at, {"cancelled": True, "projectNo": native_id, "updateTime": at.strftime(_TIME)})

    def routes(self) -> list[web.RouteDef]:
        """The list of projects."""
        return [web.get("/api/v1/projects", self._projects)]

    def _unit(self, company: Company) -> dict[str, Any]:
        kind = label_of(self.adapter, "organisation_kind", company.kind)
        return {"unitName": company.name, "creditCode": company.credit_code or None, "unitNature": kind}

    async def _projects(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.secret}":
            return json_response({"code": 401, "message": "token 无效", "data": None}, status=401)
        number, size = int(request.query.get("pageNo", "1")), min(int(request.query.get("pageSize", "100")), 1000)
        since = request.query.get("updatedSince")
        rows = self.rows(datetime.fromisoformat(since) if since else None)
        if "projectNos" in request.query:
            rows = self.rows_of(request.query["projectNos"].split(","))
        part = rows[(number - 1) * size : number * size]
        data = {"pageNo": number, "pageSize": size, "total": len(rows), "list": part}
        return json_response({"code": 0, "message": "success", "data": data})
