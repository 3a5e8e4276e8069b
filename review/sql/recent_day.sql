-- The last 33 days, by learner, category and day, and one sentinel row (user 0) that says up to
-- which watermark they count: content and watermark are published together or not at all.
-- The 30-day window is cut when it is read, by the learner's own today: 33 days hold it for every
-- time zone and rollover hour. A changed view is a new view beside this one.
CREATE MATERIALIZED VIEW review_recent_day AS
SELECT
    user_id, category_id, local_day,
    review_count, again_count, hard_count, good_count, easy_count, taken_ms,
    NULL::xid8 AS wm, NULL::bigint AS history_base_id, NULL::bigint AS adjustment_base_id,
    NULL::timestamptz AS refreshed_at
FROM review_daycategory
WHERE local_day > (now() AT TIME ZONE 'UTC')::date - 33
UNION ALL
SELECT 0, 0, '1970-01-01', 0, 0, 0, 0, 0, 0, wm, history_base_id, adjustment_base_id, now()
FROM review_readmodelwatermark;
CREATE UNIQUE INDEX review_recent_day_key
ON review_recent_day (user_id, category_id, local_day);
