"""XC70x and XC71x: names that nothing reads, and settings that differ between the agent's components."""

from __future__ import annotations

from collections.abc import Iterator

from rea_xcom_tui.edits import RenameKey
from rea_xcom_tui.xcom.chart_entries import EnvEntry, rendered
from rea_xcom_tui.xcom.fields import VARIABLES
from rea_xcom_tui.xcom.model import Change, Node, Severity
from rea_xcom_tui.xcom.names import (
    BACKEND_KEY,
    BACKEND_VARIABLE,
    COMPRESSION_VARIABLE,
    PATH_VARIABLE,
    THRESHOLD_VARIABLE,
)
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.near_miss import has_source_suffix, meant_key, meant_variable
from rea_xcom_tui.xcom.rules.path import show_path
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import Shape, marked
from rea_xcom_tui.xcom.rules.subject import Subject, is_null, name_node, once, show

_FIELD = {variable: name for name, variable in VARIABLES.items()}
_TRIGGERER_XCOM = (1, 5, 0)  # the first agent whose triggerer reads and writes XCom


def _has_misspelt(shape: Shape) -> object:
    return shape.misspelt


@rule(
    "XC708",
    "error",
    title="An XCom variable is misspelt",
    what="An env entry's name is close to one of XCom's four: one underscore, lower case, `COMMON.IO`, another "
    "section, `OBJECTSTORE`, a suffix `_CMD` or `_SECRET`, or up to two wrong letters. A warning where the right name "
    "is set too.",
    why="Airflow silently ignores it and uses the default: no path, threshold -1, no compression, or the database.",
    wrong=example(threshold=None, env=(("AIRFLOW_COMMON_IO_XCOM_OBJECTSTORAGE_THRESHOLD", '"0"'),)),
    source="Each form was given to Airflow 3.0.2, 3.1.3 and 3.3.2. Old provider documentation prints COMMON.IO; "
    "apache/airflow issue 49154 shows a release tester who fell into it.",
    when=_has_misspelt,
)
def variable_misspelt(subject: Subject) -> Iterator[Hit]:
    """`AIRFLOW__COMMON.IO__…`, `_CMD`, `_SECRET`."""
    seen: set[str] = set()
    for entry in subject.entries:
        right = meant_variable(entry.name)
        if right is None:
            continue
        # A renamed entry must not become a duplicate, of the right one or of another near miss.
        taken = right in subject.env_names or right in seen
        seen.add(right)
        renames = not taken and not has_source_suffix(entry.name)
        fix: tuple[Change, ...] = (RenameKey(entry.address, right),) if renames else ()
        severity: Severity = "warning" if right in subject.env_names else "error"
        yield at(name_node(entry), f"{show(entry.name)} is ignored: the name is {right}", fix=fix, severity=severity)


@rule(
    "XC713",
    "error",
    title="A chart key is misspelt",
    what="A top-level key differs from one of the chart's only in case or separators, such as "
    "`xcom_backend`. A warning where the right key is set too.",
    why="Helm's keys are case-sensitive: what is below the wrong one has no effect.",
    wrong=example(backend=example().split("\n", 1)[0].replace("xcomBackend", "xcom_backend")),
    source="The chart's downloaded values file.",
    when=_has_misspelt,
)
def key_misspelt(subject: Subject) -> Iterator[Hit]:
    """`commonenv`, `xcom_backend`."""
    for key, name, _ in subject.keys:
        right = meant_key(key)
        if right is None:
            continue
        taken = subject.root.get(right) is not None
        fix: tuple[Change, ...] = () if taken else (RenameKey((key,), right),)
        yield at(
            name,
            f"the key {show(key)} is not read: the name is {right}",
            fix=fix,
            severity="warning" if taken else "error",
        )


def _outcomes(subject: Subject, variable: str) -> dict[str, tuple[str | None, EnvEntry | None]]:
    """What each worker and the triggerer get: the text or reference, and the entry that gives it."""
    entries = {entry.component: entry for entry in subject.named(variable)}
    names = [name for name in subject.components if name != "dagProcessor"]
    names += [] if any(name.startswith("worker ") for name in names) else ["workers"]
    names += [] if "triggerer" in names else ["triggerer"]
    found: dict[str, tuple[str | None, EnvEntry | None]] = {}
    for name in names:
        entry = entries.get(name) or entries.get("all")
        text = None if entry is None else entry.reference or entry.text or None
        found[name] = (text, entry)
    return found


@once
def _disagreements(subject: Subject) -> Iterator[tuple[str, dict[str, tuple[str | None, EnvEntry | None]]]]:
    for variable in (PATH_VARIABLE, THRESHOLD_VARIABLE, COMPRESSION_VARIABLE, BACKEND_VARIABLE):
        if variable == BACKEND_VARIABLE and not is_null(subject.root.get(BACKEND_KEY)):
            continue
        if all(entry.component == "all" for entry in subject.named(variable)):
            continue  # whoever gets it gets the same
        found = _outcomes(subject, variable)
        if len({text for text, _ in found.values()}) > 1:
            yield variable, found


def _may_differ(shape: Shape) -> bool:
    """Whether some component has a setting of XCom in a list of its own."""
    return not shape.own_names.isdisjoint(VARIABLES.values())


@rule(
    "XC709",
    "warning",
    title="Components disagree about a setting",
    what="Two of the workers and the triggerer get different values, because a component's own `env` overrides "
    "`commonEnv` or another component's. An error for path and backend.",
    why="What one writes the other may not read: with two paths a task gets a string instead of the data, without an "
    "error. With two thresholds or compressions everything stays readable, but not where you think it is.",
    wrong=example(
        rest="workers:\n  - name: default-worker\n    env:\n"
        '      - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD\n        value: "1048576"\n'
    ),
    source="Kubernetes uses the last entry of a container's list; which one the chart puts last is not published.",
    when=_may_differ,
)
def component_differs(subject: Subject) -> Iterator[Hit]:
    """A worker's env against commonEnv."""
    for variable, found in _disagreements(subject):
        if any(text is None for text, _ in found.values()):
            continue
        own = [(name, entry) for name, (_, entry) in found.items() if entry is not None and entry.component != "all"]
        first = next(iter(found.values()))[0]
        name, entry = next(((n, e) for n, e in own if found[n][0] != first), own[0])
        other = next(n for n, (text, _) in found.items() if text != found[name][0])
        severe: Severity = "error" if variable in (PATH_VARIABLE, BACKEND_VARIABLE) else "warning"
        yield at(
            entry.value or name_node(entry),
            f"{name} gets a different {_FIELD[variable]} here than {other}: {show_path(found[name][0] or '')}, not "
            f"{show_path(found[other][0] or '')}",
            severity=severe,
        )


@rule(
    "XC710",
    "warning",
    title="Only some components have a setting",
    what="A worker or the triggerer has a setting of XCom in its own `env`, and another of them has none.",
    why="The other uses the default: no path, threshold -1, no compression. Workers and the triggerer read and write "
    "the same values.",
    wrong=example(
        threshold=None,
        rest="workers:\n  - name: default-worker\n    env:\n"
        '      - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD\n        value: "0"\n',
    ),
    source="The chart's downloaded values file: each component has an env of its own.",
    when=_may_differ,
)
def component_lacks(subject: Subject) -> Iterator[Hit]:
    """A setting for the workers only."""
    for variable, found in _disagreements(subject):
        lacking = [name for name, (text, _) in found.items() if text is None]
        having = [(name, entry) for name, (text, entry) in found.items() if text is not None and entry is not None]
        if lacking and having:
            name, entry = having[0]
            yield at(
                name_node(entry),
                f"{_FIELD[variable]} is set for {name} here, and {lacking[0]} has none: set it in commonEnv",
            )


@rule(
    "XC714",
    "error",
    title="The resource name prefix is empty",
    what="`resourceNamePrefix` is there and empty. A warning for null, which `--set` or another layer may fill in.",
    why="The chart's schema refuses it: nothing is installed.",
    wrong='resourceNamePrefix: ""\n' + example(),
    right="resourceNamePrefix: etl\n" + example(),
    source="A practitioner's guide; the chart's comment on the key.",
    when=lambda shape: shape.has_key("resourceNamePrefix") and "no prefix" in shape.marks,
)
def prefix_empty(subject: Subject) -> Iterator[Hit]:
    """`resourceNamePrefix: ""`."""
    node = subject.root.get("resourceNamePrefix")
    if node is not None and rendered(node) == "":
        null = is_null(node)
        unless = "; --set or another layer must fill it in" if null else ""
        yield at(
            node, f"resourceNamePrefix is {'null' if null else 'empty'}, which the chart refuses{unless}",
            severity="warning" if null else "error",
        )  # fmt: skip


@rule(
    "XC715",
    "info",
    title="This agent's triggerer does not use XCom",
    what="The agent's version is known and older than 1.5.0, and the backend is the object-storage class.",
    why="Triggers of such an agent cannot read or write XCom values; deferrable operators may miss their data.",
    wrong=example(before="image: images.astronomer.cloud/baseimages/astro-remote-execution-agent:"
                  "3.0-4-python-3.12-astro-agent-1.0.2"),
    right=example(before="image: images.astronomer.cloud/baseimages/astro-remote-execution-agent:"
                  "3.1-2-python-3.12-astro-agent-1.6.0"),
    source="Astronomer: release notes of the Remote Execution Agent.",
    versions="Agent 1.5.0 and newer.",
    when=lambda shape: shape.stores_objects and shape.agent is not None and shape.agent < _TRIGGERER_XCOM,
)  # fmt: skip
def agent_old(subject: Subject) -> Iterator[Hit]:
    """Below 1.5.0."""
    if subject.stores_objects and subject.agent is not None and subject.agent < _TRIGGERER_XCOM:
        version = ".".join(map(str, subject.agent))
        node: Node = subject.key_node("image") or subject.anchor
        yield at(node, f"agent {version}: the triggerer uses XCom from 1.5.0 on")


@rule(
    "XC716",
    "warning",
    title="A setting is in a place where no task runs",
    what="An XCom variable is in the env of the sentinel or of the logging sidecar.",
    why="Neither runs tasks nor reads XCom, and their variables do not reach the workers.",
    wrong=example(rest=f'loggingSidecar:\n  env:\n    - name: {COMPRESSION_VARIABLE}\n      value: "zip"\n'),
    right=example(compression='"zip"'),
    source="The chart's downloaded values file.",
    when=lambda shape: shape.may_have("env", "sentinel", "loggingSidecar"),
)
def env_idle(subject: Subject) -> Iterator[Hit]:
    """In sentinel.env."""
    for section, env in subject.idle_lists():
        for item in env.items:
            node = item.get("name") if item.kind == "mapping" else None
            name = rendered(node) or ""
            if node is not None and (name in _FIELD or meant_variable(name)):
                yield at(node, f"{name} has no effect in {section}.env: no task runs there")


@rule(
    "XC718",
    "error",
    title="Helm refuses to read the file",
    what="A scalar that is valid YAML but that Helm's reader does not accept: `\\/` in double quotes, as JSON writers "
    "escape a slash; a tag that its text contradicts, such as `!!int abc`; an infinity or NaN; null as a key. For "
    "layers, XC732 reports it.",
    why="`helm template` and `helm upgrade` fail, wherever in the file it is: the deployment stays as it was, whatever "
    "else is changed.",
    wrong=example(path='"s3:\\/\\/acme-xcom\\/etl"'),
    source="Helm 3.17.1, 4.1.4 and 4.2.3 (run).",
    when=marked("refused"),
)
def helm_refuses(subject: Subject) -> Iterator[Hit]:
    """Worked out where the file was read, since how a scalar is written is not in the tree."""
    refusal = subject.context.refusal
    if refusal is not None:
        why = refusal.why[:1].lower() + refusal.why[1:].rstrip(".")
        yield Hit(refusal.line, refusal.column, f"{why}: nothing of the file is deployed")
