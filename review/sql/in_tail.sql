xid >= coalesce((SELECT wm FROM mark), '0')
    AND id > coalesce(
        CASE
            WHEN is_adjustment THEN (SELECT adjustment_base_id FROM mark)
            ELSE (SELECT history_base_id FROM mark)
        END, 0
    )
