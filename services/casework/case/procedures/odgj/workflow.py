"""ODGJ found in public: from the street to aftercare (`domain.md` §4.1)."""

import asyncio

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.casework.case.procedures.blocks import CaseProcedure
    from services.casework.office.procedure_messages.messages import ProcedureStart, StepResult

WAYS = {
    "REUNIFICATION": ("reunification", "REUNIFIED"),
    "REPATRIATION": ("repatriation", "TRANSFERRED_HOME_DISTRICT"),
    "PLACEMENT": ("placement", "PLACED_PANTI"),
}
"""By purpose: the step under which it is asked for, and the outcome it leads to. The fourth way is to wait."""
WAY_FOR = {"FAMILY_READY": "REUNIFICATION", "HOME_DISTRICT_FOUND": "REPATRIATION"}
"""Which way what was traced leads; a family that is not found, or refuses, leads to a panti."""


@workflow.defn(name="OdgjProcedure")
class OdgjProcedure(CaseProcedure):
    """``case:<id>`` for cases of type ODGJ_TERLANTAR."""

    @workflow.run
    async def run(self, start: ProcedureStart) -> None:
        """Carry the procedure out."""
        await self.execute(start)

    async def procedure(self) -> None:
        """First response, screening, identity and funding beside the bed, treatment, the way home, aftercare."""
        await self.reach()
        await self.stage("SCREENING")
        screening = await self.insist("screening", "HEALTH_SCREENING")
        if screening.result_code == "NOT_ODGJ":
            await self.happened(screening, "NOT_THIS_TYPE")
        funding = self.spawn(self.identity_and_funding())
        tracing = self.spawn(self.handoff("tracing", "FAMILY_TRACING"))
        hospital = ""
        if screening.result_code != "OUTPATIENT":
            await self.stage("TREATMENT")
            hospital = (await self.insist("bed", "INPATIENT_BED", until_ready=True)).agency
        await self.stage("DISCHARGE")
        outcome = await self.way_home(hospital, tracing)
        await funding
        await self.outcome(outcome)
        if outcome == "REUNIFIED":
            await self.stage("AFTERCARE")
            await asyncio.gather(self.medicine_and_visits(), self.aid())
        await self.close()

    async def identity_and_funding(self) -> None:
        """Who is this, and who pays: the hospital gets the guarantee letter while the insurance is sorted out."""
        identity = await self.handoff("identification", "IDENTIFICATION")
        insured = ""
        if identity.result_code == "MATCHED":
            insured = (await self.handoff("insurance", "INSURANCE")).result_code
        if insured != "ACTIVE":
            await asyncio.gather(self.task("guarantee", "GUARANTEE_LETTER"), self.insurance_for(insured))

    async def insurance_for(self, insured: str) -> None:
        """State-paid membership anew; where arrears block it, or the ministry refuses, the district pays."""
        if insured != "ARREARS":
            pbi = await self.task("pbi", "PBI_REACTIVATION")
            if pbi.result_code == "REACTIVATED":
                return
        await self.task("district-funding", "DISTRICT_FUNDING")

    async def way_home(self, hospital: str, tracing: "asyncio.Task[StepResult]") -> str:
        """Out of the hospital and on: home, to the home district, into a panti, or wait; answers the outcome.

        A family that stands ready fetches from the hospital; else the office does, so that no ward becomes a shelter.
        """
        is_ready = tracing.done() and tracing.result().result_code == "FAMILY_READY"
        if hospital and self.case.has_shelter and not is_ready:
            await self.insist("fetch", "CUSTODY_TRANSFER", from_agency=hospital)
        way = WAY_FOR.get((await tracing).result_code, "PLACEMENT")
        occurrence = 1
        while True:
            step, outcome = WAYS[way]
            gone = await self.handoff(step, way, occurrence=occurrence)
            if gone.outcome == "COMPLETED":
                return outcome
            decided = await self.task("way-out", "WAY_OUT", occurrence=occurrence)
            way = decided.result_code if decided.result_code in WAYS else way
            occurrence += 1

    async def medicine_and_visits(self) -> None:
        """The puskesmas at home takes over: medicine month by month, and visits."""
        medicine = await self.insist("medicine", "MEDICINE_CONTINUITY")
        await asyncio.gather(
            self.medicine_controls("MEDICINE_CONTINUITY", medicine.agency),
            self.visits("MEDICINE_CONTINUITY", medicine.agency),
        )
