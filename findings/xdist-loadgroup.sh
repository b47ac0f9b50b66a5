#!/usr/bin/env bash
# pytest-xdist 3.8.0 under pytest 9.2.0: `--dist loadgroup` keeps no group together, and says nothing.
# Tests of one `xdist_group` are documented to run in one worker. Here they are spread as if they had no group;
# whoever shares an engine or a port by group starts it once per worker. Under pytest 8.4.2 the same files stay together.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for number in 1 2 3 4; do
  cat >"$folder/test_part_$number.py" <<'PY'
import time

import pytest


@pytest.mark.xdist_group(name="one-engine")
@pytest.mark.parametrize("n", range(4))
def test_shares_the_engine(n, worker_id):
    time.sleep(0.05)
    with open("workers.txt", "a") as kept:
        kept.write(worker_id + "\n")
PY
done
workers_under() {
  python3 -m venv "$folder/$1"
  "$folder/$1/bin/pip" install --quiet --disable-pip-version-check "pytest==$1" pytest-xdist==3.8.0
  (cd "$folder" && rm -f workers.txt && "$1/bin/python" -m pytest -q -n 2 --dist loadgroup -p no:cacheprovider >/dev/null && sort -u workers.txt | wc -l)
}
new=$(workers_under 9.2.0)
old=$(workers_under 8.4.2)
echo "workers that ran the one group: pytest 8.4.2: $old, pytest 9.2.0: $new"
[ "$old" = 1 ] && [ "$new" = 2 ] || { echo "changed"; exit 1; }
