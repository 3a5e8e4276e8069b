"""Training the models of text levels: ``python -m config.ai.cefr_training --data DIR``."""
