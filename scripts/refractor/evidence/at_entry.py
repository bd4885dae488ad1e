"""What the patients' sheet knows of a tumour at entry, as options of the steps that judge it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from refractor.settings.model import setting
from refractor.settings.target import StainingScore
from refractor.vocabulary import YesNo


class MicrosatelliteStatus(StrEnum):
    """Whether microsatellites are stable."""

    INSTABLE = "MSI"
    STABLE = "MSS"


@dataclass(frozen=True, slots=True)
class AtEntry:
    """Columns of the patients' sheet that were known before treatment and speak of the tumour; None = not known."""

    patient_prior_anti_egfr: YesNo | None = setting(
        None, "Earlier treatment with an antibody against EGFR.", when_empty="not known"
    )
    patient_her2_ihc: StainingScore | None = setting(
        None, "Immunohistochemistry of the gene that its name says.", when_empty="not known"
    )
    patient_target_ihc: StainingScore | None = setting(
        None, "Immunohistochemistry of the cohort's target.", when_empty="not known"
    )
    patient_target_percent: float | None = setting(
        None, "Share of cells that express it.", unit="%", when_empty="not known", minimum=0, maximum=100
    )
    patient_msi_status: MicrosatelliteStatus | None = setting(
        None, "Microsatellite status.", when_empty="not known"
    )
    patient_tmb_per_mb: float | None = setting(
        None, "Tumour mutational burden.", unit="mutations per Mb", when_empty="not known", minimum=0
    )

    @property
    def prior_anti_egfr(self) -> bool | None:
        """Whether an antibody against EGFR was given before."""
        return None if self.patient_prior_anti_egfr is None else self.patient_prior_anti_egfr is YesNo.YES

    def protein_scores(self, copied_gene: str, target_gene: str | None) -> dict[str, str]:
        """Staining scores by gene: of the gene that her2_ihc is of, and of the target's, whose own column has the word."""
        scores = {copied_gene: self.patient_her2_ihc}
        if target_gene is not None and self.patient_target_ihc is not None:
            scores[target_gene] = self.patient_target_ihc
        return {gene: str(score) for gene, score in scores.items() if score is not None}


UNKNOWN_ENTRY = AtEntry()
