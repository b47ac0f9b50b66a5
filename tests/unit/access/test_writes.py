"""Every write asks for a key of the caller's: read off the published documents."""

import json
from pathlib import Path

import pytest

OPENAPI = sorted((Path(__file__).parents[3] / "contracts" / "openapi").glob("*.json"))

SAID_BY_OTHERS_SYSTEMS = {"/notifications/gateway/reports"}
"""What somebody else's system says in its own words: the message that it names makes it count once."""


@pytest.mark.parametrize("file", OPENAPI, ids=lambda file: file.stem)
def test_every_write_asks_for_an_idempotency_key(file: Path) -> None:
    writes = 0
    for path, operations in json.loads(file.read_text())["paths"].items():
        for method, operation in operations.items() if path not in SAID_BY_OTHERS_SYSTEMS else ():
            if method in ("post", "put", "patch", "delete"):
                writes += 1
                key = next((p for p in operation.get("parameters", ()) if p["name"] == "idempotency-key"), None)
                assert key is not None, f"{method} {path} takes no key"
                assert (key["in"], key["required"], key["schema"].get("format")) == ("header", True, "uuid")
    assert writes > 2
