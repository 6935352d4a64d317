"""What edge and cloud say to each other, and the codecs of what devices say. Imports nothing of the house."""
