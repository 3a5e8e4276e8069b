-- Every fact as the signed sums it contributes: what fold, tail and recount sum, and nothing else.
-- Interval classes: 0 learning or relearning, then by days scheduled: < 7, 14, 21, 30, 60, 90, 180,
-- 365, and beyond.
CREATE VIEW review_counted_fact AS
SELECT
    false AS is_adjustment, id, user_id, category_id, local_day, local_hour,
    CASE
        WHEN stage_before = 2
        THEN 1 + width_bucket(interval_before_days, ARRAY[7, 14, 21, 30, 60, 90, 180, 365]::float8[])
        ELSE 0
    END AS interval_class,
    sign::integer AS review_count,
    CASE WHEN rating = 1 THEN sign ELSE 0 END AS again_count,
    CASE WHEN rating = 2 THEN sign ELSE 0 END AS hard_count,
    CASE WHEN rating = 3 THEN sign ELSE 0 END AS good_count,
    CASE WHEN rating = 4 THEN sign ELSE 0 END AS easy_count,
    sign * taken_ms::bigint AS taken_ms,
    xid
FROM review_reviewhistory
WHERE rating IS NOT NULL
UNION ALL
SELECT
    true, id, user_id, category_id, local_day, NULL, NULL,
    review_count, again_count, hard_count, good_count, easy_count, taken_ms, xid
FROM review_reviewadjustment;
