"""Papers: documents, official letters, and links for agencies without software."""

from typing import Any

from services.casework.papers.documents import access as documents_access
from services.casework.papers.documents import api as documents_api
from services.casework.papers.documents.adapter import DirectoryStore
from services.casework.papers.letters import access as letters_access
from services.casework.papers.letters import api as letters_api
from services.casework.papers.letters import pages as letters_pages
from services.casework.papers.links import access as links_access
from services.casework.papers.links import api as links_api
from services.casework.papers.links import pages as links_pages
from services.chassis.service import Running, Wing


async def prepare(running: Running, app: Any) -> None:
    """Open the document store."""
    app.state.documents = DirectoryStore(running.settings.documents_folder)


WING = Wing(
    permissions={**documents_access.PERMISSIONS, **letters_access.PERMISSIONS, **links_access.PERMISSIONS},
    routers=[documents_api.router, letters_api.router, links_api.router],
    pages=[letters_pages, links_pages],
    prepare=prepare,
    series=["letter_serials"],
)
