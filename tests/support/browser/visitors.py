"""People at their browsers: each with a window of their own, found by role and label, watched for where it asks."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, Page

from tests.support.whole_system import System

AXE = Path(__file__).parent / "vendored" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = {"wide": (1280, 900), "narrow": (375, 760)}
SLOW_MS = 30_000


@dataclass(frozen=True, slots=True)
class Seeds:
    """What was made before anybody looked."""

    cases: list[str]
    screenings: list[str]
    batch: str


@dataclass(slots=True)
class Desk:
    """One person at one browser."""

    page: Page
    system: System
    username: str

    async def open(self, service: str, path: str = "/") -> Page:
        """Go to a page; on the way sign in by the provider's own form when it asks."""
        await self.page.goto(f"{self.system.url(service)}{path}")
        await self.sign_in_if_asked()
        return self.page

    async def sign_in_if_asked(self) -> None:
        """Fill in the provider's form."""
        issuer = urlsplit(self.system.accounts.issuer).netloc
        if urlsplit(self.page.url).netloc == issuer:
            await self.page.locator("#username").fill(self.username)
            await self.page.locator("#password").fill(self.system.accounts.staff_password)
            await self.page.locator("#kc-login").click()
            await self.page.wait_for_url(lambda url: urlsplit(url).netloc != issuer)

    async def press(self, name: str) -> None:
        """Press a button and wait for the next page."""
        async with self.page.expect_navigation():
            await self.page.get_by_role("button", name=name).click()

    async def check_page(self) -> None:
        """Accessible by axe's rules, and no sideways scrolling, at both widths."""
        await self.page.wait_for_load_state()
        for name, (width, height) in WIDTHS.items():
            await self.page.set_viewport_size({"width": width, "height": height})
            overflow = await self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert overflow <= 0, f"{self.page.url} scrolls sideways when {name}"
            await self.page.evaluate(AXE.read_text())
            found = await self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
            faults = [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found["violations"]]
            assert not faults, f"{self.page.url} when {name}: {faults}"
        await self.page.set_viewport_size({"width": 1280, "height": 900})

    async def picture(self, folder: Path, name: str) -> None:
        """Pictures of the page at both widths."""
        for kind, (width, height) in WIDTHS.items():
            await self.page.set_viewport_size({"width": width, "height": height})
            await self.page.screenshot(path=folder / f"{name}-{kind}.png", full_page=True)
        await self.page.set_viewport_size({"width": 1280, "height": 900})


@dataclass
class Visitors:
    """Everybody who looks at pages in one test."""

    browser: Browser
    system: System
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    async def sit_down(self, username: str) -> Desk:
        """A new window for a person."""
        context = await self.browser.new_context(locale="id-ID", viewport={"width": 1280, "height": 900})
        context.set_default_timeout(SLOW_MS)
        self._contexts.append(context)
        context.on("request", self._note)
        page = await context.new_page()
        page.on("console", self._consume)
        return Desk(page, self.system, username)

    def _note(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.elsewhere.append(request.url)

    def _consume(self, message: Any) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    async def leave(self) -> None:
        """Close every window."""
        for context in self._contexts:
            await context.close()
