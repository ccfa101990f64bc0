"""Writes into docs/quality.md what became of the mutants of the last sample, from what is kept of them.

    python scripts/mutants_page.py --from first.json second.json    take the records of `scripts/mutants.py` over
    python scripts/mutants_page.py                                  write the page's section again

Each record is of the same sample, or of what an earlier one has left. What is left in the end is kept in
`scripts/mutants_left.json`, by the text of its line, with a sentence that says why no test tells the two apart; a new
one comes without a sentence, and somebody has to look at it.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
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
}
"""What a survivor can be."""


def taken_over(records: Sequence[Mapping[str, Any]], known: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a sample: its size, and each mutant that all records have left."""
    looked_at = {(one["where"], one["text"], one["what"]): one for one in known.get("left", ())}
    left = []
    for one in records[-1]["left"]:
        file, line, what = re.fullmatch(r"(.+?):(\d+): (.+)", one).groups()  # type: ignore[union-attr]
        text = (ROOT / file).read_text("utf-8").splitlines()[int(line) - 1].strip()
        where = file.removeprefix("rea_xcom_tui/")
        new = {"where": where, "text": text, "what": what, "kind": "", "why": ""}
        left.append(looked_at.get((where, text, what), new))
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True).strip()
    return {
        "commit": commit,
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "seed": records[0]["seed"],
        "of": records[0]["of"],
        "sample": records[0]["sample"],
        "left": left,
    }


def section(kept: Mapping[str, Any]) -> str:
    """The page's section."""
    left = kept["left"]
    kinds = Counter(one["kind"] or "open" for one in left)
    noticed = kept["sample"] - len(left)
    other = kept["sample"] - kinds["same"]
    lines = [
        f"Of {kept['of']:,} mutants of `values` and `xcom/rules`, {kept['sample']} were drawn (seed {kept['seed']})",
        f"and tried on {kept['day']}, at commit {kept['commit']}: {noticed} are noticed, some of them by tests that",
        f"were written for what survived at first, and {len(left)} survive. Every survivor was looked at:",
        "",
        *(f"* {kinds[kind]} {words};" for kind, words in KINDS.items() if kinds[kind]),
        "",
        f"So {noticed} of the {other} that mean something else are noticed ({100 * noticed / other:.1f} %).",
        "",
        "| where | change | why no test tells |",
        "|---|---|---|",
    ]
    for one in sorted(left, key=lambda one: (one["kind"], one["where"], one["text"])):
        text = one["text"].replace("|", "\\|")
        lines.append(f"| `{one['where']}`: `{text[:90]}` | {one['what']} | {one['why'] or 'not looked at yet'} |")
    return "\n".join(lines)


def main() -> int:
    """Take records over, and write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="records", type=Path, nargs="+", metavar="RECORD")
    options = parser.parse_args()
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    if options.records:
        kept = taken_over([json.loads(path.read_text("utf-8")) for path in options.records], kept)
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
    text = PAGE.read_text("utf-8")
    begin, end = MARKS
    inner = f"{begin}\n\n{section(kept)}\n\n{end}"
    PAGE.write_text(re.sub(f"{begin}.*{end}", lambda _: inner, text, flags=re.DOTALL), "utf-8")
    missing = [one for one in kept["left"] if not one["kind"]]
    for one in missing:
        print(f"not looked at: {one['where']}: {one['text']}: {one['what']}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
