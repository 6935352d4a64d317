"""Personal data: how long each kind is kept, the proof that it goes, and who looked at whose."""
