"""Which cells a cell needs, read from the names in their sources.

A cell that reads a name needs the last cell above that bound it, and every cell since that may have changed what it stands for.
What changes a value is read narrowly, as the book writes: `x[0] = 1`, `x.y = 1`, `x += 1`, `del x[0]`, `out=x`; a call whose
result nobody takes, `x.append(1)`, `shuffle(x)`; `x.pop()`; and whatever mentions a generator of random numbers or an iterator.
Any other call whose result is taken leaves its arguments alone.
"""

import ast
import functools
import symtable

SHOW = {"claim", "explore", "predict", "print", "show", "table", "typed"}  # they show something, and change nothing
STATEFUL = {"default_rng", "Generator", "iter", "count", "cycle"}  # what they return is another one after each use
TAKES = {"pop", "popitem", "popleft", "setdefault"}  # they change what they are called on, though their result is taken
HOLDS = ast.Lambda | ast.List | ast.Tuple | ast.Dict | ast.Set | ast.Name | ast.IfExp  # a value that holds on to what it names


class Cell(ast.NodeVisitor):
    """What a source does with names, read in the order in which it runs. SyntaxError where it is none.

    reads     the names that it takes from above
    binds     those that it gives, and `surely` those that it gives whatever happens
    changes   those of the values from above that it may change
    holds     {name: the names of what it holds on to, as a function does to those of its body}
    stateful  the names of what changes whenever it is used
    always    whether it does what no name tells, such as a setting
    """

    def __init__(self, source):
        self.reads, self.binds, self.surely, self.changes, self.holds, self.stateful = set(), set(), set(), set(), {}, set()
        self.always, self.depth = False, 0
        tree = ast.parse(source)
        self.functions = {}
        gather(symtable.symtable(source, "<cell>", "exec"), self.functions)
        for node in tree.body:
            self.visit(node)

    # ---- names

    def visit_Name(self, node):
        if not isinstance(node.ctx, ast.Load):
            self.bind(node.id)
        elif node.id not in self.binds:
            self.reads.add(node.id)

    def bind(self, name):
        self.binds.add(name)
        if not self.depth:
            self.surely.add(name)

    def change(self, *nodes):
        for node in nodes:
            while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
                node = node.value
            if isinstance(node, ast.Name) and node.id not in self.binds:
                self.changes.add(node.id)

    def maybe(self, nodes):
        """Statements that may not run."""
        self.depth += 1
        for node in nodes:
            self.visit(node)
        self.depth -= 1

    # ---- statements

    def visit_Assign(self, node):
        self.visit(node.value)
        for target in node.targets:
            parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
            same = isinstance(node.value, ast.Tuple | ast.List) and len(node.value.elts) == len(parts) > 1
            for part, value in zip(parts, node.value.elts if same else [node.value] * len(parts), strict=True):
                self.assign(part, value)

    def visit_AnnAssign(self, node):
        if node.value:
            self.visit(node.value)
            self.assign(node.target, node.value)

    visit_NamedExpr = visit_AnnAssign

    def assign(self, target, value):
        if isinstance(target, ast.Attribute | ast.Subscript):
            self.change(target)
        self.visit(target)
        calls = {called(part) for part in ast.walk(value) if isinstance(part, ast.Call)}
        inside = {part.id for part in ast.walk(value) if isinstance(part, ast.Name)}
        for name in (part.id for part in ast.walk(target) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)):
            self.stateful -= {name}
            self.holds.pop(name, None)
            if isinstance(value, ast.GeneratorExp) or calls & STATEFUL:
                self.stateful.add(name)
            if isinstance(value, HOLDS) or (isinstance(value, ast.Call) and called(value) == "partial"):
                self.holds[name] = inside

    def visit_AugAssign(self, node):
        self.visit(node.value)
        self.change(node.target)
        self.visit(node.target)
        if isinstance(node.target, ast.Name) and node.target.id in self.changes:
            self.reads.add(node.target.id)

    def visit_Delete(self, node):
        self.change(*node.targets)

    def visit_Expr(self, node):
        self.visit(node.value)
        call = node.value
        if isinstance(call, ast.Call) and called(call) not in SHOW:
            owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
            self.change(*owner, *call.args, *(keyword.value for keyword in call.keywords))
            inside = owner and isinstance(owner[0], ast.Name) and owner[0].id in self.binds
            self.always = self.always or not inside

    def visit_Call(self, node):
        self.change(*(keyword.value for keyword in node.keywords if keyword.arg == "out"))
        self.change(*(node.args if called(node) == "next" else []))
        self.change(*([node.func.value] if isinstance(node.func, ast.Attribute) and called(node) in TAKES else []))
        self.generic_visit(node)

    def visit_For(self, node):
        self.visit(node.iter)
        self.visit(node.target)
        self.maybe([*node.body, *node.orelse])

    def visit_While(self, node):
        self.visit(node.test)
        self.maybe([*node.body, *node.orelse])

    def visit_If(self, node):
        self.visit(node.test)
        self.maybe([*node.body, *node.orelse])

    def visit_Try(self, node):
        self.maybe([*node.body, *node.handlers, *node.orelse, *node.finalbody])

    visit_TryStar = visit_Try

    def visit_ExceptHandler(self, node):
        if node.name:
            self.bind(node.name)
        self.generic_visit(node)

    def visit_Match(self, node):
        self.visit(node.subject)
        self.maybe(node.cases)

    def visit_MatchAs(self, node):
        """Patterns keep the names that they bind as texts."""
        if name := getattr(node, "name", None) or getattr(node, "rest", None):
            self.bind(name)
        self.generic_visit(node)

    visit_MatchStar = visit_MatchMapping = visit_MatchAs

    def visit_Import(self, node):
        for alias in node.names:
            self.bind((alias.asname or alias.name).split(".")[0])
            self.always = self.always or alias.name == "*"

    visit_ImportFrom = visit_Import

    # ---- what has names of its own

    def visit_FunctionDef(self, node):
        outer, touched = self.functions[node.name, node.lineno]
        for part in [*node.decorator_list, node.args, *filter(None, [node.returns])]:  # of arguments defaults and annotations
            self.visit(part)
        self.reads |= outer - self.binds - {node.name}
        self.bind(node.name)
        self.holds[node.name] = outer
        inner = [part for part in ast.walk(node) if isinstance(part, ast.Assign | ast.AugAssign | ast.Expr)]
        self.stateful |= {name for part in inner for name in written(part)} & outer | touched

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        outer, _ = self.functions[node.name, node.lineno]
        for part in [*node.decorator_list, *node.bases, *node.keywords]:
            self.visit(part)
        self.reads |= outer - self.binds - {node.name}
        self.bind(node.name)
        self.holds[node.name] = outer

    def visit_Lambda(self, node):
        mine = {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
        self.visit(node.args)
        self.apart(mine, [node.body])

    def visit_ListComp(self, node):
        mine = {part.id for one in node.generators for part in ast.walk(one.target) if isinstance(part, ast.Name)}
        self.visit(node.generators[0].iter)
        inner = [one.iter for one in node.generators[1:]] + [test for one in node.generators for test in one.ifs]
        self.apart(mine, inner + ([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]))

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp

    def apart(self, mine, nodes):
        """Expressions in which some names are their own."""
        before = set(self.binds)
        self.binds |= mine
        for node in nodes:
            self.visit(node)
        self.binds = before | (self.binds - mine)


def called(node):
    """The last name of what is called: `default_rng` of `np.random.default_rng(0)`."""
    return getattr(node.func, "attr", getattr(node.func, "id", None))


def written(node):
    """The names of what a statement in a function writes to."""
    if isinstance(node, ast.Expr):
        targets = [getattr(getattr(node.value, "func", None), "value", None)]  # the x of x.append(1)
    else:
        targets = getattr(node, "targets", None) or [node.target]
    for target in targets:
        while isinstance(target, ast.Attribute | ast.Subscript | ast.Starred):
            target = target.value
        if isinstance(target, ast.Name):
            yield target.id


def gather(table, functions):
    """Enter (name, line): the names of the page that it uses, and those that it binds, for each function and class of a table."""
    for child in table.get_children():
        gather(child, functions)
        symbols = [(symbol.get_name(), symbol) for symbol in child.get_symbols() if symbol.is_global()]
        inner = [functions[one.get_name(), one.get_lineno()] for one in child.get_children()]
        outer = {name for name, _ in symbols}.union(*(names for names, _ in inner))
        bound = {name for name, symbol in symbols if symbol.is_assigned()}.union(*(names for _, names in inner))
        functions[child.get_name(), child.get_lineno()] = outer, bound


# ---- from cell to cell


def needed(sources, last):
    """The numbers of the cells that the cell `last` of a page needs, in their order, without itself.

    A cell that is no Python needs nothing: it says so itself when it runs.
    """
    cells = [parsed(source) for source in sources[: last + 1]]
    wanted, found = taken(cells, last), []
    for number in range(last - 1, -1, -1):
        one = cells[number]
        if one.always or wanted & (one.binds | altered(cells, number)):
            found.append(number)
            wanted = (wanted - (one.surely - one.changes - one.reads)) | taken(cells, number)
    return found[::-1]


@functools.cache  # a run asks for the same cells again and again, and nobody changes one that is made
def parsed(source):
    try:
        return Cell(source)
    except SyntaxError:
        return Cell("")


def taken(cells, number):
    """The names that a cell takes from above: those that it reads or changes, and what these hold on to."""
    return closed(cells[number].reads | cells[number].changes, cells[:number])


def closed(names, cells):
    """Names with those of what they hold on to."""
    found, todo = set(), set(names)
    while todo:
        found |= todo
        holders = [next((one for one in reversed(cells) if name in one.binds), None) for name in todo]
        todo = set().union(*(one.holds.get(name, ()) for name, one in zip(todo, holders, strict=True) if one)) - found
    return found


def altered(cells, number):
    """The names of what a cell may change: what it writes to, and everything stateful that it mentions."""
    one = cells[number]
    mentioned = closed(one.reads, cells[: number + 1])
    stateful = {name for name in mentioned if any(name in other.stateful for other in latest(name, cells[:number]))}
    return one.changes | stateful


def latest(name, cells):
    """The last cell that bound a name for sure, and those since that may have bound it."""
    for one in reversed(cells):
        if name in one.binds or name in one.stateful:
            yield one
        if name in one.surely:
            return
