"""Keeps the questions that Jalon could not answer, without personal data, for review. No Rasa, no Sanic."""
