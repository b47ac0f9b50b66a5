"""Loading a pack."""

from services.casework.office.case_types.domain import CASE_TYPES
from services.casework.office.directory.domain import CaseworkPack
from services.casework.office.directory.tables import Pack
from services.chassis.database import UnitOfWork
from services.chassis.errors import PackIsMissing
from services.chassis.packs import put_in_force


def check_pack(pack: CaseworkPack) -> None:
    """Raise ``PackIsMissing`` or ``AgencyIsUnknown`` when the pack refers to something that is not there."""
    for rules in pack.case_types:
        if CASE_TYPES.get(rules.case_type) is None:
            raise PackIsMissing(case_type=rules.case_type)
    for rule in pack.candidates:
        for agency in rule.agencies:
            pack.agency(agency)
    pack.agency(pack.office)
    for sla_rule in pack.sla_rules:
        for escalation_policy in (sla_rule.escalation_policy, sla_rule.receipt_escalation_policy):
            if escalation_policy not in pack.escalation_policies:
                raise PackIsMissing(escalation_policy=escalation_policy)
    for agency_ in pack.agencies:
        for desk in agency_.desks:
            if desk.calendar not in pack.calendars:
                raise PackIsMissing(calendar=desk.calendar)


async def load_pack(pack: CaseworkPack, uow: UnitOfWork) -> bool:
    """Put a pack in force; False when exactly this one is already loaded. Raises ``PackVersionIsTaken``."""
    check_pack(pack)
    return await put_in_force(Pack, pack, uow)
