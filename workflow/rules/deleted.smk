# Contract. In: the outputs that the rules declare, the results that there are. Out: what of them was deleted, as a target:
# Snakemake itself makes nothing again that only finished jobs read.

import re


def instances_of(each):
    """The outputs of each job of a rule: one a tumour, one a cohort, or one of all; none of a divided table."""
    values = {"sample": SAMPLES, "cohort": list(COHORTS)}
    names = sorted(each.wildcard_names)
    patterns = [str(path) for path in each.output]
    if not patterns or not set(names) <= set(values) or len(names) > 1:
        return []
    if not names:
        return [patterns]
    (name,) = names
    return [
        [re.sub(rf"\{{{name}(,[^}}]*)?\}}", value, pattern) for pattern in patterns]
        for value in values[name]
    ]


def deleted_outputs(wildcards):
    """An input function: outputs of finished jobs that are gone, and the tumours of a finished trial of which all is."""
    if IS_BEHIND:
        return []
    finished = not COHORTS and Path("results/cohort/manifest.tsv").is_file()
    deleted = []
    # of a workflow that imports this one it has rules too
    own = str(CHECKOUT / "workflow")
    for each in workflow.rules:
        if not str(each.snakefile).startswith(own):
            continue
        always = finished and each.name in TUMOR_RULES
        for outputs in instances_of(each):
            gone = [path for path in outputs if not os.path.exists(path)]
            if gone and (always or len(gone) < len(outputs)):
                deleted += gone
    return deleted
