// Python in a worker of its own: the page stays responsive, and an endless loop can be ended. All that it fetches lies beside it.
// It posts { got: bytes }, { step }, { above: [k, n] }, { text }, { shown } and { failed: kind, what }.
const version = new URL(import.meta.url).search; // what changes with the book is asked for by it
const here = new URL("./", import.meta.url).href;
const fresh = (name) => `${here}${name}${version}`;

/** Why a file did not come: it is missing, it is not the one that its hash names, or nobody answers. */
async function fault(address) {
  try {
    const { ok } = await plain(address, { method: "HEAD", cache: "no-store" });
    return ok ? "altered" : "missing";
  } catch {
    return "offline";
  }
}

// A wheel is asked for by its hash: where a browser keeps an older one of the same name, that is not the one.
const hashes = {};
const exact = (address) => (hashes[address] ? `${address}?${hashes[address].slice(0, 12)}` : address);

// What is fetched is counted, and the first fault is told: Pyodide goes on without a wheel that did not come.
const plain = self.fetch.bind(self);
let broken = null;
async function fail(address) {
  broken ??= { failed: await fault(address), what: new URL(address).pathname.split("/").pop() };
  self.postMessage(broken); // at once: without its core Pyodide would wait for ever
}

self.fetch = async (asked, options) => {
  const address = exact(String(asked));
  let answer;
  try {
    answer = await plain(address, options);
  } catch (error) {
    await fail(address);
    throw error;
  }
  if (!answer.ok) await fail(address);
  const body = new ReadableStream({
    async start(out) {
      try {
        const reader = answer.body.getReader();
        for (let part; !(part = await reader.read()).done; out.enqueue(part.value)) self.postMessage({ got: part.value.length });
        out.close();
      } catch (error) {
        await fail(address); // the line was cut while it came
        out.error(error);
      }
    },
  });
  return new Response(body, answer);
};

async function start() {
  const lock = await (await fetch(fresh("pyodide-lock.json"))).json();
  for (const { file_name, sha256 } of Object.values(lock.packages)) hashes[here + file_name] = sha256;
  const { loadPyodide } = await import("./pyodide.mjs");
  const python = await loadPyodide({
    indexURL: here,
    lockFileContents: lock,
    packageBaseUrl: here,
    env: { HOME: "/home/pyodide", MPLBACKEND: "svg" },
  });
  await python.loadPackage(Object.keys(lock.packages), { messageCallback() {}, errorCallback() {} });
  const lost = Object.values(lock.packages).find(({ name }) => !(name in python.loadedPackages));
  if (lost) await fail(exact(`${here}${lost.file_name}`));
  if (broken) throw new Error(broken.what);
  for (const name of ["names.py", "kernel.py"]) {
    python.FS.writeFile(`/home/pyodide/${name}`, await (await fetch(fresh(name))).text());
  }
  self.postMessage({ step: "starting" });
  const kernel = python.runPython("import sys; sys.path.insert(0, '/home/pyodide'); import kernel; kernel");
  self.postMessage({ step: "ready" });
  return [python, kernel];
}

/** What ended Python: the browser cannot read it, there is no more memory, or something else. */
function end(error) {
  const old = error instanceof SyntaxError || error instanceof WebAssembly.CompileError;
  const memory = error instanceof RangeError || /memory|out of bounds/i.test(String(error));
  self.postMessage({ failed: old ? "old" : memory ? "memory" : "broken", what: String(error) });
}

const started = start();
started.catch(async (error) => {
  const script = !(error instanceof SyntaxError) && /import|module script/i.test(error) && (/[\w.]+\.mjs/.exec(error)?.[0] ?? "pyodide.asm.mjs");
  if (script && !broken) await fail(here + script);
  if (!broken) end(error);
});

self.onmessage = async ({ data: { sources, last, shown } }) => {
  const found = await started.catch(() => null);
  if (!found) return; // that it failed was said
  const [python, kernel] = found;
  try {
    const tell = (kind, value) => self.postMessage({ [kind]: value?.toJs ? value.toJs() : value });
    const result = kernel.run(python.toPy(sources), last, python.toPy(shown), tell);
    self.postMessage({ shown: result.toJs({ dict_converter: Object.fromEntries }) });
    result.destroy();
  } catch (error) {
    end(error);
  }
};
