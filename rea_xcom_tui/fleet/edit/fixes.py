"""The mechanical fixes of findings as replacements in a text, for programs that apply them by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.edit.apply import State, apply_edit
from rea_xcom_tui.fleet.edit.pending import Fix, fixable
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.judge import Reading
from rea_xcom_tui.xcom.model import Finding


def fixed(data: bytes, deployment: Deployment, findings: Iterable[Finding], reading: Reading) -> bytes:
    """The bytes of a values file after the fixes of some of its findings, each proved upon what those before left.

    What has no fix, or one that cannot be made exactly, is left as it is, and so is a deployment made of layers, for
    which no fix is worked out.
    """
    wanted = [] if deployment.stack else fixable(findings)
    if not wanted:
        return data
    try:
        first = state = State.of(data)
    except ToolError:
        return data
    for finding in wanted:
        with suppress(ToolError):  # `check --fix` tells why not; a report or an editor offers what goes
            state = apply_edit(state, Fix(deployment.id, finding, deployment.file), reading=reading)
    return data if state is first else state.parsed.encode()
