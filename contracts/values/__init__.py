"""The small values every part of the house shares: money, places, the national identity number,
kinds of need.

Standard library only, so that every layer may use them. pydantic meets them through its own hooks, which import it
only when a model with such a field is built.
"""

from contracts.values.ages import age_years
from contracts.values.kinds import CASE_TYPE_GUESS, KIND_TEXTS, Kind, Urgency
from contracts.values.money import INT64_MAX, INT64_MIN, Money
from contracts.values.nik import (
    NIK_ERROR_TEXTS,
    NIK_PATTERN,
    NIK_WARNING_TEXTS,
    PROVINCE_CODES,
    RESERVED_TEST_SERIALS,
    SEX_TEXTS,
    Nik,
    NikCheck,
    NikErrorCode,
    NikIsInvalid,
    NikLevel,
    NikWarning,
    Sex,
)
from contracts.values.places import RegionCode, RegionLevel
from contracts.values.references import REFERENCE_PATTERN, check_reference

__all__ = [
    "CASE_TYPE_GUESS",
    "INT64_MAX",
    "INT64_MIN",
    "KIND_TEXTS",
    "NIK_ERROR_TEXTS",
    "NIK_PATTERN",
    "NIK_WARNING_TEXTS",
    "PROVINCE_CODES",
    "REFERENCE_PATTERN",
    "RESERVED_TEST_SERIALS",
    "SEX_TEXTS",
    "Kind",
    "Money",
    "Nik",
    "NikCheck",
    "NikErrorCode",
    "NikIsInvalid",
    "NikLevel",
    "NikWarning",
    "RegionCode",
    "RegionLevel",
    "Sex",
    "Urgency",
    "age_years",
    "check_reference",
]
