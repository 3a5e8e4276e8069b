"""Requests made from the OpenAPI schema: none is answered by a fault of ours."""
