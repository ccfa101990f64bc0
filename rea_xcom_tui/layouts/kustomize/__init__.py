"""Kustomizations: what a build makes of bases, components, patches and generators, each value with its place."""
