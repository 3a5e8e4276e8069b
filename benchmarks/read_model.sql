-- N reviews over three years: learner 1 has a fiftieth, the others about 4,000 each; 20 a card.
SET LOCAL session_replication_role = replica;
CREATE TEMP TABLE learner ON COMMIT DROP AS
SELECT id, CASE WHEN id = 1 THEN %(rows)s / 50 ELSE %(rows)s * 49 / 50 / %(others)s END AS reviews
FROM accounts_user;
INSERT INTO review_category (id, public_id, user_id, name, created_at)
SELECT (id - 1) * 10 + n, gen_random_uuid(), id, 'Words ' || n, now()
FROM learner, generate_series(1, 10) AS n;
CREATE TEMP TABLE card ON COMMIT DROP AS
SELECT
    row_number() OVER () AS id, learner.id AS user_id, (learner.id - 1) * 10 + 1 + n %% 10 AS category_id
FROM learner, generate_series(1, reviews / 20) AS n;
INSERT INTO review_content
    (id, public_id, user_id, category_id, note_id, front, back, gloss, example, normal_form, tags,
     media, source, created_at, updated_at)
SELECT
    id, gen_random_uuid(), user_id, category_id, gen_random_uuid(), 'word ' || id, 'meaning', '', '',
    'word', '{}', '[]', '{}', now(), now()
FROM card;
INSERT INTO review_reviewschedule
    (content_id, user_id, stage, stability, difficulty, added_at, due_at, reviewed_at, reps, lapses)
SELECT id, user_id, 2, 10, 5, now() - interval '3 years', now() + (random() * 60 - 10) * interval '1 day',
       now() - interval '10 days', 20, 0
FROM card;
CREATE UNLOGGED TABLE made AS
SELECT row_number() OVER (ORDER BY at) AS n, *
FROM (
    SELECT
        user_id, card.id AS content_id, category_id, 1 + floor(random() * 4) AS rating,
        2000 + floor(random() * 6000) AS taken_ms, random() * 200 AS interval_days,
        now() - (random() ^ 1.2) * interval '1095 days' AS at
    FROM card, generate_series(1, 20)
) AS reviews
