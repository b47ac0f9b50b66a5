"""Beggars and vagrants: from the sweep to guidance at home (`domain.md` §4.2)."""

import asyncio

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.casework.case.procedures.blocks import CaseProcedure
    from services.casework.office.procedure_messages.messages import ProcedureStart


@workflow.defn(name="GepengProcedure")
class GepengProcedure(CaseProcedure):
    """``case:<id>`` for cases of type GEPENG."""

    @workflow.run
    async def run(self, start: ProcedureStart) -> None:
        """Carry the procedure out."""
        await self.execute(start)

    async def procedure(self) -> None:
        """Custody, assessment in the shelter, back to the village, aftercare."""
        await self.reach()
        await self.stage("ASSESSMENT")
        await self.task("assessment", "SHELTER_ASSESSMENT")
        await self.stage("RETURN")
        await self.insist("return", "REUNIFICATION")
        await self.outcome("RETURNED_FAMILY")
        await self.stage("AFTERCARE")
        await asyncio.gather(self.aid(), self.visits("REUNIFICATION"))
        await self.close()
