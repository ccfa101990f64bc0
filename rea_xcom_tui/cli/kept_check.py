"""What `check` says of a whole fleet of plain files, from what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.scan.views import Showing
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.xcom.model import Severity


def told_from(
    workspace: Workspace, showing: Showing, form: str
) -> tuple[str | bytes, Sequence[Severity], Sequence[str]] | None:
    """The findings of the whole fleet, as bytes where they are plain ASCII, the severities that they reach, and its
    notices, from what is kept of each deployment.

    None, with the fleet read, where that is not enough: which of the repo's ignores are of no use any more is only
    known from the deployments.
    """
    from rea_xcom_tui.reports.findings_view import told
    from rea_xcom_tui.user.cached import cache_path

    members = workspace.each()
    ignores = any(member.reading().rules.ignores for member in members.values())
    if ignores or showing.is_empty:
        workspace.scan()
        return None
    found = told(workspace.root, showing, form, cache_path())
    notices = [*workspace.asides, *found.notices]
    for repo, part in showing.repos.items():
        if found.is_usual and part.is_usual:
            continue
        from rea_xcom_tui.fleet.scan.left_out import left_out_notices, skipped_notices
        from rea_xcom_tui.fleet.scan.suggested import suggestion_notices

        repository, files = members[repo].repository, part.files()
        notes = [*skipped_notices(repository.skipped), *left_out_notices(repository, files.listed, files.outside)]
        notes += suggestion_notices(repository, files.listed) if repo in found.repos else ()
        notices += [f"{repo}: {notice}" if repo else notice for notice in notes]
    text = found.text if found.text.isascii() else found.text.decode("utf-8", "surrogatepass")
    return text, found.levels, notices


def keep(workspace: Workspace, text: str, levels: Sequence[Severity], notices: Sequence[str]) -> None:
    """Keep what is said of a whole fleet that no view could show.

    Which of the repo's ignores are of no use any more is said each time.
    """
    if workspace.unsaid is None or any(member.reading().rules.ignores for member in workspace.each().values()):
        return
    from rea_xcom_tui.reports.findings_view import packed

    with suppress(UnicodeEncodeError):
        own = [notice for notice in notices if notice not in workspace.asides]  # which are told each time
        workspace.unsaid.keep(workspace, [packed(text, levels, own)])
