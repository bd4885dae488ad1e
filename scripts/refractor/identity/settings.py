"""When two samples count as one person's."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from refractor.errors import InputError, Problem


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """The limits of the configuration's group `identity`; our choices.

    Samples of one person agree at 98 % and more, less what is contamination; parent and child at about 78 %,
    strangers at about 60 % (SNP frequency 0.4, Hardy-Weinberg).
    """

    min_sites: int = 50
    same_person_concordance: float = 0.9
    different_person_concordance: float = 0.8
    contamination: float = 0.03
    """Share of foreign DNA from which qc.tsv warns: germline alleles then look like subclonal variants."""


def add_identity_options(options: argparse.ArgumentParser) -> None:
    """Add the options of the group `identity` to a step's command line."""
    defaults = IdentitySettings()
    options.add_argument(
        "--min-sites", type=int, default=defaults.min_sites, help="SNPs that both samples must show"
    )
    options.add_argument(
        "--same-person-concordance",
        type=float,
        default=defaults.same_person_concordance,
        help="concordance (0-1) from which two samples are one person's",
    )
    options.add_argument(
        "--different-person-concordance",
        type=float,
        default=defaults.different_person_concordance,
        help="concordance (0-1) below which they are not",
    )


def identity_settings(arguments: argparse.Namespace) -> IdentitySettings:
    """The settings of a command line; an InputError where the limits contradict each other."""
    same, different = arguments.same_person_concordance, arguments.different_person_concordance
    if different > same:
        raise InputError(
            Problem(
                "config",
                f"identity.different_person_concordance {different:g} is over "
                f"identity.same_person_concordance {same:g}",
                allowed="two people agree less than one",
            )
        )
    return IdentitySettings(
        min_sites=arguments.min_sites,
        same_person_concordance=same,
        different_person_concordance=different,
    )
