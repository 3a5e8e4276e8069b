-- The view's rows and, after the view's own watermark, the learner's facts: exact at any moment.
-- Without a sentinel no row of the view counts and every fact does.
WITH mark AS (SELECT * FROM review_recent_day WHERE user_id = 0),
exact AS (
    SELECT category_id, local_day, {columns} FROM review_recent_day
    WHERE user_id = %(user_id)s AND EXISTS (SELECT FROM mark)
    UNION ALL
    SELECT category_id, local_day, {columns} FROM review_counted_fact
    WHERE user_id = %(user_id)s AND {in_tail}
)
