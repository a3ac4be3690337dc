"""`dexhub schema`: the GraphQL schemas' text, kept in the repository, and what may not change unsaid."""

import re
from pathlib import Path
from typing import Annotated, Final

import typer
from graphql import build_schema
from graphql.utilities import find_breaking_changes

from gateway import schema as graphql
from gateway.cli.console import FOUND_PROBLEMS, out, print_problems
from schema.errors import Problem

CHANGELOG: Final = Path(__file__).parents[2] / "CHANGELOG.md"
RELEASED: Final = "released.graphql"  # the embedded schema of the last release, beside today's

cli = typer.Typer(no_args_is_help=True, help="GraphQL 模式 / The GraphQL schemas")


@cli.command("export", help="写出 schema/schema.graphql 与各子图 / Write the schemas' text")
def export(check: Annotated[bool, typer.Option("--check", help="只比较 / Only compare")] = False) -> None:
    """With --check, exit code 1 where a file differs or a change that breaks clients is not in the changelog."""
    texts = graphql.texts()
    if not check:
        for path, text in texts.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        for path in _left_over(list(texts)):
            path.unlink()
        out.print(f"已写出 / written: {', '.join(path.name for path in texts)}")
        return
    problems = [
        *(_differs(path) for path, text in texts.items() if not path.is_file() or path.read_text("utf-8") != text),
        *(_differs(path) for path in _left_over(list(texts))),
        *(_unsaid(change) for change in _breaking_changes() if not _said(change)),
    ]
    if problems:
        print_problems(problems)
        raise SystemExit(FOUND_PROBLEMS)


@cli.command("release", help="发布时：以当前模式为比较基准 / On release: what later changes are compared with")
def release() -> None:
    """Today's schema is what clients may rely on from now."""
    (graphql.FOLDER / RELEASED).write_text(graphql.sdl(), "utf-8")
    out.print(f"已写出 / written: {RELEASED}")


def _left_over(written: list[Path]) -> list[Path]:
    """Subgraphs of regions that are no longer there."""
    return [path for path in sorted((graphql.FOLDER / "subgraphs").glob("*.graphql")) if path not in written]


def _breaking_changes() -> list[str]:
    before = build_schema((graphql.FOLDER / RELEASED).read_text("utf-8"))
    return [change.description for change in find_breaking_changes(before, build_schema(graphql.sdl()))]


def _said(change: str) -> bool:
    """Whether the changelog has the change in graphql-core's words, wherever its lines break."""
    text = re.sub(r"\s+", " ", CHANGELOG.read_text("utf-8"))
    return change.rstrip(".") in text


def _differs(path: Path) -> Problem:
    return Problem(
        "SCHEMA_DRIFT",
        path.name,
        zh="与代码不一致",
        en="differs from the code",
        remedy_zh="运行 make schema 并提交",
        remedy_en="run make schema and commit the file",
    )


def _unsaid(change: str) -> Problem:
    return Problem(
        "BREAKING_CHANGE_UNSAID",
        "CHANGELOG.md",
        value=change,
        zh=f"对客户端不兼容且未写入变更日志：{change}",
        en=f"breaks clients and is not in the changelog: {change}",
        remedy_zh="先弃用再删除；确需如此时，把这句话写入 CHANGELOG.md",
        remedy_en="deprecate before removing; where it must be, write this sentence into CHANGELOG.md",
    )
