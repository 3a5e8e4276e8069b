"""What /readyz and doctor say of the language model. It makes nothing unready: all else works."""

from django.conf import settings

from config.ai import llm_progress, providers
from config.operations.doctor import Ailing
from config.settings import variables


def language_model() -> str:
    """Return how far the embedded model is, or how many of the providers are called at all."""
    if not settings.LLM_BASE_URL:
        return "none is wanted"
    if not variables.text("LLM_BASE_URL"):
        return llm_progress.read(llm_progress.path()).sentence
    called = [one for one in providers.configured() if one.breaker.state != "open"]
    return f"{len(called)} of {len(providers.configured())} providers are called"


def examine() -> str:
    """Tell the same to doctor; raises Ailing when a model is wanted and none answers."""
    if settings.LLM_BASE_URL and not variables.text("LLM_BASE_URL"):
        progress = llm_progress.read(llm_progress.path())
        if progress.state == "failed":
            raise Ailing(
                f"The language model is away: {progress.detail}",
                "Give RESEE_LLM a GGUF file, LLM_BASE_URL a server, or say RESEE_LLM=off.",
            )
    called = [one for one in providers.configured() if one.breaker.state != "open"]
    if providers.configured() and not called:
        raise Ailing(
            "No language model is called: each has failed too often just now.",
            "See that the servers of LLM_BASE_URL answer and take LLM_API_KEY.",
        )
    return language_model()
