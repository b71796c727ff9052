"""Keeps questions that Jalon could not answer, without personal data, for review. Does not import Rasa or Sanic."""
