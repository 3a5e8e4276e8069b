-- The learner's days, for ever: the rollup and, after the fold's own watermark, the facts.
WITH mark AS (SELECT * FROM review_readmodelwatermark),
exact AS (
    SELECT local_day, {columns} FROM review_userday
    WHERE user_id = %(user_id)s AND EXISTS (SELECT FROM mark)
    UNION ALL
    SELECT local_day, {columns} FROM review_counted_fact
    WHERE user_id = %(user_id)s AND NOT is_adjustment AND {in_tail}
)
