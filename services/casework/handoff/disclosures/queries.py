"""Read models of packages, and the log of who read them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from services.casework.handoff.disclosures import access, domain, repository
from services.casework.handoff.disclosures.domain import Carrier, Entry, Reader
from services.casework.handoff.disclosures.tables import SentPackage
from services.casework.office.directory.domain import CaseworkPack
from services.chassis.database import ReadSession, UnitOfWork, Units
from services.chassis.persons import log_special_read, person_known, unseal_person
from services.chassis.principal import system_principal


@dataclass(frozen=True, slots=True)
class PackageView:
    """What left with a hand-off, on what ground, and what of it this reader sees."""

    entry: Entry
    to_kind: str
    moves_person: bool
    withheld: tuple[str, ...]
    minimum: dict[str, Any]
    values: dict[str, str | None]
    versions: Sequence[SentPackage]

    @property
    def shown(self) -> dict[str, Any]:
        """The pseudonymous part and the values in one."""
        return {**self.minimum, **self.values}


async def show_package(
    handoff: Carrier,
    pack: CaseworkPack,
    reading: ReadSession,
    units: Units,
    private_key: str,
    keep: Callable[[UnitOfWork], Awaitable[None]],
    *,
    may_leave: bool,
) -> PackageView:
    """The package of a hand-off that the caller may see.

    While it ``may_leave``, the state of the person that is shown is kept as a version (by ``keep``) and the read is
    logged, both before anything is unsealed.
    """
    known = await person_known(reading, handoff.person_id)
    to_kind = pack.kind_of(handoff.to_agency)
    entry = domain.entry_for(handoff.purpose, to_kind)
    reader = Reader(reading.principal.agency, pack.kind_of(reading.principal.agency))
    is_minor = known is None or known.apparent_minor
    due = domain.fields_for(reader, handoff.purpose, to_kind, handoff.from_agency, apparent_minor=is_minor)
    fields = due if may_leave and access.may_read_values(reading.principal) else ()
    versions = await repository.versions(reading, handoff.id)
    values: dict[str, str | None] = {}
    if fields:
        if not versions or versions[-1].digest != domain.outgoing(handoff, to_kind, known).digest:
            await units.perform(keep, principal=system_principal("casework"))
            versions = await repository.versions(reading, handoff.id)
        await log_special_read(
            units, reading.principal, handoff.purpose, "handoffs", handoff.id, fields, handoff.district
        )
        values = await unseal_person(reading, handoff.person_id, fields, private_key)
    return PackageView(
        entry=entry,
        to_kind=to_kind,
        moves_person=handoff.purpose in domain.MOVES_A_PERSON,
        withheld=tuple(sorted(entry.fields - set(fields))),
        minimum={
            "person_id": str(handoff.person_id),
            "identity_status": known.identity_status if known else "PROVISIONAL",
            "apparent_minor": known.apparent_minor if known else None,
            "as_of": known.as_of.isoformat() if known else None,
        },
        values=values,
        versions=versions,
    )


async def readers_of(handoff: Carrier, reading: ReadSession, after: int, limit: int) -> list[Any]:
    """Who read a hand-off's package, when, and which fields. Raises ``ReadersAreNotYours``."""
    access.check_may_see_readers(reading.principal, handoff.from_agency)
    return await repository.reads(reading, handoff.id, handoff.district, after, limit)
