"""Addresses of what a page names: papers, CIViC's items, trials and genes. A page works without them."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

ADDRESSES = {
    r"PMIDs? ?(?P<pmid>\d{5,9})": "https://pubmed.ncbi.nlm.nih.gov/{pmid}/",
    r"(?P<pmc>PMC\d{5,9})": "https://pmc.ncbi.nlm.nih.gov/articles/{pmc}/",
    r"EID ?(?P<eid>\d+)": "https://civicdb.org/links/evidence_items/{eid}",
    r"(?P<nct>NCT\d{8})": "https://clinicaltrials.gov/study/{nct}",
    r"doi:(?P<doi>10\.\d{4,9}/[^\s;,<>\"']+[^\s;,.<>\"')])": "https://doi.org/{doi}",
}
"""What is linked, and where it leads."""
GENE = "https://www.genenames.org/tools/search/#!/?query={symbol}"
_ANY = re.compile("|".join(ADDRESSES))
_FIRST_GROUP = {next(iter(re.compile(pattern).groupindex)): address for pattern, address in ADDRESSES.items()}


def linked(text: str | None) -> Markup:
    """A text, escaped, whose papers, items and trials lead to their pages."""
    text = text or ""
    made, end = Markup(), 0
    for found in _ANY.finditer(text):
        made += escape(text[end : found.start()])
        kind = str(found.lastgroup)
        made += link(_FIRST_GROUP[kind].format(**{kind: found[kind]}), found[0])
        end = found.end()
    return made + escape(text[end:])


def gene_link(symbol: str) -> Markup:
    """A gene's symbol that leads to its entry at HGNC."""
    return link(GENE.format(symbol=symbol), symbol)


def link(address: str, words: str) -> Markup:
    """A link outside, told apart by its class; the page it leads to learns nothing of this one."""
    return Markup('<a class="out" rel="noreferrer noopener" target="_blank" href="{}">{}</a>').format(
        address, words
    )
