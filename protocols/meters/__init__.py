"""Meter profiles and the decoder that reads registers by them."""
