"""The kinds of event that a rule can ask for. A new kind is a module of this folder and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from refractor.evidence.events.amplification_by_definition import AmplificationByDefinition
from refractor.evidence.events.amplified_gene import Amplification
from refractor.evidence.events.any_change import AnyChange
from refractor.evidence.events.biallelic_loss import BiallelicLoss
from refractor.evidence.events.changed_codons import ChangedCodons
from refractor.evidence.events.changed_regions import ChangedRegions
from refractor.evidence.events.event import Event
from refractor.evidence.events.fusion import Fusion
from refractor.evidence.events.intragenic_deletion import IntragenicDeletion
from refractor.evidence.events.intragenic_duplication import IntragenicDuplication
from refractor.evidence.events.listed_changes import ListedChanges
from refractor.evidence.events.low_copy_number import LowCopyNumber
from refractor.evidence.events.low_purity import LowPurity
from refractor.evidence.events.non_focal_gain import NonFocalGain
from refractor.evidence.events.outside_genome import (
    Clinical,
    Germline,
    HeterogeneousAmplification,
    Signature,
)
from refractor.evidence.events.rearrangement import Rearrangement
from refractor.evidence.events.splice_sites import SpliceSites
from refractor.evidence.events.truncation import Truncation

_KINDS: tuple[type[Event], ...] = (
    ListedChanges,
    ChangedCodons,
    ChangedRegions,
    Truncation,
    SpliceSites,
    AnyChange,
    BiallelicLoss,
    Amplification,
    AmplificationByDefinition,
    LowCopyNumber,
    NonFocalGain,
    HeterogeneousAmplification,
    IntragenicDeletion,
    IntragenicDuplication,
    Fusion,
    Rearrangement,
    Signature,
    Germline,
    Clinical,
    LowPurity,
)

EVENTS: Mapping[str, type[Event]] = {kind.kind: kind for kind in _KINDS}
"""The class of each word of the column event_type."""
