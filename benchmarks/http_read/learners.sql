-- Each learner: 10 categories, %(cards)s cards of which every sixth is due, %(reviews)s reviews in
-- two years. A tenth of the cards is in learning, one in twenty new.
SET LOCAL session_replication_role = replica;
INSERT INTO review_category (id, public_id, user_id, name, created_at)
SELECT (learner.id - 1) * 10 + n, gen_random_uuid(), learner.id, 'Words ' || n, now()
FROM accounts_user AS learner, generate_series(1, 10) AS n;
CREATE TEMP TABLE card ON COMMIT DROP AS
SELECT
    (learner.id - 1) * %(cards)s + n AS id, n, learner.id AS user_id,
    (learner.id - 1) * 10 + 1 + n %% 10 AS category_id, random() AS chance, random() AS age
FROM accounts_user AS learner, generate_series(1, %(cards)s) AS n;
INSERT INTO review_content
    (id, public_id, user_id, category_id, note_id, front, back, gloss, example, normal_form, tags,
     media, source, created_at, updated_at)
SELECT
    id, gen_random_uuid(), user_id, category_id, gen_random_uuid(), 'word ' || n,
    'what the word means, in a dozen words or so as a dictionary has it', '단어의 뜻',
    'A sentence from the page in which the word ' || n || ' stands.', 'word ' || n, '{noun,B1}', '[]',
    jsonb_build_object('kind', 'scan', 'page', n, 'word', 'word ' || n), now(), now()
FROM card;
INSERT INTO review_reviewschedule
    (content_id, user_id, stage, step, stability, difficulty, added_at, due_at, reviewed_at, reps,
     lapses)
SELECT
    id, user_id,
    CASE WHEN chance < 0.05 THEN 0 WHEN chance < 0.15 THEN 1 ELSE 2 END,
    CASE WHEN chance < 0.15 THEN 0 END,
    CASE WHEN chance >= 0.05 THEN 1 + age * 60 END,
    CASE WHEN chance >= 0.05 THEN 1 + age * 9 END,
    now() - interval '2 years',
    now() + CASE WHEN n %% 6 = 0 THEN -age * 10 ELSE 0.1 + age * 60 END * interval '1 day',
    CASE WHEN chance >= 0.05 THEN now() - (10 + age) * interval '1 day' END,
    CASE WHEN chance >= 0.05 THEN 20 ELSE 0 END, 0
FROM card;
INSERT INTO review_reviewhistory
    (public_id, user_id, content_id, category_id, kind, sign, rating, reviewed_at, local_day,
     local_hour, taken_ms, stage_before, interval_before_days, parameters_id, due_at, recorded_at)
SELECT
    gen_random_uuid(), user_id, content_id, category_id, 'review', 1, rating, at,
    (at - interval '4 hours')::date, extract(hour FROM at), taken_ms, 2, interval_days, 1,
    at + interval '10 days', now()
FROM (
    SELECT
        user_id, card.id AS content_id, category_id, 1 + floor(random() * 4) AS rating,
        2000 + floor(random() * 6000) AS taken_ms, random() * 200 AS interval_days,
        now() - (random() ^ 2) * interval '730 days' AS at
    FROM card, generate_series(1, %(reviews)s / %(cards)s)
) AS review
ORDER BY at;
INSERT INTO review_learnerclock (user_id, facts_seq) SELECT id, %(reviews)s FROM accounts_user
