"""The tables over all cohorts of a platform trial."""

from __future__ import annotations

from refractor.results.records import column, record, table_of


@record
class PlatformCohort:
    """One cohort of a platform trial: how many entered, where it stands, who had benefit, who is explained."""

    cohort: str = column("Name of the cohort in the configuration")
    title: str = column("Name of the cohort in its own file")
    drugs: str = column("Drugs, separated by semicolons")
    disease: str = column("Disease")
    patients: int = column("Patients treated", "patients")
    sequenced: int = column("Patients with a usable genome", "patients")
    evaluable: int | None = column("Patients who count in the endpoints", "patients", default=None)
    with_benefit: int | None = column("Evaluable patients with clinical benefit", "patients", default=None)
    benefit_known: int | None = column("Evaluable patients whose benefit is known", "patients", default=None)
    benefit: float | None = column("Share with clinical benefit", "0-1", default=None)
    benefit_low: float | None = column("Lower bound of its exact 95 % interval", "0-1", default=None)
    benefit_high: float | None = column("Upper bound of its exact 95 % interval", "0-1", default=None)
    benefit_pooled: float | None = column(
        "Share with clinical benefit, cohorts sharing strength (EXNEX model), posterior mean", "0-1", default=None
    )
    benefit_pooled_low: float | None = column("Lower bound of its central 95 % range", "0-1", default=None)
    benefit_pooled_high: float | None = column("Upper bound of its central 95 % range", "0-1", default=None)
    stage: str | None = column("Where the two-stage design stands; empty without one", default=None)
    explained_without_benefit: int | None = column(
        "Assessable patients without benefit who carry a candidate of R1 to R3", "patients", default=None
    )
    assessable_without_benefit: int | None = column(
        "Assessable patients without benefit", "patients", default=None
    )
    explained_with_benefit: int | None = column("The same with benefit: the control", "patients", default=None)
    assessable_with_benefit: int | None = column("Assessable patients with benefit", "patients", default=None)


PLATFORM = table_of(PlatformCohort, "cohorts.tsv", step="render_overview")


@record
class PlatformMechanism:
    """One group of mechanisms over all cohorts: who carries it, by benefit."""

    mechanism: str = column("Group of mechanisms")
    cohort: str = column("Name of the cohort; all for the sum")
    carriers_without_benefit: int = column("Carriers without benefit", "patients")
    without_benefit: int = column("Assessable patients without benefit", "patients")
    carriers_with_benefit: int = column("Carriers with benefit", "patients")
    with_benefit: int = column("Assessable patients with benefit", "patients")


PLATFORM_MECHANISMS = table_of(PlatformMechanism, "mechanisms.tsv", step="render_overview")
