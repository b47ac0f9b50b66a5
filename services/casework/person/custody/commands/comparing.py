"""What the custody of one person says beside that of others: mother and child, and two persons who are one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from services.casework.office.directory.queries import pack_in_force
from services.casework.office.findings.commands import keep_findings
from services.casework.office.findings.domain import FindingKind, Found
from services.casework.office.matters.domain import About, AboutKind, case
from services.casework.person.custody import repository
from services.chassis.database import UnitOfWork
from services.chassis.digests import Reader, keep_names, keep_number, opened


async def compare_with_others(person_id: UUID, uow: UnitOfWork) -> None:
    """Bring the findings in step that need a second person, after any change of who has this one in hand."""
    await compare_families(person_id, uow)
    await _compare_numbers(await repository.of_one_number(uow, person_id), uow)


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
            details={"party": tie["party"], "other_party": tie["other_party"], "from": written(tie["since"])},
        )
        await keep_findings(f"tie:{tie['id']}", tie["district"], [found] if tie["is_apart"] else [], uow)


async def learn_who_it_is(person_id: UUID, district: str, reader: Reader, uow: UnitOfWork) -> None:
    """Hash NIK and name of a person as told now: by the NIK, they may be somebody whom others have in hand now.

    Whoever takes the person over meanwhile waits, so that one of both sees the other.
    """
    before = await repository.of_one_number(uow, person_id)
    await repository.locked_chain(uow, person_id)
    known = await opened(person_id, ["nik", "name", "said_name"], reader, uow)
    keep_number(person_id, district, known.get("nik"), reader, uow)
    names = [name for name in (known.get("name"), known.get("said_name")) if name]
    keep_names(person_id, district, names, reader.key, uow)
    await _compare_numbers([*before, *await repository.of_one_number(uow, person_id)], uow)


async def _compare_numbers(person_ids: Sequence[UUID], uow: UnitOfWork) -> None:
    """Persons of one NIK in two hands at once: a finding of the office on the case of each, until one of them is not.

    Whom somebody has said to be one, by a merge, is no contradiction any more; a double's custody goes to its parent.
    """
    persons = sorted(set(person_ids))
    if len(persons) < 2:
        return
    pairs = await repository.in_two_places(uow, persons)
    districts = {pair["person_id"]: pair["district"] for pair in pairs}
    standing = await repository.two_places_found(uow, persons)
    for person_id, district in sorted((standing | districts).items()):
        office = (await pack_in_force(uow, district)).office
        found = [
            Found(
                kind=FindingKind.ONE_PERSON_IN_TWO_PLACES,
                cause=f"{pair['id']}:{pair['other_id']}",
                owner=office,
                correlation_id=pair["correlation_id"],
                about=About(AboutKind(pair["about_kind"]), pair["about_id"]),
                person_id=person_id,
                details={
                    "custody_id": str(pair["id"]),
                    "other_custody_id": str(pair["other_id"]),
                    "party": pair["agency"],
                    "other_party": pair["other_agency"],
                    "other_about_id": str(pair["other_about_id"]),
                    "from": written(pair["since"]),
                },
            )
            for pair in pairs
            if pair["person_id"] == person_id
        ]
        await keep_findings(f"number:{person_id}", district, found, uow)


def written(instant: datetime | None) -> str | None:
    """An instant as a finding's details keep it."""
    return instant.astimezone(UTC).isoformat() if instant else None
