"""The only code that changes custody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.findings.commands import keep_findings
from services.casework.office.findings.domain import FindingKind, Found
from services.casework.office.findings.tables import Finding
from services.casework.office.matters.domain import About, AboutKind, case
from services.casework.office.matters.queries import matter_of
from services.casework.office.procedure_messages.commands import look_again
from services.casework.office.procedure_messages.messages import ProcedureStart, procedure_id
from services.casework.person.custody import access, domain, facts, repository
from services.casework.person.custody.domain import (
    Chain,
    Contradiction,
    ContradictionKind,
    CustodianKind,
    Proof,
    Stretch,
)
from services.casework.person.custody.tables import Custody
from services.chassis import clock, sealing
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound


@dataclass(frozen=True, slots=True)
class TransferCustody:
    """A person was taken over, by the signature of the taker; without a giver from whoever had the person then."""

    person_id: UUID
    about: About
    correlation_id: UUID
    district: str
    to_agency: str
    happened_at: datetime
    place_code: str
    observed_state: str
    ba_number: str | None
    from_agency: str | None = None


@dataclass(frozen=True, slots=True)
class RecordCustody:
    """A hand-over that has happened, told by one of its parties or by the office, perhaps late.

    ``person_id`` is named where what it is about is not about one person alone.
    """

    about: About
    taker: str
    taker_kind: CustodianKind
    giver: str | None
    happened_at: datetime
    until: datetime | None
    place_code: str
    observed_state: str
    belongings: tuple[tuple[str, int], ...]
    note: str | None
    ba_number: str | None
    proof: Proof
    photo_digest: str | None
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A row of the chain, and the findings that its record opened."""

    custody: Custody
    opened: Sequence[Finding]


async def record_custody(command: RecordCustody, uow: UnitOfWork, private_key: str = "") -> Recorded:
    """Take a record of what happened, in any order; what it contradicts becomes a finding.

    Raises ``NotFound`` to whoever has no part in the case, ``NotYourCustody``; ``TimesAreNotPossible``,
    ``PartyIsUnknown``, ``GiverIsTaker``, ``ProofIsIncomplete`` for what is wrong by itself; ``PersonKeyIsMissing`` when
    a note cannot be sealed.
    """
    matter = await matter_of(uow, command.about.id)
    person_id = (matter.person_id or command.person_id) if matter else None
    if matter is None or person_id is None or not uow.principal.covers(matter.district):
        raise NotFound(kind="matters")
    pack = await pack_in_force(uow, matter.district)
    knows_the_case = await repository.knows_matter(uow, command.about.id, uow.principal.agency)
    access.check_recorder(uow.principal, pack.office, command.giver, command.taker, knows_the_case=knows_the_case)
    agencies = [agency.code for agency in pack.agencies]
    domain.check_times(command.happened_at, command.until, await uow.now())
    domain.check_party(command.taker_kind, command.taker, agencies)
    if command.giver is not None:
        domain.check_giver(command.giver, agencies)
    if command.giver == command.taker:
        raise domain.GiverIsTaker
    domain.check_proof(command.proof, command.ba_number, command.photo_digest)
    custody = Custody(
        id=clock.new_id(),
        correlation_id=matter.correlation_id,
        district=matter.district,
        person_id=person_id,
        about_kind=command.about.kind.value,
        about_id=command.about.id,
        agency=command.taker,
        custodian_kind=command.taker_kind.value,
        giver=command.giver,
        since=command.happened_at.astimezone(UTC),
        stated_until=command.until.astimezone(UTC) if command.until else None,
        place_code=command.place_code,
        observed_state=command.observed_state,
        ba_number=command.ba_number,
        proof=command.proof.value,
        photo_digest=command.photo_digest,
        belongings=[{"kind": kind, "count": count} for kind, count in command.belongings],
        note_sealed=await _sealed(command.note, person_id, private_key, uow) if command.note else None,
    )
    known = await repository.locked_chain(uow, custody.person_id)
    opened = await _take_in(custody, known, command.giver, pack, uow)
    start = ProcedureStart(about_id=command.about.id, district=matter.district, rules_version=matter.rules_version)
    look_again(matter.workflow, procedure_id(command.about), start, custody, uow)
    return Recorded(custody, opened)


async def transfer_custody(command: TransferCustody, uow: UnitOfWork) -> Custody:
    """Take the taker's signature into the person's chain. The same taker twice is one custody."""
    known = await repository.locked_chain(uow, command.person_id)
    current = next((row for row in known if row.until is None), None)
    if current is not None and current.agency == command.to_agency:
        return current
    pack = await pack_in_force(uow, command.district)
    holder = domain.holder_at([_stretch(row) for row in known], command.happened_at)
    giver = command.from_agency or (holder.custodian if holder else None)
    if giver == command.to_agency:
        giver = None
    custody = Custody(
        id=clock.new_id(),
        correlation_id=command.correlation_id,
        district=command.district,
        person_id=command.person_id,
        about_kind=command.about.kind.value,
        about_id=command.about.id,
        agency=command.to_agency,
        giver=giver,
        since=command.happened_at,
        place_code=command.place_code,
        observed_state=command.observed_state,
        ba_number=command.ba_number,
        proof=(Proof.SIGNED if command.ba_number else Proof.NONE).value,
    )
    await _take_in(custody, known, giver, pack, uow)
    return custody


async def take_into_custody(about_id: UUID, agency: str, happened_at: datetime, uow: UnitOfWork) -> Custody | None:
    """Whoever came to the place has the person in hand; nothing when there is no such case."""
    matter = await matter_of(uow, about_id)
    if matter is None or matter.person_id is None:
        return None
    return await transfer_custody(
        TransferCustody(
            person_id=matter.person_id,
            about=About(AboutKind(matter.kind), about_id),
            correlation_id=matter.correlation_id,
            district=matter.district,
            to_agency=agency,
            happened_at=happened_at,
            place_code=matter.village_code,
            observed_state="UNKNOWN",
            ba_number=None,
        ),
        uow,
    )


async def end_custody(person_id: UUID, reason_code: str, happened_at: datetime, uow: UnitOfWork) -> Custody | None:
    """Nobody of ours has the person any more (home, absconded, buried); nothing when nobody had."""
    known = await repository.locked_chain(uow, person_id)
    current = next((row for row in known if row.until is None), None)
    if current is None:
        return None
    at = max(happened_at, current.since)
    uow.change(current, "end", happened_at=at, reason=reason_code, until=at, ended_reason=reason_code)
    uow.publish(facts.custody_ended(current, reason_code), about=current, happened_at=at)
    await compare_families(person_id, uow)
    return current


async def compare_families(person_id: UUID, uow: UnitOfWork) -> None:
    """Mother and child in different hands are a finding of the office, each time anew, until they are together."""
    for tie in await repository.apart(uow, person_id):
        if not (tie["is_apart"] or tie["is_settled"]):
            continue
        found = Found(
            kind=FindingKind.MOTHER_AND_CHILD_APART,
            cause=tie["cause"] or "",
            owner=(await pack_in_force(uow, tie["district"])).office,
            correlation_id=tie["correlation_id"],
            about=case(tie["child_matter_id"]),
            person_id=tie["child_id"],
            details={"party": tie["party"], "other_party": tie["other_party"], "from": _written(tie["since"])},
        )
        await keep_findings(f"tie:{tie['id']}", tie["district"], [found] if tie["is_apart"] else [], uow)


async def end_custody_of_matter(about_id: UUID, reason_code: str, happened_at: datetime, uow: UnitOfWork) -> None:
    """Nobody has the person of a case any more; nothing when nobody had."""
    for current in await repository.open_of_matter(uow, about_id):
        await end_custody(current.person_id, reason_code, happened_at, uow)


@dataclass(frozen=True, slots=True)
class AddProof:
    """The signed paper of a hand-over came in later."""

    custody_id: UUID
    proof: Proof
    ba_number: str | None
    photo_digest: str | None
    expected_version: int | None = None


async def add_proof(command: AddProof, uow: UnitOfWork) -> Custody:
    """Keep what proves a recorded hand-over, once.

    Raises ``NotFound`` to whoever is no party, ``StaleVersion``, ``ProofIsThere``, ``ProofIsIncomplete``.
    """
    custody = await uow.locked(Custody, command.custody_id)
    office = (await pack_in_force(uow, custody.district)).office
    if not access.may_prove(uow.principal, office, custody.giver, custody.agency):
        raise NotFound(kind="custodies")
    if command.expected_version is not None and custody.version != command.expected_version:
        await uow.locked(Custody, command.custody_id, command.expected_version)
    if custody.proof != Proof.NONE:
        raise domain.ProofIsThere((), proof=custody.proof)
    ba_number = command.ba_number or custody.ba_number
    domain.check_proof(command.proof, ba_number, command.photo_digest)
    uow.change(custody, "prove", proof=command.proof.value, ba_number=ba_number, photo_digest=command.photo_digest)
    uow.publish(facts.custody_proof_added(custody), about=custody)
    await keep_findings(_proof_of(custody), custody.district, (), uow)
    return custody


async def check_proofs(about_id: UUID, within: timedelta, uow: UnitOfWork) -> None:
    """Each hand-over whose signed paper has stayed away for so long since it was told is a finding of its taker."""
    for custody in await repository.unproved(uow, about_id, told_by=await uow.now() - within):
        is_owned = custody.custodian_kind == CustodianKind.AGENCY
        found = Found(
            kind=FindingKind.PROOF_MISSING,
            cause=str(custody.id),
            owner=custody.agency if is_owned else (await pack_in_force(uow, custody.district)).office,
            correlation_id=custody.correlation_id,
            about=custody.about,
            person_id=custody.person_id,
            details={
                "custody_id": str(custody.id),
                "party": custody.giver,
                "other_party": custody.agency,
                "from": _written(custody.since),
            },
        )
        await keep_findings(_proof_of(custody), custody.district, [found], uow)


def _proof_of(custody: Custody) -> str:
    return f"proof:{custody.id}"


async def _sealed(note: str, person_id: UUID, private_key: str, uow: UnitOfWork) -> bytes:
    wrapped = await repository.person_key(uow, person_id)
    if wrapped is None:
        raise domain.PersonKeyIsMissing(())
    return sealing.seal({"note": note}, sealing.unwrap(wrapped, private_key))


def _stretch(row: Custody) -> Stretch:
    return Stretch(row.id, row.agency, row.since, row.giver, row.stated_until, row.until, row.ended_reason)


async def _take_in(
    custody: Custody, known: Sequence[Custody], giver: str | None, pack: CaseworkPack, uow: UnitOfWork
) -> list[Finding]:
    """Lay the chain out anew with one record more, say what happened, and bring the findings in step."""
    rows = {row.id: row for row in (*known, custody)}
    before = domain.holder_at([_stretch(row) for row in known], custody.since)
    chain = domain.lay_out(_stretch(row) for row in rows.values())
    for stretch in chain.stretches:
        row = rows[stretch.id]
        if row is custody:
            row.until, row.ended_reason = stretch.until, stretch.ended_reason
        elif (row.until, row.ended_reason) != (stretch.until, stretch.ended_reason):
            verb = "hand_over" if row.until is None else "lay_out"
            uow.change(row, verb, happened_at=stretch.until, until=stretch.until, ended_reason=stretch.ended_reason)
    uow.create(custody, "take_over", happened_at=custody.since)
    told = giver or (before.custodian if before else None)
    uow.publish(facts.custody_transferred(custody, told), about=custody, happened_at=custody.since)
    found = _found(chain, rows, pack.office)
    if await repository.is_child(uow, custody.person_id):
        found += _child_among_adults(rows.values(), pack)
    await compare_families(custody.person_id, uow)
    return await keep_findings(f"custody:{custody.person_id}", custody.district, found, uow)


def _child_among_adults(rows: Iterable[Custody], pack: CaseworkPack) -> list[Found]:
    """A child is never kept with adults (`handoff.md` §6): what happened is taken, and is a finding of the office."""
    return [
        Found(
            kind=FindingKind.CHILD_AMONG_ADULTS,
            cause=str(row.id),
            owner=pack.office,
            correlation_id=row.correlation_id,
            about=row.about,
            person_id=row.person_id,
            details={"custody_id": str(row.id), "party": row.agency},
        )
        for row in rows
        if pack.is_for_adults_only(row.agency)
    ]


def _found(chain: Chain, rows: Mapping[UUID, Custody], office: str) -> list[Found]:
    return [_one_found(one, rows, office) for one in chain.contradictions]


def _one_found(one: Contradiction, rows: Mapping[UUID, Custody], office: str) -> Found:
    """As a finding: a gap is explained by who let go, a giver by who took, two hands at once by the office."""
    row = rows[one.first.id]
    other = rows[one.second.id] if one.second else None
    is_owned = one.kind is not ContradictionKind.OVERLAP and row.custodian_kind == CustodianKind.AGENCY
    parties = [row.agency, other.agency if other else None]
    if one.kind is ContradictionKind.GIVER:
        parties = [row.giver, row.agency]
    begins, ends = one.span
    return Found(
        kind=FindingKind(one.kind.value),
        cause=one.cause,
        owner=row.agency if is_owned and row.agency else office,
        correlation_id=row.correlation_id,
        about=row.about,
        person_id=row.person_id,
        details={
            "custody_id": str(row.id),
            "other_custody_id": str(other.id) if other else None,
            "party": parties[0],
            "other_party": parties[1],
            "from": _written(begins),
            "until": _written(ends),
        },
    )


def _written(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).isoformat() if instant else None
