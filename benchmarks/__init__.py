"""How fast surefoot is, against what a user would otherwise run: `python -m benchmarks`, see README.md beside this."""
