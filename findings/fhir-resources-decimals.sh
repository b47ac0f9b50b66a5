#!/usr/bin/env bash
# fhir.resources 8.3.0: a decimal that is read and written again has lost its trailing zeros, 1.50 becomes 1.5. FHIR gives them
# meaning (how finely something was measured) and asks that they be kept; a signature or digest over the text breaks, too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fhir.resources==8.3.0
"$folder/venv/bin/python" - <<'PY'
from fhir.resources.R4B.quantity import Quantity

written = Quantity.model_validate_json("{\"value\": 1.50, \"unit\": \"mg\"}").model_dump_json()
print(written)
assert written == "{\"value\":1.5,\"unit\":\"mg\"}", "changed"
PY
