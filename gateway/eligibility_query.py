"""Root queries on clauses, verdicts, waivers and registers."""

from datetime import UTC, datetime

import strawberry

from gateway import eligibility, paging
from gateway.access import Access
from gateway.application_input import ApplicationInput
from gateway.context import Context
from gateway.operations import Problem
from gateway.registers import RegisterType
from gateway.registers import load as load_registers
from schema.errors import Problem as ProblemRecord
from schema.errors import RequestError
from schema.types.eligibility import Clause, ClauseComparison, Eligibility, Waiver
from schema.types.scalars import RegionCode
from schema.vocabulary import ClauseKind, Register
from sync import applications
from sync.repository.waivers import WaiverStore

Info = strawberry.Info[Context]


@strawberry.type(description="对未报名申报的判定 / What the clauses say of an application")
class CheckResult:
    """Or why it cannot be judged."""

    eligibility: Eligibility | None
    problems: list[Problem]


@strawberry.type
class EligibilityQueries:
    """What `Query` has of them."""

    @strawberry.field(
        description="通知的规则，照原文 / The notices' rules, in their own words",
        extensions=[Access(cost=20, size=310)],
    )
    def clauses(self, regions: list[RegionCode] | None = None, kinds: list[ClauseKind] | None = None) -> list[Clause]:
        """In the order of the notices."""
        return [
            clause
            for clause in eligibility.clause_types().values()
            if (regions is None or (clause.region is not None and clause.region.code in regions))
            and (kinds is None or clause.kind in kinds)
        ]

    @strawberry.field(
        description="各赛区同类规则并列 / One kind of rule, region by region", extensions=[Access(cost=20)]
    )
    def compare_clauses(self, kind: ClauseKind) -> ClauseComparison:
        """With what a notice does not say."""
        return eligibility.compare(kind)

    @strawberry.field(
        description="判定一份未报名的申报；省密钥限本省 / Judge an application; a region its own",
        extensions=[Access(cost=500)],
    )
    async def check_entry(self, info: Info, input: ApplicationInput) -> CheckResult:  # noqa: A002  as every GraphQL client expects
        """Nothing of it is kept."""
        context, now = info.context, datetime.now(UTC)
        try:
            application = _within(context, input)
            tokens = context.hub.settings.tokeniser_if_any()
            found = await context.read(
                lambda session: applications.check(session, application, tokens, now), whole=True
            )
        except RequestError as error:
            return CheckResult(eligibility=None, problems=[Problem.of(problem) for problem in error.problems])
        return CheckResult(eligibility=eligibility.of(found, (), now), problems=[])

    @strawberry.field(
        description="豁免，最近在前；省密钥限本省 / Waivers, newest first; a region sees its own entries'",
        extensions=[Access(cost=10)],
    )
    async def waivers(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> paging.Connection[Waiver]:
        """Those that ended as well."""
        scope, now = info.context.scope, datetime.now(UTC)
        return await paging.connection(
            info.context,
            paging.Asked(first, after, last, before),
            lambda session: WaiverStore(session, scope).listing(tuple(eligibility.clause_types())),
            lambda _, rows: [eligibility.waiver(row, now) for row in rows],
        )

    @strawberry.field(
        description="组委会维护的名单；省密钥不可见 / Registers; a region sees none",
        extensions=[Access(cost=100, size=6)],
    )
    async def registers(self, info: Info, registers: list[Register] | None = None) -> list[RegisterType]:
        """With lines and changes."""
        if info.context.scope.region is not None:
            return []
        wanted = tuple(Register) if registers is None else registers
        return await info.context.read(lambda session: load_registers(session, wanted))


def _within(context: Context, given: ApplicationInput) -> applications.Application:
    """The application, where the viewer may ask about its region: the answer names entries of that region."""
    if context.scope.covers(str(given.region)):
        return given.as_application()
    raise RequestError(
        ProblemRecord(
            "REGION_UNKNOWN", "input.region", "没有这个赛区", "there is no such region", str(given.region),
            "填写本省代码", "give your own region's code",
        )
    )  # fmt: skip
