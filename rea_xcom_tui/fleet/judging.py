"""Letting the rules speak about a values file and about the whole fleet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from rea_xcom_tui.layouts.naming import ENVIRONMENTS
from rea_xcom_tui.values import ValuesFile
from rea_xcom_tui.xcom.model import Configuration
from rea_xcom_tui.xcom.rules.engine import Judgement, judge
from rea_xcom_tui.xcom.rules.settings import RuleContext, RuleSettings


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: what the repo's configuration says about names and rules."""

    environments: tuple[str, ...] = ENVIRONMENTS
    rules: RuleSettings = field(default_factory=RuleSettings)
    today: date = field(default_factory=date.today)
    """The day that decides whether an ignore has expired."""
    judged: bool = True
    """Whether the rules are run; they take more time than the reading itself."""


def judgement(parsed: ValuesFile, config: Configuration, reading: Reading, file: str, env: str | None) -> Judgement:
    """What the rules find in one values file."""
    context = RuleContext(
        today=reading.today,
        settings=reading.rules,
        file=file,
        id=file,
        env=env,
        text=parsed.text,
        comment_on=parsed.comment_on,
    )
    return judge(parsed.root, config, context)
