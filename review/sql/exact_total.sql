-- The learner's categories, all time: the rollup and, after the fold's own watermark, the facts.
WITH mark AS (SELECT * FROM review_readmodelwatermark),
exact AS (
    SELECT category_id, {columns} FROM review_categorytotal
    WHERE user_id = %(user_id)s AND EXISTS (SELECT FROM mark)
    UNION ALL
    SELECT category_id, {columns} FROM review_counted_fact
    WHERE user_id = %(user_id)s AND {in_tail}
)
