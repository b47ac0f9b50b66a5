"""The only code that keeps packages."""

from datetime import datetime

from services.casework.handoff.disclosures import domain, repository
from services.casework.handoff.disclosures.domain import Carrier, Outgoing
from services.casework.handoff.disclosures.tables import SentPackage
from services.casework.office.directory.domain import CaseworkPack
from services.chassis.database import UnitOfWork
from services.chassis.persons import PersonKnown, person_known


def keep_first_package(handoff: Carrier, pack: CaseworkPack, person: PersonKnown | None, uow: UnitOfWork) -> None:
    """Keep what leaves with a hand-off that is made and sent in this very unit of work; ``person``: our copy now."""
    out = domain.outgoing(handoff, pack.kind_of(handoff.to_agency), person)
    _insert(handoff, out, 1, handoff.requested_at, uow)


async def keep_package(handoff: Carrier, pack: CaseworkPack, uow: UnitOfWork) -> None:
    """Keep what leaves with a hand-off now as its next version, unless the newest one says the same already.

    Called with a later sending, and before a later state of the person is shown to anybody.
    """
    newest = await repository.newest_locked(uow, handoff.id)
    out = domain.outgoing(handoff, pack.kind_of(handoff.to_agency), await person_known(uow, handoff.person_id))
    if newest is None or newest.digest != out.digest:
        _insert(handoff, out, newest.number + 1 if newest else 1, await uow.now(), uow)


def _insert(handoff: Carrier, out: Outgoing, number: int, now: datetime, uow: UnitOfWork) -> None:
    uow.insert(
        SentPackage(
            handoff_id=handoff.id,
            number=number,
            district=handoff.district,
            purpose=handoff.purpose,
            to_agency=handoff.to_agency,
            to_kind=out.to_kind,
            fields=list(out.fields),
            basis=list(out.basis),
            person_sequence=out.person_sequence,
            digest=out.digest,
            kept_at=now,
        )
    )
