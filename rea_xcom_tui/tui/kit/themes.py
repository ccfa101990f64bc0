"""Themes of our own, beside those of Textual: as much contrast as a terminal can give."""

from __future__ import annotations

from textual.theme import Theme

HIGH_CONTRAST = Theme(
    name="high-contrast",
    primary="#ffff00", secondary="#00ffff", accent="#00ffff",
    warning="#ffd700", error="#ff8080", success="#80ff80",
    foreground="#ffffff", background="#000000", surface="#000000", panel="#000000", boost="#1a1a1a",
    dark=True, luminosity_spread=0.25, text_alpha=1.0,
    variables={
        "text-muted": "#ffffff", "text-disabled": "#d0d0d0", "foreground-muted": "#ffffff",
        "text-primary": "#ffff00", "text-secondary": "#00ffff", "text-accent": "#00ffff",
        "text-warning": "#ffd700", "text-error": "#ff8080", "text-success": "#80ff80",
        "surface-lighten-1": "#303030", "primary-darken-2": "#b0b000", "panel-lighten-1": "#303030",
        "block-cursor-foreground": "#000000", "block-cursor-background": "#ffff00",
        "footer-key-foreground": "#ffff00", "footer-description-foreground": "#ffffff",
        "input-selection-background": "#0060ff", "border": "#ffffff", "border-blurred": "#ffffff",
        "scrollbar": "#ffffff", "scrollbar-background": "#303030",
    },
)  # fmt: skip

HIGH_CONTRAST_LIGHT = Theme(
    name="high-contrast-light",
    primary="#0000c0", secondary="#600080", accent="#600080",
    warning="#703000", error="#a00000", success="#005000",
    foreground="#000000", background="#ffffff", surface="#ffffff", panel="#ffffff", boost="#f0f0f0",
    dark=False, luminosity_spread=0.25, text_alpha=1.0,
    variables={
        "text-muted": "#000000", "text-disabled": "#303030", "foreground-muted": "#000000",
        "text-primary": "#0000c0", "text-secondary": "#600080", "text-accent": "#600080",
        "text-warning": "#703000", "text-error": "#a00000", "text-success": "#005000",
        "surface-lighten-1": "#d8d8d8", "primary-darken-2": "#000080", "panel-lighten-1": "#e0e0e0",
        "block-cursor-foreground": "#ffffff", "block-cursor-background": "#0000c0",
        "footer-key-foreground": "#0000c0", "footer-description-foreground": "#000000",
        "input-selection-background": "#80c0ff", "border": "#000000", "border-blurred": "#000000",
        "scrollbar": "#000000", "scrollbar-background": "#d8d8d8",
    },
)  # fmt: skip

OWN_THEMES = (HIGH_CONTRAST, HIGH_CONTRAST_LIGHT)
