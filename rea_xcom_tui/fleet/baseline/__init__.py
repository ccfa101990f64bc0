"""The baseline file: what a team declares about its fleet."""
