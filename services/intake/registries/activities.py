"""Steps of a registry check."""

from zoneinfo import ZoneInfo

from temporalio import activity

from services.chassis.activities import acting
from services.chassis.database import UnitOfWork
from services.chassis.service import Running
from services.intake.persons.commands import Sealer
from services.intake.registries import commands
from services.intake.registries.adapter import Registry
from services.intake.registries.commands import Question
from services.intake.registries.messages import CheckProgress, CheckStart


class RegistryActivities:
    """Bound to the worker's units of work and the registries."""

    def __init__(self, running: Running, sealer: Sealer, registry: Registry) -> None:
        self._running = running
        self._sealer = sealer
        self._registry = registry

    @activity.defn(name="ask_registry")
    async def ask_registry(self, start: CheckStart) -> CheckProgress:
        """Settle what was decided, else ask and keep the answer. What is asked and answered stays inside this step."""
        zone = ZoneInfo(self._running.settings.time_zone)

        async def look(uow: UnitOfWork) -> Question | None:
            await commands.settle_decided(start.check_id, uow, self._sealer, zone)
            return await commands.question_of(start.check_id, uow, self._sealer)

        question = await acting(self._running, look)
        if question is None:
            return CheckProgress(is_answered=True)
        answer = await self._registry.ask(str(start.check_id), question)
        done = await acting(
            self._running, lambda uow: commands.record_answer(start.check_id, answer, uow, self._sealer, zone)
        )
        return CheckProgress(is_answered=done)
