"""The signed paper of a hand-over that came later, or that never came."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from services.casework.office.directory.queries import pack_in_force
from services.casework.office.findings.commands import keep_findings
from services.casework.office.findings.domain import FindingKind, Found
from services.casework.person.custody import access, domain, facts, repository
from services.casework.person.custody.commands.comparing import written
from services.casework.person.custody.domain import CustodianKind, Proof
from services.casework.person.custody.tables import Custody
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound


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
                "from": written(custody.since),
            },
        )
        await keep_findings(_proof_of(custody), custody.district, [found], uow)


def _proof_of(custody: Custody) -> str:
    return f"proof:{custody.id}"
