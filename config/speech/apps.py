"""The speech package as a Django app."""

from django.apps import AppConfig


class SpeechConfig(AppConfig):
    """See the package's modules."""

    name = "config.speech"
    label = "speech"
    verbose_name = "Speech"

    def ready(self) -> None:
        """Show in /readyz whether anything speaks; say what becomes of sounds with the account."""
        from config.operations import health, personal_data
        from config.speech import commands, engine

        health.register("speech", engine.health)
        fate = personal_data.Fate.ERASED  # made of texts that stand elsewhere, made again if wanted
        personal_data.register(fate, "speech.Speech")
        personal_data.on_files(
            "speech.Speech", lambda person: commands.forget_speech(user_id=person.key)
        )
