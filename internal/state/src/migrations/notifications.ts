/** Notifications of runs that have ended: written with the end, and kept for as long as the run. */
export const notifications = `CREATE TABLE notifications (
     id INTEGER PRIMARY KEY,
     run INTEGER NOT NULL,
     message TEXT NOT NULL UNIQUE,
     delivery TEXT NOT NULL,
     host TEXT NOT NULL,
     phase INTEGER NOT NULL,
     error TEXT NOT NULL,
     state TEXT NOT NULL,
     attempts INTEGER NOT NULL,
     last_error TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     next_at INTEGER,
     ended_at INTEGER
   ) STRICT;
   CREATE INDEX notifications_of ON notifications (run);
   CREATE INDEX notifications_due ON notifications (host, next_at) WHERE next_at IS NOT NULL;
   CREATE TRIGGER notifications_go AFTER DELETE ON runs BEGIN
     DELETE FROM notifications WHERE run = old.id;
   END;`;
