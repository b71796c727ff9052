"""Jalon beside stock Rasa, in one run: `make bench`."""
