"""Who acts: a person, an agency's program, or one of our own services."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller as its token describes it.

    ``actor`` is pseudonymous (the provider's subject, an agency code or a service name): it may stand in events,
    actions and spans. ``offices`` are the region codes for which it may act; empty means none.
    """

    actor: str
    agency: str
    roles: frozenset[str] = frozenset()
    offices: tuple[str, ...] = ()
    display_name: str = field(default="", compare=False)

    @property
    def is_machine(self) -> bool:
        """An agency's own program, which sees only its agency's slice."""
        return "agency" in self.roles

    @property
    def is_system(self) -> bool:
        """One of our services acting on an event or a timer."""
        return self.actor.startswith("system:")

    def covers(self, district: str) -> bool:
        """Whether one of its offices includes the district ``PP.KK`` (a province ``PP`` covers its districts)."""
        return self.is_system or any(district == o or district.startswith(f"{o}.") for o in self.offices)


def system_principal(service: str) -> Principal:
    """The principal under which a service's own consumers, workers and timers act."""
    return Principal(actor=f"system:{service}", agency="", roles=frozenset({"system"}))
