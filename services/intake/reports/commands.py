"""The only code that changes reports and operations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.values import Kind, Urgency
from services.chassis import clock, sealing
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound
from services.chassis.principal import Principal
from services.chassis.telemetry import own_trace
from services.intake.persons.commands import RegisterPerson, Sealer, register_person
from services.intake.persons.domain import Description, check_ages_agree
from services.intake.reports import domain, facts, repository
from services.intake.reports.domain import Channel, ReportState
from services.intake.reports.tables import Operation, Report, ReportCase


@dataclass(frozen=True, slots=True)
class Places:
    """The code list of regions in force, the zone of the office's calendar, and whose emergency is believed where."""

    is_known_region: Callable[[str], bool]
    zone: str
    believes_emergency: Callable[[str, str], bool]

    def day_of(self, instant: datetime) -> date:
        """The calendar day of an instant at the office."""
        return instant.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A photo or paper kept elsewhere, by SHA-256, with when and where it was taken."""

    digest: str
    captured_at: datetime
    village_code: str | None


@dataclass(frozen=True, slots=True)
class ReceiveReport:
    """One report about one person. ``circumstances`` and the description are the reporter's own words: sealed.

    ``contact``: how the reporter can be reached, sealed too. ``is_with_reporter``: the reporting agency has the person
    in hand, in its emergency ward or at its post.
    """

    channel: Channel
    kind: Kind
    urgency: Urgency
    village_code: str
    found_at: datetime
    person: Description
    circumstances: str | None
    evidence: Sequence[Evidence]
    is_with_reporter: bool = False
    contact: str | None = None


def new_report(command: ReceiveReport, sealer: Sealer, principal: Principal, operation_id: UUID | None) -> Report:
    """A report row as it comes in; ids are minted here and travel on for ever."""
    report_id = clock.new_id()
    said = {"sex": command.person.sex, "circumstances": command.circumstances, "contact": command.contact}
    words = {**command.person.sealed_fields(), **said}
    return Report(
        id=report_id,
        correlation_id=report_id,
        district=domain.district_of(command.village_code),
        state=ReportState.RECEIVED.value,
        channel=command.channel.value,
        kind=command.kind.value,
        urgency=command.urgency.value,
        village_code=command.village_code,
        person_id=clock.new_id(),
        operation_id=operation_id,
        reporter_agency=principal.agency,
        found_at=command.found_at,
        is_with_reporter=command.is_with_reporter or operation_id is not None,
        evidence=[
            {"digest": e.digest, "captured_at": e.captured_at.isoformat(), "village_code": e.village_code or ""}
            for e in command.evidence
        ],
        nik_digest=sealer.nik_digest(command.person.nik) if command.person.nik else None,
        tracking_digest=domain.digest_of_code(domain.code_of(sealer.tracking_secret(report_id))),
        sealed=sealing.seal(words, sealer.storage_key()) if any(words.values()) else None,
    )


def check_place(village_code: str, principal: Principal) -> None:
    """Raise ``RegionIsNotYours`` when the place lies outside the caller's offices."""
    if not principal.covers(domain.district_of(village_code)):
        raise domain.RegionIsNotYours


async def receive_report(command: ReceiveReport, uow: UnitOfWork, sealer: Sealer, places: Places) -> Report:
    """Take a report in; nothing is read, so rows, action, outbox and request key leave in one statement.

    An emergency is believed as it comes in, at any hour, from the office and from whom the district's pack names; that
    of others waits for the office, marked as what it is.

    Raises ``RegionIsNotYours``, ``FoundInTheFuture``, ``FoundTooLongAgo`` and as
    ``check_ages_agree``.
    """
    check_place(command.village_code, uow.principal)
    domain.check_found_at(command.found_at, clock.utc_now())
    check_ages_agree(command.person, places.day_of(clock.utc_now()))
    report = new_report(command, sealer, uow.principal, None)
    uow.create(report, "receive", happened_at=command.found_at)
    uow.publish(facts.report_received(report), about=report, happened_at=command.found_at)
    is_believed = places.believes_emergency(report.district, report.reporter_agency)
    if domain.opens_at_once(report.urgency, report.channel, is_believed=is_believed):
        today = places.day_of(clock.utc_now())
        await _verify(report, ReportState.VERIFIED, command.person, command.circumstances, uow, sealer, places, today)
    return report


@dataclass(frozen=True, slots=True)
class DecideReport:
    """A caseworker's word on a report; ``expected_version`` is what they saw."""

    report_id: UUID
    expected_version: int
    reason_code: str = ""
    parent_report_id: UUID | None = None


async def verify_report(command: DecideReport, uow: UnitOfWork, sealer: Sealer, places: Places) -> Report:
    """Believe a report: register its person and tell casework. Raises ``ReportCannotMove``, ``StaleVersion``."""
    report = await uow.locked(Report, command.report_id, command.expected_version)
    state = domain.next_state(report.state, "verify")
    words = sealing.unseal(report.sealed, sealer.storage_key()) if report.sealed else {}
    today = places.day_of(await uow.now())
    person = Description.of(words, words.get("sex"))
    await _verify(report, state, person, words.get("circumstances"), uow, sealer, places, today)
    return report


async def _verify(
    report: Report,
    state: ReportState,
    description: Description,
    circumstances: str | None,
    uow: UnitOfWork,
    sealer: Sealer,
    places: Places,
    today: date,
) -> None:
    person = await register_person(
        RegisterPerson(report.person_id, report.correlation_id, report.district, description, circumstances),
        uow,
        sealer,
        today,
        places.is_known_region,
    )
    uow.change(report, "verify", state=state.value)
    uow.publish(facts.report_verified(report, person.is_minor), about=report)


async def reject_report(command: DecideReport, uow: UnitOfWork) -> Report:
    """Refuse a report with a reason. Raises ``ReportCannotMove``, ``StaleVersion``."""
    report = await uow.locked(Report, command.report_id, command.expected_version)
    state = domain.next_state(report.state, "reject")
    uow.change(
        report,
        "reject",
        reason=command.reason_code,
        state=state.value,
        reason_code=command.reason_code,
        decided_by=uow.principal.actor,
    )
    uow.publish(facts.report_rejected(command.reason_code), about=report)
    return report


async def reconsider_report(report: Report, uow: UnitOfWork) -> None:
    """What was refused waits anew: somebody else agreed with the reporter's objection."""
    if report.state == ReportState.REJECTED:
        uow.change(report, "reconsider", state=ReportState.RECEIVED.value, reason_code=None, decided_by=None)


async def mark_report_duplicate(command: DecideReport, uow: UnitOfWork) -> Report:
    """Say that a report tells what another told, before a case was opened out of it.

    Raises ``DuplicateOfItself``, ``ReportHasItsCase``, ``ReportCannotMove``, ``ParentIsNotAlive``, ``NotFound``.
    """
    parent_id = command.parent_report_id
    assert parent_id is not None
    if parent_id == command.report_id:
        raise domain.DuplicateOfItself
    rows = {row_id: await uow.locked(Report, row_id) for row_id in sorted((command.report_id, parent_id))}
    report, parent = rows[command.report_id], rows[parent_id]
    if report.version != command.expected_version:
        report = await uow.locked(Report, command.report_id, command.expected_version)
    await _check_has_no_case(report, uow)
    state = domain.next_state(report.state, "mark_duplicate")
    if report.district != parent.district:
        raise NotFound(kind="reports")
    case = await repository.case_of(uow, parent.id)
    last = (await repository.last_of(uow, [parent.id]))[parent.id]
    domain.check_parent(parent.state, case is not None and case.is_closed, str(last))
    uow.change(report, "mark_duplicate", state=state.value, parent_report_id=parent.id)
    uow.publish(facts.report_marked_duplicate(parent.id), about=report)
    return report


async def undo_report_duplicate(command: DecideReport, uow: UnitOfWork) -> Report:
    """The other report is about somebody else: this one waits to be decided on again.

    Raises ``ReportHasItsCase``, ``ReportCannotMove``, ``StaleVersion``.
    """
    report = await uow.locked(Report, command.report_id, command.expected_version)
    await _check_has_no_case(report, uow)
    state, parent_id = domain.next_state(report.state, "undo_duplicate"), report.parent_report_id
    assert parent_id is not None
    uow.change(report, "undo_duplicate", state=state.value, parent_report_id=None)
    uow.publish(facts.report_duplicate_undone(parent_id), about=report)
    return report


async def _check_has_no_case(report: Report, uow: UnitOfWork) -> None:
    case = await repository.case_of(uow, report.id)
    if report.state == ReportState.VERIFIED or case is not None:
        raise domain.ReportHasItsCase((), state=report.state, case_number=case.case_number if case else None)


async def keep_case(case: ReportCase, uow: UnitOfWork) -> None:
    """A case was opened out of a report."""
    uow.put(case)


async def note_case_closed(report_id: UUID, is_closed: bool, uow: UnitOfWork) -> None:
    """The case of a report was closed, or goes on after all."""
    case = await repository.case_of(uow, report_id)
    if case is not None and case.is_closed != is_closed:
        uow.set(case, is_closed=is_closed)


async def follow_case(report_id: UUID, parent_report_id: UUID | None, uow: UnitOfWork) -> None:
    """The case of a report was marked a double of another report's case or, without a parent, is none after all.

    Nothing for a case that no report opened: somebody was sent on to it.
    """
    report = await repository.known(uow, report_id)
    if report is None:
        return
    state = ReportState.DUPLICATE if parent_report_id else ReportState.VERIFIED
    if (report.state, report.parent_report_id) != (state, parent_report_id):
        uow.change(report, "follow_case", state=state.value, parent_report_id=parent_report_id)
    await note_case_closed(report_id, parent_report_id is not None, uow)


@dataclass(frozen=True, slots=True)
class ConductOperation:
    """An operation with its people: taken in whole or not at all, at most 200."""

    order_number: str
    place_code: str
    conducted_at: datetime
    reports: Sequence[ReceiveReport]


async def conduct_operation(
    command: ConductOperation, uow: UnitOfWork, sealer: Sealer, places: Places
) -> tuple[Operation, list[Report]]:
    """Register an agency's operation; its reports are verified at once, since the agency acts under its own power.

    Raises ``SamePersonTwice`` and whatever a single report raises; nothing of the operation is then kept.
    """
    now = clock.utc_now()
    domain.check_found_at(command.conducted_at, now)
    domain.check_no_doubles([report.person.nik for report in command.reports])
    operation_id = clock.new_id()
    operation = Operation(
        id=operation_id,
        correlation_id=operation_id,
        district=domain.district_of(command.reports[0].village_code),
        agency=uow.principal.agency,
        order_number=command.order_number,
        place_code=command.place_code,
        persons_count=len(command.reports),
        conducted_at=command.conducted_at,
    )
    uow.create(operation, "conduct", happened_at=command.conducted_at)
    reports: list[Report] = []
    for item in command.reports:
        check_place(item.village_code, uow.principal)
        domain.check_found_at(item.found_at, now)
        check_ages_agree(item.person, places.day_of(now))
        report = new_report(item, sealer, uow.principal, operation_id)
        with own_trace("report", case_id=str(report.correlation_id)):
            uow.create(report, "receive", happened_at=item.found_at)
            uow.publish(facts.report_received(report), about=report, happened_at=item.found_at)
            today = places.day_of(now)
            await _verify(report, ReportState.VERIFIED, item.person, item.circumstances, uow, sealer, places, today)
        reports.append(report)
    conducted = facts.operation_conducted(operation, [r.id for r in reports])
    uow.publish(conducted, about=operation, happened_at=command.conducted_at)
    return operation, reports
