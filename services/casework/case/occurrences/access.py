"""Who may tell what happened to a person, and revoke what was told. Pure functions."""

from collections.abc import Iterable, Sequence

from services.casework.case.cases.access import PERMISSIONS as OF_CASES
from services.casework.case.occurrences.domain import RECORDABLE, Consequence, Occurrence
from services.casework.office.directory.access import WORKERS, is_of_the_office
from services.chassis.errors import Forbidden, NotFound
from services.chassis.principal import Principal

PERMISSIONS: dict[str, frozenset[str]] = {
    "case:propose-revocation": WORKERS,
    "case:decide-revocation": frozenset({"section-head"}),
    "occurrence:read": frozenset({"agency", "desk-officer"}) | OF_CASES["case:read"],
    "occurrence:record": frozenset({"agency", "desk-officer"}) | OF_CASES["case:act"],
}

CUSTODIANS_TELL = frozenset({Occurrence.DIED, Occurrence.ABSCONDED})
"""What whoever has the person in hand knows first. That somebody needs another service, or is sent elsewhere, is the
office's to say; who finds a person again records custody."""


class PersonIsNotWithYou(Forbidden):
    """Only whoever has the person in hand, and the office, say what happens to them."""

    text = "Orang ini tidak sedang dijaga instansi Anda."
    advice = "Sampaikan kejadiannya kepada kantor yang memegang perkara, atau kepada yang menjaga orang ini."


class OfficeTellsThis(Forbidden):
    """A custodian tells what it sees; what kind of service follows is not its to say."""

    text = "Kejadian ini hanya dicatat kantor yang memegang perkara."
    advice = "Instansi yang menjaga orang ini mencatat bila ia meninggal atau pergi tanpa pamit."


def tellable(
    principal: Principal, office: str, custodian: str | None, *, knows_the_case: bool
) -> frozenset[Occurrence]:
    """What the caller may tell of the person of a case.

    Raises ``NotFound`` to whoever has no part in the case, ``PersonIsNotWithYou``.
    """
    if principal.is_system or is_of_the_office(principal, office):
        return RECORDABLE
    if principal.agency == custodian:
        return CUSTODIANS_TELL
    if not knows_the_case:
        raise NotFound(kind="cases")
    raise PersonIsNotWithYou


def check_teller(kind: Occurrence, may_tell: Iterable[Occurrence], told_by: str | None, principal: Principal) -> None:
    """A custodian speaks for itself alone. Raises ``OfficeTellsThis``, ``PersonIsNotWithYou``."""
    if may_tell == RECORDABLE:
        return
    if kind not in may_tell:
        raise OfficeTellsThis
    if told_by not in (None, principal.agency):
        raise PersonIsNotWithYou


def shown(principal: Principal, office: str, planned: Sequence[Consequence]) -> Sequence[Consequence]:
    """Of what an occurrence does, whatever concerns the caller: a custodian sees its own."""
    if principal.is_system or is_of_the_office(principal, office):
        return planned
    return [line for line in planned if line.party == principal.agency]
