"""What holds for all tests."""

from hypothesis import settings

# A busy machine is no failure: no test asserts a time.
settings.register_profile("surefoot", deadline=None)
settings.load_profile("surefoot")
