"""Server-rendered staff pages: sign-in, session, base page and form parts."""

from services.chassis.pages.forms import ANYBODY, FileForm, Form, PageRequires, PostedForm, page_requires, page_router
from services.chassis.pages.site import PageLink, Pages

__all__ = [
    "ANYBODY",
    "FileForm",
    "Form",
    "PageLink",
    "PageRequires",
    "Pages",
    "PostedForm",
    "page_requires",
    "page_router",
]
