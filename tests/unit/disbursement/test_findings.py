"""What people may decide about what they have to see to."""

import pytest

from services.disbursement.findings import domain
from services.disbursement.findings.domain import FindingKind, Resolution


@pytest.mark.parametrize("kind", list(FindingKind))
@pytest.mark.parametrize("resolution", list(Resolution))
def test_a_finding_is_resolved_once_and_in_its_own_way(kind: FindingKind, resolution: Resolution) -> None:
    with pytest.raises(domain.FindingIsResolved):
        domain.check_resolution(kind, False, resolution)
    if resolution in domain.RESOLUTIONS[kind]:
        domain.check_resolution(kind, True, resolution)
    else:
        with pytest.raises(domain.ResolutionDoesNotFit):
            domain.check_resolution(kind, True, resolution)


def test_whose_aid_is_kept_back_is_not_paid_again() -> None:
    kind = FindingKind.PAYMENT_RETURNED
    with pytest.raises(domain.ResolutionDoesNotFit) as refused:
        domain.check_resolution(kind, True, Resolution.PAY_AGAIN, is_kept_back=True)
    assert refused.value.legal_now == ("END_AID",)
    domain.check_resolution(kind, True, Resolution.END_AID, is_kept_back=True)
