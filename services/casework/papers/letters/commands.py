"""The only code that makes and changes letters."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.casework.handoff.disclosures.commands import keep_disclosure
from services.casework.handoff.disclosures.domain import PERSON_FIELD_TEXTS, Reader, entry_for, fields_for
from services.casework.handoff.handoffs.domain import OPEN, HandoffState
from services.casework.handoff.handoffs.queries import party_handoff
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.directory.domain import Letter as LetterKind
from services.casework.office.directory.queries import pack_in_force
from services.casework.office.matters.queries import number_of
from services.casework.papers.documents.commands import KeepDocument, keep_document, put_away
from services.casework.papers.documents.domain import Content, DocumentKind, Store
from services.casework.papers.documents.queries import document_for
from services.casework.papers.letters import access, domain, facts, repository
from services.casework.papers.letters.domain import Draft, LetterMove, LetterState
from services.casework.papers.letters.tables import Letter
from services.casework.papers.links.commands import add_link, end_link
from services.casework.papers.links.domain import digest_of
from services.chassis.database import UnitOfWork
from services.chassis.persons import person_known, unseal_person

PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Press:
    """What printing needs: a way to render a template, a store for what came out, keys, words for purposes, our
    URL.
    """

    render: Callable[[LetterKind, Mapping[str, Any]], bytes]
    qr: Callable[[str], str]
    store: Store
    private_key: str
    purposes: Mapping[str, str]
    public_url: str


@dataclass(frozen=True, slots=True)
class IssueLetter:
    """Make the letter that goes along with a hand-off. Ids and the QR's token are made before the transaction.

    With a ``link_id`` the code also opens the receiver's link, once an officer has told its PIN.
    """

    letter_id: UUID
    document_id: UUID
    handoff_id: UUID
    token: str
    signer: str | None = None
    link_id: UUID | None = None
    is_further: bool = False


@dataclass(frozen=True, slots=True)
class ReissueLetter:
    """Make a letter anew, under a number of its own, in the place of one that holds no longer."""

    old_id: UUID
    reason_code: str
    letter_id: UUID
    document_id: UUID
    token: str
    signer: str | None = None
    expected_version: int | None = None
    link_id: UUID | None = None


def check_url(public_url: str, token: str) -> str:
    """Where a letter's QR code leads."""
    return f"{public_url.rstrip('/')}/surat/{token}"


async def issue_letter(command: IssueLetter, uow: UnitOfWork, press: Press) -> Letter:
    """Number, print and keep the letter for a hand-off's purpose and receiver.

    Raises ``NotFound`` to whoever is no party, ``LetterIsTheOffices``, ``LetterheadIsMissing``, ``SignerIsUnknown``,
    ``LetterIsNotForeseen``, ``HandoffIsNotOpen``, ``StoreIsAway``, and ``LetterStands`` unless another letter beside a
    valid one is what is wanted.
    """
    handoff = await party_handoff(command.handoff_id, uow)
    pack = await pack_in_force(uow, handoff.district)
    access.check_writer(uow.principal, pack.office)
    return await _print(command, handoff, pack, None, uow, press)


async def reissue_letter(command: ReissueLetter, uow: UnitOfWork, press: Press) -> Letter:
    """Make a letter anew; the old one is void from now on and names the new one.

    Raises as ``issue_letter``, ``LetterCannotMove`` and ``StaleVersion``.
    """
    old, handoff, pack = await _locked(command.old_id, command.expected_version, uow)
    target = domain.next_state(old.state, LetterMove.REISSUE)
    fresh = IssueLetter(
        command.letter_id, command.document_id, handoff.id, command.token, command.signer, command.link_id
    )
    new = await _print(fresh, handoff, pack, old, uow, press)
    uow.change(
        old,
        LetterMove.REISSUE.value,
        reason=command.reason_code,
        state=target.value,
        reason_code=command.reason_code,
        replaced_by=new.id,
    )
    uow.publish(facts.letter_voided(old), about=old)
    await end_link(old.link_id, uow)
    return new


async def void_letter(letter_id: UUID, reason_code: str, expected_version: int | None, uow: UnitOfWork) -> Letter:
    """A letter holds no longer; its number stays used. Raises ``LetterCannotMove`` and as ``issue_letter``."""
    letter, _, _ = await _locked(letter_id, expected_version, uow)
    target = domain.next_state(letter.state, LetterMove.VOID)
    uow.change(letter, LetterMove.VOID.value, reason=reason_code, state=target.value, reason_code=reason_code)
    uow.publish(facts.letter_voided(letter), about=letter)
    await end_link(letter.link_id, uow)
    return letter


async def sign_letter(letter_id: UUID, document_id: UUID, uow: UnitOfWork) -> Letter:
    """The scan of the copy signed by hand came in: that copy is the valid one.

    Raises ``LetterCannotMove``, ``ScanIsNotOfThisLetter`` and as ``issue_letter``.
    """
    letter, _, _ = await _locked(letter_id, None, uow)
    target = domain.next_state(letter.state, LetterMove.SIGN)
    scan = await document_for(uow, document_id)
    if scan is None or scan.handoff_id != letter.handoff_id or scan.kind != DocumentKind.SIGNED_LETTER:
        raise domain.ScanIsNotOfThisLetter
    uow.change(letter, LetterMove.SIGN.value, state=target.value, signed_document_id=scan.id)
    uow.publish(facts.letter_signed(letter, scan.digest), about=letter)
    return letter


async def sign_letter_with_scan(
    letter_id: UUID, document_id: UUID, scan: Content, uow: UnitOfWork, press: Press
) -> Letter:
    """Hand the scan in and attach it, in one. Raises as ``sign_letter`` and ``keep_document``."""
    letter, _, _ = await _locked(letter_id, None, uow)
    domain.next_state(letter.state, LetterMove.SIGN)
    keep = KeepDocument(document_id, letter.handoff_id, DocumentKind.SIGNED_LETTER, scan)
    await keep_document(keep, uow, press.store, press.private_key)
    return await sign_letter(letter_id, document_id, uow)


async def _locked(
    letter_id: UUID, expected_version: int | None, uow: UnitOfWork
) -> tuple[Letter, Handoff, CaseworkPack]:
    letter = await uow.locked(Letter, letter_id, expected_version)
    handoff = await party_handoff(letter.handoff_id, uow)
    pack = await pack_in_force(uow, letter.district)
    access.check_writer(uow.principal, pack.office)
    return letter, handoff, pack


async def _print(
    command: IssueLetter, handoff: Handoff, pack: CaseworkPack, old: Letter | None, uow: UnitOfWork, press: Press
) -> Letter:
    """The number is taken in the same transaction that keeps the paper, so a paper that fails leaves no gap."""
    head = domain.letterhead_of(pack)
    signer = domain.signer_of(head, command.signer)
    if handoff.state == HandoffState.DRAFT or handoff.state not in OPEN:
        raise domain.HandoffIsNotOpen((), state=handoff.state)
    to_kind = pack.kind_of(handoff.to_agency)
    entry = entry_for(handoff.purpose, to_kind)
    if entry.letter is None:
        raise domain.LetterIsNotForeseen
    await keep_disclosure(handoff, pack, uow)
    day = (await uow.now()).astimezone(ZoneInfo(pack.zone_of(pack.office))).date()
    serial = await repository.next_serial(uow, handoff.district, entry.letter.value, day.year)
    standing = await repository.standing(uow, handoff.id)
    if old is None and standing is not None and not command.is_further:
        raise domain.LetterStands(domain.legal_now(standing.state), letter=standing.number)
    draft = Draft(
        kind=entry.letter,
        number=domain.number_of(head, entry.letter, serial, day),
        day=day,
        purpose=press.purposes.get(handoff.purpose, handoff.purpose),
        case_number=await number_of(uow, handoff.about_id),
        to_agency=pack.agency(handoff.to_agency).name,
        to_desk=pack.desk(handoff.to_agency, handoff.to_desk).name,
        from_agency=pack.agency(handoff.from_agency).name,
        values=await _values(handoff, to_kind, uow, press),
        basis=entry.basis,
        letterhead=head,
        signer=signer,
        check_url=check_url(press.public_url, command.token),
        replaces=old.number if old else None,
    )
    content = Content(PDF, await asyncio.to_thread(_set, draft, press))
    keep = KeepDocument(command.document_id, handoff.id, DocumentKind.LETTER, content)
    await put_away(keep, handoff, uow, press.store, press.private_key)
    link_id = command.link_id if handoff.to_agency != pack.office else None
    if link_id is not None:
        await add_link(handoff, link_id, command.token, pack, uow)
    letter = Letter(
        id=command.letter_id,
        correlation_id=handoff.correlation_id,
        district=handoff.district,
        about_kind=handoff.about_kind,
        about_id=handoff.about_id,
        handoff_id=handoff.id,
        kind=draft.kind.value,
        number=draft.number,
        serial=serial,
        year=day.year,
        office=pack.office,
        signer=signer.code,
        to_agency=handoff.to_agency,
        issued_on=day,
        issued_by=uow.principal.actor,
        state=LetterState.ISSUED.value,
        token_digest=digest_of(command.token),
        link_id=link_id,
        document_id=command.document_id,
        digest=content.digest,
        replaces=old.id if old else None,
    )
    uow.create(letter, "issue")
    uow.publish(facts.letter_issued(letter), about=letter)
    return letter


async def _values(handoff: Handoff, to_kind: str, uow: UnitOfWork, press: Press) -> Mapping[str, str | None]:
    """What the receiver may know of the person, unsealed for this printing only."""
    known = await person_known(uow, handoff.person_id)
    is_minor = known is None or known.apparent_minor
    reader = Reader(handoff.to_agency, to_kind)
    fields = fields_for(reader, handoff.purpose, to_kind, handoff.from_agency, apparent_minor=is_minor)
    opened = await unseal_person(uow, handoff.person_id, fields, press.private_key) if fields else {}
    return {name: opened.get(name) for name in PERSON_FIELD_TEXTS if name in fields}


def _set(draft: Draft, press: Press) -> bytes:
    return press.render(draft.kind, domain.laid_out(draft, press.qr(draft.check_url)))
