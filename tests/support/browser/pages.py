"""A page looked at: it opens, can be read by everybody, and has its picture taken."""

import os
from pathlib import Path

from playwright.async_api import expect

from tests.support.browser.visitors import Desk

PICTURES = os.environ.get("SIGAP_PICTURES")


async def look(desk: Desk, service: str, path: str, name: str) -> None:
    """Open a page and check it."""
    await desk.open(service, path)
    await expect(desk.page.get_by_role("heading", level=1)).to_be_visible()
    if PICTURES:
        await desk.picture(Path(PICTURES), name)
    await desk.check_page()
