"""Celery: the other door to the services, next to HTTP."""
