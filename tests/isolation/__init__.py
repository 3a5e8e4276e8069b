"""Every route asked by everybody in every way: what is Alice's reaches Alice alone."""
