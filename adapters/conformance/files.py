"""The rule about tables: a province that has agreed on columns can be read from a file as from its platform."""

from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.columns import columns_of
from adapters.conformance.rule import CannotCheckError, broken, rule
from adapters.conformance.subject import Subject, hashes, pull
from adapters.sandbox.export import exported, text_table, workbook
from adapters.transport import Endpoint
from schema.errors import Problem


@rule("files.equal", "导出文件与平台所得记录相同", "a table gives the records that the platform gives")
async def equal(subject: Subject) -> list[Problem]:
    """As a workbook and as text."""
    if not (subject.folder / "columns.toml").is_file():
        raise CannotCheckError("没有 columns.toml / there is no columns.toml")
    lines = exported(subject.site().rows(), columns_of(subject.folder.name))
    expected = await subject.undisturbed()
    problems: list[Problem] = []
    for name, body in (("entries.xlsx", workbook(lines)), ("entries.csv", text_table(lines, "gb18030"))):
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(body)
            pulled = await pull(subject.adapter, Endpoint(path.as_uri()))
        problems += [problem for row in pulled.rejected[:3] for problem in row.problems]
        different = sorted({entry for entry, _ in hashes(pulled).items() ^ expected.items()})
        if different:
            zh, en = (
                f"{len(different)} 个项目与平台所得不同",
                f"{len(different)} entries are not as the platform has them",
            )
            problems.append(broken(name, zh, en, different[0]))
    return problems


RULES = (equal,)
