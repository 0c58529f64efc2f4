"""A training run against the edge of stability: curvature by Hessian-vector products, strides by the rule's graph."""

from surefoot.diagnose.network.finding import Finding
from surefoot.diagnose.network.run import on_task

__all__ = ["Finding", "on_task"]
