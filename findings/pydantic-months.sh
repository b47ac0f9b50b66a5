#!/usr/bin/env bash
# pydantic 2.14.3: in a `timedelta`, an ISO 8601 month is 30 days and a year is 365, so that twelve months (P12M) end five
# days before the year (P1Y); P1M is written back as P30D. A promise of «a month» read that way falls on another date, and
# a document that is read and written no longer says months. ISO 8601 leaves the length of a month to the calendar.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pydantic==2.14.3
"$folder/venv/bin/python" - <<'PY'
from datetime import date, timedelta

from pydantic import TypeAdapter

spans = TypeAdapter(timedelta)
read = {text: spans.validate_python(text) for text in ("P1M", "P12M", "P1Y")}
written = spans.dump_python(read["P1M"], mode="json")
falls = date(2026, 1, 31) + read["P1M"]
print({text: span.days for text, span in read.items()}, "P1M is written as", written, "- a month after 2026-01-31:", falls)
seen = (read["P1M"].days, read["P12M"].days, read["P1Y"].days, written, str(falls))
assert seen == (30, 360, 365, "P30D", "2026-03-02"), "changed"
PY
