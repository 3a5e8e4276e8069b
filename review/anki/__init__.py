"""Anki's files: packages of every generation are read, one is written. No model, no store."""
