"""XC12x: the state store, the sibling of XCom in which tasks and assets of Airflow 3.3 and later keep state."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rea_xcom_tui.edits import SetText
from rea_xcom_tui.xcom import airflow
from rea_xcom_tui.xcom.chart_entries import rendered
from rea_xcom_tui.xcom.fields import STATE_VARIABLES
from rea_xcom_tui.xcom.model import FieldName
from rea_xcom_tui.xcom.names import (
    OBJECT_STORAGE_BACKEND,
    STATE_BACKEND_KEY,
    STATE_BACKEND_VARIABLE,
    STATE_STORE_BACKEND,
)
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.path import fault, show_path
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import Shape
from rea_xcom_tui.xcom.rules.subject import Site, Subject, once, show

_STARTS_WITHOUT = (1, 8, 0)  # the last agents before this one start without a state store
_IMAGE = "image: quay.io/astronomer/astro-remote-execution-agent:3.3-1-python-3.12-astro-agent-1.8.2\n"
_CLASS = f"{STATE_BACKEND_KEY}: {STATE_STORE_BACKEND}\n"
_PATH = (STATE_VARIABLES["state-path"], '"s3://acme-xcom/state"')
_RIGHT = example(before=_CLASS, env=(_PATH,))
_DOCUMENTED = "Astronomer: Configure state store backend; the chart's release notes."
_VARIABLES = frozenset(STATE_VARIABLES.values())
_RECORDED = "Recorded on Airflow 3.3.2 with common-io 1.11.0."


def _is_told(shape: Shape) -> bool:
    """Whether the file says anything of a state store."""
    return shape.has_key(STATE_BACKEND_KEY) or not shape.names.isdisjoint(_VARIABLES)


@once
def _sites(subject: Subject) -> Iterator[Site]:
    """Where the class gets a text: the chart's key and the variable."""
    node = subject.root.get(STATE_BACKEND_KEY)
    text = rendered(node)
    if node is not None and text is not None and not subject.filled_in(text):
        yield Site(subject.expanded(text), text, node, (STATE_BACKEND_KEY,), "all")
    yield from subject.sites(STATE_BACKEND_VARIABLE)


def _may_be_filled_in(subject: Subject, site: Site) -> bool:
    """Whether a variable in the text may have another text in the container."""
    variable = airflow.expanded_name(site.text)
    return variable is not None and not subject.leads_back(variable)


@rule(
    "XC121",
    "error",
    field="state-backend",
    title="The state store is switched off, and the agent needs one",
    what="`stateStoreBackend` is empty or null and no AIRFLOW__WORKERS__STATE_STORE_BACKEND names a class, while the "
    "file "
    "has an agent of 1.8.0 or later on Airflow 3.3 or later. A key that is missing is the chart's default and is fine.",
    why="The agent does not start while the state store's class is unset.",
    wrong=example(before=f'{_IMAGE}{STATE_BACKEND_KEY}: ""'),
    right=example(before=_IMAGE + _CLASS, env=(_PATH,)),
    source=_DOCUMENTED,
    versions="Agents before 1.8.0 and Airflow before 3.3 have no state store.",
    when=_is_told,
)
def state_backend_empty(subject: Subject) -> Iterator[Hit]:
    """`stateStoreBackend: ""`."""
    version, agent = subject.version, subject.agent
    if version is None or agent is None or version[:2] < (3, 3) or agent[:3] < _STARTS_WITHOUT:
        return
    node = subject.root.get(STATE_BACKEND_KEY)
    if node is not None and rendered(node) == "" and not subject.named(STATE_BACKEND_VARIABLE):
        yield at(node, f"{STATE_BACKEND_KEY} is empty: an agent of 1.8.0 or later does not start without a state store")


@rule(
    "XC122",
    "error",
    field="state-backend",
    title="The class is not a state store",
    what="The value is XCom's class, close to the state store's class, or not a class path.",
    why="The class is imported when Airflow starts: the agent's components crash.",
    wrong=example(before=f"{STATE_BACKEND_KEY}: {OBJECT_STORAGE_BACKEND}\n", env=(_PATH,)),
    right=_RIGHT,
    source=_DOCUMENTED + " The classes of common-io 1.11.0.",
    when=_is_told,
)
def state_backend_class(subject: Subject) -> Iterator[Hit]:
    """XCom's class as a state store."""
    for site in _sites(subject):
        verdict = airflow.state_backend(site.text)
        if verdict.accepted is False and not _may_be_filled_in(subject, site):
            fix = (SetText(site.address, verdict.hint),) if verdict.hint else ()
            problem = (verdict.problem or "").rstrip(".")
            yield at(site.node, f"state store {show(site.text)}: {problem}", fix=fix)


@rule(
    "XC123",
    "error",
    field="state-path",
    title="The state store has no path that works",
    what="The state store is the object-storage class and its path is missing, empty, has no scheme, or cannot be "
    "used. "
    "A warning where it is missing.",
    why="It has a path of its own and does not use XCom's. Without one, states go to the container's own disk, "
    "without an "
    "error, and are lost with the pod; with one that Airflow cannot use, every state that is kept fails its task.",
    wrong=example(before=_CLASS, env=((_PATH[0], '"acme-xcom/state"'),)),
    right=_RIGHT,
    source=_RECORDED,
    when=_is_told,
)
def state_path(subject: Subject) -> Iterator[Hit]:
    """No path, `""`, `acme/state`."""
    classes = [site for site in _sites(subject) if site.text == STATE_STORE_BACKEND]
    entries = subject.named(_PATH[0])
    if classes and not entries:
        said = f"the state store has no path ({_PATH[0]}): states go to the container's own disk"
        yield at(classes[0].node, said, severity="warning")
    for site in subject.sites(_PATH[0]):
        if fault(site.text) not in (None, "XC210", "XC211"):
            said = "is not one that the state store can use" if site.text.strip() else "is empty: states go to local "
            "disk"
            yield at(site.node, f"the state store's path {show_path(site.text)} {said}")


def _refused(subject: Subject, field: FieldName, judge: Callable[[str], airflow.Verdict]) -> Iterator[Hit]:
    for site in subject.sites(STATE_VARIABLES[field]):
        verdict = judge(site.text)
        if verdict.accepted is False and not _may_be_filled_in(subject, site):
            fix = (SetText(site.address, verdict.hint),) if verdict.hint is not None else ()
            yield at(site.node, f"{field} {show(site.text)}: {(verdict.problem or '').rstrip('.')}", fix=fix)


@rule(
    "XC124",
    "error",
    field="state-threshold",
    title="The state store refuses its threshold",
    what="The threshold is negative or not a whole number. Its default is 0, not -1.",
    why="Airflow raises ValueError: every state that is kept fails its task.",
    wrong=example(before=_CLASS, env=(_PATH, (STATE_VARIABLES["state-threshold"], '"-1"'))),
    right=_RIGHT,
    source=_RECORDED,
    when=_is_told,
)
def state_threshold(subject: Subject) -> Iterator[Hit]:
    """`-1`."""
    yield from _refused(subject, "state-threshold", lambda text: airflow.state_threshold(text, subject.version))


@rule(
    "XC125",
    "error",
    field="state-compression",
    title="The state store refuses its compression",
    what="The name is not one that fsspec has with a suffix, as with XCom's compression.",
    why="Airflow raises ValueError: every state that is kept fails its task.",
    wrong=example(before=_CLASS, env=(_PATH, (STATE_VARIABLES["state-compression"], '"gz"'))),
    right=_RIGHT,
    source=_RECORDED,
    when=_is_told,
)
def state_compression(subject: Subject) -> Iterator[Hit]:
    """`gz`."""
    yield from _refused(subject, "state-compression", airflow.compression)
