"""Widgets and helpers that every screen uses."""
