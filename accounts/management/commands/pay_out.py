"""Give every active learner XP; a job does it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts.rewards.payouts import start_payout


class Command(BaseCommand):
    """``pay_out NAME XP``."""

    help = "Give every active learner XP, by a job; its progress stands in the admin."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what it is for, and how much."""
        parser.add_argument("name")
        parser.add_argument("xp", type=int, choices=range(1, 10_001), metavar="XP")

    def handle(self, *_: Any, **options: Any) -> None:
        """Start it and name its job."""
        payout = start_payout(name=options["name"], xp=options["xp"])
        count = payout.learner_count
        self.stdout.write(f"{count} learners will get {payout.xp} XP, by job {payout.job}.")
