"""Trying deployments' settings with the real backend: where, the question, and what came of it."""
