from __future__ import annotations

from datetime import date

from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.xcom.model import Finding
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.rules import Judgement, RuleContext, RuleSettings, judge

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
    context = RuleContext(
        today=today,
        settings=settings,
        file=file,
        id=file,
        env=env,
        text=values.text,
        comment_on=values.comment_on,
        documents=values.documents,
        templated=templated,
    )
    header = "\n".join(line for line in text.splitlines()[:10] if line.startswith("#"))
    return judge(values.root, read(values.root, header, settings.airflow), context)


def found(text: str, **options: object) -> tuple[Finding, ...]:
    return judged(text, **options).findings  # type: ignore[arg-type]


def codes(text: str, **options: object) -> set[str]:
    return {finding.code for finding in found(text, **options)}


def loud(text: str, **options: object) -> set[str]:
    """The codes of errors and warnings only."""
    return {finding.code for finding in found(text, **options) if finding.severity != "info"}
