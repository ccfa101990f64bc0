"""A campaign by keys: promoted, saved as a plan, cut into waves, started, committed, reviewed; and a new deployment."""

from __future__ import annotations

from pathlib import Path

from rea_xcom_tui.tui.home.open import opener
from tests.cli.onboarding_layouts import PLAIN, download
from tests.cli.test_waves import AGENTS, TEAMS, files
from tests.tui.driver import Driver, driving
from tests.work import Work, make_work


async def line(driver: Driver, text: str) -> None:
    await driver.press("colon")
    await driver.type(text)
    await driver.press("enter")


async def test_a_promotion_goes_in_waves_and_is_reviewed(tmp_path: Path) -> None:
    work, plan = make_work(tmp_path / "repo", files(TEAMS[:1], AGENTS[:2])), tmp_path / "plan.json"
    async with driving(opener(work.root, read_only=False), size=(130, 30)) as driver:
        await line(driver, "promote threshold")
        assert "takes fields and both sides" in driver.seen
        await line(driver, "promote threshold path from env:staging to env:qa,prod")
        assert "match it" in driver.seen
        await line(driver, "promote --propose")
        assert "Nothing differs by environment as a rule" in driver.seen
        await line(driver, "promote threshold path --from 'env:staging' --to env:prod")
        assert "4 edits pending for 2 pairs" in driver.seen
        await line(driver, f"plan {plan}")
        assert "saved to" in driver.seen
        await driver.press("u")
        await line(driver, f"waves {plan} by percent 50,100")
        assert "0 of 2 waves merged" in driver.seen
        await driver.press("C")
        assert "None of its waves has begun yet" in driver.dialog
        await driver.resize(70, 24)
        assert "c one canary of each cloud, then the rest" in driver.seen  # no room beside each other, so none is cut
        await driver.resize(130, 30)
        await driver.press("e")
        assert "0 of 1 wave merged" in driver.seen
        assert "○○ 0/2" in driver.seen
        assert "○ 2 not changed yet" in driver.seen
        assert "threshold    0 (always) → 65536 (64 KiB)" in driver.seen
        await driver.press("r")
        assert "next: wave 1 (prod); Enter on it makes its edits pending" in driver.seen
        await driver.press("enter")
        assert "wave 1 of 1 (prod) is pending; c commits it to the branch xcom/" in driver.status
        await driver.press("c")
        assert "xcom/" in driver.seen
        await driver.press("enter")
        branch = work.git("branch", "--show-current").strip()
        assert branch.startswith("xcom/")
        assert "Xcom-Wave: prod" in work.git("log", "-1", "--format=%B")
        await line(driver, f"waves {plan}")
        assert "proposed" in driver.seen
        await driver.press("enter")
        assert "is the branch of a wave" in driver.dialog
        await driver.press("escape", "escape")
        await line(driver, f"review {branch}")
        assert "changes 4 fields of 2 deployments" in driver.seen
        assert "threshold     0 (always) → 65536 (64 KiB)" in driver.seen
        await driver.press("enter")
        assert "clusters/prod/growth/a0/values.yaml" in driver.seen
    assert work.status() == []


async def test_a_new_deployment_is_asked_for_shown_written_and_taken_back(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", PLAIN)
    async with driving(opener(work.root, read_only=False), size=(130, 30)) as driver:
        await driver.go_to("growth-etl")
        await driver.press("N")
        assert "Enter write  Tab other line  Esc back" in driver.seen
        await driver.type("growth-ml")
        assert "is already the name of a deployment of this fleet" in driver.seen
        await driver.replace("growth-load")
        assert "ASTRO_DEPLOYMENT_ID would be that of growth-etl" in driver.seen
        await driver.press("enter")
        assert "1 value missing" in driver.seen
        await driver.type("ASTRO_DEPLOYMENT_ID=")
        assert "has no value yet" in driver.seen
        await driver.type("dep-load")
        assert "+resourceNamePrefix: growth-load" in driver.seen
        assert work.status() == []
        await driver.press("enter")
        assert work.status() == ["?? clusters/prod/growth/load/"]
        assert "growth-load" in driver.names
        await driver.press("u", "t")
        assert work.status() == []
        await driver.press("N")
        await driver.type("growth-load")
        await driver.press("tab")
        await driver.type("ASTRO_DEPLOYMENT_ID=dep-load")
        await driver.press("enter")
        await driver.press("c")
        await driver.press("enter")
        assert work.git("log", "-1", "--format=%s").strip() == "xcom: add growth-load"
        (tmp_path / "values.yaml").write_text(download("astro"))
        await line(driver, f"new growth-fresh from {tmp_path / 'values.yaml'}")
        assert "with the values of values.yaml" in driver.seen
        assert "+resourceNamePrefix: growth-fresh" in driver.seen
        await driver.press("enter")
        assert "growth-fresh" in driver.names
    assert work.status() == ["?? clusters/prod/growth/fresh/"]


async def test_xcom_is_turned_on_and_a_move_of_paths_told(tmp_path: Path) -> None:
    file = "clusters/prod/growth/bare/values.yaml"
    bare = "resourceNamePrefix: growth-bare\nagentTokenSecretName: t\ncommonEnv: []\nlabels: {}\n"
    work, plan = make_work(tmp_path / "repo", {**PLAIN, file: bare}), tmp_path / "plan.json"
    async with driving(opener(work.root, read_only=False), size=(130, 30)) as driver:
        await driver.go_to("growth-etl")
        await driver.press("g", "N")
        assert "already has a path" in driver.dialog
        await driver.press("escape")
        await driver.go_to("growth-bare")
        await line(driver, "enable compression")
        assert "compression is not an assignment" in driver.seen
        await line(driver, "enable compression=gzip")
        assert "settings pending as its siblings have them" in driver.seen
        assert "growth-prod-xcom/bare" in driver.cell("growth-bare", "path")
        assert driver.cell("growth-bare", "cloud") == "edited aws"
        await driver.press("u")
        assert "Undone: turn XCom on for" in driver.seen
        assert "growth-prod-xcom" not in driver.cell("growth-bare", "path")
        driver.home.edits.edit(["clusters/prod/growth/etl/values.yaml"], "path", "s3://aws_xcom@acme-xcom/etl")
        await driver.settle()
        await line(driver, f"plan {plan}")
        await line(driver, f"migrate {plan}")
        assert "Running tasks of 1 deployment lose what is stored" in driver.seen
        assert "1. growth-etl  loses values" in driver.seen
        assert "2 aws s3 sync s3://growth-prod-xcom/etl/" in driver.seen
        await driver.press("y")
        assert driver.app.clipboard == "aws s3 sync s3://growth-prod-xcom/etl/ s3://acme-xcom/etl/"
        await driver.press("m", "escape")
        assert "| 1 | clusters/prod/growth/etl/values.yaml" in driver.app.clipboard
    assert work.status() == []


async def test_a_connection_that_is_not_defined_where_its_path_arrives_is_told(tmp_path: Path) -> None:
    defined = 'commonEnv:\n  - name: AIRFLOW_CONN_AWS_XCOM\n    value: \'{"conn_type": "aws"}\'\n'
    content = files(TEAMS[:1], AGENTS[:1])
    staging, prod = (f"clusters/{env}/growth/a0/values.yaml" for env in ("staging", "prod"))
    bare = (
        "resourceNamePrefix: growth-bare\nagentTokenSecretName: t\ncommonEnv:\n  - name: A\n    value: b\nlabels: {}\n"
    )
    content[staging] = content[staging].replace("commonEnv:\n", defined)
    content[prod] = content[prod].replace("s3://aws_xcom@growth-prod-xcom", "gs://growth-prod")
    content["clusters/staging/growth/bare/values.yaml"] = bare
    work = make_work(tmp_path / "repo", content)
    async with driving(opener(work.root, read_only=False), size=(80, 24)) as driver:
        await line(driver, "promote path from env:staging to env:prod")
        assert "AIRFLOW_CONN_AWS_XCOM is defined where the path comes from and not in" in driver.dialog
        assert f"{prod}; define it there too." in driver.dialog
        await driver.press("escape")
        assert "1 edit pending for 1 pair" in driver.status
        await line(driver, "promote path from env:staging to env:prod")
        assert driver.status == "Nothing to change for 1 pair; 1 without a partner"
        await driver.press("u")
        await driver.go_to("growth-bare")
        await driver.press("g", "N")
        assert "The path names a connection that growth-a0 defines as AIRFLOW_CONN_AWS_XCOM" in driver.dialog
        await driver.press("escape")
        assert "settings pending as its siblings have them" in driver.status


async def test_what_cannot_be_done_is_said(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False), size=(110, 24)) as driver:
        for text, said in (
            ("waves", "waves takes the plan's file"),
            ("waves plan.json by weeks", "waves are cut by env, by percent 10,50,100 or by canary QUERY"),
            ("promote threshold fro env:dev to env:prod", "takes fields and both sides"),
            ("promote size from env:dev to env:prod", "there is no field size"),
        ):
            await line(driver, text)
            assert said in driver.seen
        await line(driver, "waves nowhere.json")
        assert "cannot be read" in driver.dialog
        await driver.press("escape")
        await line(driver, "review nowhere")
        assert "no commit 'nowhere'" in driver.dialog
        await driver.press("escape")
        assert driver.names


async def test_a_form_left_half_filled_says_what_is_missing_and_does_nothing(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", PLAIN)
    async with driving(opener(work.root, read_only=False), size=(130, 30)) as driver:
        await driver.go_to("growth-etl", "threshold")
        await driver.press("N", "enter")
        assert "has no name yet" in driver.seen
        await driver.type("growth-x")
        assert "+resourceNamePrefix: growth-x" in driver.seen
        await driver.press("tab")
        await driver.type("threshold=")
        await driver.press("enter")
        assert "threshold= has no value yet; write KEY=VALUE" in driver.seen
        assert "growth-x\n" not in driver.seen  # no line of what was typed before
        await driver.press("escape", "N")
        assert "growth-x" not in driver.seen
        await driver.press("escape")

        for half, said in (
            ("promote threshold --from env:prod", "takes fields and both sides"),
            ("promote threshold --from env:prod --to", "takes fields and both sides"),
            ("promote --from env:prod --to env:dev", "takes fields and both sides"),
        ):
            await line(driver, half)
            assert said in driver.seen, half
        await driver.press("colon")
        await driver.type("promote threshold --from")
        await driver.press("escape", "colon", "enter")
        assert "promote threshold" not in driver.status

        await driver.press("a", "g", "e", "enter")
        assert "Type a value, or choose one with" in driver.seen
        await driver.type("7")
        await driver.press("escape", "g", "e")
        assert "type a value" in driver.seen
        await driver.press("tab")
        await driver.type("0")
        await driver.press("enter")
        assert "Type a value, or choose one with" in driver.seen
        await driver.press("escape")
        assert len(driver.home.pending) == 0
    assert work.status() == []
