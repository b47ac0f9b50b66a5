"""Server-rendered staff pages: sign-in, session, base page and form parts."""

from typing import Any


class Pages:
    """The page side of one service."""

    def install(self, app: Any) -> None:
        """Add the pages' routes and static files to the app."""
