"""Cards: what readers and printed numbers say, as one canonical Credential."""
