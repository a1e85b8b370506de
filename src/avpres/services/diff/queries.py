"""The questions that a comparison of two sides asks its tables: A is side 0, B is side 1.

`:listed` says that one side is a manifest: then sizes may be unknown, links are followed as those
who made it did, and every pair is compared by the digests that are listed.
"""

ENTRIES_OF_TREE = """
INSERT INTO work.entry SELECT 0, path, 0, 0, '', size FROM work.name
WHERE side = 0 AND kind IN (0, 2) AND role != :own
"""
NAMES_OF_MANIFEST = """
INSERT INTO work.name
SELECT 1, path, nullif(folded(path), path), 0, coalesce(max(size), -1), '', '', 0, 0
FROM work.entry WHERE side = 1 GROUP BY path
"""
NEW_NAME = "coalesce((SELECT new FROM work.spelled WHERE source = 0 AND old = n.path), n.path)"
OLD_NAME = (
    "coalesce((SELECT old FROM work.spelled WHERE source = 0 AND new = entry.path), entry.path)"
)
OF_A = f"""
SELECT n.path, n.kind, n.size, n.signature, (SELECT group_concat(o.digests, ' ')
  FROM work.entry AS o WHERE o.side = 1 AND o.path = {NEW_NAME}) AS cell
FROM work.name AS n WHERE n.side = 0 AND (n.kind = 0 OR :listed) AND n.role != :own AND (
  EXISTS (SELECT 1 FROM work.name AS o
    WHERE o.side = 1 AND o.path = {NEW_NAME} AND (o.kind = 0 AND o.size = n.size OR :listed))
  OR (n.size > 0 AND NOT EXISTS (SELECT 1 FROM work.name AS o
      WHERE o.side = 1 AND o.path = {NEW_NAME})
    AND EXISTS (SELECT 1 FROM work.name AS x WHERE x.side = 1 AND (x.size = n.size OR :listed)
      AND NOT EXISTS (SELECT 1 FROM work.entry AS e WHERE e.side = 0 AND e.path = x.path))))
ORDER BY n.stretch, n.place, n.path
"""  # noqa: S608 - constants
OF_B = """
SELECT n.path, n.kind, n.size, n.signature, (SELECT group_concat(e.digests, ' ')
  FROM work.entry AS e WHERE e.side = 0 AND e.path = n.path) AS cell
FROM work.name AS n WHERE n.side = 1 AND (n.kind = 0 OR :listed) AND n.role != :own
  AND EXISTS (SELECT 1 FROM work.entry AS e
    WHERE e.side = 0 AND e.path = n.path AND (e.size = n.size OR e.size IS NULL OR :listed))
ORDER BY n.stretch, n.place, n.path
"""
DIGESTS_OF_A = f"""
UPDATE work.entry SET digests = coalesce((SELECT r.digests FROM reading AS r
  WHERE r.side = 0 AND r.path = {OLD_NAME}), '') WHERE side = 0
"""  # noqa: S608 - constants
DROP_UNCOMPARED = (
    "DELETE FROM work.name WHERE kind = 3",
    "CREATE INDEX work.by_size ON name (side, size)",
)
DROP_UNLISTED_LINKS = """
DELETE FROM work.name WHERE side = :tree AND kind = 2 AND NOT EXISTS
  (SELECT 1 FROM work.entry AS e WHERE e.side = :manifest AND e.path = name.path)
"""
EVIDENCE_OF_A = (
    "SELECT evidence, count(*) FROM reading WHERE side = 0 AND evidence IS NOT NULL GROUP BY 1"
)
ERRORS_OF_A = "SELECT path, error FROM reading WHERE side = 0 AND error IS NOT NULL ORDER BY path"
