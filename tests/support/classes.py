"""The classes of the product, by reading every module of it."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

import contracts
import services


def every_module() -> Iterator[ModuleType]:
    for package in (services, contracts):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not {"migrations", "__main__"} & set(found.name.split(".")):
                yield importlib.import_module(found.name)


def own(kind: type) -> Iterator[type]:
    """The classes of a kind that stand in the product, once each."""
    for module in every_module():
        for thing in vars(module).values():
            if isinstance(thing, type) and issubclass(thing, kind) and thing.__module__ == module.__name__:
                yield thing
