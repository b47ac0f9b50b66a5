"""The one box of the search."""

from typing import Annotated

from pydantic import Field

from services.chassis.web import RequestBody, ShortText


class SearchFormIn(RequestBody):
    """What is looked for; sent in the body, never in an address."""

    cari: ShortText
    setelah: Annotated[int, Field(ge=0, le=10_000)] = 0
