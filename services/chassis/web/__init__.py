"""HTTP for every service: the app, problem+json for every refusal, repeat-safe writes, health and metrics."""

from services.chassis.web.app import Check, create_api
from services.chassis.web.problems import (
    BodyIsTooLarge,
    MethodIsNotAllowed,
    RouteIsUnknown,
    UnexpectedFault,
    problem_of,
    problems,
    refusals_of,
    status_of,
)
from services.chassis.web.requests import (
    Answered,
    CodeText,
    IdempotentWrite,
    LongText,
    PageLimit,
    Reading,
    ReasonText,
    ReferenceText,
    RequestBody,
    ShortText,
    Text,
    Write,
    printable,
)

__all__ = [
    "Answered",
    "BodyIsTooLarge",
    "Check",
    "CodeText",
    "IdempotentWrite",
    "LongText",
    "MethodIsNotAllowed",
    "PageLimit",
    "Reading",
    "ReasonText",
    "ReferenceText",
    "RequestBody",
    "RouteIsUnknown",
    "ShortText",
    "Text",
    "UnexpectedFault",
    "Write",
    "create_api",
    "printable",
    "problem_of",
    "problems",
    "refusals_of",
    "status_of",
]
