"""What other apps may ask about a learner."""
