"""Mutants that nobody can notice, because they mean the same; each was looked at. Short, or the tests have a hole."""

FINISHED = "no `await workflow.wait_condition(workflow.all_handlers_finished)`"

CHANGES: dict[str, str] = {
    FINISHED: "handlers here are plain functions and end where they began; the line is for the first that awaits",
}
"""By change, wherever it stands: why it is the same."""

RAISES = "it ends by raising, so that nothing after it is reached"
GROWS = "it is only asked whether it grew"
BY_THEN = "it is so by then"
MUTANTS: dict[str, str] = {
    "services/casework/case/procedures/blocks.py:CaseProcedure.handoff: "
    "twice `await self.happened(result, TOLD_WITH_A_FAILURE[result.reason_code])`": RAISES,
    "services/casework/case/procedures/odgj/workflow.py:OdgjProcedure.procedure: "
    "twice `await self.happened(screening, 'NOT_THIS_TYPE')`": RAISES,
    "services/casework/case/procedures/blocks.py:CaseProcedure.step_ended: `True` -> `False`": (
        "it is kept because it ended"
    ),
    "services/casework/handoff/handoffs/workflow.py:HandoffWorkflow.run: "
    "twice `await workflow.wait_condition(lambda: self._changed, timeout=max(wait, timedelta(0)))`": BY_THEN,
    "services/casework/case/procedures/blocks.py:CaseProcedure.step_ended: `1` -> `2`": GROWS,
    "services/casework/case/procedures/blocks.py:CaseProcedure.handoff: `False` -> `True`": (
        "whoever waited until somebody was ready looks at the outcome"
    ),
    "services/casework/case/procedures/blocks.py:CaseProcedure.case_changed: `1` -> `2`": GROWS,
    "services/casework/case/procedures/blocks.py:CaseProcedure.__init__: `0` -> `1`": GROWS,
    "services/casework/case/procedures/blocks.py:CaseProcedure.close: "
    "twice `await workflow.wait_condition(lambda: self._changes > seen or self._is_over or "
    "(is_cut_short and self._is_given_again()), timeout=LOOK_AGAIN)`": BY_THEN,
    "services/disbursement/reconciliation/workflow.py:PaymentBatchWorkflow._wait: "
    "twice `await workflow.wait_condition(lambda: self._changed, timeout=longest)`": BY_THEN,
    "services/casework/case/procedures/odgj/workflow.py:OdgjProcedure.way_home: "
    "twice `await self.task('way-out', 'WAY_OUT', occurrence=occurrence)`": "a task that was done is told to be done",
    "services/casework/case/procedures/odgj/workflow.py:OdgjProcedure.identity_and_funding: `''` -> `'-OTHER'`": (
        "neither active nor in arrears either way"
    ),
    "services/casework/case/procedures/blocks.py:module: `'READY'` -> `'READY-OTHER'`": (
        "one name for both sides, and in no history"
    ),
    "services/disbursement/reconciliation/workflow.py:PaymentBatchWorkflow.__init__: `False` -> `True`": (
        "set anew before it is asked"
    ),
    "services/casework/handoff/handoffs/workflow.py:HandoffWorkflow.__init__: `False` -> `True`": (
        "set anew before it is asked"
    ),
}
"""By the mutant's name: why it is the same."""

RULES: dict[str, str] = {
    "kind = stated or KIND_OF.get(self.name, )": "no kind is false either way",
    'drawn = hmac.digest(secret, b"pin" + link_id.bytes + number.to_bytes(4, ), "sha256")': "«big» is the default",
    'return hmac.digest(secret, b"kept" + link_id.bytes + pin.encode(), "SHA256").hex()': "a name of the same digest",
    'return HandoffState(held_state or "XXXX")': "no state either way: an error nobody can cause by a move",
}
"""Mutants of rules (`make mutate-rules`) by what they say instead: why it is the same."""


def reason_for(name: str, change: str) -> str:
    """Why nobody has to notice the mutant; empty when somebody has to."""
    return MUTANTS.get(name) or CHANGES.get(change, "")
