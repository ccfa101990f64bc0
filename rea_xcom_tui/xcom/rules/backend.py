"""XC1: the backend class."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from rea_xcom_tui.edits import SetText
from rea_xcom_tui.xcom import airflow
from rea_xcom_tui.xcom.names import BACKEND_KEY, BACKEND_VARIABLE, OBJECT_STORAGE_BACKEND
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import Shape, marked, sets
from rea_xcom_tui.xcom.rules.subject import DATABASE_CLASSES, Site, Subject, name_node, show

_MEASURED = "Each name was given to Airflow 3.3.2, most also to 3.0.2 and 3.1.3, with the same outcome."
_CRASH = "The class is imported when Airflow starts: every component crashes, and no task runs."


def _odd(shape: Shape) -> bool:
    """Whether another class is named than the object-storage one."""
    return any(text != OBJECT_STORAGE_BACKEND for text in shape.backends)


@rule(
    "XC101",
    "warning",
    title="No XCom backend is set",
    what="Neither `xcomBackend` nor AIRFLOW__CORE__XCOM_BACKEND names a class.",
    why="Airflow keeps every XCom value in its metadata database. With Remote Execution that database is in "
    "Astro's plane: the data leaves the customer's own, and path, threshold and compression have no effect. "
    "Astronomer documents a custom backend as required. A class baked into the image cannot be seen from Git.",
    wrong=example(backend=None),
    source="Astronomer: Configure XCom backend for a Remote Execution Agent; measured on Airflow 3.3.2.",
    when=marked("no backend"),
)
def backend_unset(subject: Subject) -> Iterator[Hit]:
    """No class anywhere."""
    if not subject.backend_unset or subject.misspelt & {BACKEND_KEY, BACKEND_VARIABLE}:
        return
    idle = ", and the object-storage settings have no effect" if subject.path_entries else ""
    yield at(
        subject.anchor,
        f"no XCom backend is set: every value goes to Airflow's metadata database in Astro's plane{idle}",
    )


@rule(
    "XC102",
    "warning",
    title="The backend is Airflow's database class",
    what="The backend names BaseXCom, Airflow's default.",
    why="Every XCom value goes to the metadata database in Astro's plane; path, threshold and compression have no "
    "effect.",
    wrong=example(backend="xcomBackend: airflow.models.xcom.BaseXCom"),
    source=_MEASURED,
    when=_odd,
)
def backend_database(subject: Subject) -> Iterator[Hit]:
    """BaseXCom by either of its names."""
    for site in subject.backends:
        if site.text in DATABASE_CLASSES:
            name = site.text.rpartition(".")[2]
            yield at(
                site.node,
                f"the backend {name} keeps every XCom value in Airflow's metadata database, in Astro's plane",
            )


def _refused(subject: Subject, kind: str) -> Iterator[Hit]:
    for site in subject.backends:
        if _kind(site.text) != kind:
            continue
        verdict = airflow.backend(site.text)
        fix = (SetText(site.address, verdict.hint),) if verdict.hint else ()
        yield at(site.node, f"backend {show(site.text)}: {_SAYS[kind]}, so every component crashes at start", fix=fix)


_MODULES = ("airflow.providers.common.io.xcom",)  # with a module, not a class, after it
_SAYS = {
    "variable": "this is an environment variable's name, not a class",
    "old": "the class was renamed to XComObjectStorageBackend",
    "blanks": "blanks around the class are not trimmed, so it cannot be imported",
    "case": "a class path is case-sensitive and this one does not exist",
    "path": "this is not a dotted path of module and class",
    "unknown": "Airflow has no such class",
    "alien": "this class is not an XCom backend",
}


def _kind(text: str) -> str | None:
    """Which way a name is wrong, or None for a name that Airflow takes or that Git cannot judge."""
    if not text or text in DATABASE_CLASSES or text == OBJECT_STORAGE_BACKEND or airflow.expanded_name(text):
        return None
    verdict = airflow.backend(text)
    if text.strip() != text:
        return "blanks"
    if text.isupper() or text.startswith("AIRFLOW__"):
        return "variable"
    if text == airflow.OLD_BACKEND:
        return "old"
    if text.lower() == OBJECT_STORAGE_BACKEND.lower():
        return "case"
    if (text.split(".")[0] in sys.stdlib_module_names and "." in text) or text == "airflow.models.xcom.XComModel":
        return "alien"
    if verdict.accepted is False:
        return "unknown" if verdict.hint and "." in text and text.rpartition(".")[0].lower() not in _MODULES else "path"
    return "unknown" if text.startswith("airflow.") else None


@rule(
    "XC103",
    "error",
    title="The backend is a variable's name",
    what="The value is the name of an environment variable, such as AIRFLOW__CORE__XCOM_BACKEND.",
    why=_CRASH + " Astronomer's own page shows such a line in passing; it means that `xcomBackend` sets that variable.",
    wrong=example(backend='xcomBackend: "AIRFLOW__CORE__XCOM_BACKEND"'),
    source=_MEASURED,
    when=_odd,
)
def backend_variable_name(subject: Subject) -> Iterator[Hit]:
    """`xcomBackend: AIRFLOW__CORE__XCOM_BACKEND`."""
    yield from _refused(subject, "variable")


@rule(
    "XC104",
    "error",
    title="The backend has its old class name",
    what="The value names XComObjectStoreBackend, the class's name in common-io 1.3.0.",
    why=_CRASH + " The class was renamed in 1.3.1; tutorials still print the old name.",
    wrong=example(backend="xcomBackend: airflow.providers.common.io.xcom.backend.XComObjectStoreBackend"),
    source="apache/airflow pull request 38607. " + _MEASURED,
    when=_odd,
)
def backend_old_name(subject: Subject) -> Iterator[Hit]:
    """The name before provider 1.3.1."""
    yield from _refused(subject, "old")


@rule(
    "XC105",
    "error",
    title="The backend has blanks around it",
    what="The class path starts or ends with a blank, tab or newline.",
    why=_CRASH + " Airflow does not trim the name.",
    wrong=example(backend=f'xcomBackend: "{OBJECT_STORAGE_BACKEND} "'),
    source=_MEASURED,
    when=_odd,
)
def backend_blanks(subject: Subject) -> Iterator[Hit]:
    """A leading or trailing blank."""
    yield from _refused(subject, "blanks")


@rule(
    "XC106",
    "error",
    title="The backend's letters have the wrong case",
    what="The value is the object-storage class except for upper and lower case.",
    why=_CRASH,
    wrong=example(backend=f"xcomBackend: {OBJECT_STORAGE_BACKEND.lower()}"),
    source=_MEASURED,
    when=_odd,
)
def backend_case(subject: Subject) -> Iterator[Hit]:
    """Right but for case."""
    yield from _refused(subject, "case")


@rule(
    "XC107",
    "error",
    title="The backend is not a class path",
    what="The value is a module without a class, a class without its module, or not a dotted name at all.",
    why=_CRASH,
    wrong=example(backend="xcomBackend: XComObjectStorageBackend"),
    source=_MEASURED,
    when=_odd,
)
def backend_no_class_path(subject: Subject) -> Iterator[Hit]:
    """Module only, class only, or neither."""
    yield from _refused(subject, "path")


@rule(
    "XC108",
    "error",
    title="The backend is a mapping or a list",
    what="`xcomBackend` holds a mapping or a list instead of a class path.",
    why="The chart expects a string and exports it as AIRFLOW__CORE__XCOM_BACKEND; a mapping either fails to render "
    "or becomes a text that cannot be imported.",
    wrong=example(backend="xcomBackend:\n  type: s3\n  bucket: acme-xcom"),
    source="The chart's downloaded values file; a public repo with such a mapping.",
    when=marked("odd backend"),
)
def backend_shape(subject: Subject) -> Iterator[Hit]:
    """`xcomBackend: {type: s3}`."""
    node = subject.root.get(BACKEND_KEY)
    if node is not None and node.kind != "scalar":
        said = "a mapping" if node.kind == "mapping" else "a list"
        yield at(node, f"xcomBackend is {said}; the chart takes a class path, such as {OBJECT_STORAGE_BACKEND}")


@rule(
    "XC109",
    "warning",
    title="The backend is set by key and by variable",
    what="Both `xcomBackend` and an env entry AIRFLOW__CORE__XCOM_BACKEND name a class. An error where they differ.",
    why="The chart exports `xcomBackend` as the same variable, so the container's list holds it twice. Kubernetes uses "
    "the last of the two, and which that is depends on the chart's template; Helm 4 refuses duplicates.",
    wrong=example(env=((BACKEND_VARIABLE, OBJECT_STORAGE_BACKEND),)),
    source="Kubernetes issue 58477 and Helm pull request 31529 on duplicate variables.",
    versions="Helm 3 installs it, Helm 4 (server-side apply) does not.",
    when=sets(BACKEND_VARIABLE),
)
def backend_set_twice(subject: Subject) -> Iterator[Hit]:
    """`xcomBackend` beside AIRFLOW__CORE__XCOM_BACKEND."""
    key = next((site for site in subject.backends if site.entry is None and site.text), None)
    if key is None:
        return
    for entry in subject.named(BACKEND_VARIABLE):
        if entry.text == "":
            continue
        same = entry.text == key.text
        yield at(
            entry.value or name_node(entry),
            f"{BACKEND_VARIABLE} is set besides xcomBackend{'' if same else ', and to something else'}: "
            "Helm 4 refuses the duplicate, and with Helm 3 the template's order decides",
            severity="warning" if same else "error",
        )


@rule(
    "XC110",
    "error",
    title="The class is not an XCom backend",
    what="The value names a class that exists but is not a BaseXCom: one of Python's own, or Airflow's XComModel.",
    why="Airflow raises TypeError when it imports the class: every component crashes at start.",
    wrong=example(backend="xcomBackend: airflow.models.xcom.XComModel"),
    source=_MEASURED,
    when=_odd,
)
def backend_no_xcom_class(subject: Subject) -> Iterator[Hit]:
    """`collections.OrderedDict` and the like."""
    yield from _refused(subject, "alien")


@rule(
    "XC111",
    "error",
    title="Airflow has no such class",
    what="The value is a name below `airflow.` that is neither the object-storage class nor BaseXCom, or one that is "
    "close to the object-storage class: a part lost or added, up to two wrong letters, a letter of another script.",
    why=_CRASH + " Airflow and its providers bring exactly one backend for object storage.",
    wrong=example(backend="xcomBackend: airflow.providers.amazon.aws.xcom_backends.s3.S3XComBackend"),
    source="Measured on Airflow 3.3.2 with the newest amazon, azure and google providers.",
    when=_odd,
)
def backend_unknown_airflow_class(subject: Subject) -> Iterator[Hit]:
    """An invented class of a provider."""
    yield from _refused(subject, "unknown")


@rule(
    "XC112",
    "info",
    title="The backend is a class of your own",
    what="The value is a class path outside Airflow. A warning for a text with `$NAME` that the file does not define, "
    "an error where that variable leads back to itself.",
    why="Git cannot show whether the image holds the class, and whether the class reads path, threshold and "
    "compression. If it cannot be imported, every component crashes at start.",
    wrong=example(backend="xcomBackend: acme.airflow.xcom.EncryptedBackend"),
    source=_MEASURED,
    when=_odd,
)
def backend_custom(subject: Subject) -> Iterator[Hit]:
    """A class that only the image can tell about."""
    for site in subject.backends:
        variable = airflow.expanded_name(site.text)
        if subject.leads_back(variable) or (site.entry is None and variable == BACKEND_VARIABLE):
            said = f"{variable} leads back to itself, so every component crashes at start"
            yield at(site.node, f"backend {show(site.text)}: {said}", severity="error")
        elif variable is not None and variable not in subject.env_names:
            yield at(
                site.node,
                f"backend {show(site.text)}: the file does not define {variable}; where the container has no such "
                f"variable, "
                "every component crashes at start",
                severity="warning",
            )
        elif _is_custom(site):
            yield at(site.node, f"backend {show(site.text)} is a class of your own; the image must hold it")


def _is_custom(site: Site) -> bool:
    known = site.text in DATABASE_CLASSES or site.text in ("", OBJECT_STORAGE_BACKEND)
    return not known and _kind(site.text) is None
