"""Writes into docs/quality.md what became of the mutants of the samples, from what is kept of them.

    python scripts/mutants_page.py --from first.json second.json    take the records of `scripts/mutants.py` over
    python scripts/mutants_page.py                                  write the page's section again

Each record is of the same sample, or of what an earlier one has left; a sample of another seed comes beside those that
are kept, and one of the same seed in its place. What is left in the end is kept in `scripts/mutants_left.json`, by the
text of its line, with a sentence that says why no test tells the two apart; a new one comes without a sentence, and
somebody has to look at it. A survivor that got a test afterwards, or whose line went, stays there and says so, because
its sample was taken before.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "scripts/mutants_left.json"
PAGE = ROOT / "docs/quality.md"
MARKS = ("<!-- mutants -->", "<!-- end of mutants -->")
KINDS = {
    "same": "mean the same: no input tells them apart",
    "looks": "change only how fast it is, or what is kept, counted or worded",
    "far": "move a limit that is far from anything that stands in a file",
    "open": "are not noticed, and should be",
    "since": "are noticed now, by tests that came after that commit or were not among those asked",
    "gone": "are gone with the code that they changed, which did nothing or was wrong",
}
"""What a survivor can be."""

_ANSWERED = ("since", "gone")


def taken_over(records: Sequence[Mapping[str, Any]], samples: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is kept of all samples: of a new one its size, and each mutant that all its records have left."""
    seed = records[0]["seed"]
    known = {
        (one["where"], one["text"], one["what"]): one
        for sample in samples
        for one in sample["left"]
        if one["kind"] not in _ANSWERED
    }
    left = []
    for one in records[-1]["left"]:
        file, line, what = re.fullmatch(r"(.+?):(\d+): (.+)", one).groups()  # type: ignore[union-attr]
        text = (ROOT / file).read_text("utf-8").splitlines()[int(line) - 1].strip()
        where = file.removeprefix("rea_xcom_tui/")
        new = {"where": where, "text": text, "what": what, "kind": "", "why": ""}
        left.append(known.get((where, text, what), new))
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True).strip()
    made = {
        "commit": commit,
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "seed": seed,
        "of": records[0]["of"],
        "sample": records[0]["sample"],
        "left": left,
    }
    return [*(dict(sample) for sample in samples if sample["seed"] != seed), made]


def section(kept: Mapping[str, Any]) -> str:
    """The page's section: what became of each sample, and the survivors of all."""
    samples = kept["samples"]
    every = sorted(
        (one for sample in samples for one in sample["left"]), key=lambda one: (one["kind"], one["where"], one["text"])
    )
    lines = [line for sample in samples for line in _told(sample)]
    lines += _table("why no test tells", (one for one in every if one["kind"] not in _ANSWERED))
    answered = [one for one in every if one["kind"] in _ANSWERED]
    if answered:
        lines += ["", "Those that are noticed now, or gone:", ""]
        lines += _table("by which test it is noticed, or why the code went", answered)
    return "\n".join(lines)


def _told(sample: Mapping[str, Any]) -> list[str]:
    left = sample["left"]
    kinds = Counter(one["kind"] or "open" for one in left)
    noticed = sample["sample"] - len(left)
    other = sample["sample"] - kinds["same"]
    said = [f"* {kinds[kind]} {words}" for kind, words in KINDS.items() if kinds[kind]]
    lines = [
        f"Of {sample['of']:,} mutants of `values` and `xcom/rules`, {sample['sample']} were drawn (seed "
        f"{sample['seed']})",
        f"and tried on {sample['day']}, at commit {sample['commit']}: {noticed} were noticed there and",
        f"{len(left)} survived. Every survivor was looked at:",
        "",
        *(f"{each};" for each in said[:-1]),
        *(f"{each}." for each in said[-1:]),
        "",
        f"So {noticed} of the {other} that mean something else were noticed ({100 * noticed / other:.1f} %).",
    ]
    if kinds["since"] or kinds["gone"]:
        now, there = noticed + kinds["since"], other - kinds["gone"]
        lines.append(f"With those tests, and without what is gone, it is {now} of {there} ({100 * now / there:.1f} %).")
    return [*lines, ""]


def _table(head: str, survivors: Iterable[Mapping[str, Any]]) -> list[str]:
    rows = [f"| where | change | {head} |", "|---|---|---|"]
    for one in survivors:
        text = one["text"].replace("|", "\\|")
        rows.append(f"| `{one['where']}`: `{text[:90]}` | {one['what']} | {one['why'] or 'not looked at yet'} |")
    return rows


def main() -> int:
    """Take records over, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="records", type=Path, nargs="+", metavar="RECORD")
    options = parser.parse_args()
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {"samples": []}
    if options.records:
        records = [json.loads(path.read_text("utf-8")) for path in options.records]
        kept = {"samples": taken_over(records, kept["samples"])}
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
    text = PAGE.read_text("utf-8")
    begin, end = MARKS
    inner = f"{begin}\n\n{section(kept)}\n\n{end}"
    PAGE.write_text(re.sub(f"{begin}.*{end}", lambda _: inner, text, flags=re.DOTALL), "utf-8")
    missing = [one for sample in kept["samples"] for one in sample["left"] if not one["kind"]]
    for one in missing:
        print(f"not looked at: {one['where']}: {one['text']}: {one['what']}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
