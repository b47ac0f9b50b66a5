"""Packs to test with: the real one of Lamongan, and one of a district that does not exist."""

from pathlib import Path

import yaml

from services.casework.office.directory.domain import CaseworkPack

LAMONGAN_PACK = Path(__file__).parents[3] / "deploy" / "districts" / "35.24-lamongan" / "casework.yaml"
LAMONGAN_DISBURSEMENT_PACK = LAMONGAN_PACK.with_name("disbursement.yaml")
THREE_ZONES_PACK = Path(__file__).parent / "91.99-ujung-timur" / "casework.yaml"


def casework_pack(file: Path) -> CaseworkPack:
    """A casework section as ``load-pack`` reads it."""
    return CaseworkPack.model_validate(yaml.safe_load(file.read_text()))
