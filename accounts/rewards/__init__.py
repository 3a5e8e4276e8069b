"""Rewards for learning: a ledger fed by events; what they come to is counted from it."""
