"""Complexes, buildings and plots, entrances, premises: what a settlement and a tower both need."""
