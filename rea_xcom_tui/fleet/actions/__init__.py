"""What a person asks for in one go: each takes a workspace and does one thing."""
