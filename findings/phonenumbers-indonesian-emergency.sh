#!/usr/bin/env bash
# phonenumbers 9.0.43: of Indonesia's short numbers for emergencies 110, 112, 113, 118 and 119 are known; 115 (search and
# rescue), 117 (the disaster agency BNPB), 129 (SAPA, violence against women and children) and 171 (the social ministry) are
# neither emergency numbers to it nor valid ones. A form that lets the library decide refuses how a duty desk is reached.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check phonenumbers==9.0.43
"$folder/venv/bin/python" - <<'PY'
import phonenumbers

NUMBERS = ("110", "112", "113", "115", "117", "118", "119", "129", "171")
told = {
    number: (
        phonenumbers.is_emergency_number(number, "ID"),
        phonenumbers.is_valid_short_number_for_region(phonenumbers.parse(number, "ID"), "ID"),
    )
    for number in NUMBERS
}
print(told)
assert [n for n, (emergency, _) in told.items() if not emergency] == ["115", "117", "129", "171"], "changed"
assert [n for n, (_, valid) in told.items() if not valid] == ["115", "117", "129", "171"], "changed"
PY
