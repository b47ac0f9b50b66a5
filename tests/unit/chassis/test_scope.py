"""A caller's queries are narrowed wherever they name a table, and by nothing that they do not name."""

from typing import Any

import pytest
from sqlalchemy import exists, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from services.casework.case.cases.tables import Case
from services.casework.desks.tasks.tables import Task
from services.casework.handoff.handoffs.tables import Handoff
from services.casework.wiring import scope
from services.chassis.database.scope import Scope, Slice, district_scope, kinds_in
from services.chassis.persons import PersonKnown
from services.chassis.principal import Principal, system_principal

OTHER = aliased(Handoff)
WAYS: dict[str, tuple[Any, set[type]]] = {
    "rows": (select(Handoff), {Handoff}),
    "a column": (select(Handoff.id), {Handoff}),
    "counted": (select(func.count()).select_from(Handoff), {Handoff}),
    "an alias": (select(OTHER), {Handoff}),
    "joined": (select(Handoff).join(Case, col(Case.correlation_id) == Handoff.correlation_id), {Handoff, Case}),
    "an alias joined": (select(Case).join(OTHER, col(OTHER.correlation_id) == Case.correlation_id), {Handoff, Case}),
    "exists": (select(Handoff).where(exists().where(col(Case.id) == Handoff.id)), {Handoff, Case}),
    "among": (select(Handoff).where(col(Handoff.id).in_(select(Task.id))), {Handoff, Task}),
    "beside": (select(Handoff, select(func.count(col(Task.id))).scalar_subquery()), {Handoff, Task}),
    "from a query": (select(select(Task.id).subquery().c.id), {Task}),
    "from a named query": (select(select(Task.id).cte().c.id), {Task}),
}
BY_DISTRICT = Principal(actor="user:a", agency="dinsos-lamongan", offices=("35.24",))


@pytest.mark.parametrize("way", WAYS)
def test_each_table_is_narrowed_in_whatever_way_a_query_names_it(way: str) -> None:
    query, named = WAYS[way]
    assert kinds_in(query) == named
    sql = str(district_scope(BY_DISTRICT).narrowed(query))
    assert sql.count("district = ") == len(named), sql


def test_offices_are_districts_provinces_or_none() -> None:
    def where(*offices: str) -> str:
        narrowed = Scope(offices).narrowed(select(Case.id))
        return " ".join(str(narrowed.compile(compile_kwargs={"literal_binds": True})).split("WHERE ")[1].split())

    assert where("35.24") == where("35.24.17") == "cases.district = '35.24'"
    assert where("35.24", "18") == "cases.district = '35.24' OR cases.district LIKE '18.%'"
    assert where() == "false"


def test_an_agency_sees_only_its_own_of_its_districts() -> None:
    mine = Slice(Task, col(Task.agency) == "rsud-soegiri")
    sql = str(district_scope(BY_DISTRICT, [mine]).narrowed(select(Task.id)))
    assert "district = " in sql and "agency = " in sql
    assert "agency" not in str(district_scope(BY_DISTRICT, [mine]).narrowed(select(Case.id)))


def test_an_agencys_program_is_narrowed_whatever_its_roles() -> None:
    program = Principal("machine-a", "rsud-soegiri", frozenset({"agency", "section-head"}), ("35.24",))
    assert "to_agency = " in str(scope(program).narrowed(select(Handoff.id)))
    head = Principal("user:a", "dinsos-lamongan", frozenset({"section-head"}), ("35.24",))
    assert "to_agency = " not in str(scope(head).narrowed(select(Handoff.id)))


def test_one_of_our_own_services_sees_everything() -> None:
    query = select(Case)
    assert scope(system_principal("casework")).narrowed(query) is query


def test_what_the_chassis_keeps_is_read_by_whoever_names_it() -> None:
    assert "district = " not in str(district_scope(BY_DISTRICT).narrowed(select(PersonKnown.person_id)))
