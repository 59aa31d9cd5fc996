"""The training step and the norms of products in PyTorch and in JAX, as somebody who works with them would write them.

What `bench_fused` measures against. Each takes what the library offers: compiled layers, `scan` under `jit`, Jacobians by `vmap`
of automatic derivatives, the spectral norm by LAPACK. Weights are stacked, as there; biases are one vector.
"""

import os

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import jax
import jax.numpy as jnp
import numpy as np
import torch

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_cpu_enable_async_dispatch", False)  # in the thread whose time is taken, not in another
torch.set_num_threads(1)
LETTERS = {"rnn": [""], "lstm": ["_f", "_i", "_C", "_o"], "gru": ["_r", "_z", "_h"]}


def stacked(name, p):
    """U (G n, m), W (G n, n), b (G n,) of all layers of a cell."""
    U, W, b = (np.concatenate([getattr(p, kind + letter) for letter in LETTERS[name]]) for kind in "UWb")
    return U, W, b[:, 0]


def steps(lib, σ):
    """The next state (..., N) of each cell: step(W, a, s), where a (..., G n) is U x_t + b, in the functions of `lib`."""

    def rnn(W, a, s):
        return lib.tanh(a + s @ W.T)

    def lstm(W, a, s):
        n = W.shape[1]
        C, h = s[..., :n], s[..., n:]
        a = a + h @ W.T
        f, i, g, o = (a[..., k * n : (k + 1) * n] for k in range(4))
        C = σ(f) * C + σ(i) * lib.tanh(g)
        return lib.concatenate([C, σ(o) * lib.tanh(C)], -1)

    def gru(W, a, s):
        n = W.shape[1]
        rz = σ(a[..., : 2 * n] + s @ W[: 2 * n].T)
        r, z = rz[..., :n], rz[..., n:]
        return (1 - z) * s + z * lib.tanh(a[..., 2 * n :] + (r * s) @ W[2 * n :].T)

    return {"rnn": rnn, "lstm": lstm, "gru": gru}


def jax_step(name, p, x):
    """Forward and back by `jit` and `scan`, the inputs' products taken out of the loop: ∂Σh_T by all weights and x."""
    step, n, N = steps(jnp, jax.nn.sigmoid)[name], p[0].shape[0], len(p[0]) * (2 if name == "lstm" else 1)

    def loss(weights, x):
        U, W, b = weights
        start = jnp.zeros((x.shape[1], N), x.dtype)
        last, _ = jax.lax.scan(lambda s, a: (step(W, a, s), None), start, x @ U.T + b)
        return last[:, -n:].sum()

    gradient = jax.jit(jax.grad(loss, argnums=(0, 1)))
    weights, x = jax.tree.map(jnp.asarray, (stacked(name, p), x.transpose(0, 2, 1)))
    return lambda: jax.block_until_ready(gradient(weights, x))


def torch_step(name, p, x):
    """Forward and back by torch.nn, which is compiled, with autograd."""
    n, m = p[0].shape
    x = torch.tensor(np.ascontiguousarray(x.transpose(0, 2, 1)), requires_grad=True)
    module = getattr(torch.nn, name.upper())(m, n).to(x.dtype)

    def step():
        module.zero_grad()
        x.grad = None
        module(x)[0][-1].sum().backward()

    return step


def jax_norms(name, p, x):
    """log10 of the norms of the products from the start: Jacobians, chain and singular values under one `jit`."""
    step = steps(jnp, jax.nn.sigmoid)[name]

    @jax.jit
    def norms(weights, x, start):
        U, W, b = weights
        a = x @ U.T + b
        _, states = jax.lax.scan(lambda s, a_t: (step(W, a_t, s), s), start, a)
        J = jax.vmap(jax.jacfwd(lambda s, a_t: step(W, a_t, s)))(states, a)

        def times(before, factor):
            P, log = before
            P = factor @ P
            top = jnp.abs(P).max()
            now = P / top, log + jnp.log10(top)
            return now, now

        _, (P, logs) = jax.lax.scan(times, (jnp.eye(len(start)), 0.0), J)
        return logs + jnp.log10(jnp.linalg.svd(P, compute_uv=False)[:, 0])

    given = jax.tree.map(jnp.asarray, (stacked(name, p), x[:, :, 0], np.zeros(len(p[0]) * (2 if name == "lstm" else 1))))
    return lambda: np.asarray(norms(*given))


def torch_norms(name, p, x):
    """As `jax_norms`, each step of the chain a call; the norm from the Gram matrix, which there is faster than the SVD."""
    step = steps(torch, torch.sigmoid)[name]
    U, W, b = map(torch.from_numpy, stacked(name, p))
    x = torch.from_numpy(x[:, :, 0].copy())
    start = torch.zeros(len(p[0]) * (2 if name == "lstm" else 1), dtype=x.dtype)

    def norms():
        a = x @ U.T + b
        states = [start]
        for a_t in a[:-1]:
            states.append(step(W, a_t, states[-1]))
        J = torch.vmap(torch.func.jacrev(lambda s, a_t: step(W, a_t, s)))(torch.stack(states), a)
        P, chain, tops = torch.eye(len(start), dtype=x.dtype), torch.empty_like(J), torch.empty_like(J[:, 0, 0])
        for t, factor in enumerate(J):
            P = factor @ P
            tops[t] = P.abs().max()
            P = P / tops[t]
            chain[t] = P
        return (tops.log10().cumsum(0) + 0.5 * torch.linalg.eigvalsh(chain @ chain.mT)[:, -1].log10()).numpy()

    return norms
