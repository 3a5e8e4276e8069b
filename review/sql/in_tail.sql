xid >= coalesce((SELECT wm FROM mark), '0')
    -- No visible fact has a later id than this, save those of another cluster: skip them by index.
    AND xid <= greatest(pg_snapshot_xmax(pg_current_snapshot()), pg_current_xact_id_if_assigned())
    AND id > coalesce(
        CASE
            WHEN is_adjustment THEN (SELECT adjustment_base_id FROM mark)
            ELSE (SELECT history_base_id FROM mark)
        END, 0
    )
