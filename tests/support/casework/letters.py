"""Letters, and a press that remembers what it set."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.casework.office.directory.domain import Letter
from services.casework.papers.letters import adapter, commands
from services.casework.papers.letters.commands import IssueLetter, Press, ReissueLetter
from services.chassis import clock
from services.chassis.principal import Principal
from tests.support.casework.agencies import OFFICE
from tests.support.services import Bench, sealing_settings

WRITER = Principal("staff:writer", OFFICE, frozenset({"section-head"}), ("35.24",))


class Printed:
    """A press that remembers what it was given to set, and the tokens of the codes."""

    def __init__(self, bench: Bench) -> None:
        self.data: list[Mapping[str, Any]] = []
        self.press = Press(
            self._render, adapter.qr, bench.app.state.documents, sealing_settings("casework")["sealing_private_key"],
            bench.app.state.pages.words["purpose"], "https://sigap.example/casework",
        )  # fmt: skip
        self._bench = bench

    def _render(self, kind: Letter, data: Mapping[str, Any]) -> bytes:
        self.data.append(data)
        return adapter.render(kind, data)

    async def issue(
        self, handoff: Mapping[str, Any], *, with_link: bool = False, is_further: bool = False
    ) -> tuple[Any, str]:
        """A letter, and the token of its code."""
        token = adapter.new_token()
        link_id = clock.new_id() if with_link else None
        command = IssueLetter(
            clock.new_id(),
            clock.new_id(),
            UUID(handoff["handoff_id"]),
            token,
            link_id=link_id,
            is_further=is_further,
        )
        made = await self._bench.units.perform(
            lambda uow: commands.issue_letter(command, uow, self.press), principal=WRITER
        )
        return made, token

    async def reissue(self, old: UUID) -> tuple[Any, str]:
        """The same in the place of an old one."""
        token = adapter.new_token()
        command = ReissueLetter(old, "WRONG_CONTENT", clock.new_id(), clock.new_id(), token)
        made = await self._bench.units.perform(
            lambda uow: commands.reissue_letter(command, uow, self.press), principal=WRITER
        )
        return made, token
