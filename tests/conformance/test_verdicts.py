"""What a check makes of a missing expectation, of an exemption, and of a folder that cannot be loaded."""

from pathlib import Path

from adapters.conformance.rule import Outcome, Result
from adapters.conformance.runner import RULES, check
from adapters.conformance.subject import Subject

AGAIN = "elif number > 1 and reading != before:"  # without this the source loses rows of a moment that others leave
FEW = [rule for rule in RULES if rule.id.startswith(("facts.", "samples.", "paging."))]


async def outcomes(folder: Path) -> list[Outcome]:
    return [outcome async for outcome in check(Subject(folder), FEW)]


def failed(found: list[Outcome]) -> list[str]:
    return [outcome.rule.id for outcome in found if outcome.result is Result.FAILED]


async def test_a_missing_expectation_is_written_and_fails_once(copied) -> None:
    folder = copied("henan")
    expected = folder / "samples/expected.json"
    kept = expected.read_bytes()
    expected.unlink()
    found = [failed(await outcomes(folder)) for _ in range(2)]
    assert (found, expected.read_bytes()) == ([["samples.golden"], []], kept)


async def test_an_exemption_that_is_needed_is_shown_with_its_reason(copied) -> None:
    folder = copied("henan")
    source, manifest = folder / "source.py", folder / "manifest.toml"
    source.write_text(source.read_text("utf-8").replace(AGAIN, "elif not number:"), "utf-8")
    reason = "the platform stands still at night"
    manifest.write_text(f'{manifest.read_text("utf-8")}\n[exempt]\n"paging.shifts" = "{reason}"\n', "utf-8")
    found = await outcomes(folder)
    exempt = [(one.rule.id, one.reason, bool(one.problems)) for one in found if one.result is Result.EXEMPT]
    assert (exempt, failed(found)) == ([("paging.shifts", reason, True)], [])


async def test_a_folder_that_cannot_be_loaded_has_its_other_rules_skipped(copied) -> None:
    folder = copied("henan")
    (folder / "lookups.toml").unlink()
    found = await outcomes(folder)
    skipped = {one.rule.id.partition(".")[0] for one in found if one.result is Result.SKIPPED}
    assert (failed(found), skipped) == (["facts.files", "facts.lookups"], {"samples", "paging"})


async def test_a_manifest_that_is_no_toml_is_told_and_stops_nothing_else(copied) -> None:
    folder = copied("henan")
    (folder / "manifest.toml").write_text("slug = ", "utf-8")
    assert failed(await outcomes(folder)) == ["facts.manifest"]
