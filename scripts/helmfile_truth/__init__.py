"""Asks real Helmfile for the releases and values of random small repos, and keeps its answers as test data."""
