-- One learner's own figures at one moment: today, the 30 days up to it, days in a row, and the number
-- of facts they are of. The rollup's days and, after the fold's own watermark, the learner's facts:
-- exact at any moment. Without a watermark no day of the rollup counts and every fact does.
-- A function, so that its plan is made once a connection; STABLE, so that it is one snapshot.
CREATE FUNCTION review_figures(learner bigint, today date) RETURNS TABLE (
    seq bigint, streak_days integer,
    today_review_count bigint, today_again_count bigint, today_hard_count bigint,
    today_good_count bigint, today_easy_count bigint, today_taken_ms bigint,
    month_review_count bigint, month_again_count bigint, month_hard_count bigint,
    month_good_count bigint, month_easy_count bigint, month_taken_ms bigint
)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    mark review_readmodelwatermark;
    days integer := review_streak(learner, today);
    facts bigint := coalesce((SELECT facts_seq FROM review_learnerclock WHERE user_id = learner), 0);
BEGIN
    SELECT * INTO mark FROM review_readmodelwatermark;
    RETURN QUERY
    WITH exact AS (
        SELECT local_day, review_count, again_count, hard_count, good_count, easy_count, taken_ms
        FROM review_userday
        WHERE user_id = learner AND local_day BETWEEN today - 29 AND today AND mark.wm IS NOT NULL
        UNION ALL
        SELECT local_day, review_count, again_count, hard_count, good_count, easy_count, taken_ms
        FROM review_counted_fact AS fact
        WHERE user_id = learner AND local_day BETWEEN today - 29 AND today AND NOT is_adjustment
            AND xid >= coalesce(mark.wm, '0')
            AND xid <= greatest(pg_snapshot_xmax(pg_current_snapshot()), pg_current_xact_id_if_assigned())
            AND fact.id > coalesce(mark.history_base_id, 0)
    )
    SELECT
        facts, days,
        coalesce(sum(review_count) FILTER (WHERE local_day = today), 0)::bigint,
        coalesce(sum(again_count) FILTER (WHERE local_day = today), 0)::bigint,
        coalesce(sum(hard_count) FILTER (WHERE local_day = today), 0)::bigint,
        coalesce(sum(good_count) FILTER (WHERE local_day = today), 0)::bigint,
        coalesce(sum(easy_count) FILTER (WHERE local_day = today), 0)::bigint,
        coalesce(sum(taken_ms) FILTER (WHERE local_day = today), 0)::bigint,
        coalesce(sum(review_count), 0)::bigint,
        coalesce(sum(again_count), 0)::bigint,
        coalesce(sum(hard_count), 0)::bigint,
        coalesce(sum(good_count), 0)::bigint,
        coalesce(sum(easy_count), 0)::bigint,
        coalesce(sum(taken_ms), 0)::bigint
    FROM exact;
END $$;
