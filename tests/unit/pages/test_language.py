"""What people read is Bahasa Indonesia: every template, every word for a code, every message."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from services.chassis.pages import words
from services.chassis.service import Service
from services.notifications.templates.domain import say_instant
from tests.support.english import ENGLISH
from tests.support.every_service import SERVICES

ROOT = Path(__file__).parents[3]
TEMPLATES = sorted((ROOT / "services").rglob("templates/*.html"))
PACKS = sorted((ROOT / "deploy" / "districts").glob("*/notifications.yaml"))
MORE_ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "case cases hand handoff work list sign in out back next previous save send cancel close open done late due "
        "reason result search loading page home settings",
    )
)
_TAGS = re.compile(r"<(script|style)\b.*?</\1>|{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->", re.DOTALL)
_SHOWN_ATTRIBUTES = re.compile(r"\b(?:title|alt|placeholder|aria-label)=\"([^\"]*)\"")


def shown(template: str) -> Iterator[str]:
    """The texts of a template that a reader sees or hears."""
    plain = _TAGS.sub(" ", template)
    yield from _SHOWN_ATTRIBUTES.findall(plain)
    yield re.sub(r"<[^>]*>", " ", plain)


def english_in(text: str) -> frozenset[str]:
    """Words that no Indonesian sentence has."""
    return (ENGLISH | MORE_ENGLISH) & frozenset(re.findall(r"[a-z]+", text.lower()))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: str(file.relative_to(ROOT / "services")))
def test_no_english_stands_on_a_page(template: Path) -> None:
    for text in shown(template.read_text()):
        assert not english_in(text), text


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_no_code_is_worded_in_english(service: Service) -> None:
    for kind, texts in service.pages.words.items():
        for code, text in texts.items():
            assert not english_in(text), f"{kind} {code}: {text}"


@pytest.mark.parametrize("pack", PACKS, ids=lambda file: file.parent.name)
def test_no_english_is_sent(pack: Path) -> None:
    content = yaml.safe_load(pack.read_text())
    for text in [*content["purposes"].values(), *(template["text"] for template in content["templates"])]:
        assert not english_in(re.sub(r"{[a-z_]+}", "", text)), text


def test_the_check_would_notice() -> None:
    assert english_in("Please sign in again")
    assert not english_in("Masuk kembali lalu periksa isian Anda")


MIDNIGHTS = {
    "Asia/Jakarta": (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), "WIB"),
    "Asia/Makassar": (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "WITA"),
    "Asia/Jayapura": (datetime(2026, 12, 31, 15, 0, tzinfo=UTC), "WIT"),
}


@pytest.mark.parametrize("zone", MIDNIGHTS)
def test_the_year_begins_at_each_zones_own_midnight(zone: str) -> None:
    midnight, name = MIDNIGHTS[zone]
    for told in (words.instant(midnight, zone), say_instant(midnight, zone)):
        assert "1 Jan" in told, told
        assert "2027" in told, told
        assert told.endswith(f"pukul 00.00 {name}"), told
    before = words.instant(midnight.replace(hour=midnight.hour - 1, minute=59), zone)
    assert "31 Des 2026 pukul 23.59" in before
