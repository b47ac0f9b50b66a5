"""Neglected elderly people: a plan, and a place for the day."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.casework.case.procedures.blocks import CaseProcedure
    from services.casework.office.procedure_messages.messages import ProcedureStart


@workflow.defn(name="LansiaProcedure")
class LansiaProcedure(CaseProcedure):
    """``case:<id>`` for cases of type LANSIA_TERLANTAR."""

    @workflow.run
    async def run(self, start: ProcedureStart) -> None:
        """Carry the procedure out."""
        await self.execute(start)

    async def procedure(self) -> None:
        """Into the office's hands, a plan, a place for the day."""
        await self.reach()
        await self.stage("CARE_PLAN")
        plan = await self.task("care-plan", "CARE_PLAN")
        if plan.result_code == "NOT_ELDERLY":
            await self.happened(plan, "NOT_THIS_TYPE")
        await self.insist("day-care", "PLACEMENT")
        await self.outcome("IN_DAY_CARE")
        await self.close()
