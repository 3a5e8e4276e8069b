-- How many days in a row each day ends, for the days since each learner's earliest day in this fold.
WITH touched AS (
    SELECT * FROM unnest(%(users)s::bigint[], %(days)s::date[]) AS touched (user_id, since)
),
island AS (
    SELECT
        user_id, local_day, since,
        local_day - row_number() OVER (PARTITION BY user_id ORDER BY local_day)::integer AS island
    FROM review_userday JOIN touched USING (user_id)
    WHERE local_day >= since AND review_count > 0
),
run AS (
    SELECT
        user_id, local_day, since,
        row_number() OVER (PARTITION BY user_id, island ORDER BY local_day) AS days,
        min(local_day) OVER (PARTITION BY user_id, island) = since AS goes_on
    FROM island
),
wanted AS (
    SELECT user_id, local_day,
        days + CASE WHEN goes_on THEN coalesce(before.run_days, 0) ELSE 0 END AS run_days
    FROM run LEFT JOIN LATERAL (
        SELECT run_days FROM review_userday AS earlier
        WHERE earlier.user_id = run.user_id AND earlier.local_day = run.since - 1
    ) AS before ON goes_on
    UNION ALL
    SELECT user_id, local_day, 0 FROM review_userday JOIN touched USING (user_id)
    WHERE local_day >= since AND review_count <= 0
)
