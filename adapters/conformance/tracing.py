"""Which fields of a payload a mapping reads: payload objects that note every field asked for."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from adapters.payload import AnyPayload, models_in

_FIELDS = "__dict__"  # whoever takes an object's whole content, to dump or compare it, asks for this


def leaves(payload: AnyPayload) -> frozenset[str]:
    """The paths, as the platform writes them, of all fields that hold a value. A field that can have only one value (the
    mark of a tombstone) tells nothing and is left out.
    """
    return frozenset(_leaves(payload._type, ()))  # noqa: SLF001  pydantic keeps no public way to the type


def _leaves(annotation: Any, path: tuple[str, ...]) -> Iterator[str]:  # noqa: ANN401  as above
    for model in models_in(annotation):
        for name, info in model.model_fields.items():
            here = (*path, info.alias or name)
            if any(models_in(info.annotation)):
                yield from _leaves(info.annotation, here)
            elif not _has_one_value(info):
                yield ".".join(here)


def _has_one_value(info: FieldInfo) -> bool:
    return get_origin(info.annotation) is Literal and len(get_args(info.annotation)) == 1


def traced(row: BaseModel, read: set[str]) -> BaseModel:
    """The same object, which adds to `read` the path of every field asked of it or of the objects below it."""
    _trace(row, (), read)
    return row


def _trace(value: object, path: tuple[str, ...], read: set[str]) -> None:
    if isinstance(value, list | tuple):
        for each in value:
            _trace(each, path, read)
    if not isinstance(value, BaseModel):
        return
    model = type(value)
    paths = {name: (*path, info.alias or name) for name, info in model.model_fields.items()}
    for name, below in paths.items():
        _trace(value.__dict__[name], below, read)

    def observed(self: BaseModel, name: str) -> Any:  # noqa: ANN401  any attribute
        asked = [paths[name]] if name in paths else paths.values() if name == _FIELDS else ()
        read.update(".".join(one) for one in asked)
        return model.__getattribute__(self, name)

    def dumped(self: BaseModel, **options: Any) -> dict[str, Any]:  # noqa: ANN401  as pydantic has it
        for below in (self, *_inside(self)):
            getattr(below, _FIELDS)
        return model.model_dump(self, **options)

    observer = type(model.__name__, (model,), {"__getattribute__": observed, "model_dump": dumped})
    object.__setattr__(value, "__class__", observer)


def _inside(model: BaseModel) -> Iterator[BaseModel]:
    for value in list(model.__dict__.values()):
        for each in value if isinstance(value, list | tuple) else (value,):
            if isinstance(each, BaseModel):
                yield each
                yield from _inside(each)
