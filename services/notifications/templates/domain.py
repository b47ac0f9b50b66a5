"""The notifications section of a district pack: texts, who hears what, and the words that may never leave. Pure.

A text may name a case by its number, an office's task and an instant. Nothing of the person has a placeholder, and
words of health, childhood or violence are refused when the pack is read (UU 27/2022; no health word in a message).
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from string import Formatter
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, field_validator, model_validator

from services.notifications.subscribers.domain import PackPart, Subscriber

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=64)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,63}$")]

PLACEHOLDERS = frozenset({"case_number", "purpose", "due_at", "pin"})
"""All that a text may be filled with. None of it is about the person."""

HIDDEN_PIN = "••••••"
"""How a PIN stands in a text that is kept; the PIN itself takes its place on the way to the gateway alone."""

TEXT_LIMIT = 300

WORDS_OF_THE_PERSON = (
    "anak", "balita", "bayi", "cacat", "diagnosa", "diagnosis", "difabel", "disabilitas", "gangguan", "gelandangan",
    "gepeng", "gila", "hamil", "hiv", "jiwa", "kekerasan", "kesehatan", "korban", "lansia", "medis", "nama", "napza",
    "narkoba", "nik", "obat", "odgj", "pasien", "pengemis", "perkosaan", "rawat", "rawatan", "rekening", "rsj",
    "sakit", "telantar", "terlantar", "umur",
)  # fmt: skip
"""Whole words that tell something about the person; none may stand in a text or a label."""

_WORD = re.compile(r"[a-z]+")


class Occasion(StrEnum):
    """What happened that somebody is told of."""

    REPORT_VERIFIED = "REPORT_VERIFIED"
    HANDOFF_REQUESTED = "HANDOFF_REQUESTED"
    HANDOFF_ESCALATED = "HANDOFF_ESCALATED"
    HANDOFF_REJECTED = "HANDOFF_REJECTED"
    OUTCOME_RECORDED = "OUTCOME_RECORDED"
    PAYMENT_CREDITED = "PAYMENT_CREDITED"
    LINK_PIN_ISSUED = "LINK_PIN_ISSUED"
    HANDOFF_SUPERSEDED = "HANDOFF_SUPERSEDED"
    HANDOFF_EXPIRED = "HANDOFF_EXPIRED"
    HANDOFF_CANCELLED = "HANDOFF_CANCELLED"
    HANDOFF_ENTERED_IN_ERROR = "HANDOFF_ENTERED_IN_ERROR"
    HANDOFF_CANCELLATION_ASKED = "HANDOFF_CANCELLATION_ASKED"
    HANDOFF_HELD = "HANDOFF_HELD"
    HANDOFF_RESUMED = "HANDOFF_RESUMED"
    HANDOFF_QUESTIONED = "HANDOFF_QUESTIONED"
    HANDOFF_REPLIED = "HANDOFF_REPLIED"
    HANDOFF_CONTESTED = "HANDOFF_CONTESTED"
    HANDOFF_FAILED = "HANDOFF_FAILED"
    HANDOFF_REOPENED = "HANDOFF_REOPENED"
    HANDOFF_CONDITION_PASSED_ON = "HANDOFF_CONDITION_PASSED_ON"


class Recipient(StrEnum):
    """Who is told, as seen from the fact."""

    REPORTER = "REPORTER"
    VILLAGE = "VILLAGE"
    SENDER = "SENDER"
    RECEIVER = "RECEIVER"
    SENDER_HEAD = "SENDER_HEAD"
    RECEIVER_HEAD = "RECEIVER_HEAD"
    SECRETARIAT = "SECRETARIAT"
    INSPECTORATE = "INSPECTORATE"


_HANDOFFS = frozenset(
    occasion for occasion in Occasion if occasion is Occasion.LINK_PIN_ISSUED or occasion.name.startswith("HANDOFF_")
)
_OF_A_HANDOFF = frozenset(
    {
        Recipient.SENDER, Recipient.RECEIVER, Recipient.SENDER_HEAD, Recipient.RECEIVER_HEAD,
        Recipient.SECRETARIAT, Recipient.INSPECTORATE,
    }
)  # fmt: skip

KNOWN_AT: Mapping[Occasion, frozenset[str]] = {
    **dict.fromkeys(_HANDOFFS, frozenset({"case_number", "purpose"})),
    Occasion.REPORT_VERIFIED: frozenset(),
    Occasion.HANDOFF_REQUESTED: frozenset({"case_number", "purpose", "due_at"}),
    Occasion.HANDOFF_ESCALATED: frozenset({"case_number", "purpose", "due_at"}),
    Occasion.OUTCOME_RECORDED: frozenset({"case_number"}),
    Occasion.PAYMENT_CREDITED: frozenset({"case_number"}),
    Occasion.LINK_PIN_ISSUED: frozenset({"case_number", "purpose", "due_at", "pin"}),
}
"""Which placeholders an occasion can fill."""


class Template(PackPart):
    """One text in Indonesian."""

    key: Slug
    channel: Literal["SMS", "WHATSAPP"]
    text: Annotated[str, StringConstraints(min_length=1, max_length=TEXT_LIMIT, strip_whitespace=True)]

    @property
    def placeholders(self) -> frozenset[str]:
        """What the text has to be filled with."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.text) if name is not None)

    @field_validator("text")
    @classmethod
    def _says_nothing_of_the_person(cls, text: str) -> str:
        for _, name, format_spec, conversion in Formatter().parse(text):
            if name is not None and (name not in PLACEHOLDERS or format_spec or conversion):
                raise ValueError(f"a text may only be filled with {', '.join(sorted(PLACEHOLDERS))}")
        return refuse_words_of_the_person(text)


def refuse_words_of_the_person(text: str) -> str:
    """The text again. Raises ``ValueError`` when a word tells something about the person."""
    found = sorted(set(_WORD.findall(re.sub(r"\{[^}]*\}", " ", text.lower()))) & set(WORDS_OF_THE_PERSON))
    if found:
        raise ValueError(f"a message may not say {', '.join(found)}")
    return text


class Rule(PackPart):
    """On an occasion (and, for an escalation, on some escalation steps of the escalation policy) somebody gets a
    text."""

    occasion: Occasion
    escalations: tuple[Code, ...] = ()
    to: Recipient
    template: Slug

    def applies(self, occasion: Occasion, escalation: str) -> bool:
        """Whether the rule speaks about this fact."""
        return self.occasion is occasion and (not self.escalations or escalation in self.escalations)


class Delivery(PackPart):
    """How patiently facts that are missing and the gateway's report are waited for."""

    first_wait: timedelta
    longest_wait: timedelta
    facts_within: timedelta
    report_within: timedelta
    report_awaited: timedelta | None = None
    """How long the gateway's own report is awaited before it is asked for; the first wait unless said."""


class NotificationsPack(PackPart):
    """The notifications section of a district pack."""

    district: str
    version: str
    zone: Literal["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"]
    tell_within: timedelta
    delivery: Delivery
    purposes: Mapping[Code, str]
    templates: tuple[Template, ...] = Field(min_length=1)
    rules: tuple[Rule, ...]
    subscribers: tuple[Subscriber, ...]

    def template(self, key: str) -> Template | None:
        """A text by its key."""
        return next((template for template in self.templates if template.key == key), None)

    def rules_for(self, occasion: Occasion, escalation: str) -> Iterable[Rule]:
        """Who gets what on an occasion."""
        return (rule for rule in self.rules if rule.applies(occasion, escalation))

    def purpose(self, code: str) -> str:
        """A hand-off's purpose in plain words; a code without a label is simply a service."""
        return self.purposes.get(code, "layanan")

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        for label in self.purposes.values():
            refuse_words_of_the_person(label)
        texts = {template.key: template for template in self.templates}
        if len(texts) != len(self.templates):
            raise ValueError("two texts have the same key")
        for rule in self.rules:
            template = texts.get(rule.template)
            if template is None:
                raise ValueError(f"no text {rule.template}")
            if not template.placeholders <= KNOWN_AT[rule.occasion]:
                raise ValueError(f"{rule.template} asks for what {rule.occasion.value} does not know")
            if rule.to in _OF_A_HANDOFF and rule.occasion not in _HANDOFFS:
                raise ValueError(f"{rule.occasion.value} has no {rule.to.value}")
        return self


DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
ZONES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}


def say_instant(instant: datetime, zone: str) -> str:
    """«Senin, 2 Maret 2026 pukul 14.30 WIB»."""
    local = instant.astimezone(ZoneInfo(zone))
    day = f"{DAYS[local.weekday()]}, {local.day} {MONTHS[local.month - 1]} {local.year}"
    return f"{day} pukul {local.hour:02d}.{local.minute:02d} {ZONES[zone]}"


def render(template: Template, values: Mapping[str, str]) -> str:
    """The text, filled. Raises ``KeyError`` when a value is missing."""
    return template.text.format_map({name: values[name] for name in template.placeholders})
