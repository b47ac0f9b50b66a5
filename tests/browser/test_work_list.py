"""The work list refreshes itself, and survives whatever it is answered."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Route, expect

from tests.support.browser.visitors import Seeds, Visitors

A_MINUTE_MS = 61_000
Answer = Callable[[Route], Awaitable[None]]
ANSWERS: dict[str, Answer] = {
    "a server that is away": lambda route: route.fulfill(status=503, content_type="text/html", body="<p>503</p>"),
    "a problem document": lambda route: route.fulfill(
        status=429, content_type="application/problem+json", body='{"code":"quota_is_spent"}'
    ),
    "another page": lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Perawatan</h1>"),
    "no answer": lambda route: route.abort(),
}


@pytest.mark.parametrize("answer", ANSWERS)
async def test_a_refresh_that_fails_leaves_the_list_says_so_and_goes_on(
    visitors: Visitors, seeds: Seeds, answer: str
) -> None:
    sri = await visitors.sit_down("sri.peksos")
    page = sri.page
    await page.clock.install()
    await sri.open("casework")
    lines = page.locator("#daftar li.item")
    first = await lines.count()
    note = page.get_by_text("belum dapat disegarkan")
    await expect(note).to_be_hidden()
    asked = 0

    async def failing(route: Route) -> None:
        nonlocal asked
        if "hx-request" not in route.request.headers:
            await route.continue_()
            return
        asked += 1
        await ANSWERS[answer](route)

    await page.route("**/casework/**", failing)
    for times in (1, 2):
        ended = "requestfinished" if answer != "no answer" else "requestfailed"
        async with page.expect_event(ended, lambda request: "hx-request" in request.headers):
            await page.clock.fast_forward(A_MINUTE_MS)
        assert asked == times
        await expect(note).to_be_visible()
        assert await lines.count() == first
    await sri.check_page()
    await page.unroute("**/casework/**")
    async with page.expect_response(lambda told: "hx-request" in told.request.headers and told.ok):
        await page.clock.fast_forward(A_MINUTE_MS)
    await expect(note).to_be_hidden()
    assert await lines.count() >= first
