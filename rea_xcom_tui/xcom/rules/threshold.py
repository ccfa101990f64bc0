"""XC3: the threshold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rea_xcom_tui.edits import SetText
from rea_xcom_tui.xcom import airflow
from rea_xcom_tui.xcom.airflow import Verdict
from rea_xcom_tui.xcom.model import Severity
from rea_xcom_tui.xcom.names import THRESHOLD_VARIABLE
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import Gate, Shape, lacks
from rea_xcom_tui.xcom.rules.subject import Site, Subject, once, show

_MEASURED = "Tried on Airflow 3.0.2, 3.1.3 and 3.3.2."
_WHEN = "The error comes when a value is written, at the end of a task, not at start: every such task fails."
_PLANE = "the values leave the customer's own plane for Airflow's metadata database in Astro's"
_ABSURD = 1 << 30  # PostgreSQL cannot hold a larger value in one field


@once
def _judged(subject: Subject) -> Iterator[tuple[Site, Verdict]]:
    if not subject.only_database:
        for site in subject.sites(THRESHOLD_VARIABLE):
            yield site, airflow.threshold(site.text, subject.version)


@once
def _accepted(subject: Subject) -> Iterator[tuple[Site, int]]:
    """The thresholds that Airflow reads as a number, of a class that uses them."""
    for site, verdict in _judged(subject) if subject.reads_options else ():
        if verdict.accepted is not False and isinstance(verdict.value, int):
            yield site, verdict.value


def _questionable(shape: Shape) -> bool:
    """Whether not every Airflow takes each threshold."""
    verdicts = [airflow.threshold(text, shape.version) for text, _ in shape.thresholds]
    return any(v.accepted is not True for v in verdicts) or not all(text.strip() for text, _ in shape.thresholds)


def _some(holds: Callable[[int, str], bool]) -> Gate:
    """Whether this holds for some threshold, as Airflow reads it and as it is written."""

    def some(shape: Shape) -> bool:
        read = [(airflow.threshold(text, shape.version).value, written) for text, written in shape.thresholds]
        return any(isinstance(value, int) and holds(value, written) for value, written in read)

    return some


@rule(
    "XC301",
    "error",
    title="The threshold is not a whole number",
    what="Airflow cannot read the value as a whole number of bytes. A warning where it holds `$NAME`, which Airflow "
    "expands first and which the file does not define.",
    why=_WHEN,
    wrong=example(threshold='"10MB"'),
    source=_MEASURED,
    when=_questionable,
)
def threshold_no_integer(subject: Subject) -> Iterator[Hit]:
    """`abc`, `10MB`, `0x10`, `1.5`."""
    for site, verdict in _judged(subject):
        if verdict.accepted is not False or verdict.value is not None or not site.text.strip():
            continue
        variable = airflow.expanded_name(site.text)
        circular = subject.leads_back(variable)
        if variable in subject.env_names and not circular:  # by a reference, or in several ways
            continue
        severity: Severity = "warning" if variable not in (None, "HOME") and not circular else "error"
        yield at(
            site.node,
            f"threshold {show(site.text)} is not a whole number of bytes: every task that writes a value fails",
            severity=severity,
        )


@rule(
    "XC302",
    "error",
    title="The threshold is empty",
    what="The threshold is the empty string, blanks, or null. A warning for null, which `--set` or another layer may "
    "fill in.",
    why="Empty is not the default: Airflow cannot read it as a number. " + _WHEN,
    wrong=example(threshold='""'),
    source=_MEASURED,
    when=_questionable,
)
def threshold_empty(subject: Subject) -> Iterator[Hit]:
    """`""` or null."""
    for site, _ in _judged(subject):
        if site.text.strip():
            continue
        said = "null: unless --set or another layer fills it in" if site.null else "empty, which is not the default"
        severity: Severity = "warning" if site.null else "error"
        yield at(site.node, f"the threshold is {said}: every task that writes a value fails", severity=severity)


@rule(
    "XC303",
    "error",
    title="The threshold is written as a fraction or with an exponent",
    what="The value is whole but written like `1e6` or `1.0`. Not reported on Airflow 3.2 and newer; a warning where "
    "the version is not known.",
    why=_WHEN,
    wrong=example(threshold='"1e6"'),
    right=example(threshold='"1000000"'),
    source=_MEASURED,
    versions="3.0 and 3.1 refuse it; 3.2 and 3.3 read it as the whole number.",
    when=_questionable,
)
def threshold_float(subject: Subject) -> Iterator[Hit]:
    """`1e6`, `1.048576e+06`."""
    for site, verdict in _judged(subject):
        if verdict.accepted is True or not isinstance(verdict.value, int):
            continue
        who = "Airflow 3.0 and 3.1 refuse" if verdict.accepted is None else "this version of Airflow refuses"
        also = " (3.2 takes it)" if verdict.accepted is None else ""
        yield at(
            site.node,
            f"threshold {show(site.text)}: {who} this form{also}; write {verdict.value}",
            fix=(SetText(site.address, str(verdict.value)),),
            severity="warning" if verdict.accepted is None else "error",
        )


@rule(
    "XC304",
    "warning",
    title="No threshold is set",
    what="The backend is the object-storage class and no component has a threshold.",
    why=f"The default is -1: nothing goes to object storage, {_PLANE}. Nothing warns you.",
    wrong=example(threshold=None),
    source=_MEASURED + " apache/airflow issue 49154 shows a release tester who fell into it.",
    when=lacks(THRESHOLD_VARIABLE),
)
def threshold_unset(subject: Subject) -> Iterator[Hit]:
    """The class without a threshold."""
    if subject.stores_objects and not subject.threshold_entries and THRESHOLD_VARIABLE not in subject.misspelt:
        yield at(subject.anchor, f"no threshold is set: the default -1 stores nothing, {_PLANE}")


@rule(
    "XC305",
    "warning",
    title="The threshold is negative",
    what="The threshold is below zero.",
    why=f"Nothing goes to object storage, {_PLANE}.",
    wrong=example(threshold='"-1"'),
    source=_MEASURED,
    when=_some(lambda value, _: value < 0),
)
def threshold_negative(subject: Subject) -> Iterator[Hit]:
    """`-1`."""
    for site, value in _accepted(subject):
        if value < 0:
            yield at(site.node, f"threshold {value} stores nothing in object storage: {_PLANE}")


@rule(
    "XC306",
    "info",
    title="Small values stay in Astro's database",
    what="The threshold is above zero.",
    why="Values whose JSON is shorter than the threshold go to the metadata database in Astro's plane; values of "
    "exactly that size and more go to object storage. Astronomer recommends 0; many fleets choose otherwise on "
    "purpose.",
    wrong=example(threshold='"1048576"'),
    source=_MEASURED + " The provider's own text says greater than; its code sends equal ones to object storage too.",
    when=_some(lambda value, _: 0 < value < _ABSURD),
)
def threshold_above_zero(subject: Subject) -> Iterator[Hit]:
    """Any positive threshold below the absurd."""
    for site, value in _accepted(subject):
        if 0 < value < _ABSURD:
            yield at(
                site.node, f"threshold {value}: values of less than {value} bytes stay in the database in Astro's plane"
            )


@rule(
    "XC307",
    "warning",
    title="The threshold is so large that nothing is stored",
    what="The threshold is 1 GiB or more.",
    why=f"Hardly any value is that large, so {_PLANE}; a value that is comes close to the most that PostgreSQL "
    "holds in one field.",
    wrong=example(threshold='"1099511627776"'),
    source="PostgreSQL's limit of 1 GB for one field.",
    when=_some(lambda value, _: value >= _ABSURD),
)
def threshold_absurd(subject: Subject) -> Iterator[Hit]:
    """1 GiB and more."""
    for site, value in _accepted(subject):
        if value >= _ABSURD:
            gib = f"{value / _ABSURD:,.0f}" if value < 1 << 60 else "over a billion"
            shown = str(value) if value < 10**20 else f"of {len(str(value))} digits"
            yield at(site.node, f"threshold {shown} is {gib} GiB: practically nothing goes to object storage")


@rule(
    "XC308",
    "info",
    title="The threshold is written in an unusual way",
    what="Airflow reads the value as a number, but it has blanks, a plus sign, leading zeros, underscores or digits of "
    "another script.",
    why="It works, but people read it differently. `010` is ten for Airflow, not eight.",
    wrong=example(threshold='"010"'),
    right=example(threshold='"10"'),
    source=_MEASURED,
    when=_some(lambda value, written: written != str(value)),
)
def threshold_spelling(subject: Subject) -> Iterator[Hit]:
    """`010`, `1_000`, `+5`, ` 10 `."""
    for site, value in _accepted(subject):
        if site.written != str(value) and re.fullmatch(r"\s*[+-]?[\d_]+\s*", site.written):
            yield at(
                site.node,
                f"threshold {show(site.written)} is read as {value}",
                fix=(SetText(site.address, str(value)),),
            )
