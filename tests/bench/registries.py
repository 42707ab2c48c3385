"""Realistic registries of any size: the same bytes for the same plan.

A registry is a folder with `declarations/` in a Git repository of its own, ready for
`sayso build`. Rows are columns here too: a hundred million take minutes and less than
one gigabyte of memory.

    python -m tests.bench.registries FOLDER --recordings 1M
"""

import argparse
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tests.bench.cells import draw_cells
from tests.bench.distribution import Distribution, distribution, sizes
from tests.bench.labels import Label, Labels
from tests.bench.measure import number_of
from tests.bench.repository import commit_all
from tests.bench.small import write_artists
from tests.bench.texts import OPERATORS, POLICY, decision, dispute
from tests.bench.vouching import vouch

SUMMARY = "summary.json"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a registry is made from.

    Attributes:
        recordings: how many different recordings are listed, within a per mille.
        labels: how many owners have catalogues; 0 for as many as fit.
        artists: how many owners list up to 500 recordings in YAML.
        overlap: how many further rows list a recording of another owner.
        hyphens: share of owners who write codes as XX-F01-26-00001.
    """

    recordings: int
    seed: int = 1
    labels: int = 0
    artists: int = 200
    overlap: float = 0.03
    hyphens: float = 0.03
    distribution: str = ""

    @property
    def label_count(self) -> int:
        """How many owners have catalogues: 500 at a million, 2,000 at a hundred."""
        fitting = int(500 * (self.recordings / 1_000_000) ** 0.3)
        return self.labels or max(fitting, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was written."""

    recordings: int
    rows: int
    catalogues: int
    owners: int
    files: int
    bytes: int
    commit: str


def write_registry(folder: Path, plan: Plan) -> Summary:
    """Write a registry below an empty or new folder, and commit it."""
    declarations = folder / "declarations"
    rng = np.random.default_rng(plan.seed)
    law = distribution(Path(plan.distribution) if plan.distribution else None)
    artists = min(plan.artists, plan.recordings // 100)
    texts = {"registry/policy.yaml": POLICY, "registry/operators.yaml": OPERATORS}
    listed = write_artists(declarations, artists, texts)
    parts = sizes(plan.recordings - listed, plan.label_count)
    cells, bounds, prefixes, count = draw_cells(parts, law, rng)
    labels = Labels(
        declarations=declarations,
        cells=cells,
        bounds=bounds,
        prefixes=draw_prefixes(count, law, rng),
        overlap=plan.overlap,
        hyphens=plan.hyphens,
    )
    for number, places in enumerate(prefixes):
        texts |= labels.write(number, places)
    texts |= _contested(labels.written)
    write_texts(declarations, texts)
    vouch(declarations)
    sizes_of_files = [p.stat().st_size for p in declarations.rglob("*") if p.is_file()]
    summary = Summary(
        recordings=listed + int(cells.count.sum()),
        rows=listed + sum(label.rows for label in labels.written),
        catalogues=sum(label.files for label in labels.written),
        owners=artists + len(parts),
        files=len(sizes_of_files),
        bytes=sum(sizes_of_files),
        commit=commit_all(folder, "registry"),
    )
    facts = {"plan": asdict(plan), "summary": asdict(summary)}
    (folder / SUMMARY).write_text(json.dumps(facts, indent=1), "utf-8")
    return summary


def known_registry(folder: Path, plan: Plan) -> Summary | None:
    """Return what stands in a folder, if it was made from this plan."""
    try:
        facts = json.loads((folder / SUMMARY).read_text("utf-8"))
    except OSError:
        return None
    return Summary(**facts["summary"]) if facts["plan"] == asdict(plan) else None


def draw_prefixes(count: int, law: Distribution, rng: np.random.Generator) -> list[str]:
    """Return different prefixes: known ones first, then invented ones by country."""
    found = dict.fromkeys(law.prefixes[:count])
    countries, shares = list(law.countries), list(law.countries.values())
    while len(found) < count:
        country = countries[int(rng.choice(len(countries), p=shares))]
        letters = (_ALPHABET[int(place)] for place in rng.integers(0, 36, 3))
        found[country + "".join(letters)] = None
    return list(found)


def write_texts(folder: Path, texts: dict[str, str]) -> None:
    """Write files by relative path."""
    for path, text in texts.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")


def _contested(labels: list[Label]) -> dict[str, str]:
    """Return disputes about overlaps, every other one accepted, and one settled."""
    texts: dict[str, str] = {}
    disputed = [label for label in labels if label.overlaps][:40]
    for number, label in enumerate(disputed):
        name = f"20260501-overlap-{number:03d}"
        text = dispute(label.owner, label.partner, label.overlaps[:10])
        texts[f"disputes/2026/{name}.yaml"] = text
        if number % 2:
            accepted = decision("dispute-accepted", f"dispute: {name}")
            texts[f"registry/decisions/2026/{name}.yaml"] = accepted
    if disputed:
        isrcs = ", ".join(disputed[0].overlaps[10:20])
        lines = (f"owner: {disputed[0].partner}", f"isrcs: [{isrcs}]")
        if isrcs:
            settled = decision("settled", *lines)
            texts["registry/decisions/2026/settled.yaml"] = settled
    return texts


def main() -> None:
    """Write a registry, as a child of the benchmark or by hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.registries")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--recordings", type=number_of, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hyphens", type=float, default=0.03)
    parser.add_argument("--distribution", default="")
    given = parser.parse_args()
    plan = Plan(
        recordings=given.recordings,
        seed=given.seed,
        hyphens=given.hyphens,
        distribution=given.distribution,
    )
    summary = known_registry(given.folder, plan) or write_registry(given.folder, plan)
    sys.stdout.write(json.dumps(asdict(summary)) + "\n")


if __name__ == "__main__":
    main()
