"""The envelope around every event: CloudEvents 1.0, binary mode in Kafka headers, the event itself as JSON body."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from contracts.fields import DistrictCode, Flag, Instant, Ordinal, Pseudonym

CONTENT_TYPE = "application/json"
URGENT = "true"
"""How CloudEvents writes a Boolean attribute that holds."""
TYPE_PATTERN = r"^[a-z]+\.[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*\.v[1-9][0-9]*$"
TRACEPARENT_PATTERN = r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"
_NEVER_IN_THE_WAY = ("traceparent", "urgent")


class Sensitivity(StrEnum):
    """How much care a fact asks for (UU 27/2022): SPECIAL is health, child, violence and biometric data."""

    PUBLIC = "PUBLIC"
    INTERNAL = "INTERNAL"
    PERSONAL = "PERSONAL"
    SPECIAL = "SPECIAL"


class Event(BaseModel):
    """A fact of the past, told to other services: ids and codes only, never a name, a NIK, a diagnosis or free text.

    Subclasses set `TYPE` (`<owner>.<aggregate>.<fact>.v<N>`) and `SENSITIVITY`. Fields unknown to the reader are
    ignored, so that a writer may add optional ones within a version.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    TYPE: ClassVar[str]
    SENSITIVITY: ClassVar[Sensitivity]

    def to_body(self) -> bytes:
        """The JSON body of the message; empty optional fields are left out."""
        return self.model_dump_json(exclude_none=True).encode()

    @classmethod
    def from_body(cls, body: bytes) -> Self:
        """Read a message's body. Raises pydantic's `ValidationError`, which never repeats the input."""
        return cls.model_validate_json(body)


class EnvelopeIsInvalid(ValueError):
    """Headers that do not make an envelope. `attributes` names the faulty ones; values are never repeated."""

    def __init__(self, attributes: Iterable[str]) -> None:
        self.attributes = tuple(attributes)
        super().__init__(f"missing or malformed CloudEvents headers: {', '.join(self.attributes)}")


class Envelope(BaseModel):
    """What is known about an event without opening it.

    `id` is new for every message; `factid` is the same for all versions of one fact and is what a reader remembers;
    `time` is when it happened, `recordedtime` when we learnt it; `sequence` is the version of the aggregate;
    `correlationid` is the message's key on every topic that is not compacted; `urgent` is written, as `true`, only on
    what passes ahead of other keys.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: Annotated[str, StringConstraints(pattern=r"^/sigap/[a-z]+$")]
    type: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+$", max_length=128)]
    subject: UUID
    time: Instant
    factid: UUID
    recordedtime: Instant
    correlationid: UUID
    causationid: UUID | None = None
    sequence: Ordinal
    district: DistrictCode
    actor: Pseudonym
    sensitivity: Sensitivity
    urgent: Flag = False
    traceparent: Annotated[str, StringConstraints(pattern=TRACEPARENT_PATTERN)] | None = None

    def to_headers(self) -> list[tuple[str, bytes]]:
        """The Kafka headers: `ce_` and the attribute's name, besides the plain `content-type` and `traceparent`."""
        texts: dict[str, Any] = self.model_dump(mode="json", exclude_none=True)
        traceparent = texts.pop("traceparent", None)
        if texts.pop("urgent"):
            texts["urgent"] = URGENT
        headers = [(f"ce_{name}", str(value).encode()) for name, value in texts.items()]
        headers.append(("content-type", CONTENT_TYPE.encode()))
        if traceparent is not None:
            headers.append(("traceparent", traceparent.encode()))
        return headers

    @classmethod
    def from_headers(cls, headers: Iterable[tuple[str, bytes]]) -> Self:
        """Read the headers of a message; foreign ones are ignored. Raises `EnvelopeIsInvalid`."""
        texts: dict[str, Any] = {}
        for name, value in headers:
            attribute = name.removeprefix("ce_")
            if attribute not in cls.model_fields or (attribute == name) is not (name == "traceparent"):
                continue
            try:
                texts[attribute] = value.decode(errors="replace" if attribute in _NEVER_IN_THE_WAY else "strict")
            except (UnicodeDecodeError, AttributeError):
                raise EnvelopeIsInvalid([attribute]) from None
        if "specversion" not in texts:
            raise EnvelopeIsInvalid(["specversion"])
        if re.fullmatch(TRACEPARENT_PATTERN, texts.get("traceparent", "")) is None:
            # A torn trace costs a line in a picture; it must never cost the fact.
            texts.pop("traceparent", None)
        # A wrong word costs the fact its haste; it must never cost the fact.
        texts["urgent"] = texts.get("urgent") == URGENT
        if "sequence" in texts:
            # A header is text, while the field takes no text: «7» and «7.0» must not both be read as seven.
            texts["sequence"] = int(texts["sequence"]) if _is_number(texts["sequence"]) else None
        try:
            return cls.model_validate(texts)
        except ValidationError as error:
            raise EnvelopeIsInvalid(sorted({str(fault["loc"][0]) for fault in error.errors()})) from None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 19
