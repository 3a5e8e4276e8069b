"""What trust rests on, measured."""
