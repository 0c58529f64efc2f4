"""The direction of imports, the size of files, and the diagram in docs/architecture.md, all read from the source.

Run as a program (`make docs`) it rewrites the diagram.
"""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median

import pytest

from docs.generated.part import Part

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "surefoot"

# What each part of the house may import; a part is a folder or a file directly in src/surefoot.
GROUND = {"errors", "paths", "references"}
DOOR = {"surefoot", "__main__"}
CAPABILITIES = {"compare", "watch", "diagnose"}
PARTS = {"rules", "engines", "optim", "tasks", "pages"} | CAPABILITIES | GROUND
MAY_IMPORT = {
    "errors": set(),
    "references": {"errors"},
    "paths": {"errors"},
    "pages": set(),
    "rules": GROUND,
    "engines": {"rules"} | GROUND,
    "optim": {"engines", "rules"} | GROUND,
    "tasks": GROUND,
    "compare": {"optim", "engines", "rules", "tasks", "pages"} | GROUND,
    "watch": {"optim", "engines", "rules", "pages", "tasks"} | GROUND,
    "diagnose": {"optim", "engines", "rules", "tasks", "pages"} | GROUND,
    "testing": PARTS,
    "cli": PARTS | {"surefoot"},
    "surefoot": PARTS | {"testing"},
    "__main__": {"cli"},
}

Graph = dict[str, set[str]]


def module_name(path: Path) -> str:
    """`surefoot.rules.adam` of src/surefoot/rules/adam.py; a package's __init__.py has the package's name."""
    names = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(names[:-1] if names[-1] == "__init__" else names)


def part(module: str) -> str:
    """The part of the house a module stands in; the package's own __init__.py is the part `surefoot`."""
    return module.split(".")[:2][-1]


def imports(source: str, module: str, known: set[str]) -> set[str]:
    """The modules among `known` that a source imports, at the top or inside a function, other than `module` itself."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} line {node.lineno}: a relative import; name the module in full"
            # `from package import module` means the module, `from module import name` the module it stands in.
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in known else str(node.module))
    return (found & known) - {module}


def read() -> Graph:
    """Every module of surefoot with the modules of surefoot that it imports."""
    files = {module_name(path): path for path in SOURCE.rglob("*.py")}
    return {name: imports(path.read_text(), name, set(files)) for name, path in files.items()}


def wrong_arrows(graph: Graph) -> list[str]:
    """Every import that runs against the direction, in words."""
    return [
        f"{importer} imports {imported}"
        for importer, modules in sorted(graph.items())
        for imported in sorted(modules)
        if part(imported) != part(importer) and part(imported) not in MAY_IMPORT[part(importer)]
    ]


def diagram(graph: Graph) -> str:
    """The parts and who imports whom, as Mermaid.

    Left out are the ground, the front door (the public names and __main__), and an arrow that a longer way implies.
    """
    parts: Graph = {part(module): set() for module in graph if part(module) not in GROUND | DOOR}
    for importer, modules in graph.items():
        if part(importer) in parts:
            parts[part(importer)] |= {part(m) for m in modules} & set(parts) - {part(importer)}
    lines = ["```mermaid", "flowchart BT"]
    for importer in sorted(parts):
        direct = parts[importer]
        implied = {far for near in direct for far in reachable(parts, near)}
        lines += [f"    {importer} --> {imported}" for imported in sorted(direct - implied)]
    return "\n".join([*lines, "```", ""])


def reachable(graph: Graph, start: str) -> set[str]:
    """Everything that `start` imports, and what that imports, and so on."""
    found: set[str] = set()
    edge = graph[start]
    while edge:
        found |= edge
        edge = {far for near in edge for far in graph[near]} - found
    return found


def line_counts() -> dict[str, int]:
    """Lines of every source file, by path."""
    return {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCE.rglob("*.py")}


def test_every_part_has_a_place_in_the_direction():
    assert {part(module) for module in read()} <= set(MAY_IMPORT)


def test_no_arrow_runs_the_other_way():
    assert wrong_arrows(read()) == []


def test_no_module_imports_itself_by_a_detour():
    try:
        TopologicalSorter(read()).prepare()
    except CycleError as error:
        pytest.fail(f"an import cycle: {' <- '.join(error.args[1])}")


def test_the_allowed_direction_has_no_cycle():
    TopologicalSorter(MAY_IMPORT).prepare()


@pytest.mark.parametrize(
    ("importer", "source", "wrong"),
    [
        ("surefoot.rules.adam", "import surefoot.engines.graph", True),
        ("surefoot.rules.adam", "from surefoot import engines", True),
        ("surefoot.rules.adam", "def later():\n    from surefoot.engines.graph import Graph", True),
        ("surefoot.compare.run", "from surefoot.engines.graph import Graph", False),
        ("surefoot.compare.run", "import surefoot", True),
        ("surefoot.engines.graph", "from surefoot.errors import UserError", False),
        ("surefoot.tasks.task", "from surefoot.rules.adam import adam", True),
        ("surefoot.pages.shell", "from surefoot.errors import UserError", True),
        ("surefoot.watch.page", "from surefoot.compare.run import compare", True),
        ("surefoot.optim.sgd", "from surefoot.testing import rule", True),
    ],
)
def test_an_arrow_is_seen_wherever_it_stands(importer, source, wrong):
    known = {
        "surefoot",
        "surefoot.compare.run",
        "surefoot.engines",
        "surefoot.engines.graph",
        "surefoot.errors",
        "surefoot.rules.adam",
        "surefoot.testing",
    }
    assert bool(wrong_arrows({importer: imports(source, importer, known)})) is wrong


def test_the_diagram_leaves_out_what_a_longer_way_implies():
    graph = {"surefoot.a": {"surefoot.b", "surefoot.c"}, "surefoot.b": {"surefoot.c"}, "surefoot.c": set()}
    assert "a --> c" not in diagram(graph)
    assert "a --> b" in diagram(graph)
    assert "b --> c" in diagram(graph)


def test_files_are_short():
    counts = line_counts()
    assert {path: n for path, n in counts.items() if n > 400} == {}
    assert median(counts.values()) < 150, f"the median file has {median(counts.values())} lines"


def test_functions_are_short():
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 60
    ]
    assert long == []


def test_the_diagram_in_the_docs_is_current():
    assert Part("architecture").read() == diagram(read()), "docs/architecture.md is behind the source: run `make docs`"


if __name__ == "__main__":
    Part("architecture").write(diagram(read()))
