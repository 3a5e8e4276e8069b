"""The ocr app."""

from django.apps import AppConfig


class OcrConfig(AppConfig):
    """Scans: what the learner's camera saw."""

    name = "ocr"
    verbose_name = "Scans"

    def ready(self) -> None:
        """Readiness includes the model server's."""
        from config.operations import health
        from ocr import model_client, panels, personal_data

        personal_data.say()
        panels.show()
        remedy = "Start `python -m ocr.model_server`, or correct OCR_MODEL_SERVER_URL."
        health.register("ocr_model_server", model_client.health, remedy=remedy)
