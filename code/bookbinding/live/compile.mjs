// node compile.mjs FOLDER_OF_PYODIDE FROM TO: for each .py file of the zip FROM what Python compiles it to, in the zip TO. Below a
// folder `ours` it goes beside the source, elsewhere in its place, without docstrings. The same files give the same bytes.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, from, to] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`));
const python = await loadPyodide({ indexURL: `${folder}/`, env: { PYTHONHASHSEED: "0" } });
python.FS.writeFile("/from.zip", readFileSync(from));
python.runPython(`
import importlib.util, marshal, re, zipfile

with zipfile.ZipFile("/from.zip") as old, zipfile.ZipFile("/to.zip", "w") as new:
    for name in old.namelist():
        data = old.read(name)
        ours = name.startswith("ours/")
        whole = ours or re.search("/_?pyodide/", name)  # Pyodide reads its own docstrings
        code = compile(data, name.split("/", 1)[1], "exec", dont_inherit=True, optimize=0 if whole else 2)
        target = importlib.util.cache_from_source(name, optimization="") if ours else name + "c"
        unchecked = (1).to_bytes(4, "little") + importlib.util.source_hash(data)
        new.writestr(target, importlib.util.MAGIC_NUMBER + unchecked + marshal.dumps(code))
`);
writeFileSync(to, python.FS.readFile("/to.zip"));
