from __future__ import annotations

from datetime import date

from rea_xcom_tui.values.documents import helm_refusal
from rea_xcom_tui.values.quick import read_quickly
from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.xcom.model import Finding
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.rules.engine import Judgement, judge
from rea_xcom_tui.xcom.rules.families import rules
from rea_xcom_tui.xcom.rules.settings import HelmRefusal, RuleContext, RuleSettings
from rea_xcom_tui.xcom.rules.shape import shape_of
from rea_xcom_tui.xcom.rules.subject import Subject

TODAY = date(2026, 11, 22)


def judged(
    text: str,
    *,
    settings: RuleSettings | None = None,
    env: str | None = None,
    file: str = "values.yaml",
    templated: bool = False,
    airflow: tuple[int, ...] | None = None,
    today: date = TODAY,
) -> Judgement:
    """What the rules say about a values file's text, read by the real reader."""
    values = ValuesFile.parse(text.encode())
    settings = settings or RuleSettings(airflow=airflow)
    refused = helm_refusal(values.text, values.root)
    context = RuleContext(
        today=today,
        settings=settings,
        file=file,
        id=file,
        env=env,
        text=values.text,
        comment_on=values.comment_on,
        documents=values.documents,
        refusal=HelmRefusal(refused.line, refused.column, str(refused)) if refused else None,
        templated=templated,
    )
    header = "\n".join(line for line in text.splitlines()[:10] if line.startswith("#"))
    config = read(values.root, header, settings.airflow)
    no_gate_hides_anything(Subject(values.root, config, context))
    judgement = judge(values.root, config, context)
    quick = read_quickly(values.text)
    if quick is not None:
        assert read(quick, header, settings.airflow) == config
        no_gate_hides_anything(Subject(quick, config, context))
        assert judge(quick, config, context) == judgement
    return judgement


def no_gate_hides_anything(subject: Subject) -> None:
    """Whatever a rule can see is seen: where its gate is shut, it finds nothing even when it is asked."""
    shape = shape_of(subject)
    for rule in rules():
        if rule.check is not None and rule.when is not None and not rule.when(shape):
            assert not list(rule.check(subject)), rule.code


def found(text: str, **options: object) -> tuple[Finding, ...]:
    return judged(text, **options).findings  # type: ignore[arg-type]


def codes(text: str, **options: object) -> set[str]:
    return {finding.code for finding in found(text, **options)}


def loud(text: str, **options: object) -> set[str]:
    """The codes of errors and warnings only."""
    return {finding.code for finding in found(text, **options) if finding.severity != "info"}
