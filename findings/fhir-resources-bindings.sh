#!/usr/bin/env bash
# fhir.resources 8.3.0: codes with a *required* binding are not checked. A Task whose status is in no list of FHIR is read
# and written as valid. The class holds the beginning of the list alone (`enum_values`, with a «+» for the rest), so that a
# reader has to bring the list and compare by itself.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fhir.resources==8.3.0
"$folder/venv/bin/python" - <<'PY'
from fhir.resources.R4B.task import Task

task = Task(status="banana", intent="order")
field = Task.model_fields["status"]
known = field.json_schema_extra["enum_values"]
print("read as", task.status, "- known are", known)
assert task.model_dump()["status"] == "banana", "changed"
assert "banana" not in known and "requested" in known, "changed"
PY
