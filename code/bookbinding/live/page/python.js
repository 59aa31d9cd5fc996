// Python: one worker for the page, from the first cell that is opened until it is stopped or breaks.
const { src, dataset } = document.currentScript;
const near = (name) => new URL(name, src).href + new URL(src).search;
const PATIENCE = 90_000; // ms without a word from it while it starts

const python = {
  worker: null,
  phase: "loading", // then "starting", "ready"
  loaded: 0, // bytes, of `weight`
  weight: Number(dataset.bytes),
  busy: false,
  listener: null, // a bar: hear(message), end(sentence)

  /** Start it, if it does not run, and let a bar hear of it. */
  start(listener) {
    if (this.listener !== listener) this.listener?.end("");
    this.listener = listener;
    if (this.worker) return;
    [this.loaded, this.phase] = [0, "loading"];
    const worker = (this.worker = new Worker(near("worker.mjs"), { type: "module" }));
    worker.onmessage = ({ data }) => this.hear(data);
    worker.onerror = async (event) => {
      event.preventDefault();
      const [kind, what] = this.phase === "ready" ? ["memory"] : await whyNot(near("worker.mjs"));
      if (worker === this.worker) this.halt(sentence(kind, what));
    };
    this.wait();
  },

  run(listener, sources, last, shown) {
    this.busy = true;
    this.start(listener);
    this.worker.postMessage({ sources, last, shown });
  },

  hear(message) {
    this.loaded += message.got ?? 0;
    this.phase = message.step ?? this.phase;
    this.wait();
    if (message.failed) return this.halt(sentence(message.failed, message.what));
    if (message.shown) this.busy = false;
    this.listener?.hear(message);
  },

  wait() {
    clearTimeout(this.timer);
    if (this.phase !== "ready") this.timer = setTimeout(() => this.halt(words.slow), PATIENCE);
  },

  /** End it; whoever listens is told why. */
  halt(why) {
    clearTimeout(this.timer);
    this.worker?.terminate();
    [this.worker, this.busy] = [null, false];
    this.listener?.end(why);
    this.listener = null;
  },
};

const sentence = (kind, what) => (typeof words[kind] === "function" ? words[kind](what) : words[kind]);

/** Why a script did not start: nobody answers, it is missing, it is called something else, or the browser cannot read it. */
async function whyNot(address) {
  try {
    const { ok, headers } = await fetch(address, { method: "HEAD", cache: "no-store" });
    const script = /javascript|ecmascript/i.test(headers.get("Content-Type"));
    return [ok ? (script ? "old" : "typed") : "missing", new URL(address).pathname.split("/").pop()];
  } catch {
    return ["offline"];
  }
}
