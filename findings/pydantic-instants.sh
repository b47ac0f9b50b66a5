#!/usr/bin/env bash
# pydantic 2.14.3: `AwareDatetime` takes more than RFC 3339 writes, and its JSON Schema («format: date-time») does not say
# so: a bare number is seconds since 1970, or milliseconds from 2e10 on; «_» and a space stand for the «T», a comma for the
# point, a minus of typography (U+2212) for the sign, an offset may lack its colon, and seconds may be left out. A client
# that is checked by the schema and one that is checked by the model are not told the same.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pydantic==2.14.3 jsonschema==4.26.0 rfc3339-validator==0.1.4
"$folder/venv/bin/python" - <<'PY'
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import AwareDatetime, TypeAdapter, ValidationError

instants = TypeAdapter(AwareDatetime)
schema = Draft202012Validator(instants.json_schema(), format_checker=FormatChecker())
texts = {
    "as RFC 3339 says": "2026-01-01T10:00:00+07:00",
    "a number": 1_700_000_000,
    "a number as text": "1700000000",
    "an underscore": "2026-01-01_10:00:00Z",
    "a comma": "2026-01-01T10:00:00,5Z",
    "no seconds": "2026-01-01T10:00Z",
    "no colon": "2026-01-01T10:00:00+0700",
    "a minus of typography": "2026-01-01T10:00:00\u221207:00",
}
seen = {}
for name, text in texts.items():
    try:
        read = instants.validate_python(text).isoformat()
    except ValidationError:
        read = "refused"
    seen[name] = (read, "taken" if schema.is_valid(text) else "refused")
    print(f"{name:<24} model: {read:<28} schema: {seen[name][1]}")
assert seen["as RFC 3339 says"] == ("2026-01-01T10:00:00+07:00", "taken")
others = [name for name in texts if name != "as RFC 3339 says"]
assert all(seen[name][0] != "refused" and seen[name][1] == "refused" for name in others), "changed"
PY
