"""Read from the source what validators can say: ids, texts, effects, and JHOVE's ids.

The source is read as text (AST); nothing of it is run. A call such as `exam.broken(id, text,
jhove=...)` is followed to where its words come from: parameters to the calls of their function,
loop variables to the tables that they run over, fields to the objects that are made with them.
"""
# ruff: noqa: INP001 - a script's module, not a package

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parents[1] / "src/avpres"
ROOMS = (
    "adapters/validators",
    "adapters/tools",
    "adapters/describing",
    "services/describing",
    "services/characterise",
)
OPEN = "…"  # what only the file, or a library, can say
ID = re.compile(rf"[A-Z][A-Z0-9]+(-[A-Z0-9{OPEN}]+)+")
EFFECTS = {
    "broken": "not well-formed",
    "halt": "not well-formed",
    "invalid": "not valid",
    "undetermined": "undetermined",
    "stop": "unknown",
    "flood": "not well-formed",
    "warn": "warning",
    "note": "note",
}
IMPACTS = {"NOT_WELL_FORMED": "not well-formed", "NOT_VALID": "not valid"}
SEVERITIES = {"WARNING": "warning", "INFO": "note", "ERROR": "unknown"}


class Said(NamedTuple):
    """One way in which one id is said."""

    id: str
    effect: str
    text: str
    jhove: str = ""


class _Scope(NamedTuple):
    module: str
    functions: tuple[ast.FunctionDef, ...] = ()  # the innermost first


class _Found(NamedTuple):
    """An expression, where it stands, and what was assumed to come to it."""

    node: ast.expr
    scope: _Scope
    env: "_Env"


CLASSES = {"Dialect", "Meaning"}  # whose objects stand in the source and hold parts of messages
FREE = ("free", "")  # an object may be chosen, not only followed
_Env = Mapping[tuple[str, int | str], _Found]
_DEPTH = 8  # names that are followed behind each other
_MOST = 60  # words that one expression is followed to


class Source:
    """The modules of the rooms, indexed by what is looked for."""

    def __init__(self) -> None:
        self.functions: dict[str, list[tuple[ast.FunctionDef, _Scope]]] = {}
        self.calls: dict[str, list[tuple[ast.Call, _Scope]]] = {}
        self.constants: dict[tuple[str, str], ast.expr] = {}
        self.everywhere: dict[str, ast.expr] = {}
        self.fields: dict[str, list[tuple[str, Sequence[str]]]] = {}
        self.tuples: list[tuple[ast.Tuple, _Scope]] = []
        self.parents: dict[ast.AST, ast.AST] = {}
        self.defaults: dict[tuple[str, str], ast.expr] = {}
        self.imports: set[tuple[str, str, str]] = set()  # into, what, from
        for room in ROOMS:
            for module in sorted((PACKAGE / room).glob("*.py")):
                self._read(module)

    def _read(self, path: Path) -> None:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        name = f"{path.parent.name}.{path.stem}"
        for statement in tree.body:
            for target, value in _assigned(statement):
                self.constants[name, target] = value
                self.everywhere.setdefault(target, value)
        self._walk(tree, _Scope(name))

    def _walk(self, node: ast.AST, scope: _Scope) -> None:
        for child in ast.iter_child_nodes(node):
            self.parents[child] = node
            inner = scope
            if isinstance(child, ast.FunctionDef):
                self.functions.setdefault(child.name, []).append((child, scope))
                inner = scope._replace(functions=(child, *scope.functions))
            elif isinstance(child, ast.ClassDef):
                names = [
                    each.target.id
                    for each in child.body
                    if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
                ]
                self.defaults |= {
                    (child.name, each.target.id): each.value
                    for each in child.body
                    if isinstance(each, ast.AnnAssign)
                    and isinstance(each.target, ast.Name)
                    and each.value is not None
                }
                for each in names:
                    self.fields.setdefault(each, []).append((child.name, names))
            elif isinstance(child, ast.Call):
                self.calls.setdefault(_name(child.func), []).append((child, scope))
            elif isinstance(child, ast.ImportFrom):
                room = ".".join((child.module or "").split(".")[-2:])
                self.imports |= {(scope.module, each.name, room) for each in child.names}
            elif isinstance(child, ast.Tuple):
                self.tuples.append((child, scope))
            self._walk(child, inner)

    def sayings(self) -> Iterator[Said]:
        """Follow every call that says something."""
        for name, calls in self.calls.items():
            for call, scope in calls:
                if scope.module.endswith((".examination",)):
                    continue
                for effect in self._effects(name, call, scope):
                    yield from self._said(effect, call, scope)

    def _effects(self, name: str, call: ast.Call, scope: _Scope) -> list[str]:
        if name in EFFECTS and isinstance(call.func, ast.Attribute):
            return [EFFECTS[name]]
        if name == "Message" and len(call.args) > 1:
            severity = ast.unparse(call.args[1]).rpartition(".")[2]
            impact = ast.unparse(call.args[5]).rpartition(".")[2] if len(call.args) > 5 else ""  # noqa: PLR2004
            return [IMPACTS.get(impact) or ("" if impact else SEVERITIES.get(severity, ""))]
        node = call.func
        local = self._local(node, scope) if isinstance(node, ast.Name) else [node]
        names = [
            _name(each)
            for choice in local
            if isinstance(choice, ast.IfExp)
            for each in (choice.body, choice.orelse)
        ]
        return [EFFECTS[each] for each in names if each in EFFECTS]

    def _said(self, effect: str, call: ast.Call, scope: _Scope) -> Iterator[Said]:
        given = dict(zip(("id", "text", "offset", "jhove"), call.args, strict=False))
        if _name(call.func) == "Message":
            given = dict(
                zip(("id", "severity", "text", "offset", "jhove"), call.args, strict=False)
            )
        given |= {each.arg: each.value for each in call.keywords if each.arg}
        if "id" not in given or "text" not in given:
            return
        impact = call.args[5] if _name(call.func) == "Message" and len(call.args) > 5 else None  # noqa: PLR2004
        start = {FREE: _Found(given["id"], scope, {})}
        for id, after in self.texts(_Found(given["id"], scope, start)):
            env = {key: value for key, value in after.items() if key != FREE}
            if not ID.fullmatch(id) or id.startswith(OPEN) or id.partition("-")[2] == OPEN:
                continue
            if not self._comes_to(call, scope, env):
                continue
            effects = [effect] if effect else self._impacts(impact, scope, env)
            for text, _ in self.texts(_Found(given["text"], scope, env)):
                for each in effects:
                    yield from self._with_jhove(Said(id, each, text), given, scope, env)

    def _comes_to(self, call: ast.Call, scope: _Scope, env: _Env) -> bool:
        """Say whether a call is reached, as far as fields that were chosen decide it."""
        node: ast.AST = call
        while node in self.parents and node is not scope.functions[0]:
            below, node = node, self.parents[node]
            if isinstance(node, ast.If) and isinstance(node.test, ast.Attribute):
                wanted = below in node.body
                found = [
                    each.node for each in self._field(node.test, _Found(node.test, scope, env))
                ]
                values = {each.value for each in found if isinstance(each, ast.Constant)}
                if values == {not wanted}:
                    return False
        return True

    def _impacts(self, node: ast.expr | None, scope: _Scope, env: _Env) -> list[str]:
        if node is None:
            return []
        found = (ast.unparse(each.node) for each in self.nodes(_Found(node, scope, env)))
        names = (each.rpartition(".")[2] for each in found if "Impact." in each)
        return [IMPACTS.get(each, "warning") for each in names]

    def _with_jhove(
        self, said: Said, given: Mapping[str, ast.expr], scope: _Scope, env: _Env
    ) -> Iterator[Said]:
        if "jhove" not in given:
            yield said
            return
        for jhove, _ in self.texts(_Found(given["jhove"], scope, env)):
            yield said._replace(jhove="" if OPEN in jhove or jhove == "None" else jhove)

    def tables(self) -> Iterator[Said]:
        """Find what functions give to whoever asks them, as (id, text, place)."""
        known = {said.id for said in self.sayings()}
        for node, scope in self.tuples:
            parent = self.parents[node]
            if len(node.elts) < 2 or not isinstance(parent, ast.Yield | ast.Return):  # noqa: PLR2004
                continue
            id, text = node.elts[:2]
            if not (isinstance(id, ast.Constant) and isinstance(id.value, str)):
                continue
            effect = TABLES.get(scope.module.rpartition(".")[2])
            if effect and ID.fullmatch(id.value) and id.value not in known and _is_text(text):
                for words, _ in self.texts(_Found(text, scope, {})):
                    yield Said(id.value, effect, words)

    def texts(self, found: _Found, depth: int = 0) -> Iterator[tuple[str, _Env]]:
        """Yield what an expression may say, each with what was assumed for it."""
        yield from islice(self._texts(found, depth), _MOST)

    def _texts(self, found: _Found, depth: int) -> Iterator[tuple[str, _Env]]:
        node, scope, env = found
        if isinstance(node, ast.Constant):
            yield (node.value if isinstance(node.value, str) else OPEN), env
        elif isinstance(node, ast.JoinedStr):
            yield from self._joined(node.values, found, depth)
        elif isinstance(node, ast.BinOp) and _is_sentence(node):
            yield from self._joined([node.left, node.right], found, depth)
        elif isinstance(node, ast.FormattedValue):
            yield from self.texts(_Found(node.value, scope, env), depth)
        elif isinstance(node, ast.Call) and _name(node.func) in {"upper", "lower", "strip"}:
            for text, after in self.texts(_Found(node.func.value, scope, env), depth):  # type: ignore[attr-defined]
                yield getattr(text, _name(node.func))(), after
        else:
            yield from self._elsewhere(found, depth)

    def _elsewhere(self, found: _Found, depth: int) -> Iterator[tuple[str, _Env]]:
        any_found = False
        if depth < _DEPTH:
            for each in self.nodes(found, depth):
                if each.node is not found.node:
                    any_found = True
                    yield from self.texts(each, depth + 1)
        if not any_found:
            yield OPEN, found.env

    def _joined(
        self, parts: Sequence[ast.expr], found: _Found, depth: int
    ) -> Iterator[tuple[str, _Env]]:
        if not parts:
            yield "", found.env
            return
        for text, env in self.texts(_Found(parts[0], found.scope, found.env), depth):
            for rest, after in self._joined(parts[1:], found._replace(env=env), depth):
                yield text + rest, after

    def nodes(self, found: _Found, depth: int = 0) -> Iterator[_Found]:
        """Yield the expressions that an expression stands for; itself if that is all."""
        node = found.node
        if depth > _DEPTH:
            return
        if isinstance(node, ast.IfExp | ast.BoolOp):
            for each in [node.body, node.orelse] if isinstance(node, ast.IfExp) else node.values:
                yield from self.nodes(found._replace(node=each), depth + 1)
        elif isinstance(node, ast.Name):
            yield from self._named(node, found.scope, found.env, depth)
        elif isinstance(node, ast.Attribute):
            yield from self._field(node, found)
            yield found
        elif isinstance(node, ast.Subscript):
            yield from self._values(node.value, found, depth)
        elif isinstance(node, ast.Call):
            yield from self._called(node, found, depth)
        else:
            yield found

    def _called(self, node: ast.Call, found: _Found, depth: int) -> Iterator[_Found]:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args[1:]:
            yield from self._values(node.func.value, found, depth)
            yield found._replace(node=node.args[1])
        elif _name(node.func) in self.functions:
            yield from self._returned(found, depth)
        else:
            yield found

    def _returned(self, found: _Found, depth: int) -> Iterator[_Found]:
        """Go into a function for what it returns; what it was called with is what it has."""
        assert isinstance(found.node, ast.Call)  # noqa: S101 - looked at before
        for function, of in self._functions_of(found.node):
            inner = of._replace(functions=(function, *of.functions))
            env = {**found.env, ("call", id(function)): found}
            for each in ast.walk(function):
                if isinstance(each, ast.Return) and each.value is not None:
                    yield from self.nodes(_Found(each.value, inner, env), depth + 1)

    def _values(self, of: ast.expr, found: _Found, depth: int) -> Iterator[_Found]:
        for each in self.nodes(_Found(of, found.scope, found.env), depth + 1):
            if isinstance(each.node, ast.Dict):
                for value in each.node.values:
                    yield _Found(value, each.scope, each.env)

    def _named(self, node: ast.Name, scope: _Scope, env: _Env, depth: int) -> Iterator[_Found]:
        for number, function in enumerate(scope.functions):
            here = scope._replace(functions=scope.functions[number:])
            loop = self._loop(node, function)
            if loop is not None:
                yield from self._elements(node, loop, _Found(loop.iter, here, env), depth)
                return
            local = self._local(node, here)
            if local:
                for each in local:
                    yield from self._unpacked(node.id, each, here, env, depth)
                return
            if node.id in _parameters(function):
                yield from self._given(node.id, function, env, depth)
                return
        constant = self.constants.get((scope.module, node.id)) or self.everywhere.get(node.id)
        if constant is not None:
            yield from self.nodes(_Found(constant, _Scope(scope.module), env), depth + 1)

    def _loop(
        self, name: ast.Name, function: ast.FunctionDef
    ) -> "ast.For | ast.comprehension | None":
        node: ast.AST = name
        while node is not function and node in self.parents:
            node = self.parents[node]
            around = [node] if isinstance(node, ast.For) else getattr(node, "generators", [])
            for loop in around:
                if name.id in {
                    each.id for each in ast.walk(loop.target) if isinstance(each, ast.Name)
                }:
                    return loop  # type: ignore[no-any-return]
        return None

    def _elements(
        self, name: ast.Name, loop: "ast.For | ast.comprehension", over: _Found, depth: int
    ) -> Iterator[_Found]:
        key = ("loop", id(loop))
        if key in over.env:
            chosen = over.env[key]
            yield from self._part(name.id, loop.target, chosen._replace(env=over.env), depth)
            return
        for each in self._members(over, depth):
            env = {**over.env, key: each}
            yield from self._part(name.id, loop.target, each._replace(env=env), depth)

    def _members(self, over: _Found, depth: int) -> Iterator[_Found]:
        """Yield what a loop runs over, element by element."""
        node = over.node
        if isinstance(node, ast.Call) and _name(node.func) == "enumerate":
            for each in self._members(over._replace(node=node.args[0]), depth + 1):
                yield each._replace(node=ast.Tuple([ast.Constant(OPEN), each.node]))
        elif isinstance(node, ast.Call) and _name(node.func) in {"sorted", "reversed"}:
            yield from self._members(over._replace(node=node.args[0]), depth + 1)
        elif isinstance(node, ast.Call) and _name(node.func) in self.functions:
            yield from self._yielded(node, over)
        else:
            is_items = isinstance(node, ast.Call) and _name(node.func) == "items"
            table = node.func.value if is_items else node  # type: ignore[attr-defined]
            for each in self.nodes(over._replace(node=table), depth + 1):
                for element in _elements(each.node, pairs=is_items):
                    yield each._replace(node=element)

    def _yielded(self, node: ast.Call, over: _Found) -> Iterator[_Found]:
        for function, scope in self._functions_of(node):
            inner = scope._replace(functions=(function, *scope.functions))
            env = {**over.env, ("call", id(function)): over}
            for each in ast.walk(function):
                if isinstance(each, ast.Yield) and each.value is not None:
                    yield _Found(each.value, inner, env)

    def _part(self, name: str, target: ast.expr, value: _Found, depth: int) -> Iterator[_Found]:
        """Give the part of a value that a name in a target stands for."""
        if isinstance(target, ast.Name):
            yield from self.nodes(value, depth + 1)
            return
        if not isinstance(target, ast.Tuple):
            return
        for number, each in enumerate(target.elts):
            inside = {one.id for one in ast.walk(each) if isinstance(one, ast.Name)}
            if name not in inside or isinstance(each, ast.Starred):
                continue
            for whole in self.nodes(value, depth + 1):
                if isinstance(whole.node, ast.Tuple) and number < len(whole.node.elts):
                    part = whole._replace(node=whole.node.elts[number])
                    yield from self._part(name, each, part, depth + 1)

    def _local(self, name: ast.Name, scope: _Scope) -> list[ast.expr]:
        """Give what was last assigned to a name before it is used."""
        if not scope.functions:
            return []
        found = [
            (statement, value)
            for statement in ast.walk(scope.functions[0])
            for target, value in _assigned(statement)
            if target == name.id and statement.lineno <= name.lineno  # type: ignore[attr-defined]
        ]
        around = set(self._blocks(name))
        sure = [pair for pair in found if id(self.parents[pair[0]]) in around]
        last = max(sure, key=lambda pair: pair[0].lineno, default=None)  # type: ignore[attr-defined]
        return [
            value
            for statement, value in found
            if last is None or statement.lineno >= last[0].lineno  # type: ignore[attr-defined]
        ]

    def _blocks(self, node: ast.AST) -> Iterator[int]:
        while node in self.parents:
            node = self.parents[node]
            yield id(node)

    def _unpacked(
        self, name: str, value: ast.expr, scope: _Scope, env: _Env, depth: int
    ) -> Iterator[_Found]:
        parent = self.parents.get(value)
        targets = parent.targets if isinstance(parent, ast.Assign) else []
        if targets and isinstance(targets[0], ast.Tuple):
            yield from self._part(name, targets[0], _Found(value, scope, env), depth + 1)
        else:
            yield from self.nodes(_Found(value, scope, env), depth + 1)

    def _given(
        self, name: str, function: ast.FunctionDef, env: _Env, depth: int
    ) -> Iterator[_Found]:
        key = ("call", id(function))
        if key in env:
            call = env[key]
            yield from self._argument(name, function, call._replace(env=env), depth)
            return
        for call, scope in self._calls_of(function):
            chosen = _Found(call, scope, env)
            after = {**env, key: chosen}
            yield from self._argument(name, function, chosen._replace(env=after), depth)

    def _calls_of(self, function: ast.FunctionDef) -> Iterator[tuple[ast.Call, _Scope]]:
        """Find the calls of a function; of a name that is used twice, those that can mean it."""
        of_name = self.functions[function.name]
        (own,) = [scope.module for each, scope in of_name if each is function]
        alone = len({scope.module for _, scope in of_name}) == 1
        for call, scope in self.calls.get(function.name, []):
            base = ast.unparse(call.func).rpartition(".")[0].rpartition(".")[2]
            if (
                scope.module == own
                or (alone and not function.name.startswith("_"))
                or base == own.rpartition(".")[2]
                or (scope.module, function.name, own) in self.imports
            ):
                yield call, scope

    def _functions_of(self, call: ast.Call) -> Iterator[tuple[ast.FunctionDef, _Scope]]:
        for function, of in self.functions[_name(call.func)]:
            if any(each is call for each, _ in self._calls_of(function)):
                yield function, of

    def _argument(
        self, name: str, function: ast.FunctionDef, call: _Found, depth: int
    ) -> Iterator[_Found]:
        assert isinstance(call.node, ast.Call)  # noqa: S101 - put in above
        names = [each for each in _parameters(function) if each != "self"]
        given = dict(zip(names, call.node.args, strict=False))
        given |= {each.arg: each.value for each in call.node.keywords if each.arg}
        value = given.get(name) or _default(name, function)
        if value is not None and not isinstance(value, ast.Starred):
            yield from self.nodes(call._replace(node=value), depth + 1)

    def _field(self, node: ast.Attribute, found: _Found) -> Iterator[_Found]:
        """Follow a field to the objects of its class that are made by hand."""
        if ast.unparse(node) == "format.name":
            from avpres.domain.formats import Format

            for each in Format:
                yield found._replace(node=ast.Constant(each.name))
            return
        if ast.unparse(node.value) == "message":  # someone else's words
            return
        for kind, names in self.fields.get(node.attr, []):
            key = ("object", kind)
            if kind not in CLASSES or (key not in found.env and FREE not in found.env):
                continue
            made = (
                [found.env[key]]
                if key in found.env
                else [_Found(call, scope, {}) for call, scope in self.calls.get(kind, [])]
            )
            for each in made:
                assert isinstance(each.node, ast.Call)  # noqa: S101 - put in above
                given = dict(zip(names, each.node.args, strict=False))
                given |= {one.arg: one.value for one in each.node.keywords if one.arg}
                value = given.get(node.attr)
                env = {**found.env, key: each}
                if isinstance(value, ast.Constant | ast.JoinedStr):
                    yield _Found(value, each.scope, env)
                elif value is None and (kind, node.attr) in self.defaults:
                    yield _Found(self.defaults[kind, node.attr], each.scope, env)


TABLES = {"coded_frames": "not well-formed", "ffv1": "not well-formed"}
"""What follows from the faults that a module gives to whoever asks it."""


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _elements(node: ast.expr, *, pairs: bool) -> Iterator[ast.expr]:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        yield from node.elts
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                yield ast.Tuple([key, value]) if pairs else key


def _is_sentence(node: ast.BinOp) -> bool:
    """Say whether texts are put together, not numbers."""
    ends = [each for each in ast.walk(node) if isinstance(each, ast.Constant)]
    return isinstance(node.op, ast.Add) and any(isinstance(each.value, str) for each in ends)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _parameters(function: ast.FunctionDef) -> list[str]:
    arguments = function.args
    return [each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]


def _default(name: str, function: ast.FunctionDef) -> ast.expr | None:
    positional = [*function.args.posonlyargs, *function.args.args]
    defaults = function.args.defaults
    given = dict(zip([each.arg for each in positional][-len(defaults) :], defaults, strict=False))
    for each, value in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
        if value is not None:
            given[each.arg] = value
    return given.get(name) if defaults or function.args.kwonlyargs else None


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            for each in ast.walk(target):
                if isinstance(each, ast.Name):
                    yield each.id, node.value
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
        yield ast.unparse(node.target), node.value
