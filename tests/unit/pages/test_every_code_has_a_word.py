"""Every code that a page can show has a word; what no page shows is listed here with its reason."""

import typing
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import pytest
from pydantic import BaseModel

from services.casework.office.case_types.domain import CASE_TYPES
from services.casework.person.custody.domain import PARTIES_WITHOUT_A_DESK
from services.casework.wiring import SERVICE as CASEWORK
from services.chassis.service import Service
from tests.support.classes import own
from tests.support.every_service import SERVICES

WORDED: Mapping[str, Mapping[str, str]] = {
    "casework": {
        "chassis.inbox.DeadLetterState": "dead_letter_state",
        "casework.case.ages.domain.AgeEvidence": "age_evidence",
        "casework.case.ages.domain.ChildAgainReason": "child_again_reason",
        "casework.case.cases.domain.CaseState": "case_state",
        "casework.case.cases.domain.AidState": "aid_state",
        "casework.case.cases.domain.HangingKind": "hanging",
        "casework.case.cases.domain.Whose": "whose",
        "casework.case.closing.domain.Kind": "blocker",
        "casework.case.closing.domain.Disposition": "closing_disposition",
        "casework.case.closing.domain.ForcedClosingReason": "closing_reason",
        "casework.case.notes.domain.NoteKind": "note_kind",
        "casework.case.requests.domain.CancelReason": "task_cancel",
        "casework.case.requests.domain.TaskByHand": "task_kind",
        "casework.case.plans.domain.PlannedService": "planned_service",
        "casework.case.plans.domain.PlanState": "plan_state",
        "casework.case.plans.domain.ReturnReason": "plan_return",
        "casework.case.plans.domain.Standing": "plan_standing",
        "casework.case.occurrences.domain.dispositions.Occurrence": "occurrence",
        "casework.case.occurrences.domain.revocations.RevocationReason": "revocation_reason",
        "casework.case.occurrences.domain.dispositions.Item": "occurrence_item",
        "casework.case.occurrences.domain.dispositions.Disposition": "occurrence_disposition",
        "casework.case.worklist.queries.DecisionKind": "decision",
        "casework.desks.closures.domain.ClosureReason": "closure_reason",
        "casework.desks.closures.domain.Disposition": "closure_disposition",
        "casework.desks.closures.domain.ItemDisposition": "item_disposition",
        "casework.desks.closures.domain.ItemState": "item_state",
        "casework.oversight.audit.domain.AuditList": "audit_list",
        "casework.desks.tasks.domain.TaskKind": "task_kind",
        "casework.desks.tasks.domain.TaskState": "task_state",
        "casework.handoff.conditions.domain.ConditionCode": "condition",
        "casework.handoff.conditions.domain.ConditionState": "condition_state",
        "casework.handoff.deadlines.domain.DeadlineKind": "deadline",
        "casework.handoff.deadlines.domain.DeadlineState": "deadline_state",
        "casework.handoff.deadlines.domain.Notice": "notice",
        "casework.handoff.disclosures.domain.PersonField": "person_field",
        "casework.handoff.disclosures.domain.Purpose": "purpose",
        "casework.handoff.handoffs.domain.codes.HandoffReason": "handoff_reason",
        "casework.handoff.handoffs.domain.codes.News": "news",
        "casework.handoff.handoffs.domain.codes.Question": "question",
        "casework.handoff.handoffs.domain.codes.Reply": "reply",
        "casework.handoff.handoffs.domain.codes.Speaker": "speaker",
        "casework.handoff.handoffs.domain.deciding.Act": "move",
        "casework.handoff.handoffs.domain.states.HandoffState": "handoff_state",
        "casework.handoff.handoffs.domain.states.Move": "move",
        "casework.office.directory.domain.pack.EscalationKind": "escalation",
        "casework.office.directory.domain.pack.Letter": "letter",
        "casework.office.findings.domain.Explanation": "explanation",
        "casework.office.findings.domain.FindingKind": "finding_kind",
        "casework.office.findings.domain.FindingState": "finding_state",
        "casework.papers.documents.domain.DocumentKind": "document_kind",
        "casework.papers.letters.domain.LetterReason": "letter_reason",
        "casework.papers.letters.domain.LetterMove": "letter_move",
        "casework.papers.letters.domain.LetterState": "letter_state",
        "casework.papers.links.domain.LinkState": "link_state",
        "casework.papers.links.domain.Standing": "link_visit",
        "casework.person.custody.domain.BelongingKind": "belonging",
        "casework.person.custody.domain.ClaimMove": "claim_move",
        "casework.person.custody.domain.ClaimState": "claim_state",
        "casework.person.custody.domain.ContradictionKind": "finding_kind",
        "casework.person.custody.domain.CustodianKind": "custodian_kind",
        "casework.person.custody.domain.ObservedState": "observed_state",
        "casework.person.custody.domain.Proof": "proof",
        "casework.person.profile.domain.Source": "told_by_source",
        "intake.persons.domain.IdentityStatus": "identity_status",
        "intake.registries.domain.CheckResult": "registry_result",
        "intake.reports.domain.Channel": "channel",
        "disbursement.entitlements.domain.RefusalReason": "refusal_reason",
    },
    "intake": {
        "chassis.inbox.DeadLetterState": "dead_letter_state",
        "contracts.values.kinds.Kind": "report_kind",
        "contracts.values.kinds.Urgency": "urgency",
        "contracts.values.nik.Sex": "sex",
        "intake.public.domain.ObjectionState": "objection_state",
        "intake.public.domain.Progress": "progress",
        "intake.reports.domain.Because": "because",
        "intake.reports.domain.Channel": "channel",
        "intake.reports.domain.RejectionReason": "report_reason",
        "intake.reports.domain.ReportState": "report_state",
    },
    "disbursement": {
        "disbursement.batches.domain.RejectionReason": "batch_reason",
        "disbursement.batches.domain.BatchState": "batch_state",
        "disbursement.batches.domain.PaymentState": "payment_state",
        "disbursement.findings.domain.FindingKind": "bank_finding",
        "disbursement.findings.domain.Resolution": "bank_resolution",
        "disbursement.findings.domain.ResolutionReason": "bank_decision_reason",
        "disbursement.reconciliation.domain.LineStatus": "bank_line",
        "disbursement.reconciliation.domain.Unreadable": "unreadable",
    },
}
"""Which kind of words tells the members of an enum, on whose pages."""

TOLD_OTHERWISE: Mapping[str, tuple[frozenset[str], str]] = {
    "casework.case.occurrences.domain.dispositions.Occurrence": (
        frozenset({"IDENTITY_MERGED", "SERVICE_ENDED", "CLOSING", "FORCED_CLOSING"}),
        "rows of the table that follow from acts of their own; nobody records them, no event carries them",
    ),
    "casework.papers.links.domain.Standing": (
        frozenset({"asks-pin", "wrong-pin", "opened", "answered"}),
        "each is a page of its own; only visits that opened nothing are listed",
    ),
    "intake.registries.domain.CheckResult": (frozenset({"PENDING"}), "a question without an answer makes no event"),
}
"""Members that are never told by a word, and why."""

NEVER_SHOWN: Mapping[str, str] = {
    "casework.case.ages.domain.AgeState": "the page says who waits for whom, or what stands",
    "casework.case.occurrences.domain.revocations.RevocationState": "spoken of as a proposal, or as revoked",
    "casework.case.closing.domain.Decision": "the page of a closing speaks of a proposal or of none",
    "casework.desks.closures.domain.ClosureState": "told by the count of what waits",
    "casework.handoff.conditions.domain.ConditionAbout": "told by a sentence of its own where it matters",
    "casework.handoff.conditions.domain.Verdict": "a step of a computation",
    "casework.handoff.disclosures.domain.AgencyKind": "an agency is told by its name",
    "casework.handoff.handoffs.domain.effects.Begins": "a row of the table of effects",
    "casework.handoff.handoffs.domain.effects.Pause": "a row of the table of effects",
    "casework.handoff.handoffs.domain.effects.Stamp": "a row of the table of effects",
    "casework.handoff.handoffs.domain.states.GroupOutcome": "the procedure's word; people see the hand-offs",
    "casework.handoff.handoffs.domain.states.HandoffDisposition": "a step of a computation",
    "casework.handoff.handoffs.domain.states.Side": "told by the names of the two agencies",
    "casework.office.directory.domain.calendars.DayOffKind": "stands in packs",
    "casework.office.directory.domain.due_times.DecreeEffect": "the timeline says only that a deadline changed",
    "casework.office.matters.domain.AboutKind": "what something is about is told by its number",
    "casework.papers.documents.domain.DocumentState": "has one member",
    "casework.person.custody.domain.ClaimSide": "told by the names of the two agencies",
    "casework.person.operations.domain.Side": "no page shows the counts of an operation",
    "chassis.offices.HeldBy": "told to administrators in docs/roles.md",
    "contracts.envelope.Sensitivity": "told on the page of events, which quotes the contract",
    "contracts.reference.AppliesTo": "stands in reference lists",
    "contracts.values.nik.NikErrorCode": "has a sentence for each member beside it",
    "contracts.values.nik.NikLevel": "answered by the API",
    "contracts.values.nik.NikWarning": "has a sentence for each member beside it",
    "contracts.values.places.RegionLevel": "stands in reference lists",
    "disbursement.batches.domain.Move": "people see the two actions `approve` and `reject`",
    "disbursement.entitlements.domain.EntitlementState": "no page shows entitlements",
    "disbursement.entitlements.domain.Move": "no page shows entitlements",
    "disbursement.entitlements.domain.Fact": "a step of a computation",
    "disbursement.entitlements.domain.HoldSource": "told by the reason",
    "disbursement.entitlements.domain.HoldState": "told by the reason",
    "disbursement.entitlements.domain.Place": "a step of a computation",
    "disbursement.entitlements.domain.Reach": "a step of a computation",
    "disbursement.ledger.domain.EntryKind": "no page shows the books",
    "disbursement.programmes.domain.AccountKind": "no page shows the books",
    "disbursement.programmes.domain.Period": "stands in packs",
    "intake.registries.domain.CheckKind": "told by who was asked",
    "notifications.channels.domain.DeliveryState": "notifications has no pages",
    "notifications.messages.domain.MessageState": "notifications has no pages",
    "notifications.messages.domain.Move": "notifications has no pages",
    "notifications.messages.domain.Reason": "the timeline says only that a message did not arrive",
    "notifications.subscribers.domain.SubscriberKind": "notifications has no pages",
    "notifications.templates.domain.Occasion": "stands in packs",
    "notifications.templates.domain.Recipient": "stands in packs",
}
"""Enums of which no page shows a member, and why."""

LITERALS: Mapping[str, str] = {
    "kind": "occurrence",
    "move": "move",
    "reason_code": "handoff_reason",
    "owner": "field.owner",
    "explanation": "explanation",
    "proof": "proof",
    "custodian_kind": "custodian_kind",
    "verdict": "condition_state",
    "escalation": "escalation",
    "result": "registry_result",
    "identity_status": "identity_status",
}
"""Which kind of casework's words tells a field whose values stand in its type."""

LITERALS_NEVER_SHOWN: Mapping[str, str] = {
    "mode": "how candidates are asked is no state",
    "side_by_side": "a pack's line, read by whoever writes it",
    "via": "told by a sentence of its own",
    "weekly": "stands in packs",
    "zone": "told as WIB, WITA or WIT",
    "channel": "stands in packs",
    "DeliveryReportIn.state": "said by the gateway's program",
    "specversion": "belongs to the envelope",
    "RegistryCheckCompleted.kind": "told by who was asked",
    "Programme.kind": "stands in packs",
}
"""Such fields that no page shows, and why."""


def name_of(thing: type) -> str:
    return f"{thing.__module__}.{thing.__name__}".removeprefix("services.")


def enums() -> dict[str, frozenset[str]]:
    return {name_of(enum): frozenset(member.value for member in typing.cast("Any", enum)) for enum in own(StrEnum)}


def literals() -> Iterator[tuple[str, str, frozenset[str]]]:
    """Each field whose values stand in its type: its class, itself, its values; settings aside."""

    def inside(shape: Any) -> Iterator[frozenset[str]]:
        if typing.get_origin(shape) is typing.Literal:
            yield frozenset(str(value) for value in typing.get_args(shape))
            return
        for part in typing.get_args(shape):
            yield from inside(part)

    for model in own(BaseModel):
        if not model.__module__.endswith(".settings"):
            for name, field in typing.cast("Any", model).model_fields.items():
                for values in inside(field.annotation):
                    yield model.__name__, name, values


def test_every_enum_is_worded_or_says_why_not() -> None:
    shown = {name for of_service in WORDED.values() for name in of_service}
    assert not shown & NEVER_SHOWN.keys()
    assert enums().keys() - shown - NEVER_SHOWN.keys() == set()
    assert (shown | NEVER_SHOWN.keys()) - enums().keys() == set()


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_member_of_an_enum_has_a_word(service: Service) -> None:
    for name, kind in WORDED.get(service.name, {}).items():
        silent = TOLD_OTHERWISE.get(name, (frozenset[str](), ""))[0]
        assert enums()[name] - silent == enums()[name] & service.pages.words[kind].keys(), name


def test_everything_that_a_type_of_case_names_has_its_word() -> None:
    for kind, named in CASE_TYPES.known.words().items():
        assert named and named.items() <= CASEWORK.pages.words[kind].items(), kind


def test_every_value_of_a_literal_has_a_word() -> None:
    for model, field, values in literals():
        if not {field, f"{model}.{field}"} & LITERALS_NEVER_SHOWN.keys():
            assert values <= CASEWORK.pages.words[LITERALS[field]].keys(), f"{model}.{field}"


def test_every_party_without_a_desk_has_a_word() -> None:
    parties = {code for codes in PARTIES_WITHOUT_A_DESK.values() for code in codes}
    assert parties == CASEWORK.pages.words["party"].keys()
