"""What learners are told by mail of their own reviews."""
