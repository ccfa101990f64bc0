"""Which objects a patch's target selects: patterns of names, and selectors of labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from rea_xcom_tui.layouts.kustomize.files import Entry
from rea_xcom_tui.layouts.kustomize.objects import Object

_LITERAL = re.compile(r"[\w./-]*", re.ASCII)
# Only patterns that Python matches as quickly as Go does: no group repeated, at most two repeats.
_SAFE = re.compile(r"(?:[\w^$|()./ -]|\\[.dw-]|[.\w)][*+?]|\[[\w-]+\][*+?]?){1,300}", re.ASCII)
_REQUIREMENT = re.compile(
    r"\s*(?:(?P<not>!)\s*(?P<absent>[\w./-]+)"
    r"|(?P<key>[\w./-]+)\s*(?:(?P<op>==|=|!=)\s*(?P<value>[\w.-]*)"
    r"|\s(?P<set>in|notin)\s*\((?P<values>[\w\s.,-]*)\))?)\s*(?:,|\Z)",
    re.ASCII,
)

Matcher = Callable[[str], bool]


class NotFollowed(Exception):
    """A pattern or selector that this tool does not follow; the text names it."""


def matcher(pattern: str) -> Matcher:
    """Whether a text matches a pattern as a whole; an empty pattern matches everything.

    Raises `NotFollowed` for one whose matching could take long, or that Python reads differently from Go.
    """
    if not pattern:
        return lambda text: True
    if "." not in pattern and _LITERAL.fullmatch(pattern):
        return lambda text: text == pattern
    if _SAFE.fullmatch(pattern) is None or len(re.findall(r"[*+?]", pattern)) > 2 or re.search(r"\)[*+?]", pattern):
        raise NotFollowed(pattern)
    try:
        compiled = re.compile(pattern, re.ASCII)
    except re.error:
        raise NotFollowed(pattern) from None
    return lambda text: compiled.fullmatch(text[:300]) is not None


def label_matcher(selector: str) -> Callable[[Mapping[str, str]], bool]:
    """Whether labels fit a selector such as `app=x,tier!=y,!z`. Raises `NotFollowed` for one that is none."""
    tests: list[Callable[[Mapping[str, str]], bool]] = []
    at = 0
    while at < len(selector):
        found = _REQUIREMENT.match(selector, at)
        if found is None or found.end() == at:
            raise NotFollowed(selector)
        tests.append(_requirement(found))
        at = found.end()
    return lambda labels: all(test(labels) for test in tests)


def _requirement(found: re.Match[str]) -> Callable[[Mapping[str, str]], bool]:
    if found["not"]:
        absent = found["absent"]
        return lambda labels: absent not in labels
    key = found["key"]
    if found["set"]:
        values = frozenset(value.strip() for value in found["values"].split(","))
        if found["set"] == "in":
            return lambda labels: key in labels and labels[key] in values
        return lambda labels: labels.get(key) not in values
    value = found["value"]
    if found["op"] == "!=":
        return lambda labels: labels.get(key) != value
    if found["op"]:
        return lambda labels: labels.get(key) == value
    return lambda labels: key in labels


def selection(target: Entry) -> Callable[[Object], bool]:
    """Whether an object is a patch's target. Raises `NotFollowed`."""
    group, version, kind = (matcher(target.text_of(key)) for key in ("group", "version", "kind"))
    name, namespace = matcher(target.text_of("name")), matcher(target.text_of("namespace"))
    labels = label_matcher(target.text_of("labelSelector"))
    annotations = label_matcher(target.text_of("annotationSelector"))

    def selects(found: Object) -> bool:
        now, first = found.id, found.original
        return (
            kind(now.kind)
            and group(now.group)
            and version(now.version)
            and (name(first.name) or name(now.name))
            and (namespace(first.effective.namespace) or namespace(now.effective.namespace))
            and labels(found.labels())
            and annotations(found.labels("annotations"))
        )

    return selects
