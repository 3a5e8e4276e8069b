"""Django, set up where this is imported; the processes of the run are forked after it."""

import django

django.setup()
