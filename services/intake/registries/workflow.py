"""Asks a registry until it has answered for good, for days if need be."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.chassis.workflow import OUTSIDE
    from services.intake.registries.activities import RegistryActivities
    from services.intake.registries.messages import CheckAsked, CheckStart

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(hours=1)


@workflow.defn(name="RegistryCheckWorkflow")
class RegistryCheckWorkflow:
    """``registry-check:<id>``. The case goes on meanwhile; a late answer updates it."""

    @workflow.signal
    def check_asked(self, message: CheckAsked) -> None:
        """There is a check to make; the run that this started makes it."""

    @workflow.run
    async def run(self, start: CheckStart) -> None:
        """Ask, and ask again with growing waits while the registry only says «pending»."""
        wait = FIRST_WAIT
        while True:
            progress = await workflow.execute_activity_method(RegistryActivities.ask_registry, start, **OUTSIDE)
            if progress.is_answered:
                await workflow.wait_condition(workflow.all_handlers_finished)
                return
            await workflow.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
