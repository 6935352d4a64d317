"""Controllers of Wiegand readers that push the cards which they see (driver `wiegand_http`)."""
