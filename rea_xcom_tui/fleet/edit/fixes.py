"""The automatic fixes of findings as replacements in a text, for programs that apply them by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.edit.apply import State, apply_edit
from rea_xcom_tui.fleet.edit.pending import Fix, fixable
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.xcom.model import Finding

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.layers import LayerEdits


def fixed(data: bytes, deployment: Deployment, findings: Iterable[Finding], reading: Reading) -> bytes:
    """The bytes of a values file after the fixes of some of its findings, each proved on what those before left.

    What has no fix, or one that cannot be made exactly, is left as it is, and so is a deployment made of layers, for
    which `fixed_in_layers` is there.
    """
    wanted = [] if deployment.stack else fixable(findings)
    if not wanted:
        return data
    try:
        first = state = State.of(data)
    except ToolError:
        return data
    for finding in wanted:
        with suppress(ToolError):  # `check --fix` says why not; a report or an editor offers what goes
            edit = Fix(deployment.id, finding, deployment.file)
            state = apply_edit(state, edit, reading=reading, first=first)
    return data if state is first else state.parsed.encode()


def fixed_in_layers(
    editor: LayerEdits,
    touched: Callable[[Iterable[str]], Sequence[Deployment]],
    real_file: Callable[[str], str],
    file: str,
    told: Iterable[tuple[Deployment, Finding]],
) -> bytes | None:
    """The bytes of a layer's file after the fixes of findings in it, all of them made together; None where none of
    them can be made exactly, or where that would reach a deployment that none of them is about.

    `touched` says which deployments use some files, and `real_file` where a link leads.
    """
    edits: list[Fix] = []
    for deployment, finding in told:
        with suppress(ToolError):  # a layer that nobody can edit here
            info = deployment.layer_at(editor.layer_of_fix(deployment, finding))
            if real_file(info.file) == file:
                edits.append(Fix(deployment.id, finding, file, layer=info.source))
    plans = editor.plan(edits, touched).files if edits else ()
    return plans[0].after if [plan.file for plan in plans] == [file] else None
