"""Drift and comparisons on screen."""
