#!/usr/bin/env bash
# fhir.resources 8.3.0: what one imports without naming a release is R5. A Task of R4, which is what SATUSEHAT and most
# hospitals speak, is refused there (`reasonCode` became `reason`); the same document is read by `fhir.resources.R4B`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fhir.resources==8.3.0
"$folder/venv/bin/python" - <<'PY'
from fhir.resources.R4B.task import Task as TaskOfR4
from fhir.resources.task import Task
from pydantic import ValidationError

SENT = {"resourceType": "Task", "status": "requested", "intent": "order", "reasonCode": {"text": "bed"}}
assert TaskOfR4.model_validate(SENT).reasonCode.text == "bed"
try:
    Task.model_validate(SENT)
    refused = None
except ValidationError as error:
    refused = [(fault["loc"], fault["type"]) for fault in error.errors()]
print("the default release says", refused)
assert refused == [(("reasonCode",), "extra_forbidden")], "changed"
PY
