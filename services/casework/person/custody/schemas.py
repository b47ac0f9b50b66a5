"""Request and response shapes of custody."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from contracts.fields import Instant
from services.casework.office.findings.schemas import Reason
from services.casework.office.matters.domain import About, AboutKind
from services.casework.person.custody.commands import AddProof, AnswerClaim, RecordCustody, Recorded
from services.casework.person.custody.domain import (
    PARTIES_WITHOUT_A_DESK,
    BelongingKind,
    ClaimMove,
    CustodianKind,
    ObservedState,
    PartyIsUnknown,
    Proof,
)
from services.casework.person.custody.queries import Night, Whereabouts
from services.casework.person.custody.tables import Custody, CustodyClaim
from services.chassis.web import PlaceText, ReferenceText, RequestBody, ShortText, Version

PartyText = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=64)]
DigestText = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class BelongingIn(RequestBody):
    """Things of one kind."""

    kind: BelongingKind
    count: Annotated[int, Field(ge=1, le=999)] = 1


class CustodyIn(RequestBody):
    """A hand-over that has happened."""

    about_kind: AboutKind = AboutKind.CASE
    about_id: UUID
    person_id: UUID | None = Field(
        default=None, description="Hanya bila yang dicatat bukan tentang satu orang saja, misalnya satu operasi"
    )
    to_kind: CustodianKind = CustodianKind.AGENCY
    to_agency: PartyText | None = Field(
        default=None, description="Kode instansi, ambulance atau escort; boleh kosong untuk FAMILY dan OTHER"
    )
    from_agency: PartyText | None = Field(default=None, description="Yang menyerahkan; kosong bila tidak diketahui")
    happened_at: Instant = Field(description="Kapan orang ini diterima, dengan zona waktu")
    until: Instant | None = Field(
        default=None, description="Sampai kapan, bila sudah diketahui; bila kosong sampai yang berikutnya menerima"
    )
    place_code: PlaceText
    observed_state: ObservedState
    belongings: Annotated[tuple[BelongingIn, ...], Field(max_length=20)] = ()
    belongings_note: ShortText | None = Field(default=None, description="Disegel dengan kunci orang ini")
    ba_number: ReferenceText | None = None
    proof: Proof = Proof.NONE
    photo_digest: DigestText | None = Field(default=None, description="SHA-256 foto berita acara yang ditandatangani")

    def command(self) -> RecordCustody:
        """As the command takes it. Raises ``PartyIsUnknown`` when nobody is named where somebody must be."""
        taker = self.to_agency or next(iter(PARTIES_WITHOUT_A_DESK[self.to_kind]), None)
        if taker is None:
            raise PartyIsUnknown
        return RecordCustody(
            about=About(self.about_kind, self.about_id),
            person_id=self.person_id,
            taker=taker,
            taker_kind=self.to_kind,
            giver=self.from_agency,
            happened_at=self.happened_at,
            until=self.until,
            place_code=self.place_code,
            observed_state=self.observed_state,
            belongings=tuple((thing.kind.value, thing.count) for thing in self.belongings),
            note=self.belongings_note or None,
            ba_number=self.ba_number,
            proof=self.proof,
            photo_digest=self.photo_digest,
        )


class ProofIn(RequestBody):
    """The signed paper of a recorded hand-over, or a photo of it."""

    proof: Literal[Proof.SIGNED, Proof.PHOTO]
    ba_number: ReferenceText | None = None
    photo_digest: DigestText | None = None
    expected_version: Version | None = None

    def command(self, custody_id: UUID) -> AddProof:
        """As the command takes it."""
        return AddProof(custody_id, self.proof, self.ba_number, self.photo_digest, self.expected_version)


class OpenedFinding(BaseModel):
    """A finding that a record opened."""

    finding_id: UUID
    kind: str
    owner: str


class CustodyReceipt(BaseModel):
    """What became of a record: its place in the chain, and what it contradicts.

    With ``claim_id`` and no ``custody_id`` it is a claim: one side's word against the custodian's, until confirmed.
    """

    custody_id: UUID | None
    claim_id: UUID | None = None
    claim_state: str | None = None
    person_id: UUID
    about_kind: str
    about_id: UUID
    version: int
    since: datetime
    until: datetime | None
    is_current: bool
    opened_findings: list[OpenedFinding]

    @classmethod
    def of(cls, recorded: Recorded) -> "CustodyReceipt":
        """From the row and its findings."""
        row = recorded.row
        is_claim = isinstance(row, CustodyClaim)
        until = row.stated_until if isinstance(row, CustodyClaim) else row.until
        return cls(
            custody_id=None if is_claim else row.id,
            claim_id=row.id if is_claim else None,
            claim_state=row.state if isinstance(row, CustodyClaim) else None,
            person_id=row.person_id,
            about_kind=row.about_kind,
            about_id=row.about_id,
            version=row.version,
            since=row.since,
            until=until,
            is_current=not is_claim and until is None,
            opened_findings=[
                OpenedFinding(finding_id=found.id, kind=found.kind, owner=found.owner) for found in recorded.opened
            ],
        )


class ClaimAnswerIn(RequestBody):
    """What the custodian or the office says to a claim."""

    answer: ClaimMove
    reason: Reason | None = Field(default=None, description="Singkat, tanpa nama orang dan tanpa NIK")
    expected_version: Version | None = None

    def command(self, claim_id: UUID) -> AnswerClaim:
        """As the command takes it."""
        return AnswerClaim(claim_id, self.answer, self.reason, self.expected_version)


class ClaimFormIn(ClaimAnswerIn):
    """The same from a page that shows several."""

    claim_id: UUID


class Belonging(BaseModel):
    """Things of one kind."""

    kind: str
    count: int


class CustodyOut(BaseModel):
    """A stretch of custody without its person's name."""

    custody_id: UUID
    person_id: UUID
    about_kind: str
    about_id: UUID
    version: int
    agency: str
    custodian_kind: str
    giver: str | None
    since: datetime
    until: datetime | None
    place_code: str
    observed_state: str
    belongings: list[Belonging]
    ba_number: str | None
    proof: str
    ended_reason: str | None

    @classmethod
    def of(cls, custody: Custody) -> "CustodyOut":
        """From the row."""
        return cls.model_validate(
            {"custody_id": custody.id, **custody.model_dump(include=set(cls.model_fields) - {"custody_id"})}
        )


class ClaimOut(BaseModel):
    """What somebody says about a person's custody, and why it was contested, refused or confirmed."""

    claim_id: UUID
    version: int
    state: str
    agency: str
    told_by: str
    against: str
    since: datetime
    place_code: str
    proof: str
    contested_because: str | None
    decided_because: str | None

    @classmethod
    def of(cls, claim: CustodyClaim) -> "ClaimOut":
        """From the row."""
        return cls.model_validate({"claim_id": claim.id, **claim.model_dump(include=set(cls.model_fields))})


class OpenFinding(BaseModel):
    """Something about a person's custody that does not match now."""

    finding_id: UUID
    kind: str
    owner: str
    found_at: datetime


class WhereaboutsOut(BaseModel):
    """Where a person is now; with nobody in hand, where they were last."""

    person_id: UUID
    is_held: bool
    custodian: str | None
    place_code: str
    since: datetime
    proof: str
    last: CustodyOut
    open_findings: list[OpenFinding]
    open_claims: list[ClaimOut]
    refused_claims: list[ClaimOut]

    @classmethod
    def of(cls, found: Whereabouts) -> "WhereaboutsOut":
        """From the read model."""
        custody = found.custody
        return cls(
            person_id=custody.person_id,
            is_held=found.is_held,
            custodian=custody.agency if found.is_held else None,
            place_code=custody.place_code,
            since=custody.since if custody.until is None else custody.until,
            proof=custody.proof,
            last=CustodyOut.of(custody),
            open_findings=[
                OpenFinding(finding_id=row.id, kind=row.kind, owner=row.owner, found_at=row.found_at)
                for row in found.findings
            ],
            open_claims=[ClaimOut.of(row) for row in found.claims],
            refused_claims=[ClaimOut.of(row) for row in found.refused],
        )


class NightOut(BaseModel):
    """Who stays with an agency tonight; ``next_after`` is the cursor of the following page."""

    agency: str
    count: int
    items: list[CustodyOut]
    next_after: UUID | None

    @classmethod
    def of(cls, night: Night, limit: int) -> "NightOut":
        """From the read model."""
        return cls(
            agency=night.agency,
            count=night.count,
            items=[CustodyOut.of(row) for row in night.rows],
            next_after=night.rows[-1].id if len(night.rows) == limit else None,
        )
