"""Whoever is woken by a check, a figure or a log line is one link away from what to do."""

import re
from importlib import import_module

import pytest

from services.chassis import runbook
from services.chassis.service import Service
from tests.support.checkout import ROOT, SERVICES, modules

PAGE = (ROOT / runbook.PAGE).read_text()


def anchors(page: str) -> set[str]:
    """The links that a page's headings can be reached by."""
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def service(name: str) -> Service:
    found: Service = import_module(f"services.{name}.wiring").SERVICE
    return found


@pytest.mark.parametrize("links", [runbook.CHECKS, runbook.FIGURES, runbook.LINES])
def test_every_alarm_of_the_spine_leads_to_its_section(links: dict[str, str]) -> None:
    """A link to a heading that was renamed helps nobody at three in the morning."""
    for name, section in links.items():
        assert section in anchors(PAGE), f"{name}: {section}"
        assert name in PAGE or name.removeprefix("sigap_") in PAGE, f"the runbook does not tell how {name} looks"


@pytest.mark.parametrize("name", SERVICES)
def test_every_figure_of_a_service_leads_to_its_section(name: str) -> None:
    """A figure without a section is a curiosity, not an alarm."""
    figures = service(name).figures
    house = ROOT / "services" / name
    files = [house / "wiring.py", *house.glob("*/wing.py"), *house.rglob("repository.py")]
    for figure in {found for file in files for found in re.findall(r"\bsigap_[a-z_]+\b", file.read_text())}:
        assert figures.get(figure) in anchors(PAGE), figure
        assert figure in PAGE, f"the runbook does not tell of {figure}"


def test_every_warning_of_the_spine_leads_to_its_section() -> None:
    """A line that warns and does not say what to do is read once and then never again."""
    warned = re.compile(r"log\(\)\.(?:warning|error|critical)\(\s*\"(\w+)\"")
    for file in modules(ROOT / "services" / "chassis"):
        for line in warned.findall(file.read_text()):
            assert line in runbook.LINES, f"{file.name}: {line}"
