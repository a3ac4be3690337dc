"""How the doctor tells what can never be."""

from schema.errors import Problem


def unsound(code: str, place: str, value: str | None, zh: str, en: str) -> Problem:
    """That something stored is not as it must be: nothing a user could mend, so the remedy is always the same."""
    return Problem(
        code, place, zh, en, value,
        "停止写入，保留数据库副本并报告", "stop writing, keep a copy of the database and report it",
    )  # fmt: skip
