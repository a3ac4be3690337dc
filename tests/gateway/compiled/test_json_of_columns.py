"""A column's values are written as JSON in one call, and each is what it would be by itself."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from gateway.compiled.projection import Objects, each_as_json

VALUES = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text()


@given(values=st.lists(VALUES, min_size=1))
def test_each_value_is_what_it_would_be_by_itself(values) -> None:
    assert each_as_json(tuple(values)) == [orjson.dumps(value) for value in values]


@given(names=st.lists(st.from_regex(r"\A[_A-Za-z][_0-9A-Za-z]*\Z"), unique=True), rows=st.integers(0, 4))
def test_objects_hold_their_parts_by_name(names, rows) -> None:
    parts = [each_as_json([f"{name} {row}" for row in range(rows + 1)]) for name in names]
    found = [orjson.loads(each) for each in Objects(names).made(parts, rows)]
    assert found == [{name: f"{name} {row}" for name in names} for row in range(rows)]
