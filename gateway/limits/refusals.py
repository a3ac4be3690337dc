"""The words in which a document that asks for too much is refused: one stable code a limit, both languages."""

from typing import Final

from schema.errors import Problem, RequestError

_WORDS: Final = {
    "LIMIT_TOKENS": ("查询文档过长", "the document is too long", "词元", "tokens"),
    "LIMIT_DEPTH": ("查询嵌套过深", "the document goes too deep", "层", "levels below the root"),
    "LIMIT_FIELDS": ("查询字段过多", "the document asks for too many fields", "个字段", "fields, fragments unfolded"),
    "LIMIT_ALIASES": ("别名过多", "the document has too many aliases", "个别名", "aliases"),
    "LIMIT_ROOT_FIELDS": ("根字段过多", "the document has too many root fields", "个根字段", "root fields"),
    "LIMIT_REPEATS": ("同一字段重复过多", "one field is repeated too often", "次", "times in one place"),
    "LIMIT_DIGITS": ("数字过长", "a number is too long", "位", "digits"),
    "LIMIT_COST": ("查询开销过大", "the document costs too much", "单位", "units"),
}


def refusal(code: str, bound: int, found: int) -> RequestError:
    """What is said of a document beyond a limit."""
    zh, en, unit_zh, unit_en = _WORDS[code]
    return RequestError(
        Problem(
            code,
            "query",
            f"{zh}：上限 {bound} {unit_zh}",
            f"{en}: at most {bound} {unit_en}",
            str(found),
            "拆成几次查询，或减小 first",
            "split it into several, or ask for a smaller `first`",
        )
    )


def no_introspection(field: str) -> RequestError:
    """What is said to whoever may not ask for the schema."""
    return RequestError(
        Problem(
            "INTROSPECTION_REFUSED",
            field,
            "该角色不可内省",
            "introspection is not for this role",
            remedy_zh="模式文件见 schema/schema.graphql",
            remedy_en="the schema is a file: schema/schema.graphql",
        )
    )


def too_slow(seconds: float) -> RequestError:
    """What is said when an operation was given up."""
    return RequestError(
        Problem(
            "OPERATION_TIMEOUT",
            "query",
            f"查询超过 {seconds:g} 秒，已中止",
            f"the query took more than {seconds:g} seconds and was given up",
            remedy_zh="缩小范围或减小 first",
            remedy_en="narrow it, or ask for a smaller `first`",
        ),
        status=503,
    )
