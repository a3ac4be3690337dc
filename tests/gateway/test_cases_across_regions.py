"""What a region sees of a duplicate case, of which only one side may be its own."""

CASES = """{ duplicateCases(first: 1000) { nodes { id kind status keptEntryId pairs { lines { feature } }
  entries { region { code } title leadOrganisation entryId entry { id } }
  decisions { status keptEntryId reason author } } } }"""


def seen(case: dict, code: str) -> dict:
    """A case as the region may see it."""

    def mine(entry: str | None) -> str | None:
        return entry if entry and entry.startswith(code) else None

    whole = all(side["region"]["code"] == code for side in case["entries"])
    return {
        **case,
        "keptEntryId": mine(case["keptEntryId"]),
        "entries": [
            side if side["region"]["code"] == code else {**side, "entryId": None, "entry": None}
            for side in case["entries"]
        ],
        "decisions": [
            {
                **decision,
                "keptEntryId": mine(decision["keptEntryId"]),
                "reason": decision["reason"] if whole else None,
                "author": decision["author"] if whole else None,
            }
            for decision in case["decisions"]
        ],
    }


def test_a_region_sees_the_cases_that_touch_it_and_of_the_other_side_three_things(settled, viewer, code) -> None:
    cases = settled.national.ask(CASES)["duplicateCases"]["nodes"]
    touching = [case for case in cases if any(side["region"]["code"] == code for side in case["entries"])]
    assert viewer.ask(CASES)["duplicateCases"]["nodes"] == [seen(case, code) for case in touching]


def test_the_cases_of_these_tests_are_of_one_region_and_of_two_decided_and_open(settled) -> None:
    cases = settled.national.ask(CASES)["duplicateCases"]["nodes"]
    kinds = {(len({side["region"]["code"] for side in case["entries"]}), bool(case["decisions"])) for case in cases}
    assert kinds >= {(1, True), (2, True), (2, False)}


def test_an_open_case_shows_a_region_its_evidence_in_words(settled, viewer, code) -> None:
    document = (
        "{ duplicateCases(first: 1000) { nodes { id pairs { lines { zh en bits } } entries { region { code } } } } }"
    )
    cases = settled.national.ask(document)["duplicateCases"]["nodes"]
    touching = {c["id"]: c["pairs"] for c in cases if code in {side["region"]["code"] for side in c["entries"]}}
    assert {case["id"]: case["pairs"] for case in viewer.ask(document)["duplicateCases"]["nodes"]} == touching


def test_of_another_regions_side_a_line_of_evidence_shows_the_title_and_nothing_else(viewer, code) -> None:
    document = """{ duplicateCases(first: 1000) { nodes { pairs { entries { region { code } }
      lines { feature left right leftSpans { start } rightSpans { start } } } } } }"""
    cases = viewer.ask(document)["duplicateCases"]["nodes"]
    shown = [
        line
        for pair in (pair for case in cases for pair in case["pairs"])
        for line in pair["lines"]
        for codes in [[side["region"]["code"] for side in pair["entries"]]]
        if codes != [code, code] and line["feature"] != "TITLE"
        if line["left" if codes[0] != code else "right"] or line["leftSpans"] or line["rightSpans"]
    ]
    assert shown == []
