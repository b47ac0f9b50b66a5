#!/usr/bin/env bash
# dateparser 1.5.0, Indonesian: a date with its weekday is read on six days of the week and is None on a Friday written
# «Jum'at», as letters of government offices mostly do; without the apostrophe it is read. «Lusa» (the day after tomorrow)
# and «3 hari lagi» (in three days) are None as well, while «besok» and «dalam 3 hari» are read.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check dateparser==1.5.0
"$folder/venv/bin/python" - <<'PY'
from datetime import datetime

import dateparser

NOW = datetime(2026, 11, 30, 12)


def read(text: str) -> str | None:
    found = dateparser.parse(text, languages=["id"], settings={"RELATIVE_BASE": NOW})
    return found and found.date().isoformat()


week = ["Senin, 1", "Selasa, 2", "Rabu, 3", "Kamis, 4", "Jum'at, 5", "Jumat, 5", "Sabtu, 6", "Minggu, 7"]
dates = {day: read(f"{day} Juni 2026") for day in week}
ahead = {text: read(text) for text in ("besok", "lusa", "3 hari lagi", "dalam 3 hari")}
print(dates, ahead, sep="\n")
assert [day for day, date in dates.items() if date is None] == ["Jum'at, 5"], "changed"
assert [text for text, date in ahead.items() if date is None] == ["lusa", "3 hari lagi"], "changed"
PY
