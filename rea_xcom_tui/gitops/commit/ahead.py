"""Importing on a thread what a commit needs, while there are other things to be waited for."""

from __future__ import annotations

import threading
from contextlib import suppress


def begin() -> None:
    """Begin to import GitPython, which asks git twice for its version meanwhile, and what makes commits."""
    threading.Thread(target=_import, name="import", daemon=True).start()


def _import() -> None:
    with suppress(ImportError):  # without a git program; whoever needs it says so
        import git  # noqa: F401

        import rea_xcom_tui.gitops.commit.commit  # noqa: F401
