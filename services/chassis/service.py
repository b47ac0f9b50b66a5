"""What a service is made of, and what the parts of one process share."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from fastapi import APIRouter

from services.chassis.auth import Policy
from services.chassis.database import Gauge, ScopeRule, Units
from services.chassis.inbox import Subscriptions
from services.chassis.outbox import OutboxNotifier
from services.chassis.pages import Pages
from services.chassis.principal import Principal
from services.chassis.settings import ServiceSettings


@dataclass(slots=True)
class Running:
    """What the parts of one process share."""

    settings: Any
    units: Units
    principal: Principal
    notifier: OutboxNotifier


Gauges = Callable[[asyncpg.Pool], Awaitable[list[Gauge]]]
"""Reads figures of the office's own, from the tables of one subject or of several."""


def together(*gauges: Gauges) -> Gauges:
    """The figures of several subjects, read one after the other."""

    async def read(pool: asyncpg.Pool) -> list[Gauge]:
        return [found for one in gauges for found in await one(pool)]

    return read


@dataclass(frozen=True, slots=True)
class Service:
    """Everything a service is made of; its ``wiring.py`` fills it in."""

    name: str
    title: str
    settings: type[ServiceSettings]
    policy: Policy
    routers: Sequence[APIRouter] = ()
    page_routers: Sequence[APIRouter] = ()
    pages: Pages = field(default_factory=Pages)
    subscriptions: Subscriptions = field(default_factory=dict)
    workflows: Sequence[type] = ()
    activities: Callable[[Running], Sequence[Callable[..., Any]]] = lambda running: ()
    scope: ScopeRule = lambda principal: ()
    background: Sequence[Callable[[Running, asyncio.Event], Awaitable[None]]] = ()
    gauges: Gauges | None = None
    figures: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[Running, Any], Awaitable[None]] | None = None
    commands: Mapping[str, Callable[[Running, Sequence[str]], Awaitable[int]]] = field(default_factory=dict)
    papers: Mapping[str, Callable[[Sequence[str]], int]] = field(default_factory=dict)
    """Commands that only write something to standard output: they need neither settings nor engines."""
