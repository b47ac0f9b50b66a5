"""The request bodies of a service, read off its routes, and what their fields take."""

from collections.abc import Iterator
from typing import Annotated, Any, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from services.chassis.processes import build_app
from services.chassis.service import Service
from tests.support.row_routes import routes_of


def models_of(service: Service) -> Iterator[type[BaseModel]]:
    """The request bodies of a service, and the models inside them."""
    settings = service.settings.model_construct(database_url="", root_path=f"/{service.name}")
    seen: set[type[BaseModel]] = set()
    waiting: list[Any] = [
        field.field_info.annotation
        for route in routes_of(build_app(service, settings, None))
        for field in route.dependant.body_params
    ]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if kind not in seen:
                seen.add(kind)
                yield kind
                waiting += [field.annotation for field in kind.model_fields.values()]
        else:
            waiting += get_args(kind)


def takes(annotation: Any, metadata: Any, value: str) -> bool:
    """Whether a field takes a text, alone or in a list."""
    kind: Any = Annotated[(annotation, *metadata)] if metadata else annotation
    for form in (value, [value], {value: value}):
        try:
            TypeAdapter(kind).validate_python(form)
        except ValidationError:
            continue
        return True
    return False
