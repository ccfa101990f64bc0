"""The connection that a sibling's path names, for what is made after it: a path whose connection is nowhere fails."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.campaign.siblings import siblings_of
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.text import clean, some
from rea_xcom_tui.values import Unreadable, ValuesFile
from rea_xcom_tui.xcom.names import connection_variable
from rea_xcom_tui.xcom.paths import parse_path
from rea_xcom_tui.xcom.secrets import mask_connection

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.campaign.promote import Promotion
    from rea_xcom_tui.fleet.workspace import Workspace


def harmless_connection(workspace: Workspace, sibling: Deployment) -> dict[str, str]:
    """The variable that defines the connection of a sibling's path, with its text, unless that may hold a secret."""
    reading = sibling.field("connection")
    if reading.type is None or not isinstance(reading.value, str):
        return {}
    variable = connection_variable(reading.value)
    text = next(_texts(workspace, sibling, variable), None)
    return {variable: text} if text is not None and _is_harmless(text) else {}


def undefined_connection(sibling: Deployment, row: Deployment) -> str:
    """What to do where the path of a row names a connection that its sibling defines and it does not; or empty."""
    theirs, ours = sibling.field("connection"), row.field("connection")
    if theirs.type is None or ours.type is not None or ours.value != theirs.value or not isinstance(ours.value, str):
        return ""
    variable = connection_variable(ours.value)
    return (
        f"{variable} is defined in {clean(sibling.name)} and not here, where the path names it; give {variable}=VALUE"
    )


def left_undefined(workspace: Workspace, target: Deployment, given: Collection[str]) -> str:
    """What is left to do where turning XCom on gives a deployment the path of a sibling with a connection; or empty."""
    near = siblings_of(workspace, target.env, target.name, near=target.repo)
    sibling = next((one for one in near if one.id != target.id), None)
    reading = sibling.field("connection") if sibling is not None else None
    if sibling is None or reading is None or reading.type is None or "path" in given:
        return ""
    variable = connection_variable(str(reading.value))
    if next(_texts(workspace, target, variable), None) is not None:
        return ""
    return f"the path names a connection that {clean(sibling.name)} defines as {variable}; define it here too"


def promoted_undefined(workspace: Workspace, found: Promotion) -> str:
    """What is left to do where a path arrives with a connection that only where it comes from defines; or empty."""
    lacking: dict[str, str] = {}
    for one in found.carried:
        conn = parse_path(one.new).conn_id if one.field == "path" and isinstance(one.new, str) else None
        own = parse_path(one.old).conn_id if isinstance(one.old, str) else None
        if one.outcome != "change" or conn is None or conn == own:
            continue
        source, target = workspace.deployment(one.source), workspace.deployment(one.target)
        variable = connection_variable(conn)
        if source.field("connection").type is not None and next(_texts(workspace, target, variable), None) is None:
            lacking[target.id] = variable
    if not lacking:
        return ""
    names = ", ".join(dict.fromkeys(lacking.values()))
    return f"{names} is defined where the path comes from and not in {some(list(lacking))}; define it there too"


def _texts(workspace: Workspace, sibling: Deployment, variable: str) -> Iterator[str]:
    """The literal texts of a variable in `commonEnv` of the files that a sibling is made of, the strongest first."""
    alias = (sibling.id.partition("?chart=")[2],) if sibling.layout == "umbrella" else ()
    places = [(layer.file, layer.source) for layer in reversed(sibling.stack) if layer.file]
    for file, source in places or [(sibling.file, "")]:
        steps = (int(step) if step.isdigit() else step for step in source.partition("#")[2].split("/") if step)
        at: tuple[str | int, ...] = (*filter(None, alias), *steps)
        try:
            found = ValuesFile.parse(workspace.read_now(file)).find((*at, "commonEnv", ("name", variable), "value"))
        except Unreadable:
            continue
        if found is not None and found.text:
            yield found.text


def _is_harmless(text: str) -> bool:
    """Whether a connection's JSON has nothing that is masked where it is shown."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False) == mask_connection(text)
    except ValueError:
        return False
