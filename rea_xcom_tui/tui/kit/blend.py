"""Component styles laid over each other, with see-through colours mixed as Textual mixes those of widgets."""

from __future__ import annotations

from rich.style import Style
from textual.color import Color
from textual.dom import DOMNode
from textual.widget import Widget


def layered(widget: Widget, *names: str, of: DOMNode | None = None) -> Style:
    """The style of `widget` with component styles `names` (its own, or those `of` another) over it in this order."""
    background, color = widget.background_colors[1], widget.colors[3]
    text_style = widget.styles.text_style
    for name in names:
        styles = (of or widget).get_component_styles(name)
        if styles.has_rule("background"):
            background = _over(background, styles.background)
        if styles.has_rule("color"):
            color = background.get_contrast_text(styles.color.a) if styles.auto_color else styles.color
        if styles.has_rule("text_style"):
            text_style += styles.text_style
    return Style.from_color(_over(background, color).rich_color, background.rich_color) + text_style


def _over(below: Color, above: Color) -> Color:
    """What is seen of `above` before `below`. The terminal's own colours cannot be mixed, so they win as they are."""
    return above if above.ansi is not None or below.ansi is not None else below + above
