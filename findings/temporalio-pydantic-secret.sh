#!/usr/bin/env bash
# temporalio 1.35.0 with pydantic 2.14.4: a `SecretStr` in the input of a workflow or an activity arrives as asterisks.
# `pydantic_data_converter` writes a model as pydantic would show it, so the secret is gone, the other side gets a
# `SecretStr` of ten asterisks, and nothing is raised: whoever signs or signs in with it fails far from the cause. A field
# with a `serialization_alias` alone is written under a name that the same model then refuses to read.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check temporalio==1.35.0 pydantic==2.14.4
"$folder/venv/bin/python" - <<'PY'
import asyncio

from pydantic import BaseModel, Field, SecretStr, ValidationError
from temporalio.contrib.pydantic import pydantic_data_converter as converter


class Callback(BaseModel):
    key: SecretStr


class Visit(BaseModel):
    place: str = Field(serialization_alias="tempat")


async def main() -> None:
    written = await converter.encode([Callback(key="a-key-of-a-gateway")])
    (arrived,) = await converter.decode(written, [Callback])
    print(written[0].data, "->", arrived.key.get_secret_value())
    assert arrived.key.get_secret_value() == "**********", "changed"
    written = await converter.encode([Visit(place="35.24.06")])
    try:
        await converter.decode(written, [Visit])
    except ValidationError as error:
        print(written[0].data, "->", error.errors()[0]["type"], error.errors()[0]["loc"])
    else:
        raise SystemExit("changed: a serialization alias is read back")


asyncio.run(main())
PY
