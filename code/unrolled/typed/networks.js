// Three small networks that read letters, forwards and back. It knows no page. The numbers are those of network.py.
//
// A network is e = E_x, a cell, z = E P h + c. Weights lie row by row in one array; the gates of the LSTM in the order f, i, C, o.

const ROOT = 45; // a weight is one printable letter, a whole number from -45 to 45 (see weights.py)

/** The letters of a text, as readers count them: an emoji is one. */
export const lettersOf = (text) => [...text];

/** What `weights.py` packed: {letters, networks: {name: network}}. */
export const unpacked = (data) => {
  const letters = lettersOf(data.letters);
  const numbers = new Map(letters.map((letter, k) => [letter, k]));
  const networks = Object.fromEntries(Object.entries(data.networks).map(([name, packed]) => [name, network(packed, letters.length)]));
  return { letters, networks, numberOf: (letter) => numbers.get(letter) ?? 0 };
};

const matrix = ({ step, text }) => {
  const values = new Float64Array(text.length);
  for (let k = 0; k < text.length; k++) {
    const code = text.charCodeAt(k);
    values[k] = (code - (code > 91 ? 36 : 35) - ROOT) * step;
  }
  return values;
};

/** A matrix laid out for `addProduct`: four rows side by side, which a processor takes at once; the last four may be part zero. */
const laid = (rows, columns, at) => {
  const groups = Math.ceil(rows / 4), values = new Float64Array(groups * columns * 4);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) values[((r >> 2) * columns + c) * 4 + (r & 3)] = at(r, c);
  return { values, rows, columns };
};

const network = (packed, K) => {
  const { cell, n, d } = packed;
  const [E, U, W, b, P, c] = ["E", "U", "W", "b", "P", "c"].map((name) => matrix(packed[name]));
  const rows = b.length; // n, or 4 n
  const both = (a, up, across) => [laid(up, across, (r, k) => a[r * across + k]), laid(across, up, (r, k) => a[k * across + r])];
  const [[forU, UT], [forW, WT], [forP, PT], [forE]] = [both(U, rows, d), both(W, rows, n), both(P, d, n), both(E, K, d)];
  const maps = { E: forE, U: forU, W: forW, P: forP, UT, WT, PT };
  return { cell, n, d, K, rows, b, c, ...maps, seen: new Map(), read: cell === "rnn" ? readPlain : readLSTM, vector: (letter) => E.subarray(letter * d, (letter + 1) * d) };
};

/** out += A v. */
const addProduct = ({ values, rows, columns }, v, out) => {
  for (let r = 0, at = 0; r < rows; r += 4) {
    let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    for (let k = 0; k < columns; k++, at += 4) {
      const x = v[k];
      s0 += values[at] * x;
      s1 += values[at + 1] * x;
      s2 += values[at + 2] * x;
      s3 += values[at + 3] * x;
    }
    out[r] += s0;
    if (r + 1 < rows) out[r + 1] += s1;
    if (r + 2 < rows) out[r + 2] += s2;
    if (r + 3 < rows) out[r + 3] += s3;
  }
};

/** U e + b for a letter: the same every time it comes. */
const entering = (net, letter) => {
  let a = net.seen.get(letter);
  if (!a) {
    a = net.b.slice();
    addProduct(net.U, net.vector(letter), a);
    net.seen.set(letter, a);
  }
  return a;
};

const σ = (a) => 0.5 * (1 + Math.tanh(0.5 * a));

const readPlain = (net, before, letter) => {
  const { n } = net;
  const h = entering(net, letter).slice();
  if (before) addProduct(net.W, before.h, h);
  for (let k = 0; k < n; k++) h[k] = Math.tanh(h[k]);
  return { h };
};

const readLSTM = (net, before, letter) => {
  const { n } = net;
  const gates = entering(net, letter).slice(); // f, i, C̃, o
  if (before) addProduct(net.W, before.h, gates);
  const C = new Float64Array(n), y = new Float64Array(n), h = new Float64Array(n); // y = tanh C
  for (let k = 0; k < n; k++) {
    gates[k] = σ(gates[k]);
    gates[n + k] = σ(gates[n + k]);
    gates[2 * n + k] = Math.tanh(gates[2 * n + k]);
    gates[3 * n + k] = σ(gates[3 * n + k]);
    C[k] = gates[k] * (before ? before.C[k] : 0) + gates[n + k] * gates[2 * n + k];
    y[k] = Math.tanh(C[k]);
    h[k] = gates[3 * n + k] * y[k];
  }
  return { h, C, y, gates };
};

/** The states of a network after each of `numbers`. `known` is what it gave for another text: what both begin with is taken over. */
export const reading = (net, numbers, known = { numbers: [], states: [] }) => {
  let same = 0;
  while (same < numbers.length && numbers[same] === known.numbers[same]) same++;
  const states = known.states.slice(0, same);
  for (let t = same; t < numbers.length; t++) states.push(net.read(net, states[t - 1], numbers[t]));
  return { net, numbers, states };
};

/** log p of each letter after the first t letters. */
export const logProbabilities = ({ net, states }, t) => {
  const z = net.c.slice();
  if (t > 0) {
    const q = new Float64Array(net.d);
    addProduct(net.P, states[t - 1].h, q);
    addProduct(net.E, q, z);
  }
  let most = -Infinity, sum = 0;
  for (let k = 0; k < z.length; k++) most = Math.max(most, z[k]);
  for (let k = 0; k < z.length; k++) sum += Math.exp(z[k] - most);
  const all = most + Math.log(sum);
  for (let k = 0; k < z.length; k++) z[k] -= all;
  return z;
};

/** The numbers of the k likeliest letters, the likeliest first. */
export const top = (logP, k) => {
  const best = [];
  for (let j = 0; j < logP.length; j++) {
    if (best.length === k && !(logP[j] > logP[best[k - 1]])) continue;
    let at = best.length;
    while (at > 0 && logP[j] > logP[best[at - 1]]) at--;
    best.splice(at, 0, j);
    if (best.length > k) best.pop();
  }
  return best;
};

/** ‖∂z/∂e_k‖ for k = 0 .. t - 1: what each of the first t letters does to the logit z of `letter` after them. What lies before a
 * letter that does less than `least` of the most is not looked at, and 0. */
export const listening = ({ net, states }, t, letter, least = 0) => {
  const norms = new Float64Array(t);
  if (!t) return norms;
  const { n, d, rows } = net;
  const dh = new Float64Array(n);
  addProduct(net.PT, net.vector(letter), dh);
  const dC = new Float64Array(n), da = new Float64Array(rows), de = new Float64Array(d);
  let most = 0;
  const pull = net.cell === "rnn" ? pullPlain : pullLSTM;
  for (let k = t - 1; k >= 0; k--) {
    pull(net, states, k, dh, dC, da);
    de.fill(0);
    addProduct(net.UT, da, de);
    let sum = 0;
    for (let j = 0; j < d; j++) sum += de[j] * de[j];
    norms[k] = Math.sqrt(sum);
    most = Math.max(most, norms[k]);
    if (k === 0 || norms[k] < least * most) break;
    dh.fill(0);
    addProduct(net.WT, da, dh);
  }
  return norms;
};

/** From ∂z/∂h_k, and for the LSTM ∂z/∂C_k, to ∂z/∂a_k of all gates; dC becomes ∂z/∂C_{k-1}. */
const pullPlain = (net, states, k, dh, dC, da) => {
  const { h } = states[k];
  for (let j = 0; j < net.n; j++) da[j] = dh[j] * (1 - h[j] * h[j]);
};

const pullLSTM = (net, states, k, dh, dC, da) => {
  const { n } = net;
  const { y, gates } = states[k], before = states[k - 1];
  for (let j = 0; j < n; j++) {
    const f = gates[j], i = gates[n + j], C_tilde = gates[2 * n + j], o = gates[3 * n + j];
    const s = dC[j] + dh[j] * o * (1 - y[j] * y[j]);
    da[j] = before ? s * before.C[j] * f * (1 - f) : 0;
    da[n + j] = s * C_tilde * i * (1 - i);
    da[2 * n + j] = s * i * (1 - C_tilde * C_tilde);
    da[3 * n + j] = dh[j] * y[j] * o * (1 - o);
    dC[j] = s * f;
  }
};

/** How many letters back a network listens: the farthest that counts at least a hundredth of the one that counts most.
 * `norms` as `listening` gives them; 0 where nothing counts. */
export const reach = (norms, share = 0.01) => {
  let most = 0;
  for (const norm of norms) most = Math.max(most, norm);
  const first = most > 0 ? norms.findIndex((norm) => norm >= share * most) : norms.length;
  return norms.length - first;
};

/** The units of an LSTM whose forget gates stay open widest from a state on, {unit, gates: its forget gate at each letter}: those
 * whose least opening is greatest. Nothing has been read after the last state, so from there on all count; none for a plain cell. */
export const keepers = ({ net, states }, count, since = 0) => {
  if (net.cell === "rnn" || !states.length) return [];
  const after = since < states.length ? states.slice(since) : states;
  const least = Float64Array.from({ length: net.n }, (_, unit) => after.reduce((open, { gates }) => Math.min(open, gates[unit]), 1));
  return top(least, count).map((unit) => ({ unit, gates: states.map(({ gates }) => gates[unit]) }));
};
