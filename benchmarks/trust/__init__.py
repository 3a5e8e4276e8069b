"""What must hold whoever asks, and what that costs; see __main__."""
