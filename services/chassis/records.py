"""A message as the broker gave it, how it is opened, and how a table keeps its headers."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from pydantic import ValidationError

from contracts.envelope import URGENT, Envelope, EnvelopeIsInvalid, Event
from contracts.topics import event_class
from services.chassis.errors import SigapError


@dataclass(frozen=True, slots=True)
class Record:
    """A message as the broker gave it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    headers: Sequence[tuple[str, bytes]]
    body: bytes | None

    @property
    def owner(self) -> str:
        """The publishing service, from the topic's name."""
        return self.topic.rsplit("__", 1)[-1].split(".", 1)[0]

    @property
    def ordering_key(self) -> str:
        """What orders it among others; a message without a readable key stands alone."""
        try:
            return (self.key or b"").decode() or f"{self.topic}:{self.partition}:{self.offset}"
        except UnicodeDecodeError:
            return f"{self.topic}:{self.partition}:{self.offset}"

    @property
    def is_urgent(self) -> bool:
        """Whether its publisher lets it pass ahead of other keys."""
        return ("ce_urgent", URGENT.encode()) in self.headers

    @property
    def event_type(self) -> str:
        """The CloudEvents type, as far as it can be read."""
        for name, value in self.headers:
            if name == "ce_type":
                return value.decode(errors="replace")[:128]
        return ""


class BodyIsNotTheEvent(SigapError):
    """The body does not fit the event class; ``fields`` names what is wrong, without the values."""

    text = "Isi pesan tidak sesuai dengan kontrak peristiwanya."


class EnvelopeIsNotReadable(SigapError):
    """Headers are missing or malformed."""

    text = "Amplop pesan tidak lengkap atau rusak."


def read(record: Record) -> tuple[Envelope, Event]:
    """Open a record. Raises ``EnvelopeIsNotReadable`` or ``BodyIsNotTheEvent``, naming fields and never values."""
    try:
        envelope = Envelope.from_headers(record.headers)
    except EnvelopeIsInvalid as error:
        raise EnvelopeIsNotReadable(fields=error.attributes) from None
    kind = event_class(envelope.type)
    if kind is None or record.body is None:
        raise BodyIsNotTheEvent(fields=("type",))
    try:
        return envelope, kind.from_body(record.body)
    except ValidationError as error:
        names = sorted({".".join(str(part) for part in fault["loc"]) or "body" for fault in error.errors()})
        raise BodyIsNotTheEvent(fields=tuple(names[:20])) from None


def headers_to_json(headers: Sequence[tuple[str, bytes]]) -> str:
    """Headers as JSON text; bytes that are not UTF-8 are kept in hexadecimal behind ``hex:``."""

    def readable(value: bytes) -> str:
        try:
            text = value.decode()
        except UnicodeDecodeError:
            return f"hex:{value.hex()}"
        return f"hex:{value.hex()}" if "\x00" in text or text.startswith("hex:") else text

    return orjson.dumps([[name.replace("\x00", ""), readable(value or b"")] for name, value in headers]).decode()


def headers_from_json(text: str) -> list[tuple[str, bytes]]:
    """The inverse of ``headers_to_json``."""
    return [
        (name, bytes.fromhex(value[4:]) if value.startswith("hex:") else value.encode())
        for name, value in orjson.loads(text)
    ]
