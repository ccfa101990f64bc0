from __future__ import annotations

import pytest

from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.rules.engine import check, judge
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.families import find
from rea_xcom_tui.xcom.rules.registry import Rule, add
from rea_xcom_tui.xcom.rules.settings import RuleContext, RuleSettings
from tests.xcom.rules.helpers import TODAY, found


def test_check_gives_the_findings_in_the_order_of_the_file() -> None:
    values = ValuesFile.parse(example(path='"/x"', threshold="x", compression='"gz"').encode())
    config, context = read(values.root), RuleContext(today=TODAY)
    findings = check(values.root, config, context)
    assert [(f.line, f.code, f.field) for f in findings] == [
        (4, "XC203", "path"),
        (6, "XC301", "threshold"),
        (8, "XC402", "compression"),
    ]
    assert judge(values.root, config, context).findings == findings


def test_the_version_of_the_file_comes_before_that_of_the_repo() -> None:
    image = "image: images.astronomer.cloud/baseimages/astro-remote-execution-agent:3.1-2-python-3.12-astro-agent-1.6.0"
    text = example(threshold='"1e6"', before=image)
    settings = RuleSettings(airflow=(3, 3))
    assert [f.severity for f in found(text, settings=settings) if f.code == "XC303"] == ["error"]
    bare = example(threshold='"1e6"')
    assert [f.severity for f in found(bare, settings=settings) if f.code == "XC303"] == []
    (finding,) = (f for f in found(bare) if f.code == "XC303")
    assert finding.severity == "warning"
    assert "3.0 and 3.1 refuse" in finding.message
    assert "(3.2 takes it)" in finding.message


def test_a_code_or_name_is_registered_once() -> None:
    known = find("XC101")
    assert known is not None
    with pytest.raises(ValueError, match="registered twice"):
        add(known)
    stray = Rule("YY101", "stray", "info", None, "", "", "", "", "", "")
    with pytest.raises(ValueError, match="no family"):
        add(stray)
