"""Peer: Splink on DuckDB, unsupervised, as its guides advise: prepared columns, several blocking rules of which some explode
arrays, comparisons with ordered levels, term frequencies where values are unevenly common, u by random sampling, m by
expectation maximisation in three passes, over blocks in which duplicates are not rare. `python peer_splink.py entries.jsonl pairs.csv`.
"""

import sys
from dataclasses import asdict
from pathlib import Path

import peer_entries
import pyarrow as pa
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

_LOWEST = 0.05  # match probability from which on a pair is written; the harness chooses the threshold
_LIKE_TEXT = 2  # level of the text's comparison from which on two texts tell of one project
_LIKE_TITLE = 2


def _table(entries: list[peer_entries.Entry]) -> pa.Table:
    rows = [asdict(each) for each in entries]
    for row in rows:
        row["unique_id"] = row.pop("id")
        row["title_core"] = row["title_core"] or None
        row["org_core"] = row["org_core"] or None
        row["first_identity"] = min(row["id_tokens"], default=None)  # training cannot explode arrays
        row["rarest"] = next(iter(row["rare"]), None)
        del row["text"]
    return pa.Table.from_pylist(rows)


def _title() -> cl.CustomComparison:
    return cl.CustomComparison(
        output_column_name="title_core",
        comparison_levels=[
            cll.NullLevel("title_core"),
            cll.ExactMatchLevel("title_core", term_frequency_adjustments=True),
            cll.JaroWinklerLevel("title_core", 0.92),
            cll.JaccardLevel("title_core", 0.75),
            cll.JaccardLevel("title_core", 0.5),
            cll.ElseLevel(),
        ],
    )


def _organisation() -> cl.CustomComparison:
    """Name and code in one comparison: they depend on each other, and Fellegi and Sunter's sum takes them for independent."""
    return cl.CustomComparison(
        output_column_name="organisation",
        comparison_levels=[
            cll.NullLevel("org_core"),
            cll.ExactMatchLevel("org_core", term_frequency_adjustments=True),
            cll.ExactMatchLevel("code").configure(u_probability=1e-6),
            cll.LevenshteinLevel("code", 2).configure(u_probability=1e-6),
            cll.ArrayIntersectLevel("orgs", 1),
            cll.ElseLevel(),
        ],
    )


def _shared(column: str, least: int) -> str:
    return f"len(list_intersect({column}_l, {column}_r)) >= {least}"


def _people() -> cl.CustomComparison:
    """Tokens and names in one comparison, for the same reason. A phone counts with a name: offices share phones."""
    levels = {
        "three identities": (_shared("id_tokens", 3), 1e-8),
        "two identities": (_shared("id_tokens", 2), 1e-7),
        "one identity": (_shared("id_tokens", 1), 1e-6),
        "phone and two names": (f"{_shared('phones', 1)} and {_shared('names', 2)}", 1e-8),
        "phone and name": (f"{_shared('phones', 1)} and {_shared('names', 1)}", 1e-7),
        "two names": (_shared("names", 2), 1e-6),
        "one name": (_shared("names", 1), 3e-4),
    }
    return cl.CustomComparison(
        output_column_name="people",
        comparison_levels=[
            cll.NullLevel("names"),
            *(
                {"sql_condition": condition, "label_for_charts": label, "u_probability": unrelated}
                for label, (condition, unrelated) in levels.items()  # too rare to be met in a random sample
            ),
            cll.ElseLevel(),
        ],
    )


def _settings() -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("id_tokens", arrays_to_explode=["id_tokens"]),
            block_on("code"),
            block_on("org_core"),
            block_on("title_core"),
            block_on("orgs", arrays_to_explode=["orgs"]),
            block_on("rare", arrays_to_explode=["rare"]),
        ],
        comparisons=[
            _title(),
            _organisation(),
            _people(),
            cl.ArrayIntersectAtSizes("sketch", [18, 10, 5, 3]),
        ],
        retain_intermediate_calculation_columns=True,
    )


def main(source: Path, target: Path) -> None:
    """Read, train, predict, write."""
    entries = peer_entries.read(source)
    linker = Linker(DuckDBAPI().register(_table(entries)), _settings())
    certain = [block_on("id_tokens", arrays_to_explode=["id_tokens"]), block_on("title_core", "org_core")]
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("first_identity"), block_on("rarest"), block_on("title_core", "org_core")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, record_sample_proportion=1.0)
    predicted = linker.inference.predict(threshold_match_probability=_LOWEST).as_pyarrow_table()
    wanted = ("unique_id_l", "unique_id_r", "match_probability", "gamma_sketch", "gamma_title_core")
    by_id = {each.id: each for each in entries}
    peer_entries.write(
        target,
        (
            (by_id[one], by_id[other], text >= _LIKE_TEXT or title >= _LIKE_TITLE, score)
            for one, other, score, text, title in zip(*(predicted[name].to_pylist() for name in wanted), strict=True)
        ),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
