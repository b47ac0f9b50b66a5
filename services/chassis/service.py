"""What a service is made of, and what the parts of one process share."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import asyncpg
from fastapi import APIRouter

from services.chassis.auth import Policy
from services.chassis.database import Gauge, Keeps, ScopeRule, Slice, Units, district_scope
from services.chassis.inbox import Subscriptions
from services.chassis.outbox import OutboxNotifier
from services.chassis.pages import PageLink, Pages
from services.chassis.pages.words import Words
from services.chassis.principal import Principal
from services.chassis.settings import ServiceSettings
from services.chassis.sweeper import Sweep

PARTS = ("api", "consumer", "relay", "worker")


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


class PageModule(Protocol):
    """A subject's ``pages``: its routes, its templates, and what its codes are called."""

    @property
    def router(self) -> APIRouter: ...
    @property
    def TEMPLATES(self) -> Path: ...
    @property
    def WORDS(self) -> Words: ...


Activities = Callable[[Running], Sequence[Callable[..., Any]]]
Prepare = Callable[[Running, Any], Awaitable[None]]
Command = Callable[[Running, Sequence[str]], Awaitable[int]]
Paper = Callable[[Sequence[str]], int]


@dataclass(frozen=True, slots=True)
class Wing:
    """A group of a service's subjects, and all that they bring to it; its ``wing.py`` fills it in."""

    permissions: Policy
    routers: Sequence[APIRouter] = ()
    pages: Sequence[PageModule] = ()
    links: Sequence[PageLink] = ()
    workflows: Sequence[type] = ()
    activities: Activities = lambda running: ()
    slices: Callable[[str], Sequence[Slice]] = lambda agency: ()
    """What an agency's people see of some tables."""
    gauges: Sequence[Gauges] = ()
    figures: Mapping[str, str] = field(default_factory=dict)
    """Where the runbook says what each figure means."""
    prepare: Prepare | None = None
    """What the wing's routes need at hand, done once as the API starts."""
    commands: Mapping[str, Command] = field(default_factory=dict)
    papers: Mapping[str, Paper] = field(default_factory=dict)
    series: Sequence[str] = ()
    """Tables of running numbers, each with its ``last``: what was given is never given again, not after a restore."""


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
    hearing: Callable[[Any], Subscriptions] | None = None
    """By the settings: the same subscriptions, where a handler needs a secret of ours to read what it hears."""
    workflows: Sequence[type] = ()
    activities: Activities = lambda running: ()
    scope: ScopeRule = district_scope
    keeps: Keeps | None = None
    """What it keeps of each fact that it says itself."""
    sweep: Callable[[Running], Sweep] | None = None
    """What the service does with rows whose instant has come; the relay's process has it done."""
    background: Sequence[Callable[[Running, asyncio.Event], Awaitable[None]]] = ()
    gauges: Gauges | None = None
    figures: Mapping[str, str] = field(default_factory=dict)
    prepare: Prepare | None = None
    commands: Mapping[str, Command] = field(default_factory=dict)
    papers: Mapping[str, Paper] = field(default_factory=dict)
    """Commands that only write something to standard output: they need neither settings nor engines."""
    series: Sequence[str] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """The long-running processes it is made of; a worker only where there is something to work on."""
        return PARTS if self.workflows or self.background else PARTS[:-1]

    def hears(self, settings: Any) -> Subscriptions:
        """Event type to handler, ready to be called."""
        return self.hearing(settings) if self.hearing else self.subscriptions
