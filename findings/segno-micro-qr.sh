#!/usr/bin/env bash
# segno 1.6.6: `segno.make` gives a Micro QR code whenever the text is short enough, which most cameras of telephones do
# not read. Whether a printed code can be scanned depends on how long the address is; `micro=False` (or `make_qr`) says what
# one means.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check segno==1.6.6
"$folder/venv/bin/python" - <<'PY'
import segno

made = {text: segno.make(text).designator for text in ("BA/12/2026", "HTTPS://S.ID/AB12", "https://sigap.example/surat/abc")}
print(made)
assert [name.startswith("M") for name in made.values()] == [True, True, False], "changed"
assert not segno.make("BA/12/2026", micro=False).is_micro, "changed"
PY
