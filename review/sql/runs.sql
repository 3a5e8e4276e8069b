-- How many days in a row each day ends, for the days since each learner's earliest day in this fold.
-- BETWEEN with an open end, and LATERAL: so the planner expects few days a learner, and finds them
-- by the key. Expecting a third of the table, it reads all of it.
WITH touched AS (
    SELECT * FROM unnest(%(users)s::bigint[], %(days)s::date[]) AS touched (user_id, since)
),
run AS (
    SELECT touched.user_id, since, local_day, days, first_day
    FROM touched CROSS JOIN LATERAL (
        SELECT local_day, row_number() OVER run AS days, first_value(local_day) OVER run AS first_day
        FROM (
            SELECT local_day, local_day - row_number() OVER (ORDER BY local_day)::integer AS island
            FROM review_userday AS day
            WHERE day.user_id = touched.user_id
                AND local_day BETWEEN since AND 'infinity' AND review_count > 0
        ) AS counted
        WINDOW run AS (PARTITION BY island ORDER BY local_day)
    ) AS day
),
wanted AS (
    SELECT user_id, local_day, days + CASE WHEN first_day = since THEN coalesce((
        SELECT run_days FROM review_userday AS day
        WHERE day.user_id = run.user_id AND day.local_day = run.since - 1
    ), 0) ELSE 0 END AS run_days
    FROM run
    UNION ALL
    SELECT touched.user_id, local_day, 0
    FROM touched CROSS JOIN LATERAL (
        SELECT local_day FROM review_userday AS day
        WHERE day.user_id = touched.user_id
            AND local_day BETWEEN since AND 'infinity' AND review_count <= 0
        OFFSET 0
    ) AS day
)
