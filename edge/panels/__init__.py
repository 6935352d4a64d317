"""Intercoms' own memory of whom they let in: what it should be, what it is, and what makes the one the other."""
