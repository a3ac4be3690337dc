"""The Hebei dialect from the other side: records served as the platform would."""

import base64
import hmac
import random
import time
from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from operator import itemgetter
from typing import Any, ClassVar, Final

import orjson
from aiohttp import web

from adapters.base import Adapter
from adapters.hebei.mapping import DEMAND_WEIGHT, EXPERT_WEIGHT
from adapters.hebei.source import SUCCESS, signature
from adapters.sandbox import words
from adapters.sandbox.platform import Platform, json_response
from adapters.sandbox.profile import Profile, label_of, profile
from adapters.sandbox.registrations import Company, Registration

_TIME: Final = "%Y年%m月%d日 %H:%M:%S"
_VALID_FOR: Final = 5 * 60 * 1000  # milliseconds
_JING_JIN_JI: Final = 15  # the track
_INVOLVED: Final = (["北京", "河北"], ["天津", "河北"], ["北京", "天津", "河北"])
_NUMBER: Final = itemgetter("项目编号")


class SandboxPlatform(Platform):
    """Signed requests, continuation tokens, nothing but full listings."""

    SPOIL: ClassVar = {
        "unknown_stage": ("当前环节", "复议中"),
        "unknown_topic": ("赛题编码", "99-1"),
        "no_title": ("项目名称", ""),
        "bad_time": ("报名时间", "2025年13月40日 10:33:21"),
        "new_field": ("智能体标识", "1"),
    }

    def __init__(self, adapter: Adapter, registrations: Iterable[Registration], secret_seed: int = 0) -> None:
        super().__init__(adapter, registrations, secret_seed)
        self._nonces: set[str] = set()

    @staticmethod
    def profile(adapter: Adapter) -> Profile:
        """Hebei's own facts, its form of ids, some of its cities."""
        return profile(adapter, "HB-2025-{serial:06d}", ("石家庄", "唐山", "保定", "邯郸", "沧州", "廊坊", "雄安"))

    def render(self, registration: Registration) -> dict[str, Any]:
        """One project of the listing."""
        rng, made = registration.rng(), registration
        code = f"{made.topic.track_number}-{made.topic.topic_number}"
        if made.sub_topic:
            code += f"-({made.sub_topic.rpartition('-S')[2]})*"
        expert, demand = _scores(rng, made)
        return {
            "项目编号": made.native_id,
            "项目名称": made.title,
            "项目简介": made.summary,
            "赛道序号": made.topic.track_number,
            "赛题编码": code,
            "团队名称": made.team,
            "牵头单位": self._unit(made.companies[0]),
            "联合单位": [self._unit(company) for company in made.companies[1:]],
            "参赛代表": [
                {
                    "姓名": person.name,
                    "证件号码": person.id_number,
                    "手机号": person.phone,
                    "承担角色": person.duty,
                    "是否联络人": "否" if index else "是",
                }
                for index, person in enumerate(made.people)
            ],
            "当前环节": label_of(self.adapter, "stage", made.stage),
            "状态": label_of(self.adapter, "status", made.status),
            "奖项": label_of(self.adapter, "award", made.award) if made.award else None,
            "专家评分": expert,
            "需求企业": _demand_company(made.sub_topic) if made.sub_topic else None,
            "需求企业评分": demand,
            "综合得分": made.score,
            "涉及地区": rng.choice(_INVOLVED) if made.topic.track_number == _JING_JIN_JI else [],
            "报名时间": made.submitted_at.strftime(_TIME),
            "更新时间": made.updated_at.strftime(_TIME),
        }

    def cancel(self, native_id: str, at: datetime) -> None:
        """List the entry no more; nothing says that it ever was there."""
        self.remove(native_id, at)

    def routes(self) -> list[web.RouteDef]:
        """The search, which is the only way to read."""
        return [web.post("/openapi/entries/search", self._search)]

    def _unit(self, company: Company) -> dict[str, Any]:
        kind = label_of(self.adapter, "organisation_kind", company.kind)
        return {"单位名称": company.name, "统一社会信用代码": company.credit_code or None, "单位性质": kind}

    async def _search(self, request: web.Request) -> web.Response:
        body = await request.read()
        if refusal := self._refusal(request, body):
            return json_response({"状态码": "4010", "消息": refusal, "数据": None}, status=401)
        self._nonces.add(request.headers["X-Nonce"])  # used up by an answer; a request that failed may come again
        try:
            asked = orjson.loads(body)
            size, token = min(max(int(asked["每页条数"]), 1), 1000), asked["续传令牌"]
            numbers = asked.get("项目编号")
            last = base64.b64decode(token, validate=True).decode() if token else ""
        except (KeyError, TypeError, ValueError):
            return json_response({"状态码": "4001", "消息": "请求参数有误", "数据": None})
        rows = sorted(self.rows() if numbers is None else self.rows_of(numbers), key=_NUMBER)
        start = bisect_right(rows, last, key=_NUMBER)
        part = rows[start : start + size]
        more = start + size < len(rows)
        following = base64.b64encode(_NUMBER(part[-1]).encode()).decode() if more else None
        data = {"总数": len(rows), "记录": part, "续传令牌": following}
        return json_response({"状态码": SUCCESS, "消息": "成功", "数据": data})

    def _refusal(self, request: web.Request, body: bytes) -> str | None:
        """Why the platform refuses this request, if it does."""
        key, moment, nonce, sign = (
            request.headers.get(name, "") for name in ("X-App-Key", "X-Timestamp", "X-Nonce", "X-Sign")
        )
        expected = signature(self.secret, request.path, body, moment, nonce)
        if key != self.endpoint("").key_id or not nonce or not hmac.compare_digest(sign.encode(), expected.encode()):
            return "签名无效"
        if not moment.isdecimal() or abs(time.time() * 1000 - int(moment)) > _VALID_FOR:
            return "请求已过期"
        return "请求重复" if nonce in self._nonces else None


def _scores(rng: random.Random, made: Registration) -> tuple[float | None, float | None]:
    """Scores of experts and of the demanding company that make the entry's own (notice, 五（二）2)."""
    if made.score is None or not made.sub_topic:
        return made.score, None
    expert = round(made.score + rng.uniform(-6, 2), 2)
    return expert, round((made.score - EXPERT_WEIGHT * expert) / DEMAND_WEIGHT, 2)


def _demand_company(sub_topic: str) -> str:
    """One invented company behind each sub-topic; the notice names none."""
    rng = random.Random(sub_topic)
    return f"河北{rng.choice(words.BRANDS)}{rng.choice(words.TRADES)}有限公司"
