"""RECIST, endpoints, two-stage inference, survival and association."""
