"""The answer as a page: one offline HTML file, drawn from the findings alone; and as a fragment for a notebook."""

from surefoot.compare.report.page import notebook, report

__all__ = ["notebook", "report"]
