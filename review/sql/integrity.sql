-- Rows in which a read model differs from a recount of the facts it should hold: none.
WITH mark AS (SELECT * FROM {mark}),
counted AS (
    SELECT {keys}, {columns}, 1 AS addend FROM {table} WHERE {wanted}
    UNION ALL
    SELECT {keys}, {columns}, -1 FROM review_counted_fact
    WHERE {wanted} AND {counts} AND NOT ({in_tail})
)
SELECT {keys}, {differences} FROM counted GROUP BY {keys}
HAVING ({differences}) <> (0, 0, 0, 0, 0, 0)
LIMIT 20
