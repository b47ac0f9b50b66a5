"""The simulated agencies: each waits at its feed with its own machine account and answers in its own manner.

They react to what the feed tells, never to seconds, so that a pause of the system changes no outcome. After a restart
an agency reads its feed from the start: what it answered before is answered again under the same key and counts once.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2
from opentelemetry import trace
from opentelemetry.propagate import extract

from deploy.sandbox.api import OurApi
from deploy.sandbox.identity import CannotSignIn, Machine
from deploy.sandbox.knobs import Switchboard
from deploy.sandbox.scenario import Scenario
from services.chassis.telemetry import log

Answer = Callable[["Agency", dict[str, Any], str], Awaitable[None]]
_tracer = trace.get_tracer("sigap.sandbox")
WAIT_SECONDS = 15
BREATH_SECONDS = 1.0
"""Before the next question after a failure, or after an empty page that came at once."""


class PersonIsNotThereYet(ValueError):
    """The disclosure came before the person's own facts did: look again a little later."""


class Agency:
    """One agency's program."""

    def __init__(
        self, code: str, api: OurApi, scenario: Scenario, manners: Mapping[str, Answer], switchboard: Switchboard
    ) -> None:
        self.code = code
        self.api = api
        self.scenario = scenario
        self._manners = manners
        self._switchboard = switchboard
        self._after = 0

    async def run(self) -> None:
        """Wait for news and answer, until cancelled; whatever goes wrong is tried again from the same place."""
        while True:
            asked = time.monotonic()
            has_answered = False
            try:
                has_answered = await self._read_on()
            except (httpx2.HTTPError, CannotSignIn, OSError, KeyError, ValueError) as error:
                log().info("agency_waits", agency=self.code, error=type(error).__name__)
            if not has_answered and time.monotonic() - asked < BREATH_SECONDS:
                await asyncio.sleep(BREATH_SECONDS)
            await asyncio.sleep(self._switchboard.of(self.code).slow_seconds)

    async def _read_on(self) -> bool:
        """Answer what has come; whether anything had."""
        if self._is_down:
            return False
        page = await self.api.get("/feed", after=self._after, limit=100, wait=WAIT_SECONDS)
        for line in page["items"]:
            if self._is_down:
                return False
            await self._answer(line)
            self._after = line["position"]
        return bool(page["items"])

    @property
    def _is_down(self) -> bool:
        return self._switchboard.of(self.code).down

    async def _answer(self, line: dict[str, Any]) -> None:
        item = line["item"]
        subject = item.get("purpose") or item.get("task_kind") or ""
        manner = self._manners.get(f"{item['kind']}:{subject}") or self._manners.get(f"{item['kind']}:*")
        if manner is None:
            return
        context = extract({"traceparent": line.get("traceparent") or ""})
        link = trace.Link(trace.get_current_span(context).get_span_context())
        with _tracer.start_as_current_span(
            f"{self.code} answers", links=[link], attributes={"case.id": item["about_id"], "agency": self.code}
        ):
            await manner(self, item, _traceparent())
            if self._switchboard.of(self.code).twice:
                await manner(self, item, _traceparent())

    async def move(self, item: dict[str, Any], path: str, traceparent: str, **body: Any) -> bool:
        """One answer; an illegal one (somebody was faster, or it was done before) is simply not ours any more."""
        handoff = item["handoff_id"]
        answer = await self.api.post(f"/handoffs/{handoff}/{path}", body, occasion=handoff, traceparent=traceparent)
        if answer.status_code >= 500 or answer.status_code == 401:
            answer.raise_for_status()
        return answer.status_code < 300

    async def disclosure(self, item: dict[str, Any]) -> dict[str, Any]:
        """What the hand-off says about the person, for its purpose."""
        detail = await self.api.get(f"/handoffs/{item['handoff_id']}")
        found: dict[str, Any] = detail["disclosure"]
        if found["as_of"] is None:
            raise PersonIsNotThereYet
        return found


def _traceparent() -> str:
    context = trace.get_current_span().get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{int(context.trace_flags):02x}"


def _paper(item: dict[str, Any]) -> str:
    return f"BA/{item['purpose'][:4]}/{int(item['handoff_id'][-8:], 16) % 10**8}"


def _to_me(agency: Agency, item: dict[str, Any]) -> bool:
    return bool(item["to_agency"] == agency.code)


async def takes_over(agency: Agency, item: dict[str, Any], traceparent: str, result: str) -> None:
    """Says yes, signs for the person, works, reports the result."""
    await agency.move(item, "acceptance", traceparent)
    await agency.move(item, "arrival", traceparent, ba_number=_paper(item))
    await agency.move(item, "start", traceparent)
    await agency.move(item, "completion", traceparent, result_code=result)


async def works(agency: Agency, item: dict[str, Any], traceparent: str, result: str) -> None:
    """Says yes, works, reports the result; nobody moves."""
    await agency.move(item, "acceptance", traceparent)
    await agency.move(item, "start", traceparent)
    await agency.move(item, "completion", traceparent, result_code=result)


async def closes_as_sender(agency: Agency, item: dict[str, Any], traceparent: str) -> None:
    """Whoever handed a person over has read what became of them."""
    if item["from_agency"] == agency.code:
        await agency.move(item, "closure", traceparent)


async def examines(agency: Agency, item: dict[str, Any], traceparent: str) -> None:
    """The puskesmas examines the person and says whether a mental hospital is needed."""
    if _to_me(agency, item):
        features = str((await agency.disclosure(item)).get("features") or "")
        is_other = agency.scenario.not_odgj_when_features_hold in features
        await takes_over(agency, item, traceparent, "NOT_ODGJ" if is_other else "NEEDS_HOSPITAL")


async def is_full(agency: Agency, item: dict[str, Any], traceparent: str) -> None:
    """The district hospital has no bed."""
    if _to_me(agency, item):
        await agency.move(item, "rejection", traceparent, reason_code="FULL")


async def admits_when_reminded(agency: Agency, item: dict[str, Any], traceparent: str) -> None:
    """The late hospital answers its first reminder, treats, and says who may be fetched; one runs away, one dies."""
    if not _to_me(agency, item):
        return
    name = (await agency.disclosure(item)).get("name")
    await agency.move(item, "acceptance", traceparent)
    await agency.move(item, "arrival", traceparent, ba_number=_paper(item))
    await agency.move(item, "start", traceparent)
    if name in agency.scenario.absconds:
        await agency.move(item, "failure", traceparent, reason_code="ABSCONDED")
    elif name in agency.scenario.dies:
        await agency.move(item, "failure", traceparent, reason_code="DECEASED")
    else:
        await agency.move(item, "completion", traceparent, result_code="DISCHARGED_STABLE")


async def stabilises(agency: Agency, item: dict[str, Any], traceparent: str) -> None:
    """The emergency ward takes the person in, and says when they may be fetched."""
    if _to_me(agency, item):
        await takes_over(agency, item, traceparent, "STABILISED")


async def protects(agency: Agency, item: dict[str, Any], traceparent: str) -> None:
    """The child protection unit stands by the child."""
    if _to_me(agency, item):
        await works(agency, item, traceparent, "PROTECTED")


async def takes_home(agency: Agency, item: dict[str, Any], traceparent: str) -> None:
    """The province takes the person to the home district."""
    if _to_me(agency, item):
        await takes_over(agency, item, traceparent, "REPATRIATED")


async def traces_family(agency: Agency, item: dict[str, Any], traceparent: str) -> None:
    """The village recognises some people by how they look, whether or not anybody knows their name."""
    if _to_me(agency, item):
        features = (await agency.disclosure(item)).get("features")
        known = agency.scenario.family_is_known(str(features))
        await works(agency, item, traceparent, "FAMILY_READY" if known else "FAMILY_NOT_FOUND")


async def receives_at_home(agency: Agency, item: dict[str, Any], traceparent: str) -> None:
    """The village receives the person with the family."""
    if _to_me(agency, item):
        await takes_over(agency, item, traceparent, "REUNIFIED")


async def places(agency: Agency, item: dict[str, Any], traceparent: str) -> None:
    """The panti takes the person in."""
    if _to_me(agency, item):
        await takes_over(agency, item, traceparent, "PLACED")


async def goes_on_with_medicine(agency: Agency, item: dict[str, Any], traceparent: str) -> None:
    """The puskesmas at home takes the medicine over."""
    if _to_me(agency, item):
        await works(agency, item, traceparent, "TAKEN_OVER")


async def visits(agency: Agency, item: dict[str, Any], traceparent: str) -> None:
    """An aftercare visit is done and the person is stable."""
    task = item["task_id"]
    answer = await agency.api.post(
        f"/tasks/{task}/completion", {"result_code": "STABLE"}, occasion=task, traceparent=traceparent
    )
    if answer.status_code >= 500 or answer.status_code == 401:
        answer.raise_for_status()


READS_RESULTS: dict[str, Answer] = {"handoff.completed:CUSTODY_TRANSFER": closes_as_sender}

PUSKESMAS: dict[str, Answer] = {
    **READS_RESULTS,
    "handoff.requested:EMERGENCY_CARE": stabilises,
    "handoff.requested:HEALTH_SCREENING": examines,
    "handoff.requested:MEDICINE_CONTINUITY": goes_on_with_medicine,
    "task.created:AFTERCARE_VISIT": visits,
    "task.created:MEDICINE_CONTROL": visits,
}

MANNERS: dict[str, dict[str, Answer]] = {
    "satpolpp-lamongan": READS_RESULTS,
    "puskesmas-lamongan": PUSKESMAS,
    "puskesmas-babat": PUSKESMAS,
    "puskesmas-paciran": PUSKESMAS,
    "rsud-soegiri": {
        **READS_RESULTS,
        "handoff.requested:INPATIENT_BED": is_full,
        "handoff.requested:EMERGENCY_CARE": stabilises,
    },
    "rsj-menur": {},
    "rsj-lawang": {**READS_RESULTS, "handoff.escalated.remind_desk:INPATIENT_BED": admits_when_reminded},
    "uptd-ppa-lamongan": {"handoff.requested:CHILD_PROTECTION": protects},
    "dinsos-jatim": {"handoff.requested:REPATRIATION": takes_home},
    "upt-bina-laras": {"handoff.requested:PLACEMENT": places},
    "desa-sukodadi": {
        "handoff.requested:FAMILY_TRACING": traces_family,
        "handoff.requested:REUNIFICATION": receives_at_home,
        "task.created:AFTERCARE_VISIT": visits,
    },
}
"""Who does what when; the mental hospital in Surabaya stays silent to the end."""


def agencies(
    client: httpx2.AsyncClient,
    issuer: str,
    secrets: Mapping[str, str],
    casework_url: str,
    scenario: Scenario,
    switchboard: Switchboard,
) -> list[Agency]:
    """All simulated agencies, each with its own account."""
    return [
        Agency(
            code,
            OurApi(client, casework_url, Machine(issuer, code, secrets[code]), code),
            scenario,
            manners,
            switchboard,
        )
        for code, manners in MANNERS.items()
    ]
