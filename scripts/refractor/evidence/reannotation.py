"""What changed in a tumour's evidence since the last annotation that differed.

The step keeps a state file beside its tables. A run with the same knowledge and input as the last is compared
with what came before that one, so that running again does not lose the record.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from refractor.files.atomic import written_aside
from refractor.files.digests import file_checksum
from refractor.results.evidence_tables import EvidenceChange, KindOfChange, ReportedAlteration
from refractor.vocabulary import yes_no

log = logging.getLogger(__name__)

STATE_FILE = ".evidence_state.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Evidence:
    """One alteration and rule with its grade and sources."""

    gene: str
    alteration: str
    rule_id: str
    tier: str
    direction: str
    candidate: str
    sources: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What stays the same when evidence is regraded."""
        return (self.gene, self.alteration, self.rule_id)

    @property
    def grade(self) -> str:
        """Tier, direction and whether it is a candidate, in words."""
        return f"{self.tier} {self.direction}, candidate {self.candidate}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One annotation: versions of what it rests on, digest of the tumour's input, evidence, label."""

    knowledge: str
    inputs: str
    label: str
    evidence: tuple[Evidence, ...]


def digest_of(files: Sequence[Path], *, further: Sequence[str] = ()) -> str:
    """A short digest of the files' contents and of `further` checksums, where an empty one says that there is none."""
    sums = [*map(file_checksum, files), *(checksum or "-" for checksum in further)]
    return hashlib.sha256("\n".join(sums).encode()).hexdigest()[:16]


def snapshot_of(
    alterations: Iterable[ReportedAlteration], *, knowledge: str, inputs: str, label: str
) -> Snapshot:
    """The annotation that alterations.tsv holds, alterations without a rule left out."""
    evidence = tuple(
        Evidence(
            gene=one.gene,
            alteration=one.alteration,
            rule_id=one.rule_id,
            tier=one.tier or "",
            direction=one.direction or "",
            candidate=yes_no(one.candidate),
            sources=_sources(one),
        )
        for one in alterations
        if one.rule_id
    )
    return Snapshot(knowledge, inputs, label, evidence)


def _sources(one: ReportedAlteration) -> str:
    parts = [("PMID", one.pmids), ("EID", one.civic_eids)]
    return "; ".join(f"{name} {value}" for name, value in parts if value)


def changes_between(before: Snapshot, after: Snapshot) -> tuple[EvidenceChange, ...]:
    """Evidence added, dropped, regraded or with other sources, and a changed label."""
    return tuple(_changes(before, after))


def _changes(before: Snapshot, after: Snapshot) -> Iterator[EvidenceChange]:
    other_knowledge, other_input = before.knowledge != after.knowledge, before.inputs != after.inputs

    def change(what: KindOfChange, item: Evidence | None, old: str | None, new: str | None) -> EvidenceChange:
        return EvidenceChange(
            change=what,
            gene=None if item is None else item.gene,
            alteration=None if item is None else item.alteration,
            rule_id=None if item is None else item.rule_id,
            before=old,
            after=new,
            cause="both" if other_knowledge and other_input else "input" if other_input else "knowledge",
            knowledge_before=before.knowledge,
            knowledge_after=after.knowledge,
        )

    if before.label != after.label:
        yield change("relabelled", None, before.label, after.label)
    old = {item.key: item for item in before.evidence}
    new = {item.key: item for item in after.evidence}
    for key, item in new.items():
        earlier = old.get(key)
        if earlier is None:
            yield change("added", item, None, item.grade)
            continue
        if earlier.grade != item.grade:
            yield change("regraded", item, earlier.grade, item.grade)
        if earlier.sources != item.sources:
            yield change("sources_changed", item, earlier.sources or None, item.sources or None)
    for key, item in old.items():
        if key not in new:
            yield change("dropped", item, item.grade, None)


def record_annotation(folder: Path, current: Snapshot) -> tuple[EvidenceChange, ...]:
    """The changes since the last differing annotation in `folder`; the state file is brought up to date."""
    path = folder / STATE_FILE
    last, earlier = _read(path)
    if last is not None and (last.knowledge, last.inputs) == (current.knowledge, current.inputs):
        before = earlier
    else:
        before = last
    _write(path, current, before)
    return () if before is None else changes_between(before, current)


def keep_state(folder: Path) -> None:
    """Leave the state in `folder` as it is; where there is none, as before a tumour's first annotation, say that."""
    if not (folder / STATE_FILE).is_file():
        _write(folder / STATE_FILE, None, None)


def _write(path: Path, *annotations: Snapshot | None) -> None:
    current, before = (None if one is None else asdict(one) for one in annotations)
    state = {"format": _FORMAT, "current": current, "before": before}
    with written_aside(path) as scratch:
        scratch.write_text(json.dumps(state, indent=1, sort_keys=True), encoding="utf-8")


def _read(path: Path) -> tuple[Snapshot | None, Snapshot | None]:
    """The last annotation and the one before it; nothing where there is no usable state."""
    if not path.is_file():
        return None, None
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        if state["format"] != _FORMAT:
            return None, None
        return _snapshot(state["current"]), _snapshot(state["before"])
    except (ValueError, KeyError, TypeError) as error:
        log.warning("%s cannot be used (%s): changes are counted from now on", path, error)
        return None, None


def _snapshot(given: dict[str, object] | None) -> Snapshot | None:
    if given is None:
        return None
    bare = Snapshot(**{**given, "evidence": ()})  # type: ignore[arg-type]
    evidence = given["evidence"]
    if not isinstance(evidence, list):
        raise TypeError("evidence is no list")
    return replace(bare, evidence=tuple(Evidence(**item) for item in evidence))
