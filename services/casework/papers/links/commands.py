"""The only code that makes, opens and spends links."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from services.casework.handoff.handoffs.commands import MoveHandoff, move_handoff
from services.casework.handoff.handoffs.domain import OPEN, HandoffState
from services.casework.handoff.handoffs.queries import party_handoff
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.rosters.queries import phones_on_duty
from services.casework.papers.links import access, domain, facts, repository
from services.casework.papers.links.domain import LinkIsForOthers, LinkIsSpent, LinkState, Standing
from services.casework.papers.links.tables import Link
from services.chassis import sealing
from services.chassis.database import UnitOfWork

BY_LINK = "LINK"
TELLER = "notifications"
"""The service that tells a PIN, and for which it is sealed."""


@dataclass(frozen=True, slots=True)
class LinkKeys:
    """Our private key, from which tokens and PINs follow, and the public keys of those who may read what we seal."""

    private_key: str
    recipients: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class MintLink:
    """A link to a hand-off; its id is made before the transaction, because the token follows from it."""

    link_id: UUID
    handoff_id: UUID


async def mint_link(command: MintLink, uow: UnitOfWork, keys: LinkKeys) -> Link:
    """Make a link with its first PIN, which the desk is told under its registered number.

    Raises ``NotFound`` to whoever is no party, ``LinkIsTheOffices``, ``LinkIsForOthers``, ``LinkIsSpent`` when the
    hand-off has ended or was never sent.
    """
    handoff = await party_handoff(command.handoff_id, uow)
    pack = await pack_in_force(uow, handoff.district)
    access.check_maker(uow.principal, pack.office)
    if handoff.to_agency == pack.office:
        raise LinkIsForOthers
    if handoff.state == HandoffState.DRAFT or handoff.state not in OPEN:
        raise LinkIsSpent((), state=handoff.state)
    secret = domain.secret_of(keys.private_key)
    pin = domain.pin_of(secret, command.link_id, 1)
    token = domain.token_of(secret, command.link_id)
    link = await add_link(
        handoff, command.link_id, token, pack, uow, pin_digest=domain.pin_digest(secret, command.link_id, pin)
    )
    await _tell_pin(link, handoff, pin, keys, pack, uow)
    return link


async def _tell_pin(
    link: Link, handoff: Handoff, pin: str, keys: LinkKeys, pack: CaseworkPack, uow: UnitOfWork
) -> None:
    """Send the PIN on its way under a seal; where nobody's key is known an officer reads it out, as before."""
    if TELLER in keys.recipients:
        sealed = sealing.wrap(pin.encode(), {TELLER: keys.recipients[TELLER]})[TELLER]
        on_duty = await phones_on_duty(link.agency, link.desk, pack, uow)
        uow.publish(facts.link_pin_issued(link, handoff, sealed, on_duty), about=link)


async def add_link(
    handoff: Handoff, link_id: UUID, token: str, pack: CaseworkPack, uow: UnitOfWork, pin_digest: str | None = None
) -> Link:
    """A link under a given token; without a PIN nobody opens it before an officer tells one."""
    link = Link(
        id=link_id,
        correlation_id=handoff.correlation_id,
        district=handoff.district,
        about_kind=handoff.about_kind,
        about_id=handoff.about_id,
        handoff_id=handoff.id,
        agency=handoff.to_agency,
        desk=handoff.to_desk,
        token_digest=domain.digest_of(token),
        pin_digest=pin_digest,
        pin_number=1 if pin_digest else 0,
        attempts_allowed=pack.links.pin_attempts,
        expires_at=await uow.now() + pack.links.lifetime,
        state=LinkState.OPEN.value,
    )
    uow.create(link, "mint")
    return link


async def renew_pin(link_id: UUID, uow: UnitOfWork, keys: LinkKeys) -> Link:
    """A new PIN for a link that is still good, told as the first; the former one and its browser hold no longer.

    Failed attempts stay counted. Raises ``NotFound``, ``LinkIsTheOffices``, ``LinkIsSpent``.
    """
    link, handoff, pack = await _made_by_office(link_id, uow)
    if link.state != LinkState.OPEN or link.expires_at <= await uow.now():
        raise LinkIsSpent((), state=link.state)
    secret, number = domain.secret_of(keys.private_key), link.pin_number + 1
    pin = domain.pin_of(secret, link.id, number)
    digest = domain.pin_digest(secret, link.id, pin)
    uow.change(link, "renew-pin", pin_number=number, pin_digest=digest, browser_digest=None, opened_at=None)
    await _tell_pin(link, handoff, pin, keys, pack, uow)
    return link


async def revoke_link(link_id: UUID, uow: UnitOfWork) -> Link:
    """A link opens nothing any more. Raises ``NotFound``, ``LinkIsTheOffices``, ``LinkIsSpent``."""
    link, _, _ = await _made_by_office(link_id, uow)
    if link.state != LinkState.OPEN:
        raise LinkIsSpent((), state=link.state)
    uow.change(link, "revoke", state=LinkState.REVOKED.value)
    return link


async def end_link(link_id: UUID | None, uow: UnitOfWork) -> None:
    """The paper on which a link stood holds no longer; a spent link stays as it is."""
    if link_id is None:
        return
    link = await uow.locked(Link, link_id)
    if link.state == LinkState.OPEN:
        uow.change(link, "revoke", state=LinkState.REVOKED.value)


async def _made_by_office(link_id: UUID, uow: UnitOfWork) -> tuple[Link, Handoff, CaseworkPack]:
    link = await uow.locked(Link, link_id)
    handoff = await party_handoff(link.handoff_id, uow)
    pack = await pack_in_force(uow, link.district)
    access.check_maker(uow.principal, pack.office)
    return link, handoff, pack


async def note_visit(link: Link, what: Standing, uow: UnitOfWork) -> None:
    """Somebody met a link that does not open for them."""
    await repository.count_visit(uow, link.id, link.district, what.value)


async def try_pin(link_id: UUID, pin: str, browser_digest: str, uow: UnitOfWork, private_key: str) -> Standing:
    """Open the link to one browser, or count a failed attempt; the last one allowed locks the link.

    Refusals are answers here, not errors: a failed attempt must be written down.
    """
    link = await uow.locked(Link, link_id)
    found = domain.standing(link, browser_digest, await uow.now())
    if found is not Standing.ASKS_PIN:
        if found is not Standing.OPENED:
            await note_visit(link, found, uow)
        return found
    given = domain.pin_digest(domain.secret_of(private_key), link.id, pin)
    if domain.same(link.pin_digest, given):
        uow.change(link, "open", browser_digest=browser_digest, opened_at=await uow.now())
        return Standing.OPENED
    attempts = link.attempts + 1
    is_last = attempts >= link.attempts_allowed
    state = LinkState.LOCKED if is_last else LinkState.OPEN
    uow.change(link, "refuse-pin", attempts=attempts, state=state.value)
    return Standing.LOCKED if is_last else Standing.WRONG_PIN


async def answer_by_link(link_id: UUID, browser_digest: str, command: MoveHandoff, uow: UnitOfWork) -> Standing:
    """Give the receiver's answer by the very command of the API, once; the link is spent with it.

    Raises ``LinkIsForAnotherHandoff``, ``AnswerIsNotByLink`` and whatever ``move_handoff`` raises; the link is then as
    it was.
    """
    link = await uow.locked(Link, link_id)
    found = domain.standing(link, browser_digest, await uow.now())
    if found is not Standing.OPENED:
        if found is not Standing.ANSWERED:
            await note_visit(link, found, uow)
        return found
    domain.check_answer(command.move, command.handoff_id, link.handoff_id)
    await move_handoff(replace(command, via=BY_LINK), uow)
    uow.change(link, "answer", state=LinkState.USED.value, answer=command.move.value, answered_at=await uow.now())
    return Standing.ANSWERED
