-- The learner's days in a row up to today, or to yesterday while nothing is done today. Exact: the
-- rollup's runs, corrected by the days of facts that are not folded yet. A run is taken in one step,
-- so the cost does not grow with the streak. STABLE: every statement here sees the caller's snapshot.
CREATE FUNCTION review_streak(learner bigint, today date) RETURNS integer
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    mark review_readmodelwatermark;
    days date[];
    counts bigint[];
    at date := today;
    folded record;
    touched date;
    total integer := 0;
    place integer;
BEGIN
    SELECT * INTO mark FROM review_readmodelwatermark;
    SELECT array_agg(local_day), array_agg(review_count) INTO days, counts FROM (
        SELECT local_day, sum(fact.review_count) AS review_count FROM review_counted_fact AS fact
        WHERE user_id = learner AND NOT is_adjustment
            AND xid >= coalesce(mark.wm, '0')
            AND xid <= greatest(pg_snapshot_xmax(pg_current_snapshot()), pg_current_xact_id_if_assigned())
            AND fact.id > coalesce(mark.history_base_id, 0)
        GROUP BY local_day
    ) AS tail;
    LOOP
        SELECT review_count, run_days INTO folded FROM review_userday
        WHERE user_id = learner AND local_day = at AND mark.wm IS NOT NULL;
        place := array_position(days, at);
        IF coalesce(folded.review_count, 0) + coalesce(counts[place], 0) <= 0 THEN
            EXIT WHEN at < today;
            at := at - 1;
        ELSIF place IS NOT NULL THEN
            total := total + 1;
            at := at - 1;
        ELSE  -- back to the run's beginning, or to the next day that the tail touches
            SELECT max(day) INTO touched FROM unnest(days) AS day
            WHERE day < at AND day > at - folded.run_days;
            touched := coalesce(touched, at - greatest(folded.run_days, 1));
            total := total + at - touched;
            at := touched;
        END IF;
    END LOOP;
    RETURN total;
END $$;
