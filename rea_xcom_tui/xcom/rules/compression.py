"""XC4: the compression."""

from __future__ import annotations

from collections.abc import Iterator

from rea_xcom_tui.edits import SetText
from rea_xcom_tui.xcom import airflow
from rea_xcom_tui.xcom.model import Severity
from rea_xcom_tui.xcom.names import COMPRESSION_VARIABLE
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import Shape
from rea_xcom_tui.xcom.rules.subject import Site, Subject, show

_RIGHT = example(compression='"gzip"')
_MEASURED = "Tried on Airflow 3.0.2, 3.1.3 and 3.3.2 with common-io 1.6.0, 1.7.0 and 1.11.0."
_WHY = "Airflow takes the names of fsspec's table in exactly that spelling and raises ValueError for any other."
_VERSIONS = (
    "With common-io up to 1.7.0 (Airflow 3.0 and 3.1) every write of a value fails, small ones too; with 1.11.0 (3.3) "
    "only the writes that go to object storage do."
)
_NO_COMPRESSION = frozenset(("none", "null", "no", "off", "false", "nil", "uncompressed", "-"))


def _kind(text: str) -> str | None:
    """Which way a name is wrong, or None for one that Airflow takes."""
    verdict = airflow.compression(text)
    if verdict.accepted:
        return None
    bare = text.strip().lower()
    if not bare or bare in _NO_COMPRESSION:
        return "nothing"
    if verdict.hint is None:
        return "unknown"
    return "case" if bare == verdict.hint else "suffix"


def _questionable(shape: Shape) -> bool:
    """Whether Airflow does not take each compression as it is."""
    return any(_kind(text) is not None for text in shape.compressions)


def _refused(subject: Subject, kind: str) -> Iterator[Site]:
    if subject.only_database:
        return
    for site in subject.sites(COMPRESSION_VARIABLE):
        variable = airflow.expanded_name(site.text)
        if _kind(site.text) == kind and (variable not in subject.env_names or subject.leads_back(variable)):
            yield site


def _hits(subject: Subject, kind: str) -> Iterator[Hit]:
    old = airflow.is_at_most_31(subject.version)
    severity: Severity = "warning" if old is False and not subject.may_store else "error"
    for site in _refused(subject, kind):
        hint = "" if kind == "nothing" else airflow.compression(site.text).hint
        advice = f'write "{hint}"' if hint is not None else "write " + ", ".join(airflow.COMPRESSIONS)
        if kind == "nothing":
            advice = 'write "" for no compression'
        fix = (SetText(site.address, hint),) if hint is not None else ()
        yield at(
            site.node,
            f"Airflow refuses the compression {show(site.text)}, {_outcome(old)}; {advice}",
            fix=fix,
            severity=severity,
        )


def _outcome(old: bool | None) -> str:
    if old:
        return "and every write of a value fails"
    if old is False:
        return "and writes to object storage fail"
    return "and writes fail (all of them on 3.0 and 3.1, those to object storage on 3.3)"


@rule(
    "XC401",
    "error",
    title="Airflow does not know the compression",
    what="The name is not one that fsspec has with a suffix, and not one of the cases XC402 to XC404. A known trap is "
    "`snappy`: the provider's documentation lists it, but fsspec registers it without a suffix.",
    why=_WHY,
    wrong=example(compression='"snappy"'),
    right=_RIGHT,
    source=_MEASURED,
    versions=_VERSIONS,
    when=_questionable,
)
def compression_unknown(subject: Subject) -> Iterator[Hit]:
    """`snappy`, `deflate`, `infer`."""
    yield from _hits(subject, "unknown")


@rule(
    "XC402",
    "error",
    title="The compression is a file's suffix, not a name",
    what="The value is `gz`, `zst` or `bzip2` for `gzip`, `zstd` or `bz2`.",
    why=_WHY + " `gz` is even the example in the provider's own option reference.",
    wrong=example(compression='"gz"'),
    right=example(compression='"gzip"'),
    source=_MEASURED,
    versions=_VERSIONS,
    when=_questionable,
)
def compression_suffix(subject: Subject) -> Iterator[Hit]:
    """`gz`, `zst`."""
    yield from _hits(subject, "suffix")


@rule(
    "XC403",
    "error",
    title="The compression has capitals or blanks",
    what="The value is a known name except for its case or blanks around it.",
    why=_WHY,
    wrong=example(compression='"GZIP"'),
    right=example(compression='"gzip"'),
    source=_MEASURED,
    versions=_VERSIONS,
    when=_questionable,
)
def compression_spelling(subject: Subject) -> Iterator[Hit]:
    """`ZIP`, ` gzip `."""
    yield from _hits(subject, "case")


@rule(
    "XC404",
    "error",
    title="No compression is written as a word",
    what="The value is a blank or a word such as `none`, `null` or `off`.",
    why=_WHY + " No compression is the empty string, or no entry at all.",
    wrong=example(compression='"none"'),
    right=example(compression='""'),
    source=_MEASURED,
    versions=_VERSIONS,
    when=_questionable,
)
def compression_none(subject: Subject) -> Iterator[Hit]:
    """`none`, `None`, ` `."""
    yield from _hits(subject, "nothing")


@rule(
    "XC405",
    "info",
    title="The compression needs a package in the image",
    what="The value is `lz4` or `zstd`.",
    why="Both work only where the image holds the Python package (`lz4`, `zstandard`); without it Airflow refuses "
    "the name.",
    wrong=example(compression='"zstd"'),
    right=_RIGHT,
    source=_MEASURED,
    versions=_VERSIONS,
    when=lambda shape: not airflow.COMPRESSION_PACKAGES.keys().isdisjoint(shape.compressions),
)
def compression_package(subject: Subject) -> Iterator[Hit]:
    """`lz4`, `zstd`."""
    for site in subject.sites(COMPRESSION_VARIABLE) if not subject.only_database else ():
        package = airflow.COMPRESSION_PACKAGES.get(site.text)
        if package:
            yield at(site.node, f'compression "{site.text}" works only where the image holds the package {package}')


@rule(
    "XC406",
    "info",
    title="zip stores values without compressing them",
    what="The value is `zip`.",
    why="fsspec opens the archive in its default mode, which stores: 2,000,002 bytes of JSON become 2,000,124 with "
    "zip, "
    "3,923 with gzip, 348 with zstd; a value of 59 bytes becomes 181. What was written with zip stays readable after "
    "the change, because readers go by the object's suffix.",
    wrong=example(compression='"zip"'),
    right=_RIGHT,
    source="Objects written by Airflow 3.3.2 with fsspec 2026.9.0 and measured. Astronomer's page has zip in its "
    "example.",
    when=lambda shape: "zip" in shape.compressions,
)
def compression_zip(subject: Subject) -> Iterator[Hit]:
    """`zip`."""
    for site in subject.sites(COMPRESSION_VARIABLE) if not subject.only_database else ():
        if site.text == "zip":
            said = "zip stores without compressing: 2,000,002 bytes become 2,000,124, with gzip 3,923"
            yield at(site.node, f"compression {said}; write gzip", fix=(SetText(site.address, "gzip"),))
