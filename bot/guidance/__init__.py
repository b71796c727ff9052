"""Guidance: from tastes and level to jobs, and from where one stands to a job. Pure, over the catalogue alone."""
