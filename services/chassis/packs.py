"""Loading district packs: every district's section of one service, checked and put in force."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

import yaml
from pydantic import ValidationError

from services.chassis.database import UnitOfWork
from services.chassis.errors import SigapError
from services.chassis.processes import Running


class Section(Protocol):
    """A service's section of a district pack."""

    @property
    def version(self) -> str:
        """Which edition it is."""

    @classmethod
    def model_validate(cls, obj: Any) -> Self:
        """Read a section. Raises pydantic's ``ValidationError``."""


S = TypeVar("S", bound=Section)


async def load_packs(
    running: Running,
    arguments: Sequence[str],
    file_name: str,
    shape: type[S],
    load: Callable[[S, UnitOfWork], Awaitable[bool]],
) -> int:
    """Load ``<folder>/<district>/<file_name>`` of every district; 1 when there is none or one is wrong.

    The folder is the first argument, or the setting's. Each file that is wrong gets one line; the others are loaded.
    """
    folder = Path(arguments[0]) if arguments else running.settings.district_packs
    files = sorted(folder.glob(f"*/{file_name}"))
    if not files:
        sys.stderr.write(f"no */{file_name} under {folder}\n")
        return 1
    return max([await _load_file(running, file, shape, load) for file in files])


async def _load_file(
    running: Running, file: Path, shape: type[S], load: Callable[[S, UnitOfWork], Awaitable[bool]]
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
    sys.stdout.write(f"{file.parent.name}: versi {pack.version} {'dimuat' if loaded else 'sudah berlaku'}\n")
    return 0


def _refuse(file: Path, reason: str) -> int:
    sys.stderr.write(f"{file.parent.name}/{file.name}: {' '.join(reason.split())}\n")
    return 1
