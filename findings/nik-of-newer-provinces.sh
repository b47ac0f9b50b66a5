#!/usr/bin/env bash
# python-stdnum 2.2: `stdnum.id.nik` refuses every NIK of the provinces that came after its list: North Kalimantan (65), West
# Papua by the ministry's code (92), and 93, 95 and 96 of 2022. A regency that does not exist is taken as long as its
# province does. NIKs are given out by the ministry's codes, which are not those of statistics.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-stdnum==2.2
"$folder/venv/bin/python" - <<'PY'
from stdnum.id import nik

REST = "011209680003"
judged = {region: nik.is_valid(region + REST) for region in ("3524", "9101", "6501", "9201", "9301", "9501", "9601", "3599")}
print(judged)
assert [region for region, is_valid in judged.items() if not is_valid] == ["6501", "9201", "9301", "9501", "9601"], "changed"
assert judged["3599"], "changed: there is no regency 99 in East Java"
PY
