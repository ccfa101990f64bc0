"""What the project's documents and CI say holds: commands, links, versions."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import get_args

import click
import pytest
import yaml

from rea_xcom_tui.cli.app import main
from rea_xcom_tui.layouts.model import Layout
from rea_xcom_tui.layouts.signs import SIGNS
from rea_xcom_tui.xcom.query.rows import LAYOUTS
from scripts import mutants_page, pages

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def fenced(text: str) -> list[str]:
    return [block.strip() for block in re.findall(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


def test_readme_holds_two_commands_that_set_themselves_up() -> None:
    demo, tests, *_ = fenced(README)
    assert demo.startswith("python3 -m venv .venv && ")
    assert demo.endswith("rea-xcom-tui demo")
    assert tests.startswith("python3 -m venv .venv && ")
    assert tests.endswith(".venv/bin/pytest")


def test_ci_runs_the_test_command_of_the_readme() -> None:
    done = subprocess.run([ROOT / ".ci/run", "--test-command"], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == fenced(README)[1]


def test_github_runs_the_same_on_every_python_the_package_names() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    job = workflow["jobs"]["check"]
    assert job["steps"][-1]["run"] == ".ci/run"
    named = [c.rsplit(" ", 1)[1] for c in PYPROJECT["project"]["classifiers"] if "Python :: 3." in c]
    assert job["strategy"]["matrix"]["python"] == named
    assert PYPROJECT["project"]["requires-python"] == f">={named[0]}"


def test_what_is_made_from_the_program_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert pages.stale() == [], "run: python -m scripts.pages"


def test_readme_tells_every_command_and_no_other() -> None:
    table = README.split("## Commands", 1)[1].split("\n\n", 2)[1]
    told = re.findall(r"^\| `rea-xcom-tui ([a-z]+)", table, re.MULTILINE)
    every = main.list_commands(click.Context(main))
    assert sorted(told) == sorted(every), f"README.md, table below Commands: {sorted({*told} ^ {*every})}"


def test_architecture_tells_every_dependency() -> None:
    table = (ROOT / "ARCHITECTURE.md").read_text("utf-8").split("## Dependencies", 1)[1]
    told = re.findall(r"^\| ([A-Za-z][\w.-]*) \|", table, re.MULTILINE)[1:]
    named = [re.split(r"[<>=]", line)[0] for line in PYPROJECT["project"]["dependencies"]]
    assert sorted(told) == sorted(named)


@pytest.mark.parametrize(
    ("document", "section"),
    [("ARCHITECTURE.md", "## Two trips of a threshold"), ("CONTRIBUTING.md", "## Five walks of a quarter of an hour")],
)
def test_the_walks_name_files_that_are_there(document: str, section: str) -> None:
    text = (ROOT / document).read_text("utf-8").split(section, 1)[1].split("\n## ", 1)[0]
    named = re.findall(r"(?<=[\s(`])([\w/]+\.(?:py|md|toml))\b", text)
    package, tests = ROOT / "rea_xcom_tui", ROOT / "tests"
    assert len(named) > 20
    # The text goes on to call a file by its name alone, once its folder has been told.
    folders = {ROOT, package, *(place for place in tests.rglob("*") if place.is_dir()), package / "layouts"}
    folders |= {package / "xcom" / "rules", package / "reports"}
    assert [name for name in named if not any((folder / name).is_file() for folder in folders)] == []


def test_the_query_language_knows_every_layout() -> None:
    assert get_args(Layout) == LAYOUTS, "`Layout` of layouts/model.py and `LAYOUTS` of xcom/query/rows.py differ"


def test_every_layout_has_a_sign_without_which_no_repo_would_be_searched_for_it() -> None:
    assert {*SIGNS, "values", "manifest"} == {*LAYOUTS}, "layouts/signs.py"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", document.read_text("utf-8"))
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (document.parent / target).exists()] == []


def test_the_tests_that_are_run_with_another_git_are_there() -> None:
    script = (ROOT / "scripts" / "other_git").read_text("utf-8")
    named = " ".join(re.findall(r"tests/\S+", script))
    listed = subprocess.run(["bash", "-c", f"ls -d {named}"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (listed.returncode, listed.stderr) == (0, "")


def test_the_archive_of_another_git_is_the_one_that_the_machine_uses(tmp_path: Path) -> None:
    """Behind a firewall there is a mirror, with keys of its own."""
    script = (ROOT / "scripts" / "other_git").read_text("utf-8")
    assert re.findall(r"https?://", script) == []
    source = tmp_path / "house.sources"
    source.write_text("Types: deb\nURIs: https://mirror.example/debian\nSigned-By: /etc/apt/keyrings/house.gpg\n")
    apt = tmp_path / "apt-get"
    apt.write_text(f'#!/bin/sh\n[ "$1" = indextargets ] && echo "https://mirror.example/debian/ {source}:1"\n')
    apt.chmod(0o755)
    function = script[script.index("source_of()") : script.index("\nfetch()")]
    run = ["bash", "-euc", f"PATH={tmp_path}:$PATH\n{function}\nsource_of sid"]
    line = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert line == "deb [signed-by=/etc/apt/keyrings/house.gpg] https://mirror.example/debian/ sid main\n"
    apt.write_text("#!/bin/sh\n")
    none = subprocess.run(run, capture_output=True, text=True, check=False)
    assert (none.returncode, none.stdout) == (1, "")
    assert "apt knows no archive of Debian here" in none.stderr


def test_the_page_of_quality_tells_of_every_mutant_that_survived_and_why() -> None:
    kept = json.loads(mutants_page.KEPT.read_text("utf-8"))
    left = [one for sample in kept["samples"] for one in sample["left"]]
    assert all(one["kind"] in mutants_page.KINDS and one["why"] for one in left)
    files = [path for ending in ("py", "yaml") for path in (ROOT / "tests").glob(f"[vx]*/**/*.{ending}")]
    written = "".join(path.read_text("utf-8") for path in files)
    for one in left:
        if one["kind"] == "since":  # the test that is named is there
            named = one["why"].partition('"')[2].rstrip('"') or f"def {one['why']}("
            assert named in written, one
    assert mutants_page.section(kept) in mutants_page.PAGE.read_text("utf-8"), "run scripts/mutants_page.py"


def test_the_page_of_edits_tells_what_formatters_do_to_quotes() -> None:
    page = (ROOT / "docs" / "exact-edits.md").read_text("utf-8")
    told = page[page.index("## Formatters") :]
    assert all(word in told for word in ("yamlfix", "`preserve_quotes = true`", "yamlfmt", '"yes"', '"on"', "XC701"))
