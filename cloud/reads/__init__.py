"""Lists that join several slices: they read, and change nothing."""
