"""OWASP ASVS 5.0: the requirements that are kept, and the page that says which test shows each."""
