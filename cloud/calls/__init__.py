"""Calls at intercoms: whom they are for, and what became of them."""
