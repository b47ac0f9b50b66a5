"""What pages rest on: files of others as they were taken in, words for times and money, a need on every route."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.chassis.pages import PageRequires, words
from services.chassis.pages.sign_in import local_path
from services.chassis.processes import build_app
from services.chassis.service import Service
from tests.support.every_service import SERVICES

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "services" / "chassis" / "pages" / "static"


def test_files_of_others_are_what_was_taken_in() -> None:
    listed = json.loads((STATIC / "vendored" / "vendored.json").read_text())
    for item in listed:
        assert hashlib.sha256((STATIC / "vendored" / item["file"]).read_bytes()).hexdigest() == item["sha256"], item
        assert (STATIC / "vendored" / item["licence_file"]).exists()
    scripts = {file.name for file in (STATIC / "vendored").iterdir() if file.suffix in {".js", ".css"}}
    assert scripts == {item["file"] for item in listed}


def test_no_template_holds_script_or_style_of_its_own() -> None:
    for file in ROOT.glob("services/**/templates/*.html"):
        text = file.read_text()
        assert "<style" not in text and " style=" not in text and " onclick=" not in text, file
        assert "http://" not in text and "https://" not in text, file
        assert text.count("<script") == text.count("<script src="), file


def test_times_read_as_on_the_wall_of_the_district() -> None:
    moment = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)
    assert words.instant(moment, "Asia/Jakarta") == "Sel, 24 Nov 2026 pukul 14.05 WIB"
    assert words.instant(moment, "Asia/Jayapura") == "Sel, 24 Nov 2026 pukul 16.05 WIT"
    assert words.left(moment + timedelta(hours=3), moment) == "3 jam lagi"
    assert words.left(moment - timedelta(days=3), moment) == "terlambat 3 hari"
    assert words.rupiah(1_500_000) == "Rp1.500.000"


@pytest.mark.parametrize("asked", ["//evil.example/x", "https://evil.example/", "/other/", "/x/../", "\\\\evil", ""])
def test_nobody_is_sent_elsewhere_after_signing_in(asked: str) -> None:
    assert local_path(asked, "/casework") == "/casework/"


def page_routes(service: Service) -> Iterator[Any]:
    app = build_app(service, service.settings.model_construct(database_url=""), None)
    for router in (*service.page_routers, *app.state.pages.routers):
        yield from router.routes


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_page_says_who_may_see_it(service: Service) -> None:
    for route in page_routes(service):
        needs = [need.call for need in route.dependant.dependencies if isinstance(need.call, PageRequires)]
        assert needs or "public" in route.tags, route.path
        assert not route.include_in_schema
