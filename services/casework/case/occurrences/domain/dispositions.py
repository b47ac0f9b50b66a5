"""What becomes of open items when reality changes: the table of `handoff.md` §4 as data. Pure functions."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeAlias, TypeVar
from uuid import UUID

from services.casework.case.cases.domain import ends_everything
from services.casework.desks.tasks.domain import TaskKind
from services.casework.handoff.disclosures.domain import Purpose
from services.casework.handoff.handoffs.domain import STARTED, HandoffState, is_firm
from services.casework.office.case_types.domain import ABSCONDED, CASE_TYPES, DECEASED, OTHER_TYPE, Outcome
from services.chassis.errors import Conflict, Invalid


class Occurrence(StrEnum):
    """What happened, often told by the agency that has the person."""

    DIED = "DIED"
    ABSCONDED = "ABSCONDED"
    FOUND_AGAIN = "FOUND_AGAIN"
    NOT_THIS_TYPE = "NOT_THIS_TYPE"
    SENT_ON = "SENT_ON"
    IDENTITY_MERGED = "IDENTITY_MERGED"
    SERVICE_ENDED = "SERVICE_ENDED"
    CLOSING = "CLOSING"
    FORCED_CLOSING = "FORCED_CLOSING"


class Item(StrEnum):
    """What may be open: the columns of the table."""

    NOT_ACCEPTED = "NOT_ACCEPTED"
    ACCEPTED = "ACCEPTED"
    IN_PROGRESS = "IN_PROGRESS"
    AID = "AID"
    VISIT = "VISIT"
    CUSTODY = "CUSTODY"
    TASK = "TASK"
    SERVICE = "SERVICE"
    CONDITION = "CONDITION"
    """What somebody said yes under; about the case itself it may outlive the hand-off for which it was asked."""


class Disposition(StrEnum):
    """What becomes of an open item."""

    EXPIRES = "EXPIRES"
    EXPIRES_UNLESS_SEARCH = "EXPIRES_UNLESS_SEARCH"
    EXPIRES_AND_NOTIFIED = "EXPIRES_AND_NOTIFIED"
    FAILS = "FAILS"
    RECEIVER_ASKED = "RECEIVER_ASKED"
    GOES_ON = "GOES_ON"
    NEW_REQUEST_PROPOSED = "NEW_REQUEST_PROPOSED"
    MAY_REOPEN = "MAY_REOPEN"
    HELD = "HELD"
    RELEASED = "RELEASED"
    RECHECKED = "RECHECKED"
    GOES_ALONG = "GOES_ALONG"
    ENDS = "ENDS"
    PAUSED = "PAUSED"
    RESUMED = "RESUMED"
    REPLACED = "REPLACED"
    HANDED_ON = "HANDED_ON"
    STAYS_UNTIL_BURIAL = "STAYS_UNTIL_BURIAL"
    CLOSES_AS_UNKNOWN = "CLOSES_AS_UNKNOWN"
    NEW_ROW = "NEW_ROW"
    UNCHANGED = "UNCHANGED"
    MOVES_BY_SIGNATURE = "MOVES_BY_SIGNATURE"
    JOINED = "JOINED"
    RESOLVE_FIRST = "RESOLVE_FIRST"
    MUST_BE_EMPTY = "MUST_BE_EMPTY"
    MUST_BE_DECIDED = "MUST_BE_DECIDED"
    BLOCKS = "BLOCKS"
    DISPOSITION_CHOSEN = "DISPOSITION_CHOSEN"
    ASKED = "ASKED"
    OPENED = "OPENED"
    NEVER_FORCED = "NEVER_FORCED"
    NOTHING = "NOTHING"


K, F = Occurrence, Disposition

Row: TypeAlias = tuple[Disposition, ...]

DISPOSITION_TABLE: dict[Occurrence, Row] = {
    K.DIED: (
        F.EXPIRES, F.EXPIRES_AND_NOTIFIED, F.FAILS, F.HELD, F.ENDS, F.STAYS_UNTIL_BURIAL, F.ENDS, F.ENDS,
        F.ENDS,
    ),
    K.ABSCONDED: (
        F.EXPIRES_UNLESS_SEARCH, F.EXPIRES_AND_NOTIFIED, F.FAILS, F.HELD, F.PAUSED, F.CLOSES_AS_UNKNOWN, F.PAUSED,
        F.PAUSED, F.ENDS,
    ),
    K.FOUND_AGAIN: (
        F.NEW_REQUEST_PROPOSED, F.NOTHING, F.MAY_REOPEN, F.RELEASED, F.RESUMED, F.NEW_ROW, F.RESUMED, F.RESUMED,
        F.GOES_ON,
    ),
    K.NOT_THIS_TYPE: (
        F.EXPIRES, F.RECEIVER_ASKED, F.GOES_ON, F.RECHECKED, F.REPLACED, F.UNCHANGED, F.ENDS, F.ENDS,
        F.GOES_ON,
    ),
    K.SENT_ON: (
        F.EXPIRES, F.RECEIVER_ASKED, F.GOES_ON, F.GOES_ALONG, F.HANDED_ON, F.MOVES_BY_SIGNATURE, F.GOES_ON, F.GOES_ON,
        F.GOES_ON,
    ),
    K.IDENTITY_MERGED: (
        F.JOINED, F.JOINED, F.JOINED, F.RECHECKED, F.JOINED, F.RESOLVE_FIRST, F.JOINED, F.JOINED, F.JOINED,
    ),
    K.SERVICE_ENDED: (
        F.MUST_BE_EMPTY, F.MUST_BE_EMPTY, F.MUST_BE_EMPTY, F.MUST_BE_DECIDED, F.GOES_ON, F.MUST_BE_EMPTY, F.GOES_ON,
        F.ENDS, F.GOES_ON,
    ),
    K.CLOSING: (
        F.BLOCKS, F.BLOCKS, F.BLOCKS, F.BLOCKS, F.MUST_BE_DECIDED, F.BLOCKS, F.BLOCKS, F.MUST_BE_DECIDED,
        F.GOES_ON,
    ),
    K.FORCED_CLOSING: (
        F.DISPOSITION_CHOSEN, F.DISPOSITION_CHOSEN, F.DISPOSITION_CHOSEN, F.DISPOSITION_CHOSEN, F.DISPOSITION_CHOSEN,
        F.NEVER_FORCED, F.DISPOSITION_CHOSEN, F.ENDS, F.GOES_ON,
    ),
}  # fmt: skip
"""Rows by occurrence, columns in the order of ``Item``."""

RECORDABLE = frozenset({K.DIED, K.ABSCONDED, K.FOUND_AGAIN, K.NOT_THIS_TYPE, K.SENT_ON})
"""What a person tells; the others follow from acts of their own."""

SEARCHES = frozenset({Purpose.FAMILY_TRACING, Purpose.IDENTIFICATION, Purpose.INFORMATION})
"""Purposes that still make sense while the person is being looked for."""

NEW_TASK = {K.DIED: TaskKind.BURIAL, K.ABSCONDED: TaskKind.SEARCH_PERSON, K.NOT_THIS_TYPE: TaskKind.REROUTE}
"""What the office has to do from then on."""
LASTING = frozenset({TaskKind.BURIAL, TaskKind.REROUTE, TaskKind.AID_DECISION})
"""Tasks that an occurrence gave rise to: nothing that happens later takes them away."""
ENDS_REQUEST = frozenset({F.EXPIRES, F.EXPIRES_AND_NOTIFIED, F.FAILS})
ENDS_SEARCH = frozenset({K.DIED, K.FOUND_AGAIN})
RETURNS = frozenset(Item) - {Item.AID}
"""What comes back when the person is found only if it stood still or ended because they had left."""

OUTCOME: dict[Occurrence, Outcome] = {K.DIED: DECEASED, K.ABSCONDED: ABSCONDED}
"""How the service of a case of any type ends with an occurrence, while it is still being given."""


REVOKE = "REVOKE"
"""What can be done about the last occurrence that stands, beside telling another."""


class OccurrenceIsTold(Conflict):
    """The person is known to be dead, or gone already."""

    text = "Kejadian ini tidak cocok dengan yang sudah tercatat."
    advice = "Periksa riwayat perkara; bila orangnya ditemukan kembali, catat kejadian itu."
    legal_kind = "occurrence"


class ConsequencesHaveChanged(Conflict):
    """Something was opened, answered or ended since the caller looked at what recording would do."""

    text = "Akibatnya sudah berubah sejak Anda melihatnya; belum ada yang tercatat."
    advice = "Lihat akibatnya yang sekarang, lalu catat kembali."
    legal_kind = "occurrence"
    returns_to_form = True


class OccurrenceIsNotTold(Invalid):
    """Closing, merging and ending the service are acts of their own."""

    text = "Kejadian ini tidak dicatat di sini."
    advice = "Catat salah satu: meninggal, pergi, ditemukan kembali, bukan jenis ini, dikirim ke daerah lain."


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something of a case that an occurrence can reach.

    ``is_lost``: a hand-off or a stretch of custody that ended because the person had left. ``is_paused``: what stands
    still for the same reason. ``is_conditional``: a yes that binds nobody yet. ``hangs_on``: the hand-off of whose
    request a condition is one; none when the request has ended.
    """

    item: Item
    id: UUID
    name: str
    party: str
    is_lost: bool = False
    is_paused: bool = False
    is_conditional: bool = False
    hangs_on: UUID | None = None


@dataclass(frozen=True, slots=True)
class Consequence:
    """What an occurrence does to an open item; what it opens has no ``id`` yet."""

    item: Item
    id: UUID | None
    name: str
    party: str
    disposition: Disposition

    def kept(self) -> dict[str, Any]:
        """As it is kept with the occurrence."""
        return {**asdict(self), "id": str(self.id) if self.id else None}

    @classmethod
    def of_kept(cls, kept: Mapping[str, Any]) -> "Consequence":
        """From what was kept."""
        return cls(
            Item(kept["item"]),
            UUID(kept["id"]) if kept["id"] else None,
            kept["name"],
            kept["party"],
            Disposition(kept["disposition"]),
        )


def fingerprint(lines: Sequence[Consequence]) -> str:
    """Names exactly these consequences: whoever records says by it what they were shown."""
    return hashlib.sha256(json.dumps([line.kept() for line in lines], sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Parties:
    """Who gets new work: the office that leads the case, and whoever goes on with its visits elsewhere, if anybody."""

    holder: str
    visitor: str = ""


def item_of(state: str, held_state: str | None) -> Item:
    """In which column a hand-off stands; on hold it stands where it was held."""
    where = held_state if state == HandoffState.ON_HOLD and held_state else state
    if where in STARTED:
        return Item.IN_PROGRESS
    return Item.ACCEPTED if is_firm(where) or where == HandoffState.CONDITIONAL else Item.NOT_ACCEPTED


def outcome_of(occurrence: Occurrence, case_type: str) -> Outcome | None:
    """How the service of a case ends with an occurrence; ``None``: it goes on."""
    if occurrence == Occurrence.NOT_THIS_TYPE:
        found = CASE_TYPES.get(case_type)
        return found.not_this_type if found else OTHER_TYPE
    return OUTCOME.get(occurrence)


def disposition_of(occurrence: Occurrence, item: Item) -> Disposition:
    """One cell of the table."""
    return DISPOSITION_TABLE[occurrence][list(Item).index(item)]


def consequences(occurrence: Occurrence, items: Sequence[OpenItem], parties: Parties) -> Sequence[Consequence]:
    """All that will be done: what a worker is shown, what recording does, and what it answers."""
    becomes = {i.id: _disposition(occurrence, i) for i in items}
    becomes |= {i.id: _with_its_request(becomes[i.hangs_on]) for i in items if i.hangs_on}
    met = [Consequence(i.item, i.id, i.name, i.party, becomes[i.id]) for i in items]
    return met + _new_work(occurrence, met, parties)


def _with_its_request(request: Disposition) -> Disposition:
    """What becomes of a condition whose request is still open."""
    return Disposition.ENDS if request in ENDS_REQUEST else Disposition.GOES_ON


def _disposition(occurrence: Occurrence, item: OpenItem) -> Disposition:
    """The table's word, where the item is one that the occurrence means."""
    found = disposition_of(occurrence, item.item)
    if item.item == Item.TASK and item.name == TaskKind.SEARCH_PERSON:
        return Disposition.ENDS if occurrence in ENDS_SEARCH else Disposition.GOES_ON
    if item.item == Item.TASK and item.name in LASTING:
        return Disposition.GOES_ON
    if item.name == TaskKind.PHONE_CALL:
        return Disposition.ENDS if occurrence in OUTCOME else Disposition.GOES_ON
    if occurrence == Occurrence.FOUND_AGAIN and item.item in RETURNS and not (item.is_lost or item.is_paused):
        return Disposition.GOES_ON
    if found == Disposition.EXPIRES_UNLESS_SEARCH:
        return Disposition.GOES_ON if item.name in SEARCHES else Disposition.EXPIRES
    if found == Disposition.RECEIVER_ASKED and item.is_conditional:
        return Disposition.EXPIRES_AND_NOTIFIED
    return found


def _new_work(occurrence: Occurrence, met: Sequence[Consequence], parties: Parties) -> list[Consequence]:
    """Who has something to do that nobody had before."""
    opened = NEW_TASK.get(occurrence)
    if opened:
        return [Consequence(Item.TASK, None, opened, parties.holder, Disposition.OPENED)]
    if not any(line.disposition == Disposition.HANDED_ON for line in met):
        return []
    if parties.visitor:
        return [Consequence(Item.NOT_ACCEPTED, None, Purpose.MEDICINE_CONTINUITY, parties.visitor, Disposition.ASKED)]
    return [Consequence(Item.TASK, None, TaskKind.CASE_CONFERENCE, parties.holder, Disposition.OPENED)]


class Told(Protocol):
    """What of a recorded occurrence the rules look at."""

    id: UUID
    kind: str
    revoked_at: datetime | None


T = TypeVar("T", bound=Told)


def standing_of(rows: Iterable[T]) -> list[T]:
    """Those that were not revoked, in the order of recording."""
    return [row for row in rows if row.revoked_at is None]


def last_standing(rows: Iterable[T]) -> T | None:
    """The one that can be revoked now."""
    return next(iter(standing_of(rows)[-1:]), None)


def ended_by(standing: Iterable[T], case_type: str) -> tuple[Outcome, T] | None:
    """The outcome to which what stands leads, and what led to it; being found again takes the leaving away."""
    ended: tuple[Outcome, T] | None = None
    for row in standing:
        outcome = outcome_of(Occurrence(row.kind), case_type)
        if outcome is not None:
            ended = (outcome, row)
        elif row.kind == Occurrence.FOUND_AGAIN:
            ended = None
    return ended


TOLD_WITH_A_FAILURE: dict[str, Occurrence] = {"DECEASED": K.DIED, "ABSCONDED": K.ABSCONDED}
"""Reasons of a failed hand-off that say what happened to its person."""


def is_known(occurrence: Occurrence, outcome: str | None) -> bool:
    """Whether a case has ended so that this changes nothing: after a death nothing does, whoever left may have died."""
    if outcome == ABSCONDED.code:
        return occurrence == Occurrence.ABSCONDED
    return ends_everything(outcome)


def is_gone(told: Iterable[str]) -> bool:
    """Whether the last that was told, in the order of recording, is that the person left."""
    last = [kind for kind in told if kind in (Occurrence.ABSCONDED, Occurrence.FOUND_AGAIN)][-1:]
    return last == [Occurrence.ABSCONDED]


def check_told(
    occurrence: Occurrence, known_outcome: str | None, gone: bool, may_tell: frozenset[Occurrence] = RECORDABLE
) -> None:
    """Raises ``OccurrenceIsNotTold``, ``OccurrenceIsTold`` when it contradicts what is known, naming what the caller
    (``may_tell``) can tell instead.
    """
    if occurrence not in RECORDABLE:
        raise OccurrenceIsNotTold(kind=occurrence.value)
    is_dead = known_outcome == DECEASED.code
    again = occurrence == Occurrence.ABSCONDED and gone
    if is_dead or again or (occurrence == Occurrence.FOUND_AGAIN and not gone):
        fitting = sorted(kind.value for kind in may_tell if _fits(kind, gone)) if not is_dead else []
        legal = [REVOKE] if is_dead and may_tell == RECORDABLE else fitting
        raise OccurrenceIsTold(legal, kind=occurrence.value)


def _fits(occurrence: Occurrence, gone: bool) -> bool:
    if occurrence == Occurrence.ABSCONDED:
        return not gone
    return gone if occurrence == Occurrence.FOUND_AGAIN else True
