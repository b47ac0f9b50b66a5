#!/usr/bin/env bash
# typst 0.15.2: a name in a script that the fonts do not have is printed without a word as something that nobody can read.
# Only under a PDF/A standard is it refused (the text and the font are named). That still says nothing about characters
# that have no glyph of their own: a private-use character passes under PDF/A as well. Whoever prints letters checks both:
# ask for PDF/A, and look at the text before.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check typst==0.15.2
"$folder/venv/bin/python" - <<'PY'
import typst

NAMES = {"latin": "Siti", "javanese": "\ua98f\ua9b1", "private use": "\ue000"}


def printed(name, standards):
    page = f'#set document(title: "Surat")\nNama: {name}'.encode()
    try:
        return bool(typst.compile(page, format="pdf", **({"pdf_standards": standards} if standards else {})))
    except typst.TypstError as error:
        print("  refused:", str(error)[:90])
        return False


seen = {script: (printed(name, None), printed(name, ["a-2b"])) for script, name in NAMES.items()}
print("printed (plain, PDF/A-2b):", seen)
assert seen == {"latin": (True, True), "javanese": (True, False), "private use": (True, True)}, "changed"
PY
