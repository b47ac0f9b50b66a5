#!/usr/bin/env bash
# openpyxl 3.1.5 and XlsxWriter 3.3.1: a NIK that is written as a number becomes another NIK, without a word, when it begins
# with 91 or more (Papua): 16 digits from 9007199254740993 on do not fit a double. Those of the rest of the country fit, so
# that the fault shows in no test made with them. Both take the integer as it is; neither warns.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check openpyxl==3.1.5 XlsxWriter==3.3.1
"$folder/venv/bin/python" - <<'PY'
import io
import re
import zipfile

import openpyxl
import xlsxwriter

PAPUA, JAVA = 9471015209990003, 3524171209680003


def cells(file: io.BytesIO) -> list[str]:
    sheet = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
    return re.findall(r"<v>([0-9]+)</v>", sheet)


one, other = io.BytesIO(), io.BytesIO()
book = openpyxl.Workbook()
book.active.append([PAPUA, JAVA])
book.save(one)
with xlsxwriter.Workbook(other) as written:
    written.add_worksheet().write_row(0, 0, [PAPUA, JAVA])
seen = {"openpyxl": cells(one), "XlsxWriter": cells(other)}
print("given", [PAPUA, JAVA], "written", seen)
assert all(found == ["9471015209990004", "3524171209680003"] for found in seen.values()), "changed"
PY
