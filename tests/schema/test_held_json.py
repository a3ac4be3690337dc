"""JSON that is held is what orjson writes, without the memory that orjson leaves it."""

import tracemalloc

import orjson

from schema.held_json import held_json

VALUE = {"名称": "医保", "n": [1, 2.5, None, True]}


def test_it_is_what_orjson_writes() -> None:
    assert held_json({**VALUE, "kind": frozenset("x")}, list) == orjson.dumps({**VALUE, "kind": ["x"]})


def test_a_thousand_short_ones_take_a_tenth_of_the_memory_at_most() -> None:
    tracemalloc.start()
    kept = [held_json(VALUE) for _ in range(1000)]
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (len(kept), taken < 400_000) == (1000, True)
