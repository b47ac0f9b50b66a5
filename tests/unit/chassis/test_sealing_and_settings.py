"""Sealing: only the right key opens. Settings: mistakes name their variable, demo secrets stay at home."""

import base64
from typing import Any

import pytest
from nacl.public import PrivateKey

from services.chassis import sealing
from services.intake.settings import IntakeSettings

GOOD = "postgresql://intake_app:a-secret@127.0.0.1/sigap_intake"


def test_a_sealed_person_opens_with_their_key_alone() -> None:
    key, other = sealing.new_person_key(), sealing.new_person_key()
    fields = {"name": "Fiktif", "nik": None}
    sealed = sealing.seal(fields, key)
    assert b"Fiktif" not in sealed
    assert sealing.unseal(sealed, key) == fields
    assert sealing.seal(fields, key) != sealed
    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal(sealed, other)
    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal(sealed[:-1] + b"x", key)


SEALED_BY_GO = base64.b64decode(
    "ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7gg3PS4JrBJECG+qSnsrdNXmb96hX0+zTkqpC5lDlg01UwxqLxsgicIQ2LOFm57Q="
)
WRAPPED_BY_GO = base64.b64decode(
    "IikutKu+bME5MGLsZhCALK77fKLUpwdFZs9tadXJ1xgrpUU85a1j+L0Fcmf/BeWVj56NkBq5RMHhLV6oZ/DmL3V145W4DJH8GbJB7D86Ujw="
)
"""The same formats as another implementation writes them: golang.org/x/crypto v0.59.0, nacl/secretbox and nacl/box."""


def test_what_another_implementation_sealed_and_wrapped_opens_here() -> None:
    key, private_key = bytes(range(32)), base64.b64encode(bytes(range(1, 33))).decode()
    assert sealing.unseal(SEALED_BY_GO, key) == {"name": "Warga Uji", "nik": None}
    assert sealing.unwrap(WRAPPED_BY_GO, private_key) == key


def test_a_wrapped_key_opens_for_its_service_alone() -> None:
    ours, theirs = PrivateKey.generate(), PrivateKey.generate()
    key = sealing.new_person_key()
    wrapped = sealing.wrap(key, {"casework": bytes(ours.public_key)})
    sealed = base64.b64decode(wrapped["casework"])
    assert sealing.unwrap(sealed, base64.b64encode(bytes(ours)).decode()) == key
    with pytest.raises(sealing.CannotUnseal):
        sealing.unwrap(sealed, base64.b64encode(bytes(theirs)).decode())


def test_a_wrong_setting_is_named_and_not_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INTAKE_DATABASE_URL", raising=False)
    monkeypatch.setenv("INTAKE_HTTP_PORT", "not-a-port")
    with pytest.raises(SystemExit) as stopped:
        IntakeSettings.from_environment()
    said = capsys.readouterr().err
    assert stopped.value.code == 2
    assert "INTAKE_DATABASE_URL" in said
    assert "INTAKE_HTTP_PORT" in said
    assert "not-a-port" not in said


@pytest.mark.parametrize(
    ("settings", "starts"),
    [
        ({"database_url": GOOD, "deployment": "production"}, True),
        ({"database_url": GOOD.replace("a-secret", "demo-abc"), "deployment": "production"}, False),
        ({"database_url": GOOD.replace("a-secret", "demo-abc"), "deployment": "local"}, True),
    ],
)
def test_the_demos_secrets_do_not_start_a_production_system(settings: dict[str, Any], starts: bool) -> None:
    if starts:
        assert IntakeSettings(**settings).database_url
    else:
        with pytest.raises(ValueError, match="demo"):
            IntakeSettings(**settings)
