"""Pictures of the drift screens on the demo, looked at once by a person whenever they change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from rea_xcom_tui.samples.demo import lay_out
from rea_xcom_tui.tui.home.open import opener
from tests.tui.driver import driving
from tests.tui.test_pictures import Picture, plain


@pytest.fixture
def picture(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Picture)


@pytest.fixture
def demo(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    laid_out = tmp_path_factory.getbasetemp() / "drift-pictures-demo"
    if not laid_out.exists():
        lay_out(directory=laid_out)
    return Path(shutil.copytree(laid_out, tmp_path / "demo"))


@pytest.mark.parametrize(
    ("name", "keys", "size", "theme"),
    [
        ("members", ["D", "down", "enter"], (80, 24), "dark"),
        ("matrix", ["D", "m", "right"], (80, 24), "light"),
        ("causes", ["D"], (120, 40), "dark"),
        ("causes", ["D"], (200, 60), "light"),
        ("adopted", ["D", "down", "a"], (80, 24), "dark"),
        ("ignoring", ["D", "i"], (80, 24), "light"),
        ("against", ["D", "v"], (120, 40), "dark"),
        ("comparing", ["space", "space", "space", "equals_sign"], (120, 40), "dark"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
async def test_drift(
    picture: SnapshotAssertion, demo: Path, name: str, keys: list[str], size: tuple[int, int], theme: str
) -> None:
    async with driving(opener(demo, read_only=False), size, theme) as driver:
        await driver.press(*keys)
        await driver.laid_out()
        assert plain(driver.app.export_screenshot()) == picture


async def test_drift_without_colour(picture: SnapshotAssertion, demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driving(opener(demo, read_only=False), (120, 40)) as driver:
        await driver.press("D", "b", "down")
        await driver.laid_out()
        assert plain(driver.app.export_screenshot()) == picture
