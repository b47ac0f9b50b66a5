#!/usr/bin/env bash
# Python 3.11, csv: `DictReader.line_num` is the line of the last row that was read well. When a row cannot be read, it
# still names the row before; the reader inside (`DictReader.reader.line_num`) names the line at fault. A refusal of a
# bank's statement that tells `line_num` sends people to a row that is right.
set -euo pipefail
python3 - <<'PY'
import csv
import io
import sys

statement = 'payment,amount\nA-1,1500000\nA-2,"15"00000\nA-3,1500000\n'
rows = csv.DictReader(io.StringIO(statement, newline=""), strict=True)
try:
    for _ in rows:
        pass
except csv.Error as error:
    print(f"Python {sys.version_info.major}.{sys.version_info.minor}: {error}: DictReader says line {rows.line_num}, the reader inside line {rows.reader.line_num}")
    assert (rows.line_num, rows.reader.line_num) == (2, 3), "changed"
else:
    raise SystemExit("changed: the row was read")
PY
