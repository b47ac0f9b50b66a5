"""No text can name a person, and a pack of notifications hangs together."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.events import casework, disbursement, intake
from services.notifications.subscribers.domain import PhoneIsNotValid
from services.notifications.templates.commands import check_phones
from services.notifications.templates.domain import (
    KNOWN_AT,
    PLACEHOLDERS,
    WORDS_OF_THE_PERSON,
    NotificationsPack,
    Occasion,
    Template,
    refuse_words_of_the_person,
    render,
    say_instant,
)

PACKS = sorted((Path(__file__).parents[3] / "deploy" / "districts").glob("*/notifications.yaml"))
PERSONAL = {
    *("name", "nik", "person", "person_id", "birth_date", "address", "phone", "sex", "diagnosis", "features", "kind"),
    *intake.ReportVerified.model_fields,
    *intake.PersonRecorded.model_fields,
    *(set(casework.CaseOpened.model_fields) - {"case_number"}),
    *disbursement.PaymentCredited.model_fields,
}


def text(body: str) -> Template:
    """A template of these words."""
    return Template(key="a.b", channel="SMS", text=body)


@pytest.mark.parametrize("field", sorted(PERSONAL))
def test_no_text_can_be_filled_with_a_field_of_the_person(field: str) -> None:
    assert field not in PLACEHOLDERS
    with pytest.raises(ValidationError):
        text(f"Kabar tentang {{{field}}}.")


@given(st.from_regex(r"[a-z_.\[\]0-9!:]{1,20}", fullmatch=True).filter(lambda name: name not in PLACEHOLDERS))
def test_no_other_placeholder_whatever_its_form_is_taken(name: str) -> None:
    with pytest.raises(ValidationError):
        text(f"Kabar: {{{name}}}.")
    with pytest.raises(ValidationError):
        text(f"Kabar: {{case_number.{name}}}.")


@pytest.mark.parametrize("word", WORDS_OF_THE_PERSON)
def test_no_word_of_health_childhood_or_violence_stands_in_a_text(word: str) -> None:
    for body in (f"Ada {word} di sini.", f"{word.upper()}!"):
        with pytest.raises(ValidationError):
            text(body)
        with pytest.raises(ValueError, match="may not say"):
            refuse_words_of_the_person(body)


@pytest.mark.parametrize("file", PACKS, ids=lambda file: file.parent.name)
def test_every_districts_pack_holds_and_has_numbers_that_can_exist(file: Path) -> None:
    pack = NotificationsPack.model_validate(yaml.safe_load(file.read_text()))
    assert file.parent.name.startswith(pack.district)
    assert NotificationsPack.model_validate_json(pack.model_dump_json()) == pack
    check_phones(pack)
    assert {rule.occasion for rule in pack.rules} == set(Occasion)
    assert {template.key for template in pack.templates} == {rule.template for rule in pack.rules}
    assert all(len(template.text) <= 160 or template.channel == "WHATSAPP" for template in pack.templates)


def pack(**changes: Any) -> dict[str, Any]:
    """A small pack."""
    return {
        "district": "35.24",
        "version": "1",
        "zone": "Asia/Jakarta",
        "tell_within": "P1D",
        "delivery": {"first_wait": "PT1S", "longest_wait": "PT1M", "facts_within": "PT1M", "report_within": "P1D"},
        "purposes": {"INPATIENT_BED": "tempat layanan"},
        "templates": [{"key": "a.b", "channel": "SMS", "text": "Perkara {case_number}: {purpose}, {due_at}."}],
        "rules": [{"occasion": "HANDOFF_REQUESTED", "to": "RECEIVER", "template": "a.b"}],
        "subscribers": [{"kind": "DESK", "code": "x", "name": "X", "phone": "+6281200000001"}],
        **changes,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"purposes": {"INPATIENT_BED": "rawat inap"}},
        {"rules": [{"occasion": "HANDOFF_REQUESTED", "to": "RECEIVER", "template": "c.d"}]},
        {"rules": [{"occasion": "REPORT_VERIFIED", "to": "REPORTER", "template": "a.b"}]},
        {"rules": [{"occasion": "HANDOFF_REQUESTED", "to": "SOMEBODY", "template": "a.b"}]},
        {"templates": [{"key": "a.b", "channel": "SMS", "text": "Halo"}] * 2},
        {"templates": [{"key": "a.b", "channel": "SMS", "text": "x" * 301}]},
        {"subscribers": [{"kind": "DESK", "code": "x", "name": "X", "phone": "0812"}]},
    ],
)
def test_a_pack_that_cannot_be_right_is_refused(wrong: dict[str, Any]) -> None:
    NotificationsPack.model_validate(pack())
    with pytest.raises(ValidationError):
        NotificationsPack.model_validate(pack(**wrong))


@pytest.mark.parametrize("phone", ["+62812", "+6281200000", "+99912345678", "+620812000000011"])
def test_a_number_that_cannot_exist_is_refused_when_the_pack_is_loaded(phone: str) -> None:
    subscriber = {"kind": "DESK", "code": "x", "name": "X", "phone": phone}
    with pytest.raises((PhoneIsNotValid, ValidationError)):
        check_phones(NotificationsPack.model_validate(pack(subscribers=[subscriber])))


def test_every_occasion_says_what_it_can_fill() -> None:
    assert set(KNOWN_AT) == set(Occasion)
    assert set().union(*KNOWN_AT.values()) == PLACEHOLDERS


def test_a_text_is_filled_and_an_instant_is_told_in_the_districts_zone() -> None:
    instant = datetime(2026, 3, 1, 17, 5, tzinfo=UTC)
    assert say_instant(instant, "Asia/Jakarta") == "Senin, 2 Maret 2026 pukul 00.05 WIB"
    assert say_instant(instant, "Asia/Makassar") == "Senin, 2 Maret 2026 pukul 01.05 WITA"
    assert say_instant(instant, "Asia/Jayapura") == "Senin, 2 Maret 2026 pukul 02.05 WIT"
    found = render(text("Perkara {case_number}: {purpose}."), {"case_number": "1", "purpose": "x", "due_at": "y"})
    assert found == "Perkara 1: x."
