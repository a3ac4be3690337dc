"""Duplicate detection against its peers: `python tests/benchmark/duplicates/run.py [--total N …] [--tables A B C]`.

Each contender runs as a process of its own on the same entries, from the file read to the file written, one after another:
ours (`dexhub detect`), Splink on DuckDB, exact keys, fuzzy matching within blocks. The peers have an environment of their
own in the cache, installed when it is missing. A peer has no threshold of its own: it gets the one that was best for it on
the fitting corpus of the first size, with the truth in hand. Ours is judged on everything it reports.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import corpora
from judging import Verdict, best_threshold, judge, read_pairs, read_truth
from measuring import Cost, measured

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "dexhub-benchmark"
PEERS = ("splink", "exact_keys", "fuzzy_blocks")
PACKAGES = ("splink==5.0.0", "duckdb==2.0.0", "pyarrow", "rapidfuzz", "opencc")  # Splink's newest, 2026-11-21
FIT_TABLE, FIT_SEED = "A", 1


@dataclass(frozen=True)
class Result:
    """One contender on one corpus."""

    contender: str
    corpus: str
    verdict: Verdict
    cost: Cost


def _environment_of_peers() -> Path:
    """The peers' interpreter; its environment is made and filled when it is missing."""
    folder = CACHE / "peers"
    ready = folder / "installed.txt"
    if not ready.exists() or ready.read_text("utf-8") != "\n".join(PACKAGES):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(folder / "bin/pip"), "install", "--quiet", *PACKAGES], check=True)
        ready.write_text("\n".join(PACKAGES), "utf-8")
    return folder / "bin/python"


def _command(contender: str, source: Path, target: Path) -> list[str]:
    if contender == "ours":
        code = "from gateway.cli import main; main()"
        return [sys.executable, "-c", code, "detect", "--input", str(source), "--output", str(target)]
    return [str(_environment_of_peers()), str(HERE / f"peer_{contender}.py"), str(source), str(target)]


def _run(contender: str, corpus: corpora.Corpus) -> tuple[Path, Cost]:
    target = corpus.folder / f"{contender}.csv"
    target.unlink(missing_ok=True)
    environment = {"PYTHONPATH": str(ROOT)} if contender == "ours" else {}
    return target, measured(_command(contender, corpus.entries, target), environment, target.with_suffix(".log"))


def _thresholds(contenders: list[str], total: int) -> dict[str, float]:
    peers = [each for each in contenders if each != "ours"]
    if not peers:
        return {}
    corpus = corpora.generated(CACHE, FIT_TABLE, FIT_SEED, total)
    truth = read_truth(corpus.truth)
    return {peer: best_threshold(read_pairs(_run(peer, corpus)[0]), truth) for peer in peers}


def results(contenders: list[str], all_corpora: list[corpora.Corpus], thresholds: dict[str, float]) -> Iterator[Result]:
    """Every contender on every corpus, corpus by corpus."""
    for corpus in all_corpora:
        truth = read_truth(corpus.truth)
        for contender in contenders:
            target, cost = _run(contender, corpus)
            yield Result(contender, corpus.name, judge(read_pairs(target), truth, thresholds.get(contender, 0.0)), cost)


def _row(result: Result, splink: Cost | None) -> str:
    verdict, cost = result.verdict, result.cost
    degrees = " ".join(f"{verdict.recall_by_degree.get(degree, 1.0):.3f}" for degree in ("easy", "medium", "hard"))
    kinds = " ".join(
        f"{verdict.f1_by_kind.get(kind, 1.0):.3f}"
        for kind in ("SAME_PROJECT", "SAME_TEAM", "SAME_PERSON", "TEAM_TWO_PROJECTS")
    )
    ratio = f"{splink.wall / cost.wall:.1f} / {splink.cpu / cost.cpu:.1f}" if splink else ""
    return (
        f"| {result.corpus} | {result.contender} | {verdict.precision:.3f} | {verdict.recall:.3f} | {verdict.f1:.3f} "
        f"| {kinds} | {degrees} | {verdict.look_alikes_reported:.2%} | {verdict.calibration_error:.3f} "
        f"| {cost.wall:.1f} | {cost.cpu:.1f} | {cost.memory:,.0f} | {ratio} |"
    )


HEADER = """\
| corpus | contender | precision | recall | pair F1 | F1 project, team, person, two projects | recall easy, medium, hard \
| look-alikes reported | calibration error | wall s | CPU s | peak MB | times faster than Splink, wall / CPU |
|---|---|---|---|---|---|---|---|---|---|---|---|---|"""


def main() -> None:
    """Read the arguments, run, print the table, and for each contender which look-alikes it reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--total",
        type=int,
        nargs="+",
        default=[25_000],
        help="entries of each corpus; 25000 and 250000 are the sizes that count",
    )
    parser.add_argument("--tables", nargs="+", default=["A", "B", "C"], choices=["A", "B", "C"])
    parser.add_argument("--seed", type=int, default=2, help="even: judging")
    parser.add_argument("--contenders", nargs="+", default=["ours", *PEERS], choices=["ours", *PEERS])
    parser.add_argument("--judged", action="store_true", help="the frozen judged set instead of generated corpora")
    given = parser.parse_args()
    if given.judged:
        wanted = corpora.frozen(CACHE)
    else:
        sizes = [(table, total) for total in given.total for table in given.tables]
        wanted = [corpora.generated(CACHE, table, given.seed, total) for table, total in sizes]
    thresholds = _thresholds(given.contenders, given.total[0])
    order = sorted(given.contenders, key=lambda each: each != "splink")  # first, so that the others have their ratio
    print(HEADER, flush=True)
    found, splink = [], {}
    for result in results(order, wanted, thresholds):
        found.append(result)
        if result.contender == "splink":
            splink[result.corpus] = result.cost
        print(_row(result, splink.get(result.corpus)), flush=True)
    print("\nlook-alikes reported, by kind")
    for result in found:
        kinds = ", ".join(f"{kind} {share:.1%}" for kind, share in result.verdict.look_alikes_by_kind.items() if share)
        print(f"{result.corpus}, {result.contender}: {kinds or 'none'}")
    print("thresholds of the peers:", ", ".join(f"{peer} {score:.3f}" for peer, score in thresholds.items()))


if __name__ == "__main__":
    main()
