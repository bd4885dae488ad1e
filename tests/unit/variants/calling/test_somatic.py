from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refractor.variants.calling.somatic import NormalRule, NormalVerdict, normal_verdict

RULE = NormalRule()


@pytest.mark.parametrize(
    ("vaf", "alt", "depth", "verdict"),
    [
        (0.64, 0, 45, NormalVerdict.ABSENT),
        (0.5, 20, 45, NormalVerdict.CARRIED),
        (0.5, 2, 60, NormalVerdict.ABSENT),  # tolerated VAF 0.05: P(X >= 2 | 60) = 0.81
        (0.05, 2, 40, NormalVerdict.ABSENT),  # tolerated 0.005: P(X >= 2 | 40) = 0.017
        (0.05, 3, 40, NormalVerdict.CARRIED),  # P(X >= 3 | 40) = 0.001
        (0.5, 0, 6, NormalVerdict.TOO_SHALLOW),  # 0.65^6 = 0.075
        (0.5, 0, 7, NormalVerdict.ABSENT),  # 0.65^7 = 0.049
        (0.5, 0, 0, NormalVerdict.TOO_SHALLOW),
        (0.5, None, None, NormalVerdict.NO_NORMAL),
    ],
)
def test_normal_verdict(vaf, alt, depth, verdict):
    assert normal_verdict(vaf, normal_alt=alt, normal_depth=depth, rule=RULE) is verdict


@given(depth=st.integers(20, 400), vaf=st.floats(0.01, 1.0))
def test_an_inherited_allele_is_always_carried(depth, vaf):
    verdict = normal_verdict(vaf, normal_alt=depth // 2, normal_depth=depth, rule=RULE)
    assert verdict is NormalVerdict.CARRIED
