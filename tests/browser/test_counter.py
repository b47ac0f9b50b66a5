"""A walk-in is registered by keyboard alone, in as few keys as a minute holds."""

from typing import Any

from playwright.async_api import expect

from tests.support.browser.visitors import Visitors

KEYS_LIMIT = 150
"""A practised typist's minute, with the listening in it."""


class Typist:
    """Somebody who never touches the mouse; every key is counted."""

    def __init__(self, page: Any) -> None:
        self._page, self.keys = page, 0

    async def press(self, key: str, times: int = 1) -> None:
        for _ in range(times):
            self.keys += 1
            await self._page.keyboard.press(key)

    async def fill(self, text: str = "") -> None:
        """Type into the field that has the focus, and go on to the next."""
        self.keys += len(text)
        await self._page.keyboard.type(text)
        await self.press("Tab")


async def test_a_walk_in_is_registered_by_keyboard_alone(visitors: Visitors) -> None:
    sri = await visitors.sit_down("sri.peksos")
    page = await sri.open("intake", "/loket")
    await sri.check_page()
    await page.get_by_label("Melalui").focus()
    typist = Typist(page)
    for text in ("", "la", "", "sukodadi"):
        await typist.fill(text)
    while await page.evaluate("document.activeElement.id") != "cerita":
        await typist.press("Tab")
    await typist.fill("Di depan balai desa, lemas, minta makan")
    await typist.fill()
    await typist.press("Space")
    await typist.press("Tab")
    await typist.fill("Mbah Uji Sarinah")
    await typist.fill("3524226201509001")
    await expect(page.get_by_text("Menurut angkanya: perempuan", exact=False)).to_be_visible()
    await expect(page.get_by_label("NIK", exact=False)).to_have_value("3524226201509001")
    await typist.press("Shift+Tab")
    async with page.expect_navigation():
        await typist.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("laporan diterima")
    for text in ("Mbah Uji Sarinah", "Di depan balai desa, lemas, minta makan", "sudah pada instansi pelapor"):
        await expect(page.get_by_text(text, exact=False).first).to_be_visible()
    print(f"keys of a walk-in: {typist.keys} (limit {KEYS_LIMIT})")
    assert typist.keys <= KEYS_LIMIT
