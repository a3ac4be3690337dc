"""The Shanxi dialect from the other side: 申报书 by day, as gzip files of NDJSON."""

import gzip
import hashlib
import random
from collections import defaultdict
from datetime import datetime
from typing import Any, ClassVar, Final

import orjson
from aiohttp import web

from adapters.base import Adapter
from adapters.sandbox.platform import Platform, json_response
from adapters.sandbox.profile import Profile, label_of, profile
from adapters.sandbox.registrations import Company, Person, Registration
from adapters.shanxi.payload import WITHDRAWN
from schema.provenance import CHINA
from schema.vocabulary import OrganisationKind, Stage

_NOT_YET_BLIND: Final = (Stage.REGISTERED, Stage.QUALIFICATION)
_NO_ENTERPRISE: Final = (OrganisationKind.GOVERNMENT, OrganisationKind.INSTITUTION, OrganisationKind.RESEARCH)
# Options of the form (附件 2), as group/option where it groups them.
_SCENES: Final = (
    "数字产品设计/算法模型",
    "企业管理/运营优化",
    "企业管理/节能降耗",
    "生产制造/质量管控",
    "生产制造/安全生产",
    "协同创新/供应链协同",
    "公共管理/公共服务",
    "个人服务/文化旅游",
)
_DATA: Final = ("公共数据/授权运营数据", "公共数据/公开数据", "企业数据/自有数据", "企业数据/公网数据", "个人用户数据")
_SERVICES: Final = ("软硬件一体化解决方案", "技术开发服务", "数据集", "数据产品", "软件产品")
_MODELLING: Final = ("统计方法线性计算", "数学模型建模、仿真", "利用大数据+小模型计算", "应用大模型")
_AIMS: Final = ("感知与可视化", "诊断分析", "隐形规律发掘", "辅助决策", "趋势预测", "形成新增值业务")
_PAYBACK: Final = ("1年以内", "1年-3年", "3年-5年", "5年以上", "尚无收益")
_SCALES: Final = ("大型企业", "中型企业", "小微企业")
_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_DESCRIPTION: Final = {
    "项目概述": {
        "项目背景": "数据分散，标准不一，难以复用。",
        "应用场景": "面向本市企业和主管部门的日常业务。",
        "核心优势": "模型可解释，部署轻，见效快。",
    },
    "解决方案": {
        "数据要素基础": "数据来自授权运营和企业自有系统。",
        "技术路线": "采集、治理、建模、服务四层。",
        "数据治理": "分类分级，全程留痕。",
        "机制创新与模式创新": "以收益分成带动多方供数。",
        "安全保障": "已通过等保测评。",
    },
    "应用成效": {
        "需求痛点": "解决人工填报慢、口径不一的问题。",
        "质效提升成效": "平均办理时间缩短三成。",
        "经济社会效益": "已服务多家单位，带动上下游协同。",
    },
    "商业模式": {"推广示范价值": "可在同类城市复制。", "模式可持续性": "按年订阅，收入覆盖运维成本。"},
}


def _basics(rng: random.Random, title: str, track: int, topic: int, summary: str, city: str) -> dict[str, Any]:
    """(一) 项目基本信息."""
    income = round(rng.uniform(0, 900), 1)
    return {
        "项目名称": title,
        "赛道序号": track,
        "赛题序号": topic,
        "项目来源": rng.choice(("山西省", "山西省", f"推荐渠道/{city}市数据局")),
        "项目简述": summary,
        "项目覆盖的业务场景": rng.sample(_SCENES, rng.randint(1, 3)),
        "数据市场化": {
            "项目服务对象": rng.sample(("政府", "事业单位", "企业", "消费者"), rng.randint(1, 2)),
            "项目数据来源": rng.sample(_DATA, rng.randint(1, 2)),
            "数据更新频率": [rng.choice(("月", "日", "时", "实时"))],
            "跨主体交互的数据量": round(rng.uniform(1, 5000), 1) if rng.random() < 0.8 else None,
            "数据产品和服务类型": rng.sample(_SERVICES, rng.randint(1, 2)),
            "数据驱动的建模分析方式": rng.choice(_MODELLING),
            "数据价值目标": rng.sample(_AIMS, rng.randint(1, 3)),
        },
        "应用场景": {
            "项目服务的客户数量": rng.randint(0, 160),
            "代表性案例": [
                {
                    "应用单位名称": f"{city}某应用单位",
                    "单位类型": "企业",
                    "应用成效": f"效率提升{rng.randint(5, 60)}%。",
                }
            ],
            "项目主要部署方式": [rng.choice(("本地部署", "私有云部署", "公有云部署"))],
            "项目主要收费模式": [rng.choice(("产品开发及实施费用", "产品运维服务", "按成效收费"))],
            "项目市场收入": {"2023年": 0, "2024年": income, "2025年(预期)": income * 2},
            "项目平均投资回报周期": rng.choice(_PAYBACK),
        },
    }


def _spoilt_basics(title: str, track: int, topic: int) -> dict[str, Any]:
    """A (一) in which only what is given may be wrong."""
    return _basics(random.Random(0), title, track, topic, "汇聚多方数据，提供公共服务。", "太原")


class SandboxPlatform(Platform):
    """A list of batches, and the batches."""

    SPOIL: ClassVar = {
        "unknown_stage": ("当前环节", "复议"),
        "unknown_topic": ("项目基本信息", _spoilt_basics("政务服务一网通办平台", 1, 99)),
        "no_title": ("项目基本信息", _spoilt_basics("", 7, 1)),
        "bad_time": ("提交时间", "2025-13-40T09:00:00+08:00"),
        "new_field": ("智能评审标记", "1"),
    }
    _batches: dict[str, tuple[int, bytes]]
    _batches_of: object = None  # the order of rows that the batches were written from

    @staticmethod
    def profile(adapter: Adapter) -> Profile:
        """Shanxi's own facts, its form of ids, its cities."""
        return profile(adapter, "SX25{serial:06d}", ("太原", "大同", "长治", "晋城", "运城", "临汾", "吕梁"))

    def render(self, registration: Registration) -> dict[str, Any]:
        """One 申报书."""
        rng, made = registration.rng(), registration
        code = f"{''.join(rng.choices(_LETTERS, k=4))}-{rng.randint(0, 9999):04d}"
        return {
            "申报编号": made.native_id,
            "盲审编号": None if made.stage in _NOT_YET_BLIND else code,
            "状态": label_of(self.adapter, "status", made.status),
            "当前环节": label_of(self.adapter, "stage", made.stage),
            "奖项": label_of(self.adapter, "award", made.award) if made.award else None,
            "评审得分": made.score,
            "提交时间": _time(made.submitted_at),
            "更新时间": _time(made.updated_at),
            "项目基本信息": _basics(
                rng, made.title, made.topic.track_number, made.topic.topic_number, made.summary, made.city
            ),
            "参赛团队信息": {
                "团队名称": made.team,
                "团队成员": [self._member(index, person, made) for index, person in enumerate(made.people)],
            },
            "参赛单位基本信息": [self._unit(rng, index, company, made) for index, company in enumerate(made.companies)],
            "参赛项目介绍": {
                chapter: {title: text if rng.random() < 0.9 else "" for title, text in sections.items()}
                for chapter, sections in _DESCRIPTION.items()
            },
        }

    def cancel(self, native_id: str, at: datetime) -> None:
        """Leave a tombstone."""
        self.remove(native_id, at, {"状态": WITHDRAWN, "申报编号": native_id, "更新时间": _time(at)})

    def routes(self) -> list[web.RouteDef]:
        """The list of batches, one batch, and single entries."""
        return [
            web.get("/batches", self._list),
            web.get("/batches/{file}", self._file),
            web.post("/applications", self._applications),
        ]

    @staticmethod
    def _member(index: int, person: Person, made: Registration) -> dict[str, Any]:
        return {
            "姓名": person.name,
            "证件类型": "居民身份证",
            "证件号码": person.id_number,
            "单位名称": made.companies[index % len(made.companies)].name,
            "职务/职称": "工程师",
            "手机": person.phone,
            "项目中主要承担的角色": person.duty,
            "是否团队联络人": index == 0,
        }

    def _unit(self, rng: random.Random, index: int, company: Company, made: Registration) -> dict[str, Any]:
        contact = made.people[index % len(made.people)]
        model = rng.choice((True, False, False, None))
        return {
            "单位名称": company.name,
            "统一社会信用代码": company.credit_code or None,
            "成立时间": f"{rng.randint(1995, 2024)}-{rng.randint(1, 12):02d}-01",
            "地址": f"中国山西省{made.city}市",
            "单位性质": label_of(self.adapter, "organisation_kind", company.kind),
            "是否央企子公司": company.kind is OrganisationKind.CENTRAL_STATE_OWNED,
            "企业规模": None if company.kind in _NO_ENTERPRISE else rng.choice(_SCALES),
            "联系人": contact.name,
            "职务": "经理",
            "联系方式": contact.phone,
            "数据开发利用": {
                "算力来源": rng.choice(("企业自购", "租用云服务", "算力中心")),
                "算法来源": rng.choice(("自主研发", "联合研发", "二次开发")),
                "是否接入大模型": model,
                "大模型名称": "通用大模型" if model else None,
            },
        }

    def _files(self) -> dict[str, tuple[int, bytes]]:
        """Number of rows and packed file by day; written anew when a row has changed."""
        if self._batches_of is not self._order:
            days: dict[str, list[bytes]] = defaultdict(list)
            for moment, row in self.dated_rows():
                days[moment.astimezone(CHINA).date().isoformat()].append(orjson.dumps(row))
            self._batches = {
                day: (len(lines), gzip.compress(b"\n".join(lines) + b"\n", compresslevel=1, mtime=0))
                for day, lines in days.items()
            }
            self._batches_of = self._order
        return self._batches

    def _refused(self, request: web.Request) -> web.Response | None:
        if request.headers.get("X-Api-Token") == self.secret:
            return None
        return json_response({"error": "X-Api-Token 无效"}, status=401)

    async def _list(self, request: web.Request) -> web.Response:
        batches = [
            {"day": day, "file": f"{day}.ndjson.gz", "rows": count, "sha256": hashlib.sha256(packed).hexdigest()}
            for day, (count, packed) in self._files().items()
        ]
        return self._refused(request) or json_response({"batches": batches})

    async def _file(self, request: web.Request) -> web.Response:
        batch = self._files().get(request.match_info["file"].removesuffix(".ndjson.gz"))
        if batch is None:
            return self._refused(request) or json_response({"error": "无此批次"}, status=404)
        return self._refused(request) or web.Response(body=batch[1], content_type="application/gzip")

    async def _applications(self, request: web.Request) -> web.Response:
        lines = [orjson.dumps(row) for row in self.rows_of((await request.text()).splitlines())]
        return self._refused(request) or web.Response(body=b"\n".join(lines), content_type="application/x-ndjson")


def _time(moment: datetime) -> str:
    return moment.astimezone(CHINA).isoformat(timespec="seconds")
