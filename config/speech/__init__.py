"""Speech: a text read aloud, of a learner's own or of a row of theirs."""
