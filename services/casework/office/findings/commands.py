"""The only code that changes findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.casework.office.directory.queries import pack_in_force
from services.casework.office.findings import access, domain, facts, repository
from services.casework.office.findings.domain import Explanation, FindingState, Found, Standing
from services.casework.office.findings.tables import Finding
from services.chassis import clock
from services.chassis.database import UnitOfWork
from services.chassis.errors import NotFound


async def keep_findings(rule_key: str, district: str, found: Sequence[Found], uow: UnitOfWork) -> list[Finding]:
    """Bring the findings about one thing in step with what its rule finds now; returns those opened by this.

    One row per kind and cause, however often it is found. What is found no more is settled; what people explained
    stays explained.
    """
    rows = {(row.kind, row.cause): row for row in await repository.of_rule(uow, rule_key)}
    wanted = {one.key: one for one in found}
    known = {key: Standing(row.state, row.explanation) for key, row in rows.items()}
    step = domain.next_step(known, wanted)
    now = await uow.now()
    opened = []
    for key in step.opened:
        one = wanted[key]
        row = Finding(
            id=clock.new_id(),
            correlation_id=one.correlation_id,
            district=district,
            rule_key=rule_key,
            kind=one.kind.value,
            cause=one.cause,
            owner=one.owner,
            about_kind=one.about.kind.value,
            about_id=one.about.id,
            person_id=one.person_id,
            details=dict(one.details),
            state=FindingState.OPEN.value,
            found_at=now,
        )
        uow.create(row, "open")
        opened.append(row)
    for key in step.reopened:
        row = rows[key]
        uow.change(
            row,
            "open_again",
            state=FindingState.OPEN.value,
            details=dict(wanted[key].details),
            explanation=None,
            reason=None,
            explained_by=None,
            explained_at=None,
        )
        opened.append(row)
    for key in step.settled:
        await _explain(rows[key], "settle", Explanation.SETTLED, None, uow)
    for key, row in rows.items():
        if key in wanted and key not in step.reopened and row.details != dict(wanted[key].details):
            uow.change(row, "look_again", details=dict(wanted[key].details))
    for row in opened:
        uow.publish(facts.finding_opened(row), about=row)
        uow.feed(row.owner, facts.feed_item(row, "opened"), about=row)
    return opened


@dataclass(frozen=True, slots=True)
class ExplainFinding:
    """Somebody says why it did not match; ``reason`` is short and names nobody."""

    finding_id: UUID
    explanation: Explanation
    reason: str
    expected_version: int | None = None


async def explain_finding(command: ExplainFinding, uow: UnitOfWork) -> Finding:
    """Explain an open finding; the records stay as they are.

    Raises ``NotFound`` to whoever may not see it, ``StaleVersion``, ``FindingIsExplained``.
    """
    finding = await uow.locked(Finding, command.finding_id)
    office = (await pack_in_force(uow, finding.district)).office
    if not access.may_see(uow.principal, finding.owner, office):
        raise NotFound(kind="case_findings")
    if command.expected_version is not None and finding.version != command.expected_version:
        await uow.locked(Finding, command.finding_id, command.expected_version)
    if finding.state != FindingState.OPEN:
        raise domain.FindingIsExplained((), state=finding.state)
    await _explain(finding, "explain", command.explanation, command.reason, uow)
    return finding


async def _explain(finding: Finding, verb: str, explanation: Explanation, reason: str | None, uow: UnitOfWork) -> None:
    uow.change(
        finding,
        verb,
        state=FindingState.EXPLAINED.value,
        explanation=explanation.value,
        reason=reason,
        explained_by=uow.principal.actor,
        explained_at=await uow.now(),
    )
    uow.publish(facts.finding_explained(finding), about=finding)
    uow.feed(finding.owner, facts.feed_item(finding, "explained"), about=finding)
