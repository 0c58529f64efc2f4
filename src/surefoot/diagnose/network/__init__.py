"""A training run against the edge of stability: curvature by Hessian-vector products, strides by the rule's graph."""
