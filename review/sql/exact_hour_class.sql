-- The learner's hours and interval classes, all time: the rollup and the facts not folded yet.
WITH mark AS (SELECT * FROM review_readmodelwatermark),
exact AS (
    SELECT local_hour, interval_class, {columns} FROM review_hourclass
    WHERE user_id = %(user_id)s AND EXISTS (SELECT FROM mark)
    UNION ALL
    SELECT local_hour, interval_class, {columns} FROM review_counted_fact
    WHERE user_id = %(user_id)s AND NOT is_adjustment AND {in_tail}
)
