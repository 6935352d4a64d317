"""What residents do by themselves: passes, doors, calls, and being told of passages."""
