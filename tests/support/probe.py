"""A service as small as can be, to prove the spine on: one aggregate, one subscription, one workflow."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel
from pydantic_settings import SettingsConfigDict
from sqlmodel import Field
from temporalio import activity, workflow

from contracts.envelope import Envelope
from contracts.events.intake import ReportRejected
from services.chassis import clock
from services.chassis.auth import requires
from services.chassis.database import Aggregate, DistrictRow, UnitOfWork
from services.chassis.errors import Invalid
from services.chassis.principal import Principal
from services.chassis.service import Running, Service
from services.chassis.settings import ServiceSettings
from services.chassis.web import CodeText, RequestBody, Write
from tests.support.spine import spine_of

TYPE = "intake.report.rejected.v1"


class Probe(Aggregate, table=True):
    """An aggregate."""

    __tablename__ = "probes"

    note: str = Field(max_length=64)

    @property
    def passes_ahead(self) -> bool:
        """An urgent one says so in its note."""
        return self.note.startswith("URGENT")


class Effect(DistrictRow, table=True):
    """One per fact that was heard, in the order of hearing."""

    __tablename__ = "effects"

    fact_id: UUID = Field(primary_key=True)
    correlation_id: UUID
    sequence: int
    reason: str


SCHEMA = [
    spine_of("intake"),
    "CREATE TABLE probes (id uuid PRIMARY KEY, district text NOT NULL, correlation_id uuid NOT NULL,"
    " version integer NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(), note text NOT NULL)",
    "CREATE TABLE numbers (kind text PRIMARY KEY, last integer NOT NULL)",
    "CREATE TABLE effects (fact_id uuid PRIMARY KEY, correlation_id uuid NOT NULL, sequence integer NOT NULL,"
    " reason text NOT NULL, district text NOT NULL, place bigint GENERATED ALWAYS AS IDENTITY,"
    " consumed_at timestamptz NOT NULL DEFAULT clock_timestamp())",
]


class ProbeSettings(ServiceSettings):
    """Settings of the probe."""

    model_config = SettingsConfigDict(env_prefix="PROBE_", extra="ignore", frozen=True, hide_input_in_errors=True)


class ReasonIsForbidden(Invalid):
    """A content that the probe's handler cannot take."""


BROKEN_REASONS: set[str] = set()
"""Reason codes that the handler refuses while they stand here: a fault that a release would mend."""


async def make_probe(note: str, uow: UnitOfWork, facts: int = 1, correlation_id: UUID | None = None) -> Probe:
    """A probe that says ``facts`` facts, each with its note and place."""
    probe_id = clock.new_id()
    probe = Probe(id=probe_id, correlation_id=correlation_id or probe_id, district="35.24", note=note)
    uow.create(probe, "make")
    uow.publish(ReportRejected(reason_code=f"{note}_1"), about=probe)
    for number in range(2, facts + 1):
        uow.change(probe, "go_on", note=note)
        uow.publish(ReportRejected(reason_code=f"{note}_{number}"), about=probe)
    return probe


async def when_report_rejected_keep_effect(event: ReportRejected, envelope: Envelope, uow: UnitOfWork) -> None:
    """One effect per fact."""
    if event.reason_code in BROKEN_REASONS:
        raise ReasonIsForbidden(reason=event.reason_code)
    uow.insert(
        Effect(
            fact_id=envelope.factid,
            correlation_id=envelope.correlationid,
            sequence=envelope.sequence,
            reason=event.reason_code,
            district=str(envelope.district),
        )
    )


class Poke(BaseModel):
    """A signal."""

    event_id: str = ""
    number: int = 0


class PokeStart(BaseModel):
    """Input of the workflow."""

    probe_id: UUID


@workflow.defn(name="PokeWorkflow", sandboxed=False)
class PokeWorkflow:
    """Counts pokes by activity; ends after a moment without one."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    @workflow.signal
    def poked(self, message: Poke) -> None:
        """A poke, once per event."""
        self._seen[message.event_id] = message.number

    @workflow.run
    async def run(self, start: PokeStart) -> int:
        """Note every poke."""
        noted = 0
        while True:
            try:
                await workflow.wait_condition(
                    lambda: len(self._seen) > noted,  # noqa: B023
                    timeout=timedelta(milliseconds=400),
                )
            except TimeoutError:
                return noted
            for number in list(self._seen.values())[noted:]:
                await workflow.execute_activity(
                    "note_poke", Poke(event_id=str(start.probe_id), number=number),
                    start_to_close_timeout=timedelta(seconds=5),
                )  # fmt: skip
                noted += 1


class PokeActivities:
    """Writes pokes down."""

    def __init__(self, running: Running) -> None:
        self._running = running

    @activity.defn(name="note_poke")
    async def note_poke(self, poke: Poke) -> None:
        """A poke is an effect whose reason is its number; noting it again changes nothing, as in every activity."""
        await self._running.units.pool.execute(
            "INSERT INTO effects (fact_id, correlation_id, sequence, reason, district)"
            " VALUES ($1, $2, $3, 'POKE', '35.24') ON CONFLICT DO NOTHING",
            clock.derived_id(UUID(poke.event_id), str(poke.number)),
            UUID(poke.event_id),
            poke.number,
        )


class ProbeIn(RequestBody):
    """What the probe's route takes."""

    note: CodeText


class ProbeOut(BaseModel):
    """What it answers."""

    probe_id: UUID


router = APIRouter()


@router.post("/probes", status_code=201, response_model=ProbeOut)
async def post_probe(body: ProbeIn, caller: Annotated[Principal, requires("probe:make")], write: Write) -> Response:
    """Make a probe."""
    return await write(lambda uow: make_probe(body.note, uow), lambda made: ProbeOut(probe_id=made.id))


def probe_service(**changes: Any) -> Service:
    """The probe as a service."""
    return Service(
        name="probe",
        title="Probe",
        settings=ProbeSettings,
        policy={"probe:make": frozenset({"caseworker"})},
        routers=[router],
        subscriptions={TYPE: when_report_rejected_keep_effect},
        workflows=[PokeWorkflow],
        activities=lambda running: [PokeActivities(running).note_poke],
        **changes,
    )
