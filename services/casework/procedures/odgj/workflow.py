"""ODGJ found in public: from the street to aftercare (`domain.md` §4.1)."""

import asyncio

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.casework.handoffs.messages import ProcedureStart, StepResult
    from services.casework.procedures.blocks import CaseProcedure


@workflow.defn(name="OdgjProcedure")
class OdgjProcedure(CaseProcedure):
    """``case:<id>`` for cases of type ODGJ_TERLANTAR."""

    @workflow.run
    async def run(self, start: ProcedureStart) -> None:
        """Tell the story."""
        await self.carry(start)

    async def story(self) -> None:
        """Custody, screening, identity and funding beside the bed, treatment, the way home, aftercare."""
        await self.stage("CUSTODY")
        await self.handoff("custody", "CUSTODY_TRANSFER", from_agency=self.case.reporter_agency)
        await self.stage("SCREENING")
        screening = await self.handoff("screening", "HEALTH_SCREENING")
        if screening.result_code == "NOT_ODGJ":
            await self.outcome("NOT_ODGJ")
            await self.close()
            return
        await self.stage("TREATMENT")
        _, treatment, family = await asyncio.gather(
            self.identity_and_funding(), self.treatment(), self.handoff("tracing", "FAMILY_TRACING")
        )
        if treatment.outcome == "FAILED":
            await self.outcome("DECEASED" if treatment.reason_code == "DECEASED" else "ABSCONDED")
            await self.close()
            return
        await self.stage("DISCHARGE")
        if family.result_code == "FAMILY_READY":
            await self.handoff("reunification", "REUNIFICATION")
            await self.outcome("REUNIFIED")
            await self.stage("AFTERCARE")
            await asyncio.gather(
                self.handoff("medicine", "MEDICINE_CONTINUITY"), self.aid(), self.visits("MEDICINE_CONTINUITY")
            )
        else:
            await self.handoff("placement", "PLACEMENT")
            await self.outcome("PLACED_PANTI")
        await self.close()

    async def identity_and_funding(self) -> None:
        """Who is this, and who pays: the second question waits for the first."""
        await self.handoff("identification", "IDENTIFICATION")
        await self.handoff("insurance", "INSURANCE")

    async def treatment(self) -> StepResult:
        """A bed and the stay in it; when nobody has one, a case conference decides and the search starts again."""
        occurrence = 1
        while True:
            bed = await self.handoff("bed", "INPATIENT_BED", occurrence=occurrence)
            if bed.outcome in ("COMPLETED", "FAILED"):
                return bed
            await self.task("bed-conference", "CASE_CONFERENCE", occurrence=occurrence)
            occurrence += 1
