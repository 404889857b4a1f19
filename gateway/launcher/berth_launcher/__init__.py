"""Berth's launcher: supervises one attempt of a run with the user's interpreter and the standard library only."""
