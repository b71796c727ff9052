import runtime_of_tests  # noqa: F401
