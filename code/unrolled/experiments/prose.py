"""The prose of the chapters as plain text: what the networks that read this book are given.

A formula in a line becomes a line of letters (`$h_{t-1}$` is h_t-1, `$\\partial$` is ∂); a sentence with a formula that has no
such line is left out, and so are formulas of their own, code, tables, labels and addresses. Captions and descriptions of
pictures, which stand in the code, count as prose.
"""

import ast
import json
import re

GREEK = {"partial": "∂", "sigma": "σ", "gamma": "γ", "lambda": "λ", "tau": "τ", "delta": "δ", "alpha": "α", "beta": "β"}
GREEK |= {"epsilon": "ε", "varphi": "φ", "phi": "φ", "eta": "η", "rho": "ρ", "pi": "π", "Delta": "Δ", "nabla": "∇", "sum": "Σ"}
SIGNS = {"times": "×", "cdot": "·", "odot": "⊙", "prod": "∏", "approx": "≈", "infty": "∞", "pm": "±", "to": "→", "in": "∈"}
SIGNS |= {
    "le": "≤",
    "leq": "≤",
    "ge": "≥",
    "geq": "≥",
    "ne": "≠",
    "Vert": "‖",
    "lVert": "‖",
    "rVert": "‖",
    "top": "ᵀ",
    "ast": "*",
}
SPACES = {"ldots": "...", "dots": "...", "cdots": "...", "quad": " ", "qquad": " "}
NAMES = {name: name for name in ("tanh", "diag", "log", "exp", "max", "min", "sin", "cos", "softmax")}
LINE = GREEK | SIGNS | SPACES | NAMES
SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z“\"'(])|(?<=[。？！])(?![”）])|(?<=[。？！][”）])")


def plain_formula(tex):
    """A formula as a line of letters; None where it has no such line."""
    tex = re.sub(r"\\(operatorname|mathrm|text|mathbf|boldsymbol)\s*", "", tex)
    tex = re.sub(r"\\tilde\s*\{?([A-Za-z])\}?", "\\1\u0303", tex)
    tex = re.sub(r"\\hat\s*\{?([A-Za-z])\}?", "\\1\u0302", tex)
    tex = re.sub(r"\\[tdc]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"\1/\2", tex)
    tex = re.sub(r"\\[tdc]?frac\s*(\w)\s*(\w)", r"\1/\2", tex)
    tex = tex.replace(r"\|", "‖").replace(r"\{", "{").replace(r"\}", "}")
    tex = re.sub(r"\\[,;:! ]|\\(left|right|[bB]ig[lrg]*|[dt]isplaystyle)\b", " ", tex)
    tex = re.sub(r"\\([A-Za-z]+)", lambda found: LINE.get(found[1], found[0]), tex)
    tex = re.sub(r"\s+", " ", re.sub(r"[{}]", "", tex)).strip()
    return None if "\\" in tex or "&" in tex else tex


def plain(paragraph):
    """A paragraph of MyST Markdown as text, without the sentences whose formulas cannot be said in a line."""
    text = re.sub(
        r"\s*\n\s*", " " if paragraph.isascii() or re.search(r"[A-Za-z]{3} [a-z]", paragraph) else "", paragraph.strip()
    )
    text = re.sub(r"\$([^$]+)\$", lambda found: plain_formula(found[1]) or "\0", text)
    text = re.sub(r"\{(?:cite|footcite|cite:\w|eq|numref)(?::\w+)?\}`[^`]*`", "", text)
    text = re.sub(r"\{[\w-]+(?::\w+)?\}`([^`<]*?)\s*(?:<[^>]*>)?`", r"\1", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)(?:\{[^}]*\})?", r"\1", text)
    text = re.sub(r"<[^>]*>|https?://\S+", "", text)
    text = re.sub(r"\\([_*\[\]])", "\\1", re.sub(r"\*\*|`|(?<!\w)\*(?=\w)|(?<=\w)\*(?!\w)", "", text))
    kept = [sentence for sentence in SENTENCE.split(text) if sentence and "\0" not in sentence]
    joined = ("" if re.search(r"[\u4e00-\u9fff]", text) else " ").join(kept)
    return re.sub(r" +", " ", re.sub(r"\s+([.,;:?!)])", r"\1", joined)).strip()


def paragraphs(markdown):
    """The paragraphs, titles and points of a list that a cell of Markdown says."""
    text = re.sub(r"(?ms)^```.*?^```|^\$\$.*?\$\$[^\n]*|<!--.*?-->", "", markdown)
    text = re.sub(r"(?m)^\s*(:{3,}.*|\(\S+\)=|:\w+:.*|\|.*\||---+)\s*$", "", text)
    text = re.sub(r"(?m)^(#+|>|\s*[-*]|\s*\d+\.)\s+", r"\n", text)
    return [block for block in re.split(r"\n\s*\n", text) if block.strip()]


def described(code):
    """What the pictures of a cell of code are said to show."""
    try:
        calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    except SyntaxError:
        return []
    words = [word.value for call in calls for word in call.keywords if word.arg in ("caption", "alt")]
    return [word.value for word in words if isinstance(word, ast.Constant) and isinstance(word.value, str)]


def prose(path):
    """The prose of a notebook or a page of Markdown, a paragraph a line."""
    if path.suffix == ".md":
        found = paragraphs(path.read_text("utf-8"))
    else:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        parts = [(paragraphs if cell["cell_type"] == "markdown" else described)("".join(cell["source"])) for cell in cells]
        found = [paragraph for part in parts for paragraph in part]
    lines = [plain(paragraph) for paragraph in found]
    return "\n".join(line for line in lines if len(line) > 1)
