"""Inputs and results of the registry check's workflow. Fields are only added."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    """A frozen value."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class CheckStart(Message):
    """Input of ``RegistryCheckWorkflow``: the row knows the rest."""

    check_id: UUID
    district: str
    rules_version: int = 1


class CheckAsked(Message):
    """Signal: there is a check to make."""


class CheckProgress(Message):
    """Whether the registry has answered for good."""

    is_answered: bool
