"""Guidance: suggests jobs for tastes and level, and finds ways to a job. Pure functions over the catalogue."""
