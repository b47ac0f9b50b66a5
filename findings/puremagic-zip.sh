#!/usr/bin/env bash
# puremagic 1.30: a plain ZIP file, valid and with one text in it, is called a Word document (.docx), the first of several
# kinds that begin with the same four bytes; the answer is a string and does not say that it was a guess.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check puremagic==1.30
"$folder/venv/bin/python" - <<'PY'
import io
import zipfile

import puremagic

file = io.BytesIO()
with zipfile.ZipFile(file, "w") as archive:
    archive.writestr("daftar.txt", "satu\n")
said = puremagic.from_string(file.getvalue())
print(said)
assert said == ".docx", "changed"
PY
