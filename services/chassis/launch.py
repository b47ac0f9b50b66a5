"""What ``python -m services.<name>`` does: a service by its name."""

import gc
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.chassis.service import Service


def launch(name: str) -> int:
    """Run what the command line names; returns the exit code."""
    service = load(name)
    # Loaded late, as part of the service: before it, the collector would slow it down.
    from services.chassis.processes import main

    return main(service)


def load(name: str) -> "Service":
    """A service with everything that it is made of, by its name."""
    # What is imported lives for ever: a collector that walks it again and again takes a fifth of the start.
    gc.disable()
    try:
        service: Service = import_module(f"services.{name}.wiring").SERVICE
    finally:
        gc.enable()
    return service
