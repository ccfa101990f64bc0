"""Help, the palette, and what is wrong with the configuration."""
