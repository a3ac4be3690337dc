"""Compiled operations: the work that an operation costs is done once, and not for each row or request.

An operation whose root fields read a read model is turned into a plan: which columns, and how a row becomes the object that was
selected (`selection`, `projection`). Afterwards it is only bound to its variables and run (`operation`). What a plan does not
cover is executed in the ordinary way, with the same answer; a root field takes part by standing in `roots`. What was asked before is
answered ahead of the pipeline, together with what others ask at the time (`turns`).
"""


class NotCovered(Exception):  # noqa: N818  no error: the ordinary way answers
    """An operation, or these variables of it, is none that plans are made for."""
