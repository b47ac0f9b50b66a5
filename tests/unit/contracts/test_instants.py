"""An instant is text with date, time and zone as RFC 3339 writes it, and nothing else that could be taken for one."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.fields import INSTANT_IS_MALFORMED, Instant

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-01T08:30:00Z", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("2026-03-01T08:30:00+07:00", datetime(2026, 3, 1, 1, 30, tzinfo=UTC)),
        ("2026-03-01T08:30:00-03:30", datetime(2026, 3, 1, 12, 0, tzinfo=UTC)),
        ("2026-03-01T08:30:00-00:00", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("2026-03-01t08:30:00z", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("2026-03-01T08:30:00.5Z", datetime(2026, 3, 1, 8, 30, 0, 500_000, tzinfo=UTC)),
        ("2026-03-01T08:30:00.123456789Z", datetime(2026, 3, 1, 8, 30, 0, 123_456, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2017-01-01T06:59:60.25+07:00", datetime(2017, 1, 1, 0, 0, 0, 250_000, tzinfo=UTC)),
        ("0001-01-01T12:00:00Z", datetime(1, 1, 1, 12, tzinfo=UTC)),
        ("9999-12-31T09:59:59Z", datetime(9999, 12, 31, 9, 59, 59, tzinfo=UTC)),
    ],
)
def test_what_rfc_3339_writes_is_read_and_kept_in_utc(text: str, instant: datetime) -> None:
    for read in (INSTANT.validate_python(text), INSTANT.validate_json(f'"{text}"')):
        assert read == instant
        assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        "1700000000",
        "1700000000.5",
        1_700_000_000,
        1_700_000_000.5,
        True,
        None,
        "",
        "2026-03-01",
        "08:30:00Z",
        "2026-03-01T08:30:00",
        "2026-03-01T08:30Z",
        "2026-03-01 08:30:00Z",
        "2026-03-01_08:30:00Z",
        "2026-03-01T08:30:00 07:00",
        "2026-03-01T08:30:00+0700",
        "2026-03-01T08:30:00+07",
        "2026-03-01T08:30:00\N{MINUS SIGN}07:00",
        "2026-03-01T08:30:00,5Z",
        "2026-03-01T08:30:00.Z",
        "2026-03-01T24:00:00Z",
        "2026-03-01T08:60:00Z",
        "2026-03-01T08:30:61Z",
        "2026-03-01T08:30:60Z",
        "2016-12-30T23:59:60Z",
        "2026-03-01T08:30:00+24:00",
        "2026-02-30T08:30:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T11:59:59Z",
        "0001-01-01T00:00:00+07:00",
        "9999-12-31T10:00:00Z",
        "9999-12-31T23:59:59-07:00",
        "9999-12-31T23:59:60Z",
        "+02026-03-01T08:30:00Z",
        "\N{FULLWIDTH DIGIT TWO}026-03-01T08:30:00Z",
        " 2026-03-01T08:30:00Z",
        "2026-03-01T08:30:00Z\n",
        b"2026-03-01T08:30:00Z",
        datetime(2026, 3, 1, 8, 30),  # noqa: DTZ001
        date(2026, 3, 1),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=7))),
    ],
)
def test_what_is_no_instant_is_refused_with_what_to_write(value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        INSTANT.validate_python(value)
    (fault,) = refused.value.errors()
    assert fault["type"] == INSTANT_IS_MALFORMED
    assert fault["msg"] == ("Tulis tanggal, jam sampai detik, dan zona waktu, misalnya 2026-03-01T08:30:00+07:00.")
    INSTANT.validate_python(fault["msg"].split()[-1].rstrip("."))


@given(st.datetimes(timezones=offsets, min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)))  # noqa: DTZ001
def test_an_instant_survives_being_written_and_can_be_shown_in_any_zone(instant: datetime) -> None:
    written = INSTANT.dump_json(INSTANT.validate_python(instant)).decode()
    assert INSTANT.validate_json(written) == instant
    assert written.endswith('Z"')
    for hours in (-12, 14):
        INSTANT.validate_json(written).astimezone(timezone(timedelta(hours=hours)))


def test_the_schema_is_that_of_a_date_and_time() -> None:
    assert INSTANT.json_schema() == {"type": "string", "format": "date-time"}
    assert INSTANT.json_schema(mode="serialization") == {"type": "string", "format": "date-time"}
