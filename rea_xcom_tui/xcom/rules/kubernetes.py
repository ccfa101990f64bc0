"""XC70x: values that Kubernetes or Helm take otherwise than they look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rea_xcom_tui.edits import SetText
from rea_xcom_tui.xcom.chart_entries import EnvEntry, Note, rendered, values_of
from rea_xcom_tui.xcom.fields import STATE_VARIABLES, VARIABLES
from rea_xcom_tui.xcom.model import Change, Node, Severity
from rea_xcom_tui.xcom.names import AZURE_LABEL, BACKEND_KEY, CONNECTION_PREFIX
from rea_xcom_tui.xcom.recognise import OWN_KEYS, TELLING_KEYS
from rea_xcom_tui.xcom.rules.examples import BACKEND_LINE, example
from rea_xcom_tui.xcom.rules.ignores import LINE_BREAK
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import marked
from rea_xcom_tui.xcom.rules.subject import Subject, key_name, mapping, name_node, show
from rea_xcom_tui.xcom.sealed import sealed_file

_RIGHT = example()
_DECODED = "Decoded with kubectl 1.32; rendered with Helm's own YAML reader (sigs.k8s.io/yaml 1.3)."
_BIG = 1_000_000  # from here on Helm's `quote` prints a number with an exponent
_AMBIGUOUS = re.compile(r"[+-]?0[\dbBoOxX_]")  # 012, 0x1F, 0b11: people and parsers disagree what these are


def is_setting(name: str) -> bool:
    """True for the variables that XCom depends on."""
    return name in (*VARIABLES.values(), *STATE_VARIABLES.values()) or name.startswith(CONNECTION_PREFIX)


def is_typed(node: Node) -> bool:
    """True for a number or a boolean, which Kubernetes refuses where it wants a string."""
    return node.kind == "scalar" and isinstance(node.value, bool | int | float)


def has_exponent(node: Node) -> bool:
    """True for a number that Helm's `quote` prints as `1e+06`."""
    return is_typed(node) and not isinstance(node.value, bool) and abs(float(node.value or 0)) >= _BIG


def quoted(node: Node) -> str | None:
    """The string to write for a number or boolean so that it keeps its meaning, or None where that is not clear."""
    if isinstance(node.value, bool):
        return node.text if node.text.lower() in ("true", "false") else rendered(node)
    return None if _AMBIGUOUS.match(node.text) else rendered(node)


def _quote_fix(node: Node, address: tuple[object, ...]) -> tuple[Change, ...]:
    text = quoted(node)
    return () if text is None else (SetText(address, text),)  # type: ignore[arg-type]


@rule(
    "XC701",
    "error",
    title="An env value is not a string",
    what="The `value` of an env entry is a number or boolean as Helm reads it, or a mapping or list. A warning for "
    "variables that XCom does not depend on.",
    why="Kubernetes expects a string and refuses the whole object: `cannot unmarshal number into Go struct field "
    "EnvVar.value of type string`. Helm reads YAML 1.1: `yes`, `on` and `y` are booleans, `012` is ten.",
    wrong=example(threshold="0"),
    source=_DECODED + " Whether the chart quotes values itself is not published; a public repo had to quote a 0.",
    when=marked("peculiar"),
)
def env_not_string(subject: Subject) -> Iterator[Hit]:
    """`value: 0`, `value: True`."""
    for entry in subject.entries:
        value = entry.value
        if value is None or (value.kind == "scalar" and (not is_typed(value) or has_exponent(value))):
            continue
        severity: Severity = "error" if is_setting(entry.name) else "warning"
        if value.kind != "scalar":
            yield at(
                value, f"the value of {entry.name} is a {value.kind}; Kubernetes takes a string", severity=severity
            )
            continue
        kind = "boolean" if isinstance(value.value, bool) else "number"
        read = "" if value.text == rendered(value) else f", which Helm reads as {rendered(value)}"
        yield at(
            value,
            f"the value of {entry.name} is the {kind} {value.text}{read}; Kubernetes takes a string, so quote it",
            fix=_quote_fix(value, (*entry.address, "value")),
            severity=severity,
        )


@rule(
    "XC702",
    "error",
    title="A large number is rendered with an exponent",
    what="The `value` of an env entry is a number of a million or more without quotes. A warning for variables that "
    "XCom does not depend on.",
    why="Helm holds numbers as floating point: 1048576 comes out as `1.048576e+06` where the template quotes it, which "
    "Airflow 3.0 and 3.1 refuse as a threshold. Where it does not quote, Kubernetes refuses the number.",
    wrong=example(threshold="1048576"),
    right=example(threshold='"1048576"'),
    source=_DECODED,
    versions="Airflow 3.3 takes the exponent; Kubernetes takes no number in any version.",
    when=marked("peculiar"),
)
def env_exponent(subject: Subject) -> Iterator[Hit]:
    """`value: 1048576`."""
    for entry in subject.entries:
        value = entry.value
        if value is not None and has_exponent(value):
            shown = f"{float(value.value or 0):e}"
            mantissa, _, exponent = shown.partition("e")
            mantissa = mantissa.rstrip("0").rstrip(".")
            yield at(
                value,
                f"the value of {entry.name} is the number {value.text}, which Helm renders as {mantissa}e{exponent}; "
                "quote it",
                fix=_quote_fix(value, (*entry.address, "value")),
                severity="error" if is_setting(entry.name) else "warning",
            )


@rule(
    "XC703",
    "error",
    title="A label or annotation is not a string",
    what="The value of a label or annotation is a number or boolean as Helm reads it, or a mapping or list. Azure's "
    "label has a rule of its own, XC606.",
    why="Kubernetes expects a string and refuses the whole object.",
    wrong=example(rest="labels:\n  astronomer.io/managed: yes\n"),
    right=example(rest='labels:\n  astronomer.io/managed: "yes"\n'),
    source=_DECODED,
    when=marked("untyped"),
)
def label_not_string(subject: Subject) -> Iterator[Hit]:
    """`labels: {x: yes}`."""
    for what, notes in (("label", subject.labels), ("annotation", subject.annotations)):
        for note in notes:
            if what == "label" and note.key == AZURE_LABEL and note.value.kind == "scalar":
                continue
            yield from _note_not_string(what, note)


def _note_not_string(what: str, note: Note) -> Iterator[Hit]:
    value = note.value
    if value.kind != "scalar":
        yield at(value, f"the {what} {note.key} is a {value.kind}; Kubernetes takes a string")
    elif is_typed(value):
        kind = "boolean" if isinstance(value.value, bool) else "number"
        yield at(
            value,
            f"the {what} {note.key} is the {kind} {value.text}; Kubernetes takes a string, so quote it",
            fix=_quote_fix(value, note.address),
        )


@rule(
    "XC704",
    "warning",
    title="A variable appears twice in one list",
    what="Two entries of one env list have the same name. An error where it is a variable of XCom and the values "
    "differ.",
    why="The container gets the last one. Kubernetes only warns, and when one of the two is removed later, its merge "
    "may drop the variable altogether; Helm 4 refuses to install.",
    wrong=example(env=(("AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD", '"1048576"'),)),
    source="kubernetes/kubernetes issue 58477, kubernetes/kubectl issue 1766, helm/helm pull request 31529.",
    versions="Helm 3 installs it, Helm 4 (server-side apply) does not.",
    when=marked("twice"),
)
def env_twice(subject: Subject) -> Iterator[Hit]:
    """The same name twice in commonEnv."""
    lists: dict[tuple[object, ...], list[EnvEntry]] = {}
    for entry in subject.every_entry:
        if entry.address:
            lists.setdefault((*entry.address[:-1], entry.name), []).append(entry)
    for same in lists.values():
        if len(same) < 2:
            continue
        last, first = same[-1], same[0]
        loud = is_setting(last.name) and len({(entry.text, entry.reference) for entry in same}) > 1
        yield at(
            name_node(last),
            f"{last.name} is also on line {name_node(first).line}: the container gets this one, and Helm 4 refuses "
            "duplicates",
            severity="error" if loud else "warning",
        )


@rule(
    "XC705",
    "error",
    title="A key appears twice",
    what="The file, a component, an env entry, a service account, or a mapping of labels or annotations has the same "
    "key more than once. A warning where both have the same text.",
    why="Helm silently takes the last: two `commonEnv` blocks lose the first with all its variables. A "
    "practitioner's guide lists it as the most frequent self-inflicted error.",
    wrong=example() + 'commonEnv:\n  - name: TEAM\n    value: "etl"\n',
    right=example(env=(("TEAM", '"etl"'),)),
    source=_DECODED,
    when=marked("merged"),
)
def duplicate_key(subject: Subject) -> Iterator[Hit]:
    """Two `commonEnv:`, two `labels:`."""
    if subject.root.unique:
        return
    yield from _twice(subject.keys)
    for holder in _sections(subject):
        yield from _twice((key_name(name.value), name, value) for name, value in holder.entries)


def _twice(entries: Iterable[tuple[str, Node, Node]]) -> Iterator[Hit]:
    seen: dict[str, tuple[Node, Node]] = {}
    for key, name, value in entries:
        if key in seen:
            old = seen[key]
            same = old[1].kind == value.kind == "scalar" and old[1].value == value.value
            yield at(
                name,
                f"the key {show(key)} is also on line {old[0].line}: Helm takes this one and drops the other",
                severity="warning" if same else "error",
            )
        seen[key] = (name, value)


def _sections(subject: Subject) -> Iterator[Node]:
    """The mappings that XCom settings are in, below the top level."""
    for key, _, value in subject.keys:
        if key in ("annotations", "labels", "serviceAccount", "dagProcessor", "triggerer"):
            yield value
        if key in ("commonEnv", "workers"):
            yield from value.items
        for holder in (*value.items, value) if key in ("workers", "dagProcessor", "triggerer") else ():
            if holder.kind == "mapping":
                env, account = holder.get("env"), holder.get("serviceAccount")
                yield from env.items if env is not None else ()
                yield from (account,) if account is not None else ()
        if key == "serviceAccount" and value.kind == "mapping":
            parts = [(name.text, part) for name, part in value.entries]
            yield from (part for _, part in parts if part.kind == "mapping")
            yield from (notes for _, part in parts if (notes := _notes_of(part)) is not None)


def _notes_of(account: Node) -> Node | None:
    return mapping(account.get("annotations")) if account.kind == "mapping" else None


@rule(
    "XC706",
    "error",
    title="An env entry has both value and valueFrom",
    what="An entry has a `value` that is not empty and a `valueFrom`.",
    why="The API server refuses it: `valueFrom` may not be specified when `value` is not empty.",
    wrong=example(
        threshold=None,
        env=(
            (
                "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD",
                '"0"\n    valueFrom:\n      configMapKeyRef:\n        name: xcom\n        key: threshold',
            ),
        ),
    ),
    source="Kubernetes API reference, EnvVar.",
    when=marked("peculiar"),
)
def env_value_and_source(subject: Subject) -> Iterator[Hit]:
    """`value` beside `valueFrom`."""
    for entry in subject.entries:
        if entry.value_from is not None and entry.value is not None and rendered(entry.value) != "":
            yield at(entry.value_from, f"{entry.name} has both value and valueFrom; Kubernetes refuses the pod")


@rule(
    "XC707",
    "error",
    title="Settings are in a second YAML document",
    what="The file has a `---` after its first content, and keys of the chart or settings of XCom follow.",
    why="Helm silently reads only the first document: everything after it has no effect.",
    wrong=example(threshold=None).replace("commonEnv:", "---\ncommonEnv:"),
    source=_DECODED,
    when=marked("documents"),
)
def second_document(subject: Subject) -> Iterator[Hit]:
    """`---` in the middle."""
    if subject.context.documents < 2:
        return
    content = later = False
    for number, line in enumerate(LINE_BREAK.split(subject.context.text), start=1):
        if re.match(r"---(?:\s|$)", line):
            later, content = later or content, content or bool(line[3:].split("#")[0].strip())
        elif later and (match := _SETTING.match(line)):
            yield Hit(number, match.start(1) + 1, "this is in a second YAML document, which Helm does not read")
            return
        elif line.strip() and not line.lstrip().startswith(("#", "%")):
            content = True


_SETTING = re.compile(
    rf"(?:-\s+name:\s*[\"']?)?\s*(?:-\s+name:\s*[\"']?)?"
    rf"((?:{'|'.join((*OWN_KEYS, *TELLING_KEYS, 'annotations', 'labels', 'serviceAccount'))})\s*:"
    rf"|AIRFLOW__COMMON_IO__XCOM_|AIRFLOW__CORE__XCOM_BACKEND|AIRFLOW_CONN_)"
)


@rule(
    "XC712",
    "error",
    title="A section has the wrong shape",
    what="A section that carries XCom settings is a mapping where the chart takes a list, or the other way round, or "
    "an env list has entries that are not mappings. `xcomBackend` has a rule of its own, XC108.",
    why="The chart fails to render, or leaves the settings out.",
    wrong=f"{BACKEND_LINE}\ncommonEnv:\n  AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH: s3://acme-xcom/etl\n",
    source="The chart's downloaded values file; a public repo with that shape.",
    when=marked("misshapen"),
)
def wrong_shape(subject: Subject) -> Iterator[Hit]:
    """`commonEnv` as a mapping."""
    problem = subject.root.shape_problem
    if problem is not None and problem[1] is not subject.root.get(BACKEND_KEY):
        yield at(problem[1], problem[0].rstrip("."))


@rule(
    "XC717",
    "info",
    title="The file or values in it are encrypted in place",
    what="SOPS or a tool like it has encrypted the file in part, or a value of it. What is encrypted is not judged, "
    "and a field that an encrypted name could set is not called unset.",
    why="The checksum of SOPS covers clear values too unless `mac_only_encrypted` is true: a change by another tool "
    "makes the file undecryptable. Use the tool itself (`sops FILE`).",
    wrong=_RIGHT.rstrip() + "\nsops:\n  mac: ENC[AES256_GCM,data:bWFj,iv:aXY=,tag:dGFn,type:str]\n  version: 3.10.2\n",
    source="The source of SOPS 3.10; the documentation of ansible-vault and age.",
    when=marked("encrypted"),
)
def encrypted(subject: Subject) -> Iterator[Hit]:
    """A top-level `sops` with a `mac`, or ciphertext for a field."""
    tool = subject.config.encrypted
    if tool is not None:
        node = subject.root.get("sops") or subject.root
        what = "the file is" if sealed_file(subject.root) else "a value is"
        yield at(node, f"{what} encrypted by {tool}: what is encrypted is not judged, and is changed with {tool}")


@rule(
    "XC711",
    "error",
    title="An env entry has no usable name",
    what="An entry of an env list is a mapping without a `name`, with an empty one, or with a number or boolean for "
    "it.",
    why="Kubernetes refuses the object: `env[0].name: Required value`, or `cannot unmarshal number into … of type "
    "string`.",
    wrong=example().replace("- name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH", "- nam: PATH"),
    source="Kubernetes API reference, EnvVar.",
    when=marked("unnamed"),
)
def env_no_name(subject: Subject) -> Iterator[Hit]:
    """`- value: x`."""
    for holder in _env_holders(subject):
        for key in ("commonEnv",) if holder is subject.root else ("env",):
            for env, shadowed in values_of(holder, key):
                for item in env.items if not shadowed else ():
                    name = item.get("name") if item.kind == "mapping" else None
                    if item.kind == "mapping" and not (name is not None and isinstance(name.value, str) and name.value):
                        said = "no name" if not rendered(name) else "a name that is not a string"
                        yield at(name or item, f"this env entry has {said}; Kubernetes refuses the pod")


def _env_holders(subject: Subject) -> Iterator[Node]:
    yield subject.root
    workers = subject.root.get("workers")
    for worker in workers.items if workers is not None else ():
        if worker.kind == "mapping":
            yield worker
    for key in ("dagProcessor", "triggerer"):
        section = mapping(subject.root.get(key))
        if section is not None:
            yield section
