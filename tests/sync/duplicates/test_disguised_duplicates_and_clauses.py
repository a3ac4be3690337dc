"""A duplicate that only detection can see counts for the clauses, as soon as it is found and as it is decided."""

import pytest

from schema.vocabulary import CaseKind, CaseStatus, Verdict
from sync.decisions import decide
from sync.detector import Detector
from sync.duplicates.records import Member, Record
from sync.eligibility import evaluate, evaluate_all, evaluate_cases, judged
from sync.repository.cases import CaseStore
from sync.repository.time import database_time
from sync.scope import EVERYTHING

ABSTRACT = (
    "针对茶园信息分散的现状，项目在柳坪村布设感知终端457台，回传土壤墒情，准确率达94.5%，"
    "自2024年3月试运行以来服务茶农2128户，累计入库4067万条，可在11分钟内给出处置建议。"
)
LEFT = Record(id="41:A", project_name="青石坡村智慧茶园溯源平台", org_name="长沙云帆科技有限公司", abstract=ABSTRACT,
              team_name="云帆队", members=(Member("欧阳明远", "", "", ""),))  # fmt: skip
RIGHT = Record(id="61:B", project_name="溯源智慧茶园系統（青石坡村）", org_name="云帆科技（长沙）股份有限公司",
               abstract=ABSTRACT, team_name="启航队", members=(Member("司徒清", "", "", ""),))  # fmt: skip


@pytest.fixture
def found(database, store):
    """A disguised project of two regions, detected and judged; the id of the case."""
    store(database, LEFT, RIGHT)
    with database.read() as session:
        now = database_time(session)
    evaluate_all(database, now)
    report = Detector(database).run()
    evaluate(database, report.touched, now)
    with database.read() as session:
        (case,) = CaseStore(session, EVERYTHING).cases(kinds=[CaseKind.SAME_PROJECT])
    return case, now


def verdicts(database, case) -> set[Verdict]:
    """What the clauses named by the case say of the entries whose regions they are of."""
    named = {each["id"] for each in case.clauses}
    with database.read() as session:
        return {
            one.verdict for said in judged(session, ["41:A", "61:B"]).values() for one in said if one.clause_id in named
        }


def test_a_case_names_a_clause_of_each_region(found) -> None:
    assert {each["region"] for each in found[0].clauses} == {"41", "61"}


def test_what_an_open_case_suspects_is_left_undetermined(database, found) -> None:
    assert verdicts(database, found[0]) == {Verdict.UNDETERMINED}


def test_what_a_confirmed_case_says_breaks_the_clauses(database, found) -> None:
    case, now = found
    decide(database, EVERYTHING, case=case.id, status=CaseStatus.CONFIRMED, reason="是", author="甲", kept_entry="41:A")
    evaluate_cases(database, now, [case.id])
    assert verdicts(database, case) == {Verdict.NOT_MET}
