"""From runs to a verdict: selection, statistics, the judgement, and its words."""
