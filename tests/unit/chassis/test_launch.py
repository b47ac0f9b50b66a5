"""A service by its name, and what its start must not carry."""

import gc
import subprocess
import sys

import pytest

from services.chassis.launch import load

# Each is for one command or one rare request; together they were seconds of every start.
NOT_AT_START = ("alembic", "mako", "holidays", "schemathesis", "hypothesis", "pytest")


def test_a_service_is_loaded_by_its_name_and_the_collector_goes_on() -> None:
    assert load("intake").name == "intake"
    assert gc.isenabled()


def test_the_collector_goes_on_when_there_is_no_such_service() -> None:
    with pytest.raises(ModuleNotFoundError):
        load("nowhere")
    assert gc.isenabled()


@pytest.mark.parametrize("service", ["intake", "casework", "disbursement", "notifications"])
def test_a_start_loads_nothing_that_serving_does_not_need(service: str) -> None:
    code = (
        "import sys; from services.chassis.launch import load;"
        f"load({service!r}); print(*sorted(set({NOT_AT_START!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
