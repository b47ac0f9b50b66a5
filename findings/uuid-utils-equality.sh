#!/usr/bin/env bash
# uuid-utils 1.2.0: its UUID is no `uuid.UUID` and equals none, though both have the same hash and the same text: a dict keyed by
# one does not find the other, and a set holds both. The module `uuid_utils.compat` gives the standard type.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check uuid-utils==1.2.0
"$folder/venv/bin/python" - <<'PY'
import uuid

import uuid_utils
from uuid_utils import compat

made = uuid_utils.uuid7()
same = uuid.UUID(str(made))
seen = (isinstance(made, uuid.UUID), made == same, hash(made) == hash(same), {made: "row"}.get(same), len({made, same}))
print(seen, "- compat:", isinstance(compat.uuid7(), uuid.UUID))
assert seen == (False, False, True, None, 2), "changed"
assert isinstance(compat.uuid7(), uuid.UUID), "changed"
PY
