"""The page of each rule, and the document of all of them."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from difflib import get_close_matches

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.rules.families import find, rules
from rea_xcom_tui.xcom.rules.registry import FAMILIES, Rule

Style = Callable[[str, str], str]

_WIDTH = 88
_LONGEST_LINE = 160  # of an example; a prefix of a thousand letters says nothing more

_HEAD = """\
# Rules

<!-- Made by `python -m scripts.pages`; edit the rules, not this file. -->

Each rule has a stable code, a name and a severity:

- **error**: Airflow or Kubernetes fails, or data is silently lost or leaked.
- **warning**: it works, but data leaves the plane it should stay in, or something is not what it seems.
- **info**: worth knowing; many fleets choose it on purpose.

Accept a finding with a comment on its line, or on a line of its own above it:

    value: "4096" # rea-xcom: ignore[XC306] small values may stay with Astro, until 2027-01-31
"""


def explain(code: str) -> str:
    """The page of one rule as plain text. Raises ToolError, with the nearest code, when there is no such rule."""
    found = find(code)
    if found is None:
        known = [rule.code for rule in rules()] + [rule.name for rule in rules()]
        near = get_close_matches(code.strip(), known, 1, 0.5) or get_close_matches(code.strip().upper(), known, 1, 0.5)
        hint = f"; did you mean {near[0]}?" if near else "; docs/rules.md lists them all."
        raise ToolError(f"There is no rule {clean(code, 40)}{hint}")
    return _page(found)


def _page(rule: Rule) -> str:
    parts = [f"{rule.code} {rule.name} ({rule.severity})", f"{rule.title}.", *_sections(rule, _wrapped, _indented)]
    return "\n\n".join(parts) + "\n"


def _sections(rule: Rule, prose: Style, example: Style) -> Iterator[str]:
    yield prose("When", rule.what)
    yield prose("Why it matters", rule.why)
    if rule.versions:
        yield prose("Versions", rule.versions)
    if rule.settings is not None and rule.settings.policies:
        yield prose("With the policy", rule.settings.policies[0].text)
    yield example("Wrong", rule.wrong)
    yield example("Right", rule.right)
    yield prose("Source", rule.source)


def _wrapped(title: str, text: str) -> str:
    return f"{title}:\n" + textwrap.fill(text, _WIDTH, initial_indent="  ", subsequent_indent="  ")


def _indented(title: str, text: str) -> str:
    return f"{title}:\n" + "\n".join(f"  {line}".rstrip() for line in _shortened(text))


def _bold(title: str, text: str) -> str:
    return f"**{title}.** {_escaped(text)}"


def _escaped(text: str) -> str:
    """Text for Markdown: what is outside backticks must not become a tag."""
    parts = text.split("`")
    return "`".join(part if index % 2 else part.replace("<", "&lt;") for index, part in enumerate(parts))


def _fenced(title: str, text: str) -> str:
    body = "\n".join(_shortened(text))
    return f"**{title}:**\n\n```yaml\n{body}\n```"


def _shortened(text: str) -> list[str]:
    return [
        line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE // 2] + " … " + line[-10:]
        for line in text.rstrip("\n").split("\n")
    ]


def document() -> str:
    """The Markdown document of all rules."""
    parts = [_HEAD.rstrip("\n")]
    for prefix, family in FAMILIES.items():
        members = [rule for rule in rules() if rule.code.startswith(prefix)]
        parts.append(f"## {family}")
        parts.append(
            "| code | name | severity | what |\n|---|---|---|---|\n"
            + "\n".join(
                f"| [{r.code}](#{_anchor(r)}) | {r.name} | {r.severity} | {_escaped(r.title)} |" for r in members
            )
        )
        for rule in members:
            parts.append(f"### {rule.code} {rule.name}")
            parts.append(f"*{rule.severity}* · {_escaped(rule.title)}.")
            parts += _sections(rule, _bold, _fenced)
    return "\n\n".join(parts) + "\n"


def _anchor(rule: Rule) -> str:
    return f"{rule.code.lower()}-{rule.name}"
