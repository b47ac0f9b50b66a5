"""Which agency is the office of a district, and which roles only its people hold.

A role in a token is worth what the agency in it may have: the office's roles count in the district whose office the
agency is, and nowhere else. Which agency that is stands in the district's pack (``access.yaml``), read at the start.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.principal import Principal
from services.chassis.quotas import Quota


class HeldBy(StrEnum):
    """Whose accounts may have a role."""

    ANY_AGENCY = "ANY_AGENCY"
    OFFICE = "OFFICE"


ROLES: Mapping[str, HeldBy] = {
    "agency": HeldBy.ANY_AGENCY,
    "reporter-agency": HeldBy.ANY_AGENCY,
    "desk-officer": HeldBy.ANY_AGENCY,
    "caseworker": HeldBy.OFFICE,
    "duty-officer": HeldBy.OFFICE,
    "section-head": HeldBy.OFFICE,
    "auditor": HeldBy.OFFICE,
    "operator": HeldBy.OFFICE,
    "aid-proposer": HeldBy.OFFICE,
    "aid-verifier": HeldBy.OFFICE,
    "aid-approver": HeldBy.OFFICE,
    "treasurer": HeldBy.OFFICE,
}
"""Who may hold which role; what is not listed counts for nobody. `docs/roles.md` tells it to whoever gives accounts."""


class Allowance(BaseModel):
    """How often: evenly so many an hour, ``burst`` at once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    per_hour: int = Field(gt=0)
    burst: int = Field(gt=0)


class PublicReports(BaseModel):
    """How much people who do not sign in may send, from one address and all of them together at one process, and whom
    they call when a life is in danger.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    per_address: Allowance
    of_all: Allowance
    emergency_phone: str = Field(pattern=r"^[0-9]{3,15}$")


class AccessSection(BaseModel):
    """The access section of a district pack, the same for every service."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    district: str = Field(pattern=r"^[0-9]{2}\.[0-9]{2}$")
    office: str = Field(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=64)
    emergencies_from: frozenset[str] = frozenset()
    """Agencies whose emergency is believed as it comes in, beside the office's own."""
    quotas: tuple[Quota, ...] = ()
    public_reports: PublicReports | None = None
    """Missing: nobody reports without signing in."""


@dataclass(frozen=True, slots=True)
class Offices:
    """The office of each district that this installation serves."""

    sections: Mapping[str, AccessSection]

    @classmethod
    def read(cls, folder: Path, *, with_quotas: bool = True) -> Self:
        """From ``<folder>/<district>/access.yaml``. Raises pydantic's ``ValidationError``; no file: no office."""
        files = sorted(folder.glob("*/access.yaml"))
        found = [AccessSection.model_validate(yaml.safe_load(file.read_text())) for file in files]
        kept = found if with_quotas else [section.model_copy(update={"quotas": ()}) for section in found]
        return cls({section.district: section for section in kept})

    def quotas_of(self, principal: Principal) -> tuple[Quota, ...]:
        """The quotas of the first of the caller's districts that has a pack."""
        return next((s.quotas for district, s in self.sections.items() if principal.covers(district)), ())

    def believes_emergency(self, district: str, agency: str) -> bool:
        """Whether an agency's emergency opens a case before anybody of the office has looked."""
        section = self.sections.get(district)
        return section is not None and agency in {section.office, *section.emergencies_from}

    def confine(self, principal: Principal) -> Principal:
        """The caller with what its roles are worth: the office's only in the districts whose office its agency is."""
        known = frozenset(role for role in principal.roles if role in ROLES)
        if not any(ROLES[role] is HeldBy.OFFICE for role in known):
            return replace(principal, roles=known)
        own = tuple(
            district
            for district, section in self.sections.items()
            if section.office == principal.agency and principal.covers(district)
        )
        if own:
            return replace(principal, roles=known, offices=own)
        return replace(principal, roles=frozenset(role for role in known if ROLES[role] is HeldBy.ANY_AGENCY))
