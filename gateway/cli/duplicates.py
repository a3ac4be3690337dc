"""`dexhub detect`: over the database, or from a file of entries to a file of pairs; `dexhub detect fit`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from gateway.cli.console import FOUND_PROBLEMS, REFUSED, AsJson, err, out, print_json, print_problems
from gateway.cli.opening import open_hub
from schema.errors import Problem
from schema.provenance import CHINA

cli = typer.Typer(invoke_without_command=True, help="查重 / Find duplicates")


@cli.callback()
def detect(
    context: typer.Context,
    source: Annotated[
        Path | None, typer.Option("--input", help="项目文件（JSON Lines），不用数据库 / Entries, without a database")
    ] = None,
    target: Annotated[Path | None, typer.Option("--output", help="结果文件（CSV） / The pairs found")] = None,
    page: Annotated[Path | None, typer.Option("--report", help="逐对说明（HTML） / Why, pair by pair")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="进程数 / Processes")] = 2,
    as_json: AsJson = False,
) -> None:
    """Without a file the stored cases are brought up to date."""
    if context.invoked_subcommand is not None:
        return
    if source is not None and target is not None:
        _between_files(source, target, page, workers, as_json=as_json)
    elif source is None and target is None and page is None:
        _over_the_database(workers, as_json=as_json)
    else:
        place = "--input" if source is None else "--output"
        print_problems(
            [
                Problem(
                    "OPTION_MISSING", place, "文件查重须给出输入与输出文件", "between files both of them are needed", None,
                    "dexhub detect --input 文件 --output 文件", "dexhub detect --input FILE --output FILE",
                )
            ]
        )  # fmt: skip
        raise SystemExit(REFUSED)


@cli.command(help="用标注数据重新拟合权重 / Fit the weights to labelled pairs")
def fit(
    source: Annotated[list[Path], typer.Option("--input", help="项目文件，可多次给出 / Entries, may be repeated")],
    truth: Annotated[
        list[Path], typer.Option("--truth", help="标注文件，与 --input 一一对应 / Labels, one for each input")
    ],
    target: Annotated[Path, typer.Option("--output", help="权重文件 / The matching file to write")],
    workers: Annotated[int, typer.Option(min=1, max=64, help="进程数 / Processes")] = 2,
) -> None:
    """Nothing is put to use by this: an organiser compares the file with the one in force and replaces it."""
    from sync.duplicates import training  # noqa: PLC0415  as below

    if len(source) != len(truth):
        print_problems(
            [
                Problem(
                    "OPTION_MISSING", "--truth", "每个输入须有一个标注文件", "each input needs its labels", str(len(truth)),
                    f"--truth 给出 {len(source)} 次，次序与 --input 相同", f"give --truth {len(source)} times, in the order of --input",
                )
            ]
        )  # fmt: skip
        raise SystemExit(REFUSED)
    with err.status("拟合中 / fitting"):
        model = training.train(list(zip(source, truth, strict=True)), f"{datetime.now(CHINA):%Y-%m-%d}", workers)
    target.write_text(model.text(), "utf-8")
    curves = sum(len(question.curves) for question in model.questions.values())
    out.print(f"已写出 {curves} 条曲线 / {curves} curves written: {target.name}")


def _over_the_database(workers: int, *, as_json: bool) -> None:
    from sync.detector import Detector  # noqa: PLC0415  between files nothing of the hub is loaded
    from sync.eligibility import evaluate  # noqa: PLC0415  as above

    with open_hub() as hub, _bars() as progress:
        report = Detector(hub.database).run(full=True, progress=progress, workers=workers)
        evaluate(hub.database, report.touched, datetime.now(CHINA))
    problems = [problem.as_dict() for problem in report.problems]
    if as_json:
        print_json({**asdict(report), "touched": sorted(report.touched), "problems": problems})
        return
    if problems:
        print_problems(report.problems)
    out.print(
        f"比对项目 {report.entries}，候选对 {report.candidates}，达待核线 {report.pairs} 对，案件 {report.cases}（新立 "
        f"{report.opened}，变化 {report.changed}，重开 {report.reopened}，撤销 {report.closed}）\n"
        f"{report.entries} entries, {report.candidates} candidate pairs, {report.pairs} at or above review, {report.cases} cases "
        f"({report.opened} opened, {report.changed} changed, {report.reopened} reopened, {report.closed} closed)"
    )


def _between_files(source: Path, target: Path, page: Path | None, workers: int, *, as_json: bool) -> None:
    # numpy and scipy take a third of a second and 60 MB; no other command needs them.
    from sync.duplicates import detection, offline, scoring  # noqa: PLC0415  see above
    from sync.duplicates import report as pages  # noqa: PLC0415  see above

    reading = offline.read_entries(source)
    model = scoring.fitted_model()
    with _bars() as progress:
        found = detection.detect(reading.records, model, workers, progress)
    offline.write_pairs(target, found.pairs)
    if page is not None:
        pages.write(page, reading.records, found, model)
    problems = [*reading.problems, *offline.caps_reached(found)]
    if as_json:
        told = {"entries": len(reading.records), "candidates": found.candidates, "pairs": len(found.pairs)}
        print_json({**told, "problems": [problem.as_dict() for problem in problems]})
    else:
        if problems:
            print_problems(problems)
        out.print(
            f"比对项目 {len(reading.records)}，候选对 {found.candidates}，待核 {len(found.pairs)} 对 / "
            f"{len(reading.records)} entries, {found.candidates} candidate pairs, {len(found.pairs)} pairs to look at"
        )
    if reading.problems:
        raise SystemExit(FOUND_PROBLEMS)


@contextmanager
def _bars() -> Iterator["_Bars"]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as bars:
        yield _Bars(bars)


class _Bars:
    """A bar per stage, on standard error."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, zh: str, en: str, done: int, total: int) -> None:
        if en not in self._tasks:
            self._tasks[en] = self._bars.add_task(f"{zh} / {en}", total=total)
        self._bars.update(self._tasks[en], completed=done, total=total)
