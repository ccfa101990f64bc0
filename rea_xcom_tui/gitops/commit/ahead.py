"""Importing what a commit needs before it is needed, while there are other things to be waited for."""

from __future__ import annotations

from contextlib import suppress


def import_all() -> None:
    """Import GitPython, which asks git twice for its version meanwhile, and what makes commits."""
    with suppress(ImportError):  # without a git program; whoever needs it says so
        import git  # noqa: F401

        import rea_xcom_tui.gitops.commit.commit  # noqa: F401
