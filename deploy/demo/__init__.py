"""The launcher of `make demo` and `make drive`; it imports nothing of what it starts."""
