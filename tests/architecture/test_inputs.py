"""What comes in over HTTP is bounded by its type: no text, moment, day or free object stands in a draft bare."""

import types
from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import AwareDatetime, BaseModel

from cloud.app import app_to_describe
from cloud.kernel.schemas import DAY, FREE_OBJECT, INSTANT, TextMark
from cloud.kernel.settings import Settings

NEEDED: dict[Any, tuple[Any, ...]] = {
    datetime: (INSTANT,),
    AwareDatetime: (INSTANT,),
    date: (DAY,),
    Any: (FREE_OBJECT,),
}
OF_THE_FRAMEWORK = {"sha256"}
"""Parameters whose form the endpoint itself checks."""


def routes() -> Iterator[APIRoute]:
    app = app_to_describe(Settings(_env_file=None))  # type: ignore[call-arg]
    for context in iter_route_contexts(app.routes):
        if isinstance(context.original_route, APIRoute):
            yield context.original_route


def bare(annotation: Any, marks: tuple[Any, ...], place: str, seen: set[type]) -> Iterator[str]:
    """Places under an annotation where a kind that needs a mark has none."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *metadata = get_args(annotation)
        yield from bare(inner, (*marks, *metadata), place, seen)
    elif origin in {Union, types.UnionType} or (origin is not None and FREE_OBJECT not in marks):
        kept = marks if origin in {Union, types.UnionType} else ()
        for part in get_args(annotation):
            yield from bare(part, kept, place, seen)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            seen.add(annotation)
            for name, field in annotation.model_fields.items():
                yield from bare(
                    field.annotation, tuple(field.metadata), f"{annotation.__name__}.{name}", seen
                )
    elif annotation is str and not any(isinstance(mark, TextMark) for mark in marks):
        yield f"{place}: a bare text"
    elif annotation in NEEDED and not any(mark in marks for mark in NEEDED[annotation]):
        yield f"{place}: a bare {annotation}"


def parameters(dependant: Dependant) -> Iterator[Any]:
    yield from (*dependant.body_params, *dependant.query_params, *dependant.path_params)
    for each in dependant.dependencies:
        yield from parameters(each)


def test_every_input_is_bounded() -> None:
    looked_at, found = 0, set()
    for route in routes():
        for field in parameters(route.dependant):
            looked_at += 1
            if field.name not in OF_THE_FRAMEWORK:
                info = field.field_info
                found |= set(bare(info.annotation, tuple(info.metadata), f"{route.path} {field.name}", set()))
    assert looked_at > 200
    assert sorted(found) == []


@pytest.mark.parametrize("annotation", [str, list[str], dict[str, Any], datetime, date | None, AwareDatetime])
def test_the_walk_finds_what_it_looks_for(annotation: Any) -> None:
    assert list(bare(annotation, (), "here", set()))
