"""District packs: every district's section of one service, checked, put in force and read."""

import hashlib
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

import orjson
import yaml
from pydantic import ValidationError
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, col, select

from services.chassis.database import UTC_INSTANT, DistrictRow, ReadSession, UnitOfWork
from services.chassis.errors import Conflict, PackIsMissing, SigapError

if TYPE_CHECKING:
    from services.chassis.service import Running


class PackVersionIsTaken(Conflict):
    """This version was loaded before with another content."""

    text = "Versi paket ini sudah dimuat dengan isi lain."
    advice = "Naikkan nomor versi paket, lalu muat kembali."


class Section(Protocol):
    """A service's section of a district pack."""

    @property
    def district(self) -> str:
        """Whose it is, ``PP.KK``."""

    @property
    def version(self) -> str:
        """Which edition it is."""

    @classmethod
    def model_validate(cls, obj: Any) -> Self:
        """Read a section. Raises pydantic's ``ValidationError``."""

    @classmethod
    def model_validate_json(cls, json_data: str | bytes) -> Self:
        """Read a section from JSON text."""

    def model_dump_json(self) -> str:
        """The whole section as JSON text."""


class PackRow(DistrictRow):
    """A district's section as it was loaded; versions stay, the newest loaded one is in force."""

    district: str = Field(primary_key=True, max_length=5)
    version: str = Field(primary_key=True, max_length=32)
    body: dict[str, Any] = Field(sa_type=JSONB)
    digest: str = Field(max_length=64)
    loaded_at: datetime | None = Field(default=None, sa_type=UTC_INSTANT, sa_column_kwargs={"server_default": "now()"})


S = TypeVar("S", bound=Section)
P = TypeVar("P", bound=PackRow)
R = TypeVar("R")
_read: dict[tuple[type, str], tuple[str, Any]] = {}
"""By section and district: the digest of the pack that was read last, and the pack."""


async def in_force(rows: type[P], shape: type[S], district: str, source: UnitOfWork | ReadSession) -> S:
    """The pack of a district that is in force, the same one throughout a unit of work.

    Its text is read only when it is another than the one read last. Raises ``PackIsMissing``.
    """
    return await source.once((shape, district), lambda: _found(rows, shape, district, source))


async def _found(rows: type[P], shape: type[S], district: str, source: UnitOfWork | ReadSession) -> S:
    pack = await newest(rows, shape, district, source)
    if pack is None:
        raise PackIsMissing(district=district)
    return pack


async def newest(rows: type[P], shape: type[S], district: str, source: UnitOfWork | ReadSession) -> S | None:
    """The pack of a district that was loaded last, if any."""
    last_loaded = (
        select(rows.digest)
        .where(rows.district == district)
        .order_by(col(rows.loaded_at).desc(), col(rows.version).desc())
    )
    digest = await source.first(last_loaded)
    if digest is None:
        return None
    known = _read.get((shape, district))
    if known is None or known[0] != digest:
        row = await source.first(select(rows).where(rows.district == district, rows.digest == digest))
        assert row is not None
        known = _read[shape, district] = (digest, shape.model_validate_json(orjson.dumps(row.body)))
    pack: S = known[1]
    return pack


async def put_in_force(rows: type[P], pack: Section, uow: UnitOfWork) -> bool:
    """Put a pack in force; False when exactly this one is already loaded. Raises ``PackVersionIsTaken``."""
    text = pack.model_dump_json()
    digest = hashlib.sha256(text.encode()).hexdigest()
    known = await uow.first(select(rows.digest).where(rows.district == pack.district, rows.version == pack.version))
    if known is None:
        uow.insert(rows(district=pack.district, version=pack.version, body=orjson.loads(text), digest=digest))
    elif known != digest:
        raise PackVersionIsTaken(version=pack.version)
    return known is None


def say_loaded(is_new: object) -> str:
    """Whether a pack was loaded, or was in force already."""
    return "dimuat" if is_new else "sudah berlaku"


async def load_packs(
    running: "Running",
    arguments: Sequence[str],
    file_name: str,
    shape: type[S],
    load: Callable[[S, UnitOfWork], Awaitable[R]],
    say: Callable[[R], str] = say_loaded,
) -> int:
    """Load ``<folder>/<district>/<file_name>`` of every district; 1 when there is none or one is wrong.

    The folder is the first argument, or the setting's. Each file that is wrong gets one line; the others are loaded.
    """
    folder = Path(arguments[0]) if arguments else running.settings.district_packs
    files = sorted(folder.glob(f"*/{file_name}"))
    if not files:
        sys.stderr.write(f"no */{file_name} under {folder}\n")
        return 1
    return max([await _load_file(running, file, shape, load, say) for file in files])


async def _load_file(
    running: "Running",
    file: Path,
    shape: type[S],
    load: Callable[[S, UnitOfWork], Awaitable[R]],
    say: Callable[[R], str],
) -> int:
    try:
        pack = shape.model_validate(yaml.safe_load(file.read_text()))
        loaded = await running.units.perform(lambda uow: load(pack, uow), principal=running.principal)
    except ValidationError as error:
        faults = (f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}" for fault in error.errors())
        return _refuse(file, "; ".join(faults))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        return _refuse(file, str(error))
    except SigapError as refusal:
        return _refuse(file, f"{refusal.text} {dict(refusal.facts)}")
    sys.stdout.write(f"{file.parent.name}: versi {pack.version} {say(loaded)}\n")
    return 0


def _refuse(file: Path, reason: str) -> int:
    sys.stderr.write(f"{file.parent.name}/{file.name}: {' '.join(reason.split())}\n")
    return 1
