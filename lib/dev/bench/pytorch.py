"""The benchmark's work in PyTorch, transformers and ONNX Runtime.

    python pytorch.py CONTENDER MEASUREMENT

CONTENDER is one of

    pytorch            float32, or bfloat16 autocast where the measurement says so
    pytorch-compile    the same through torch.compile
    pytorch-reference  float32 on batches whose rows aren't sorted by length
    onnxruntime        evaluation in float32 by ONNX Runtime (the model is exported beforehand)
    transformers       preprocessing by the fast tokenizer

or a preparation: `versions` tells what is installed, `export` writes the ONNX file.

MEASUREMENT is JSON (lib/dev/bench/measurement.ts). Its `inputs` names a folder with the batches and the
start values of the heads (lib/dev/bench/inputs.ts), so that both sides multiply the same numbers.

The talk is in lines (lib/dev/bench/contenders.ts): after the first step "first step"; then
{"proof": {task: loss without dropout}}; for each line "go" one window and {"window": ...}; at "end",
or the end of the input, {"summary": ...}.

It is meant to be the PyTorch that a careful person would write, no straw man: attention is the
faster of transformers' two for each kind (equal within noise in training, where dropout rules out
the fused kernel), the optimiser works on lists of tensors (torch._foreach_*) or, compiled, as one
fused loop for each tensor, gradients are dropped and not zeroed, and batches come ready-made. One thing ours does is not done
here, as transformers' model has no way to ask for it: computing the last layer for first positions
alone where a linear head looks at no others.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

# What a library prints must not get into the talk.
TALK = sys.stdout
sys.stdout = sys.stderr
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "true"

PACKAGES = {
    "shape": ["torch", "transformers", "safetensors"],
    "mixture": ["torch", "transformers", "safetensors"],
    "evaluation": ["torch", "transformers", "safetensors"],
    "onnxruntime": ["onnx", "onnxscript", "onnxruntime"],
    "preprocessing": ["transformers"],
}

Json = dict[str, Any]


# ---------------------------------------------------------------------------------------------
# Heads: linear, and the answer head (MT-DNN, section 3.1; the formulas are in lib/model/san/san.ts)
# ---------------------------------------------------------------------------------------------


def define_network() -> type:
    """The network as a class; torch is imported only by the contenders that use it."""
    import torch
    from torch import nn
    from torch.nn import functional as F
    from transformers import BertModel

    def linear(values: dict[str, torch.Tensor], name: str) -> nn.Linear:
        """A linear layer from a kernel [in, out] and a bias."""
        kernel, bias = values[f"{name}/kernel"], values[f"{name}/bias"]
        layer = nn.Linear(*kernel.shape)
        with torch.no_grad():
            layer.weight.copy_(kernel.T)
            layer.bias.copy_(bias)
        return layer

    class LinearHead(nn.Module):
        """W D(pooled) + c."""

        needs_pooled = True

        def __init__(self, values: dict[str, torch.Tensor], rate: float) -> None:
            super().__init__()
            self.output = linear(values, "output")
            self.rate = rate

        def forward(self, pooled, sides, mask):  # [b, d] -> [b, c]
            return self.output(F.dropout(pooled, self.rate, self.training))

    class AnswerHead(nn.Module):
        """Reads the hypothesis once, then the premise over five turns; the mean of all turns."""

        needs_pooled = False
        TURNS = 5
        TURN_DROPOUT = 0.1

        def __init__(self, values: dict[str, torch.Tensor], rate: float) -> None:
            super().__init__()
            self.start = linear(values, "start")
            self.attention = linear(values, "attention")
            self.cell_input = linear(values, "cell/input")
            self.cell_state = linear(values, "cell/state")
            self.output = linear(values, "output")
            self.rate = rate

        def forward(self, hidden, sides, mask):  # [b, t, d], [b, t], [b, t] -> [b, c]
            hypothesis = (mask == 1) & (sides == 0)
            premise = (mask == 1) & (sides == 1)
            dropped = self.drop_features(hidden)  # [b, t, d]
            weights = self.share(self.start(dropped).squeeze(2), hypothesis)  # [b, t]
            state = self.weigh(weights, dropped)  # [b, d]
            turns = []
            for turn in range(self.TURNS):
                asked = self.attention(self.drop(state))  # [b, d]
                scores = torch.bmm(self.drop_features(hidden), asked.unsqueeze(2).to(hidden.dtype))
                x = self.weigh(self.share(scores.squeeze(2), premise), hidden)  # [b, d]
                merged = torch.cat([x, state, (x - state).abs(), x * state], 1)  # [b, 4d]
                turns.append(self.output(self.drop(merged)).float().softmax(1))  # [b, c]
                if turn < self.TURNS - 1:
                    state = self.cell(x, self.drop(state))
            return self.mean_of_turns(torch.stack(turns, 1)).log()

        def cell(self, x, state):
            """One step of a gated recurrent unit: [b, d], [b, d] -> [b, d]."""
            reset_x, update_x, new_x = self.cell_input(x).chunk(3, 1)
            reset_s, update_s, new_s = self.cell_state(state).chunk(3, 1)
            update = torch.sigmoid(update_x + update_s)
            new = torch.tanh(new_x + torch.sigmoid(reset_x + reset_s) * new_s)
            return new + update * (state - new)

        def mean_of_turns(self, probabilities):
            """[b, k, c] -> [b, c]; in training turns are left out, but never all of a row."""
            if self.training:
                keep = 1 - self.TURN_DROPOUT
                rows, turns, _ = probabilities.shape
                kept = torch.rand(rows, turns) < keep
                kept = kept | F.one_hot(torch.randint(turns, (rows,)), turns).bool()
                probabilities = probabilities * (kept / keep).unsqueeze(2)
            return probabilities.mean(1)

        def drop(self, x):
            return F.dropout(x, self.rate, self.training)

        def drop_features(self, x):
            """One mask for each row and feature, shared by all positions: [b, t, d]."""
            if not self.training or self.rate == 0:
                return x
            return x * F.dropout(torch.ones_like(x[:, :1]), self.rate)

        @staticmethod
        def share(scores, seen):
            """Softmax over the positions that are seen: [b, t]."""
            return scores.float().masked_fill(~seen, -1e30).softmax(1)

        @staticmethod
        def weigh(weights, memory):
            """[b, t], [b, t, d] -> [b, d]."""
            return torch.bmm(weights.unsqueeze(1).to(memory.dtype), memory).squeeze(1)

    class Network(nn.Module):
        """BERT and a head for each task; gives the mean loss of a batch."""

        def __init__(self, folder: str, inputs: Path, attention: str) -> None:
            super().__init__()
            self.encoder = BertModel.from_pretrained(
                folder, attn_implementation=attention, dtype=torch.float32
            )
            # Apart from the encoder: only linear heads use it, so only their tasks train it.
            self.pooler, self.encoder.pooler = self.encoder.pooler, None
            values, metadata = read_tensors(inputs / "heads.safetensors")
            self.tasks = json.loads(metadata["tasks"])
            self.heads = nn.ModuleDict()
            for name, task in self.tasks.items():
                prefix = f"heads/{name}/"
                own = {
                    path.removeprefix(prefix): torch.from_numpy(value)
                    for path, value in values.items()
                    if path.startswith(prefix)
                }
                head = AnswerHead if task["head"] == "san" else LinearHead
                self.heads[name] = head(own, task["dropout"])

        def logits(self, name: str, tokens, sides, mask):
            head = self.heads[name]
            hidden = self.encoder(
                input_ids=tokens, token_type_ids=sides, attention_mask=mask
            ).last_hidden_state
            return head(self.pooler(hidden) if head.needs_pooled else hidden, sides, mask).float()

        def compile_parts(self, dynamic: bool) -> None:
            """Compiles the encoder once for all tasks, and each head."""
            torch._dynamo.config.recompile_limit = 64  # the heads' number of outputs
            for part in [self.encoder, *self.heads.values()]:
                part.compile(dynamic=dynamic)

        def forward(self, name: str, tokens, sides, mask, targets):
            logits = self.logits(name, tokens, sides, mask)
            if self.tasks[name]["objective"] == "cross-entropy":
                return F.cross_entropy(logits, targets.long())
            return F.mse_loss(logits.squeeze(1), targets)

    return Network


# ---------------------------------------------------------------------------------------------
# The optimiser
# ---------------------------------------------------------------------------------------------


class Adamax:
    """Adamax of the reference program with clipping to a global norm of 1.

    m = 0.9 m + 0.1 g, u = max(0.999 u, |g| + eps), p -= rate (m / (u + eps) + decay p); eps 1e-6
    both times, no bias correction, decay 0.01 but not of biases and norms. A parameter without a
    gradient stays as it is.
    """

    EPSILON = 1e-6
    DECAY = 0.01

    def __init__(self, network, fused: bool) -> None:
        import torch

        self.torch = torch
        self.parameters = list(network.parameters())
        self.decayed = {
            parameter
            for name, parameter in network.named_parameters()
            if not name.endswith("bias") and "LayerNorm" not in name
        }
        self.state = {
            parameter: (torch.zeros_like(parameter), torch.zeros_like(parameter))
            for parameter in self.parameters
        }
        # One loop over the elements of a tensor, compiled once for all sizes.
        self.fused = torch.compile(self.formula, dynamic=True) if fused else None

    def step(self, rate: float) -> None:
        torch = self.torch
        with torch.no_grad():
            updated = [p for p in self.parameters if p.grad is not None]
            gradients = [p.grad for p in updated]
            norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(gradients)))
            factor = torch.clamp(1.0 / (norm + 1e-6), max=1.0)
            if self.fused:
                self.step_fused(updated, factor, rate)
            else:
                self.step_lists(updated, gradients, factor, rate)
        for parameter in updated:
            parameter.grad = None

    def step_lists(self, updated, gradients, factor, rate: float) -> None:
        torch = self.torch
        m = [self.state[p][0] for p in updated]
        u = [self.state[p][1] for p in updated]
        torch._foreach_mul_(gradients, factor)
        torch._foreach_mul_(m, 0.9)
        torch._foreach_add_(m, gradients, alpha=0.1)
        torch._foreach_abs_(gradients)
        torch._foreach_add_(gradients, self.EPSILON)
        torch._foreach_mul_(u, 0.999)
        torch._foreach_maximum_(u, gradients)
        decayed = [p for p in updated if p in self.decayed]
        torch._foreach_mul_(decayed, 1 - rate * self.DECAY)
        torch._foreach_addcdiv_(updated, m, torch._foreach_add(u, self.EPSILON), value=-rate)

    def step_fused(self, updated, factor, rate: float) -> None:
        rate = self.torch.tensor(rate)
        decays = [self.torch.tensor(value) for value in (0.0, self.DECAY)]
        for p in updated:
            m, u = self.state[p]
            decay = decays[p in self.decayed]
            self.fused(p.view(-1), p.grad.view(-1), m.view(-1), u.view(-1), factor, rate, decay)

    @classmethod
    def formula(cls, p, g, m, u, factor, rate, decay) -> None:
        g = g * factor
        m.mul_(0.9).add_(0.1 * g)
        u.copy_((0.999 * u).maximum(g.abs() + cls.EPSILON))
        p.sub_(rate * (m / (u + cls.EPSILON) + decay * p))


# ---------------------------------------------------------------------------------------------
# Measurements: each yields its proof after the first step, then one window after another
# ---------------------------------------------------------------------------------------------

Windows = Iterator[Json]


class Trainer:
    """A network, its optimiser and the batches it is trained on."""

    def __init__(self, measurement: Json, contender: str) -> None:
        torch = start_torch(measurement)
        inputs = Path(measurement["inputs"])
        self.torch = torch
        self.bfloat16 = measurement["precision"] == "bfloat16"
        self.network = define_network()(measurement["encoder"], inputs, "eager").train()
        compiled = contender == "pytorch-compile"
        self.optimizer = Adamax(self.network, compiled)
        if compiled:
            # Lengths vary in the mixture: one program for all, as compiling each takes a minute.
            self.network.compile_parts(dynamic=measurement["kind"] == "mixture")
        self.proved = read_batches(inputs / "batches.safetensors")
        shuffled = contender == "pytorch-reference"
        name = "shuffled" if shuffled else "batches"
        self.batches = read_batches(inputs / f"{name}.safetensors") if shuffled else self.proved

    def autocast(self):
        if not self.bfloat16:
            return nullcontext()
        return self.torch.autocast("cpu", dtype=self.torch.bfloat16)

    def step(self, number: int, batch: int) -> None:
        """One update; the rate of step 0 is 0, after which the proof can still be given."""
        task, arrays = self.batches[batch]
        with self.autocast():
            loss = self.network(task, *arrays)
        loss.backward()
        self.optimizer.step(0.0 if number == 0 else 5e-5)
        if not loss.item() < float("inf"):
            sys.exit(f"The loss of step {number} is {loss.item()}.")

    def prove(self) -> dict[str, float]:
        """The loss of each task's first batch without dropout, not compiled: that takes minutes."""
        proof: dict[str, float] = {}
        self.network.eval()
        uncompiled = self.torch.compiler.set_stance("force_eager")
        with self.torch.no_grad(), self.autocast(), uncompiled:
            for task, arrays in self.proved:
                if task not in proof:
                    proof[task] = self.network(task, *arrays).item()
        self.network.train()
        return proof


def measure_shape(measurement: Json, contender: str) -> Windows:
    """The same training step again and again."""
    trainer = Trainer(measurement, contender)
    size = size_of(trainer.batches[0])
    yield timed(size, 0, lambda: trainer.step(0, 0))
    proof = trainer.prove()
    trainer.step(1, 0)  # warms up
    yield proof
    while True:
        yield timed(size, measurement["windowSeconds"], lambda: trainer.step(2, 0))


def measure_mixture(measurement: Json, contender: str) -> Windows:
    """The steps of the eight-task mixture in their order."""
    trainer = Trainer(measurement, contender)
    seen: set[str] = set()
    done = 0

    def window(count: int) -> Json:
        nonlocal done
        numbers = range(done, min(done + count, len(trainer.batches)))
        started = time.perf_counter()
        for number in numbers:
            trainer.step(number, number)
        seconds = time.perf_counter() - started
        done += len(numbers)
        sizes = [size_of(trainer.batches[number]) for number in numbers]
        tasks = {trainer.batches[number][0] for number in numbers}
        first = not tasks <= seen
        seen.update(tasks)
        return {
            "steps": len(numbers),
            "rows": sum(rows for rows, _ in sizes),
            "tokens": sum(tokens for _, tokens in sizes),
            "seconds": seconds,
            "first": first,
            "memory": resident(),
        }

    yield window(1)
    yield trainer.prove()
    while True:
        yield window(measurement["windowSteps"])


def measure_evaluation(measurement: Json, contender: str) -> Windows:
    """All rows of a dev set again and again, longest first; a step is a whole evaluation."""
    task = measurement["task"]
    forward = (start_onnx if contender == "onnxruntime" else start_evaluation)(
        measurement, contender
    )
    batches = read_batches(Path(measurement["inputs"]) / "batches.safetensors", torch_too=False)

    def evaluate(some: list) -> tuple[float, int]:
        """Sum of the losses, and rows."""
        losses = [cross_entropies(forward(*arrays[:3]), arrays[3]) for _, arrays in some]
        return sum(float(one.sum()) for one in losses), sum(len(one) for one in losses)

    yield timed(size_of(batches[0]), 0, lambda: evaluate(batches[:1]))
    total, rows = evaluate(batches)
    yield {task: total / rows}
    size = (rows, sum(size_of(batch)[1] for batch in batches))
    while True:
        yield timed(size, measurement["windowSeconds"], lambda: evaluate(batches))


def start_evaluation(measurement: Json, contender: str) -> Callable:
    """Logits by PyTorch: arrays in, array out."""
    torch = start_torch(measurement)
    task = measurement["task"]
    network = define_network()(measurement["encoder"], Path(measurement["inputs"]), "sdpa").eval()
    bfloat16 = measurement["precision"] == "bfloat16"
    if contender == "pytorch-compile":
        network.compile_parts(dynamic=True)

    def forward(*arrays):
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            return network.logits(task, *(torch.from_numpy(one).int() for one in arrays)).numpy()

    return forward


def start_onnx(measurement: Json, _contender: str) -> Callable:
    """Logits by ONNX Runtime with all its graph optimisations: arrays in, array out."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.intra_op_num_threads = threads_of(measurement)
    # Threads that spin while they wait would slow down whoever has the next turn.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(
        str(Path(measurement["inputs"]) / "network.onnx"), options, ["CPUExecutionProvider"]
    )
    names = [one.name for one in session.get_inputs()]

    def forward(*arrays):
        feeds = dict(zip(names, (one.astype("int64") for one in arrays), strict=True))
        return session.run(None, feeds)[0]

    return forward


def export(measurement: Json) -> None:
    """Writes encoder and head as an ONNX file for all batch sizes and lengths."""
    torch = start_torch(measurement)
    inputs = Path(measurement["inputs"])
    network = define_network()(measurement["encoder"], inputs, "sdpa").eval()

    class Logits(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, tokens, sides, mask):
            return self.network.logits(measurement["task"], tokens, sides, mask)

    example = tuple(torch.ones(2, 8, dtype=torch.long) for _ in range(3))
    axes = {0: torch.export.Dim("rows"), 1: torch.export.Dim("length", max=512)}
    program = torch.onnx.export(
        Logits().eval(),
        example,
        input_names=["tokens", "sides", "mask"],
        output_names=["logits"],
        dynamic_shapes=(axes, axes, axes),
        dynamo=True,
        verbose=False,
    )
    program.save(str(inputs / "network.onnx"))


def measure_preprocessing(measurement: Json, _contender: str) -> Windows:
    """All texts to word pieces; they are in memory already, which ours reads from official files."""
    from transformers import PreTrainedTokenizerFast

    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(Path(measurement["encoder"]) / "tokenizer.json"),
        cls_token="[CLS]",
        sep_token="[SEP]",
        pad_token="[PAD]",
        unk_token="[UNK]",
    )
    with open(Path(measurement["inputs"]) / "texts.jsonl", encoding="utf-8") as lines:
        files = [json.loads(line) for line in lines]
    many = 1000

    def tokenize(some: list[Json]) -> tuple[int, int]:
        """Rows and pieces."""
        rows = pieces = 0
        for file in some:
            texts, pairs = file["texts"], file["pairs"]
            for at in range(0, len(texts), many):
                batch = tokenizer(
                    texts[at : at + many],
                    pairs and pairs[at : at + many],
                    truncation="longest_first",
                    max_length=measurement["maxLength"],
                    return_attention_mask=False,
                )
                rows += len(batch["input_ids"])
                pieces += sum(map(len, batch["input_ids"]))
        return rows, pieces

    started = time.perf_counter()
    first = tokenize(files[:1])
    yield {**timed(first, 0, lambda: None), "seconds": time.perf_counter() - started}
    size = tokenize(files)
    yield {"rows": size[0], "pieces": size[1]}
    while True:
        yield timed(size, measurement["windowSeconds"], lambda: tokenize(files))


# ---------------------------------------------------------------------------------------------
# Files, sizes, time and memory
# ---------------------------------------------------------------------------------------------


def read_tensors(file: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Arrays and metadata of a safetensors file, wholly in memory."""
    from safetensors import safe_open

    with safe_open(file, "numpy") as tensors:
        found = {name: tensors.get_tensor(name) for name in tensors.keys()}
        return found, tensors.metadata()


def read_batches(file: Path, torch_too: bool = True) -> list[tuple[str, list]]:
    """Task and arrays (tokens, sides, mask [s, t]; targets [b]) of each step."""
    found, metadata = read_tensors(file)
    names = ["tokens", "sides", "mask", "targets"]

    def ready(array):
        if not torch_too:
            return array
        import torch

        return torch.from_numpy(array if array.dtype.kind == "f" else array.astype("int32"))

    return [
        (task, [ready(found[f"{step}/{name}"]) for name in names])
        for step, task in enumerate(json.loads(metadata["steps"]))
    ]


def cross_entropies(logits, targets):
    """[b, c], [b] -> [b]."""
    import numpy as np

    logits = logits.astype("float64")
    logits = logits - logits.max(1, keepdims=True)
    chosen = logits[np.arange(len(targets)), targets.astype(int)]
    return np.log(np.exp(logits).sum(1)) - chosen


def size_of(batch: tuple[str, list]) -> tuple[int, int]:
    """Rows, and pieces without padding."""
    _, (_, _, mask, targets) = batch
    return len(targets), int(mask.sum())


def timed(size: tuple[int, int], least: float, one: Callable[[], Any]) -> Json:
    """Runs `one` until `least` seconds have passed, once at least."""
    started = time.perf_counter()
    steps = 0
    while True:
        one()
        steps += 1
        seconds = time.perf_counter() - started
        if seconds >= least:
            break
    rows, tokens = size
    return {
        "steps": steps,
        "rows": steps * rows,
        "tokens": steps * tokens,
        "seconds": seconds,
        "first": False,
        "memory": resident(),
    }


def resident() -> int:
    """Resident memory of this process now, in bytes; its peak where the system doesn't tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as numbers:
            return int(numbers.read().split()[1]) * resource.getpagesize()
    except OSError:
        return peak()


def peak() -> int:
    """Peak resident memory of this process in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else 1024 * most


def threads_of(measurement: Json) -> int:
    return measurement["threads"] or os.cpu_count() or 1


def start_torch(measurement: Json):
    import torch

    torch.set_num_threads(threads_of(measurement))
    torch.manual_seed(measurement["seed"])
    return torch


# ---------------------------------------------------------------------------------------------
# The talk
# ---------------------------------------------------------------------------------------------


def tell(**message: Any) -> None:
    print(json.dumps(message), file=TALK, flush=True)


def versions(kinds: list[str]) -> dict[str, str]:
    """Versions of what kinds of measurements, or onnxruntime, need; ends with one sentence where it is missing."""
    from importlib.metadata import PackageNotFoundError, version

    needed = list(dict.fromkeys(name for kind in kinds for name in PACKAGES[kind]))
    found = {"python": sys.version.split()[0]}
    missing = []
    for name in needed:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        names = " ".join(missing)
        sys.exit(
            f"The Python of --against-python has no {', no '.join(missing)}: run "
            f"`{sys.executable} -m pip install {names}`."
        )
    return found


MEASURES = {
    "shape": measure_shape,
    "mixture": measure_mixture,
    "evaluation": measure_evaluation,
    "preprocessing": measure_preprocessing,
}


def main(contender: str, question: Json) -> None:
    if contender == "versions":
        tell(versions=versions(question["kinds"]))
    elif contender == "export":
        export(question)
        tell(exported=True)
    else:
        windows = MEASURES[question["kind"]](question, contender)
        first = {**next(windows), "first": True}
        print("first step", file=TALK, flush=True)
        tell(proof=next(windows))
        for line in sys.stdin:
            if line.strip() != "go":
                break
            tell(window=next(windows))
        tell(summary={"first": first, "tracing": None, "peakMemory": peak()})


if __name__ == "__main__":
    try:
        main(sys.argv[1], json.loads(sys.argv[2]))
    except ImportError as error:
        sys.exit(f"The Python of --against-python lacks something: {error}.")
