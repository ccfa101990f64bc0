"""Asks real Helm versions for the effective values of random stacks of layers, and keeps their answers as test data."""
