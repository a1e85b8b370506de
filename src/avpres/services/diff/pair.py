"""Both sides of a comparison put into the tables, and what must be read of them."""

import os

import xxhash

from avpres.adapters.storage.walk import Kind
from avpres.config.diff import DiffOptions
from avpres.domain.fixity import READ_BACK, Algorithm, unpack
from avpres.services.context import Context
from avpres.services.diff import queries
from avpres.services.diff.sides import Side
from avpres.services.fixity import moves, phases, sources, spelling
from avpres.services.fixity.rows import FOUND, LISTED, folded
from avpres.services.fixity.scratch import Scratch
from avpres.services.fixity.trees import CANDIDATE, OWN

_CHAIN = b"ascmhl/ascmhl_chain.xml"
"""The index of an ASC MHL history: as little a part of what is compared as its generations."""


class Pair:
    """Two sides in one set of tables: A is what is listed, B what is found."""

    def __init__(
        self, a: Side, b: Side, scratch: Scratch, options: DiffOptions, context: Context
    ) -> None:
        self.a, self.b = a, b
        self.scratch = scratch
        self.options = options
        self.context = context
        self.errors: list[tuple[bytes, OSError]] = []
        self._source: dict[int, int] = {}

    def fill(self) -> None:
        """List both sides, bring their names together, and read what must be compared.

        Raises:
            OSError: a tree cannot be listed.
            NotConformantError: a manifest breaks its format's rules.
        """
        for side in (self.a, self.b):
            self._list(side)
        self._leave_manifests_out()
        self._bring_together()
        self._read_a()
        self._read_b()

    @property
    def is_listed(self) -> bool:
        """Say whether a manifest takes part."""
        return self.a.manifest is not None or self.b.manifest is not None

    def _list(self, side: Side) -> None:
        if side.manifest is None:

            def unreadable(path: bytes, error: OSError) -> None:
                self.errors.append((side.tree.path(path), error))

            phases.scan(self.scratch, side.tree, self.context, on_error=unreadable)
            self._links(side)
        else:
            number = side.tree.side
            loaded = sources.add_manifest(self.scratch, number, side.tree, side.manifest)
            self._source[number] = loaded.source.id

    def _links(self, side: Side) -> None:
        """Take a link for what it says, not for what it leads to, when trees are compared."""
        if self.is_listed:
            return
        db, number = self.scratch.db, side.tree.side
        for (path,) in db.execute(
            "SELECT path FROM work.name WHERE side = ? AND kind = ?", (number, int(Kind.LINK))
        ):
            target = os.readlink(side.tree.path(path))
            digest = f"{READ_BACK}:{xxhash.xxh3_128(target).hexdigest()}"
            db.execute(
                "INSERT OR REPLACE INTO reading VALUES (?, ?, ?, '', ?, NULL, 0, NULL)",
                (number, path, len(target), digest),
            )

    def _leave_manifests_out(self) -> None:
        """A manifest that is one side is no part of the tree that is the other."""
        for one, other in ((self.a, self.b), (self.b, self.a)):
            own = other.tree.relative(one.manifest.path) if one.manifest else None
            if own is not None:
                self.scratch.db.execute(
                    "UPDATE work.name SET role = ? WHERE side = ? AND path = ?",
                    (OWN, other.tree.side, own),
                )
        self.scratch.db.execute(
            "UPDATE work.name SET role = CASE WHEN substr(path, ?) = ? THEN ? ELSE 0 END"
            " WHERE role = ?",
            (-len(_CHAIN), _CHAIN, OWN, CANDIDATE),
        )

    def _bring_together(self) -> None:
        db = self.scratch.db
        db.create_function("folded", 1, folded, deterministic=True)
        for number, source in self._source.items():
            other = FOUND if number == LISTED else LISTED
            sources.align(self.scratch, number, source, other)
        self._keep_to_one_file()
        for statement in queries.DROP_UNCOMPARED:
            db.execute(statement)
        for tree, listing in ((self.a, self.b), (self.b, self.a)):
            if tree.manifest is None and listing.manifest is not None:
                sought = {"tree": tree.tree.side, "manifest": listing.tree.side}
                db.execute(queries.DROP_UNLISTED_LINKS, sought)
        if self.a.manifest is None:
            db.execute(queries.ENTRIES_OF_TREE, {"own": OWN})
        if self.b.manifest is not None:
            db.execute(queries.NAMES_OF_MANIFEST)
        spelling.reconcile(self.scratch)
        if self.a.is_one_file and self.b.is_one_file:
            names = (self.a.tree.only, self.b.tree.only)
            db.execute("INSERT OR REPLACE INTO work.spelled VALUES (0, ?, ?)", names)
            db.execute("UPDATE work.entry SET path = ? WHERE side = 0", names[1:])

    def _keep_to_one_file(self) -> None:
        for one, other in ((self.a, self.b), (self.b, self.a)):
            if one.is_one_file and other.manifest is not None:
                sources.keep_only(self.scratch, other.tree.side, one.tree.only or b"")

    def _read_a(self) -> None:
        if self.a.manifest is None:
            self._read(self.a, queries.OF_A, self._algorithms(self.b))
            self.scratch.db.execute(queries.DIGESTS_OF_A)

    def _read_b(self) -> None:
        if self.b.manifest is None:
            self._read(self.b, queries.OF_B, self._algorithms(self.a))
            self._read_extras()
        moves.match(self.scratch)

    def _read_extras(self) -> None:
        wanted = moves.wanted_of_extras(self.scratch)
        if wanted:
            files, size = moves.total_of_extras(self.scratch)
            planned = phases.Planned(moves.extras_to_read(self.scratch), files, size)
            job = phases.job_of(self.b.tree, self.options.jobs, algorithms=wanted)
            phases.read(self.scratch, job, planned, self.context)

    def _algorithms(self, other: Side) -> tuple[Algorithm, ...]:
        """Take what the other side lists; of two trees, the quickest."""
        if other.manifest is None:
            return () if self.is_listed else (READ_BACK,)
        cells = self.scratch.db.execute(
            "SELECT digests FROM work.entry WHERE side = ? LIMIT 1000", (other.tree.side,)
        )
        return tuple({d.algorithm: None for (cell,) in cells for d in unpack(cell)})

    def _read(self, side: Side, query: str, algorithms: tuple[Algorithm, ...]) -> None:
        db, sought = self.scratch.db, {"own": OWN, "listed": self.is_listed}
        counted = f"SELECT count(*), coalesce(sum(max(size, 0)), 0) FROM ({query})"  # noqa: S608
        files, size = db.execute(counted, sought).fetchone()
        job = phases.job_of(side.tree, self.options.jobs, algorithms=algorithms)
        phases.read(
            self.scratch, job, phases.Planned(db.execute(query, sought), files, size), self.context
        )
