#!/usr/bin/env bash
# python-stdnum 2.2: the birth date that `stdnum.id.nik` reads out of a NIK lies in the last century for everybody born in
# this one: a child of 2015 is read as born in 1915, a newborn of 2026 as born in 1926. A NIK has two digits for the year;
# whoever takes an age from it this way pays a baby a pension for the old and takes a child's protection away.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2
"$folder/venv/bin/python" - <<'PY'
from stdnum.id import nik

NEWBORN, CHILD, GROWN = "3524175209260003", "3524171209150003", "3524171209680003"
read = {number: nik.get_birth_date(number).isoformat() for number in (NEWBORN, CHILD, GROWN)}
print(read)
assert all(nik.is_valid(number) for number in read)
assert list(read.values()) == ["1926-09-12", "1915-09-12", "1968-09-12"], "changed"
PY
