"""Print the document of all rules: `python -m rea_xcom_tui.xcom.rules > docs/rules.md`."""

from __future__ import annotations

import sys

from rea_xcom_tui.xcom.rules.pages import document

if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.write(document())
