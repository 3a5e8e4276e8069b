"""The read side: what a learner or another app may ask."""
