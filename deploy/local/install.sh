#!/usr/bin/env bash
# Makes .venv from the hashed requirements and fetches the engines. Does nothing when both are current.
set -euo pipefail
cd "$(dirname "$0")/../.."

stop() { echo "sigap: $1" >&2; exit 1; }

python=${SIGAP_PYTHON:-python3.11}
[ "$(uname -s)" = Linux ] || stop "this runs on Linux only"
command -v "$python" >/dev/null || stop "Python 3.11 is missing: install it (Debian: python3.11 python3.11-venv)"
"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || stop "$python is not Python 3.11: name one in SIGAP_PYTHON"
"$python" -c 'import ensurepip, venv' 2>/dev/null || stop "Python's venv is missing: install it (Debian: python3.11-venv)"
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
command -v "$java" >/dev/null || stop "Java 17 is missing: install it (Debian: openjdk-17-jre-headless)"
version=$("$java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -1)
[ "${version:-0}" -ge 17 ] || stop "Java 17 or newer is needed, $java is ${version:-unknown}: install one or set JAVA_HOME"
command -v mvn >/dev/null || stop "Maven is missing: install it (Debian: maven)"
command -v setpriv >/dev/null || stop "setpriv is missing: install it (Debian: util-linux)"
free=$(df -Pm . | awk 'NR == 2 { print $4 }')

everything='
import deploy.local.databases, deploy.local.schemas, deploy.observability.__main__, deploy.sandbox.journey
import services.intake.wiring, services.casework.wiring, services.disbursement.wiring, services.notifications.wiring
import contracts.create_topics, services.chassis.migrations'

stamp=.venv/.installed
wanted=$(cat requirements/dev.txt pyproject.toml | sha256sum | cut -d ' ' -f 1)
if [ "$(cat $stamp 2>/dev/null)" != "$wanted" ] || ! .venv/bin/python -c '' 2>/dev/null; then
  [ "$free" -ge 2000 ] || stop "only $free MiB free here: make room for at least 2 GiB"
  began=$SECONDS
  # Keycloak takes longest: it comes beside the libraries. What goes wrong here is tried again, and told, below.
  "$python" -m deploy.local.tools >/dev/null 2>&1 &
  if ! .venv/bin/python -c '' 2>/dev/null; then
    rm -rf .venv
    "$python" -m venv .venv || stop "the virtual environment could not be made"
  fi
  .venv/bin/pip install --quiet --disable-pip-version-check uv==0.13.9 \
    || stop "uv could not be fetched: is the package index in reach?"
  .venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements/dev.txt \
    || stop "the libraries could not be installed: is the package index in reach?"
  .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps -e . \
    || stop "sigap itself could not be installed"
  echo "$wanted" >$stamp
  echo "libraries installed in $((SECONDS - began)) s"
  # Compiled once, beside the engines' first runs; else each process of the first start does it for itself.
  env -u PYTHONDONTWRITEBYTECODE .venv/bin/python -c "$everything" >/dev/null 2>&1 &
fi
exec .venv/bin/python -m deploy.local install
