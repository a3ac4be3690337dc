"""JSON that is held is what was written, without the memory that orjson leaves it."""

import tracemalloc

import orjson

from schema.held_json import held

JSON = orjson.dumps({"名称": "医保", "n": [1, 2.5, None, True]})


def test_it_is_what_was_written() -> None:
    assert held(JSON) == JSON


def test_a_thousand_short_ones_take_a_tenth_of_the_memory_at_most() -> None:
    tracemalloc.start()
    kept = [held(orjson.dumps(["医保", number])) for number in range(1000)]
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(kept), taken < 400_000) == (1000, True)
