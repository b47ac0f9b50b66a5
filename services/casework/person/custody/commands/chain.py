"""A person's chain: who took over, who let go, and the findings that follow from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.findings.commands import keep_findings
from services.casework.office.findings.domain import FindingKind, Found
from services.casework.office.findings.tables import Finding
from services.casework.office.matters.domain import About, AboutKind
from services.casework.office.matters.queries import matter_of
from services.casework.person.custody import domain, facts, repository
from services.casework.person.custody.commands.comparing import compare_with_others, written
from services.casework.person.custody.domain import (
    Chain,
    Contradiction,
    ContradictionKind,
    CustodianKind,
    Proof,
    Stretch,
)
from services.casework.person.custody.tables import Custody, HandOver
from services.chassis import clock
from services.chassis.database import UnitOfWork

CARRIED = UUID("3d3a4b0e-58c5-5a0e-9a3f-0b1d5c7a9e42")


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


async def transfer_custody(command: TransferCustody, uow: UnitOfWork) -> Custody:
    """Take the taker's signature into the person's chain. The same taker twice is one custody."""
    known = await repository.locked_chain(uow, command.person_id)
    current = next((row for row in known if row.until is None), None)
    if current is not None and current.agency == command.to_agency:
        return current
    pack = await pack_in_force(uow, command.district)
    holder = domain.holder_at([stretch_of(row) for row in known], command.happened_at)
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
    await take_in(custody, known, giver, pack, uow)
    return custody


async def take_into_custody(about_id: UUID, agency: str, happened_at: datetime, uow: UnitOfWork) -> Custody | None:
    """Whoever came to the place has a person in hand whom nobody had; nothing else moves a person but a record of it.

    Nothing when there is no such case.
    """
    matter = await matter_of(uow, about_id)
    if matter is None or matter.person_id is None:
        return None
    if any(row.until is None for row in await repository.locked_chain(uow, matter.person_id)):
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
    await compare_with_others(person_id, uow)
    return current


async def carry_over(person_id: UUID, matter_id: UUID, reason_code: str, uow: UnitOfWork) -> None:
    """A person is the one of another case: whoever has them in hand has that one, since when they had them.

    Nothing when nobody has them. Whoever both cases say has them already is one custodian, and one row goes on.
    """
    current = next((row for row in await repository.locked_chain(uow, person_id) if row.until is None), None)
    matter = await matter_of(uow, matter_id)
    if current is None or matter is None or matter.person_id is None:
        return
    known = await repository.locked_chain(uow, matter.person_id)
    now = await uow.now()
    uow.change(current, "carry_over", reason=reason_code, until=now, ended_reason=reason_code)
    uow.publish(facts.custody_ended(current, reason_code), about=current, happened_at=now)
    if all(row.until is not None for row in known):
        of_both = {name: getattr(current, name) for name in HandOver.model_fields}
        custody = Custody(
            id=carried_id(current),
            correlation_id=matter.correlation_id,
            district=matter.district,
            **{**of_both, "about_id": matter.id, "person_id": matter.person_id, "giver": None, "note_sealed": None},
        )
        await take_in(custody, known, None, await pack_in_force(uow, matter.district), uow)
    await compare_with_others(person_id, uow)


def carried_id(row: Custody) -> UUID:
    """The id under which a custodian stands in the other case's chain, once per carrying over."""
    return clock.derived_id(CARRIED, f"{row.id}:{row.version}")


async def take_back(
    about_id: UUID, ended_at: datetime, reason_code: str, uow: UnitOfWork
) -> list[tuple[Custody, bool]]:
    """Undo the end of custody that one act brought, which its instant names; with each row whether it is back.

    It is not where somebody has taken the person since, in this case or in the one to which it was carried over.
    """
    found = []
    for row in await repository.changed_at(uow, about_id, ended_at):
        known = await repository.locked_chain(uow, row.person_id)
        carried = await repository.one(uow, carried_id(row))
        moved_on = carried is not None and carried.until is not None
        is_back = row.until is not None and not moved_on and all(other.until is not None for other in known)
        if is_back:
            uow.change(row, "take_back", reason=reason_code, until=None, ended_reason=None)
            uow.publish(facts.custody_transferred(row, row.giver), about=row)
            if carried is not None:
                await end_custody(carried.person_id, reason_code, await uow.now(), uow)
        found.append((row, is_back))
        await compare_with_others(row.person_id, uow)
    return found


async def end_custody_of_matter(about_id: UUID, reason_code: str, happened_at: datetime, uow: UnitOfWork) -> None:
    """Nobody has the person of a case any more; nothing when nobody had."""
    for current in await repository.open_of_matter(uow, about_id):
        await end_custody(current.person_id, reason_code, happened_at, uow)


async def pass_on_custody(about_id: UUID, to: About, uow: UnitOfWork) -> None:
    """Whoever has the person of a case in hand has them for another case of that person from now on."""
    for current in await repository.open_of_matter(uow, about_id):
        uow.change(current, "pass_on", about_kind=to.kind.value, about_id=to.id)


def stretch_of(row: Custody) -> Stretch:
    return Stretch(row.id, row.agency, row.since, row.giver, row.stated_until, row.until, row.ended_reason)


async def take_in(
    custody: Custody, known: Sequence[Custody], giver: str | None, pack: CaseworkPack, uow: UnitOfWork
) -> list[Finding]:
    """Lay the chain out anew with one record more, say what happened, and bring the findings in step."""
    rows = {row.id: row for row in (*known, custody)}
    before = domain.holder_at([stretch_of(row) for row in known], custody.since)
    chain = domain.lay_out(stretch_of(row) for row in rows.values())
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
    await compare_with_others(custody.person_id, uow)
    opened = await keep_findings(f"custody:{custody.person_id}", custody.district, found, uow)
    return opened + await keep_findings(
        f"after:{custody.id}", custody.district, await _after_the_end(custody, rows.values(), pack, uow), uow
    )


async def _after_the_end(custody: Custody, rows: Iterable[Custody], pack: CaseworkPack, uow: UnitOfWork) -> list[Found]:
    """Somebody took a person whose case nobody works on, or who was buried: the office has to find out."""
    matter = await matter_of(uow, custody.about_id)
    buried = [
        row.until for row in rows if row.ended_reason == domain.BURIED and row.until and row.until <= custody.since
    ]
    ends = {
        FindingKind.CUSTODY_ON_CLOSED_CASE: matter.closed_at if matter else None,
        FindingKind.CUSTODY_AFTER_BURIAL: min(buried, default=None),
    }
    return [
        Found(
            kind=kind,
            cause=str(custody.id),
            owner=pack.office,
            correlation_id=custody.correlation_id,
            about=custody.about,
            person_id=custody.person_id,
            details={"custody_id": str(custody.id), "party": custody.agency, "from": written(ended_at)},
        )
        for kind, ended_at in ends.items()
        if ended_at is not None
    ]


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
            "from": written(begins),
            "until": written(ends),
        },
    )
