"""API Gateway in, API Gateway out: routes, the viewer, parameters, answers, errors."""
