"""What /readyz says of the language model. It never makes the product unready: all else works."""

from django.conf import settings

from config.ai import llm_progress, providers
from config.settings import variables


def language_model() -> str:
    """Return how far the embedded model is, or how many of the providers are called at all."""
    if not settings.LLM_BASE_URL:
        return "none is wanted"
    if not variables.text("LLM_BASE_URL"):
        return llm_progress.read(llm_progress.path()).sentence
    called = [one for one in providers.configured() if one.breaker.state != "open"]
    return f"{len(called)} of {len(providers.configured())} providers are called"
