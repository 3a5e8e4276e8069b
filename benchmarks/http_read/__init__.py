"""What the hot reads cost over HTTP, beside django-ninja and FastAPI; see __main__."""
