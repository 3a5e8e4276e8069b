-- One statement, so one snapshot. Every transaction below `hi` has ended: late commits and gaps in
-- ids cannot matter. What stands in braces is filled in by projections.statement.
-- Days are added in their order, by a rebuild too: so the last ones, which every refresh reads and
-- every fold changes, lie side by side.
WITH mark AS (
    SELECT *, pg_snapshot_xmin(pg_current_snapshot()) AS hi FROM review_readmodelwatermark
),
fresh AS MATERIALIZED (
    SELECT * FROM review_counted_fact
    WHERE %(everything)s OR ({in_tail} AND xid < (SELECT hi FROM mark))
),
day_category AS (
    INSERT INTO review_daycategory AS old (user_id, category_id, local_day, {columns})
    SELECT user_id, category_id, local_day, {sums} FROM fresh
    WHERE local_day >= (now() AT TIME ZONE 'UTC')::date - %(days_kept)s
    GROUP BY user_id, category_id, local_day
    ORDER BY local_day
    ON CONFLICT (user_id, category_id, local_day) DO UPDATE SET {added}
),
category_total AS (
    INSERT INTO review_categorytotal AS old (user_id, category_id, {columns})
    SELECT user_id, category_id, {sums} FROM fresh
    GROUP BY user_id, category_id
    ON CONFLICT (user_id, category_id) DO UPDATE SET {added}
),
user_day AS (
    INSERT INTO review_userday AS old (user_id, local_day, {columns})
    SELECT user_id, local_day, {sums} FROM fresh
    WHERE NOT is_adjustment
    GROUP BY user_id, local_day
    ORDER BY local_day
    ON CONFLICT (user_id, local_day) DO UPDATE SET {added}
),
hour_class AS (
    INSERT INTO review_hourclass AS old (user_id, local_hour, interval_class, {columns})
    SELECT user_id, local_hour, interval_class, {sums} FROM fresh
    WHERE NOT is_adjustment
    GROUP BY user_id, local_hour, interval_class
    ON CONFLICT (user_id, local_hour, interval_class) DO UPDATE SET {added}
),
touched AS MATERIALIZED (
    SELECT user_id, min(local_day) AS since FROM fresh WHERE NOT is_adjustment GROUP BY user_id
),
marked AS (
    UPDATE review_readmodelwatermark AS old
    SET wm = mark.hi, folded_at = now()
    FROM mark
    RETURNING old.id
)
SELECT
    (SELECT count(*) FROM fresh) AS fact_count,
    (SELECT count(*) FROM marked) AS mark_count,
    (SELECT array_agg(user_id) FROM touched) AS users,
    (SELECT array_agg(since) FROM touched) AS days
