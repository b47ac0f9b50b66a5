"""Hand-overs as somebody tells them: rows of the chain, or claims until the other side or the office confirms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.findings.commands import keep_findings
from services.casework.office.findings.domain import FindingKind, Found
from services.casework.office.findings.tables import Finding
from services.casework.office.matters.domain import About
from services.casework.office.matters.queries import matter_of
from services.casework.office.matters.tables import Matter
from services.casework.office.procedure_messages.commands import look_again
from services.casework.office.procedure_messages.messages import ProcedureStart, procedure_id
from services.casework.person.custody import access, domain, facts, repository
from services.casework.person.custody.commands.chain import stretch_of, take_in
from services.casework.person.custody.commands.comparing import written
from services.casework.person.custody.domain import ClaimMove, ClaimState, CustodianKind, Proof
from services.casework.person.custody.tables import Custody, CustodyClaim, HandOver
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound
from services.chassis.persons import seal_for_person


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
    """What a record became, a row of the chain or a claim, and the findings that it opened."""

    row: Custody | CustodyClaim
    opened: Sequence[Finding]


async def record_custody(command: RecordCustody, uow: UnitOfWork, private_key: str = "") -> Recorded:
    """Take a record of what happened, in any order; what it contradicts becomes a finding.

    What neither the custodian nor the office says, and no firm yes announced, stays a claim until one of them
    confirms it: a finding of the custodian.

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
    about = {"correlation_id": matter.correlation_id, "district": matter.district, "person_id": person_id}
    said = {**about, **_words(command), "note_sealed": await _sealed(command.note, person_id, private_key, uow)}
    known = await repository.locked_chain(uow, person_id)
    against = await _spoken_against(command, known, pack, uow)
    if against is not None:
        told: dict[str, Any] = {"told_by": uow.principal.agency, "against": against, "state": ClaimState.CLAIMED.value}
        return await _claim(CustodyClaim(id=clock.new_id(), **said, **told), pack, uow)
    custody = Custody(id=clock.new_id(), **said)
    return Recorded(custody, await _take_in_and_look(custody, known, pack, matter, uow))


@dataclass(frozen=True, slots=True)
class AnswerClaim:
    """The custodian against whom a claim was made, or the office, says what it thinks of it."""

    claim_id: UUID
    move: ClaimMove
    reason: str | None = None
    expected_version: int | None = None


async def answer_claim(command: AnswerClaim, uow: UnitOfWork) -> Recorded:
    """Take a claim into the person's chain, contest it, or refuse it; where both sides differ the office decides.

    Raises ``NotFound`` to whoever is neither, ``StaleVersion``, ``ClaimCannotMove``.
    """
    claim = await uow.locked(CustodyClaim, command.claim_id)
    pack = await pack_in_force(uow, claim.district)
    sides = access.claim_sides(uow.principal, pack.office, claim.against)
    if not sides:
        raise NotFound(kind="custody_claims")
    if command.expected_version is not None and claim.version != command.expected_version:
        await uow.locked(CustodyClaim, command.claim_id, command.expected_version)
    side = next((s for s in sides if command.move in domain.legal_claim_moves(claim.state, s)), sides[0])
    state = domain.next_claim_state(claim.state, command.move, side)
    is_contested = state is ClaimState.CONTESTED
    because: dict[str, Any] = {"contested_because" if is_contested else "decided_because": command.reason}
    uow.feed(claim.told_by, facts.claim_answered(claim, state.value), about=claim)
    if state is not ClaimState.CONFIRMED:
        uow.change(claim, command.move.value, reason=command.reason, state=state.value, **because)
        return Recorded(claim, await _keep_claim_findings(claim, pack, uow))
    matter = await matter_of(uow, claim.about_id)
    assert matter is not None
    custody = Custody(
        id=clock.new_id(),
        correlation_id=claim.correlation_id,
        district=claim.district,
        **{name: getattr(claim, name) for name in HandOver.model_fields},
    )
    known = await repository.locked_chain(uow, claim.person_id)
    opened = await _take_in_and_look(custody, known, pack, matter, uow)
    because |= {"state": state.value, "custody_id": custody.id}
    uow.change(claim, command.move.value, reason=command.reason, **because)
    await _keep_claim_findings(claim, pack, uow)
    return Recorded(custody, opened)


async def _spoken_against(
    command: RecordCustody, known: Sequence[Custody], pack: CaseworkPack, uow: UnitOfWork
) -> str | None:
    """The custodian whom a record contradicts without anybody's yes; nothing when it may stand by itself."""
    then = domain.holder_at([stretch_of(row) for row in known], command.happened_at)
    holder = then.custodian if then is not None and pack.kind_of(then.custodian) else None
    if not access.speaks_against_custodian(uow.principal, pack.office, holder, command.taker):
        return None
    is_taker = uow.principal.agency == command.taker
    return None if is_taker and await repository.is_promised(uow, command.about.id, command.taker) else holder


def _words(command: RecordCustody) -> dict[str, Any]:
    return {
        "about_kind": command.about.kind.value,
        "about_id": command.about.id,
        "agency": command.taker,
        "custodian_kind": command.taker_kind.value,
        "giver": command.giver,
        "since": command.happened_at.astimezone(UTC),
        "stated_until": command.until.astimezone(UTC) if command.until else None,
        "place_code": command.place_code,
        "observed_state": command.observed_state,
        "ba_number": command.ba_number,
        "proof": command.proof.value,
        "photo_digest": command.photo_digest,
        "belongings": [{"kind": kind, "count": count} for kind, count in command.belongings],
    }


async def _take_in_and_look(
    custody: Custody, known: Sequence[Custody], pack: CaseworkPack, matter: Matter, uow: UnitOfWork
) -> list[Finding]:
    opened = await take_in(custody, known, custody.giver, pack, uow)
    start = ProcedureStart(about_id=matter.id, district=matter.district, rules_version=matter.rules_version)
    look_again(matter.workflow, procedure_id(custody.about), start, custody, uow)
    return opened


async def _claim(claim: CustodyClaim, pack: CaseworkPack, uow: UnitOfWork) -> Recorded:
    uow.create(claim, "claim", happened_at=claim.since)
    return Recorded(claim, await _keep_claim_findings(claim, pack, uow))


async def _keep_claim_findings(claim: CustodyClaim, pack: CaseworkPack, uow: UnitOfWork) -> list[Finding]:
    """While a claim waits, a finding of the custodian; contested, one of the office, which decides."""
    is_contested = claim.state == ClaimState.CONTESTED
    found = Found(
        kind=FindingKind.CUSTODY_CLAIMED,
        cause=f"{claim.id}:{claim.state}",
        owner=pack.office if is_contested else claim.against,
        correlation_id=claim.correlation_id,
        about=claim.about,
        person_id=claim.person_id,
        details={"party": claim.against, "other_party": claim.agency, "from": written(claim.since)},
    )
    is_open = claim.state in domain.OPEN_CLAIMS
    return await keep_findings(f"claim:{claim.id}", claim.district, [found] if is_open else [], uow)


async def _sealed(note: str | None, person_id: UUID, private_key: str, uow: UnitOfWork) -> bytes | None:
    if not note:
        return None
    sealed = await seal_for_person(uow, person_id, {"note": note}, private_key)
    if sealed is None:
        raise domain.PersonKeyIsMissing(())
    return sealed
