"""Whoever sends a form sees the page on which it stood: each form posts to a name below a page that is there."""

from collections.abc import Iterator

import pytest
from starlette.routing import compile_path

from services.chassis.pages.forms import PageRoute
from tests.support.every_service import SERVICES

BY_THEMSELVES = {"/keluar", "/masuk"}
"""Forms of signing in and out lead to pages of their own."""


def routes(method: str) -> Iterator[tuple[str, str]]:
    for service in SERVICES:
        for router in (*service.pages.routers, *service.page_routers):
            for route in router.routes:
                if isinstance(route, PageRoute) and method in (route.methods or ()):
                    yield service.name, route.path


@pytest.mark.parametrize(("service", "path"), sorted(set(routes("POST"))))
def test_above_a_form_stands_its_page(service: str, path: str) -> None:
    if path in BY_THEMSELVES:
        return
    parent = path.rsplit("/", 1)[0] or "/"
    pages = [compile_path(known)[0] for name, known in routes("GET") if name == service]
    assert any(page.match(parent) for page in pages), f"{path} leads back to {parent}, where no page is"
