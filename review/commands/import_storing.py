"""A batch of notes is stored: the caller's transaction holds it all."""

from review.commands.import_context import Context
from review.commands.import_facts import append_facts
from review.commands.import_known import catch_up, take_over
from review.commands.import_moves import follow
from review.commands.import_notes import Batch, keys_for, look_up, prepared
from review.commands.import_rows import store_contents, store_schedules


def store(context: Context, batch: Batch) -> tuple[int, int]:
    """Store the notes; return how many contents and how many facts are new.

    The caller holds the learner's imports: where anything was stored since the batch was made, by
    the batch before or by another import, it is made again.
    """
    if (found := look_up(context, batch.notes)) != batch.found:
        batch = prepared(context, batch.notes, found, keys_for(context, batch.notes))
    context.report.add(batch.report)
    if not context.is_dry_run:
        if batch.new:
            append_facts(batch.facts)
            store_contents(batch.contents)
            store_schedules(batch.schedules)
        take_over(context, batch.changed)
        follow(context, batch.moved)
    return len(batch.new), batch.fact_count + catch_up(context, batch.returning)
