"""Trains the embedded model, on a GPU or a few CPU cores, within a budget of minutes.

    python3 train.py --shards DIR --out DIR --minutes 90 --threads 2

Draws from rendered shards (dataset.py may still be writing more), saves the averaged weights every few minutes and
goes on from its own checkpoint, or from an exported model folder, with --resume. The learning rate is warm, flat, then
a cosine down to the budget's end; training starts at half resolution, where a step costs a quarter, and finishes at
full resolution.

On a CPU, --workers processes of one thread each update the same weights in shared memory without waiting for one
another; on a busy machine that is far faster than threads, which wait at every operation.
"""

from __future__ import annotations

import argparse
import copy
import multiprocessing
import os
import time
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F

import autoencoder
import checkpoints
from dataset import ShardSet
from diffusion import TRAIN_STEPS, add_noise, cumulative_alphas
from guidance import jittered
from lightness_path import deviations, open_lightness_path
from networks import EmbeddedModel
from tokenizer import LENGTH, Tokenizer

TEXT_DROP = 0.10
GUIDANCE_DROP = 0.04
OUTSIDE_WEIGHT = 0.15
# How often a word must occur to join the vocabulary of an exported model that training goes on from.
_LEAST_FOR_NEW = 40
CHANNEL_WEIGHTS = torch.ones(autoencoder.CHANNELS)
CHANNEL_WEIGHTS[list(autoencoder.MEAN_CHANNELS)] = 4.0


@dataclass
class Batch:
    """latents [B, 24, h, w], guidance [B, 3, 4h, 4w], loss weight [B, 1, h, w], ids [B, 24], keep [B]."""

    latents: torch.Tensor
    guidance: torch.Tensor
    weight: torch.Tensor
    ids: torch.Tensor
    keep: torch.Tensor


def make_batch(
    items: list[dict[str, np.ndarray]],
    side: int,
    random: np.random.RandomState,
    coder: autoencoder.Autoencoder,
    tokenizer: Tokenizer,
) -> Batch:
    targets, guides, weights, ids, keeps = [], [], [], [], []
    for item in items:
        planes = [item["target"], item["source"], item["inside"]]
        if random.rand() < 0.5:
            planes = [np.ascontiguousarray(plane[:, ::-1]) for plane in planes]
        if planes[0].shape[0] != side:
            planes = [cv2.resize(plane, (side, side), interpolation=cv2.INTER_AREA) for plane in planes]
        target, source, inside = planes
        targets.append(target)
        guides.append(jittered(source.astype(np.float32) / 255, random))
        weight = OUTSIDE_WEIGHT + (1 - OUTSIDE_WEIGHT) * inside.astype(np.float32) / 255
        weights.append(weight / np.sqrt(weight.mean()))
        ids.append(tokenizer.encode("" if random.rand() < TEXT_DROP else str(item["caption"])))
        keeps.append(float(random.rand() >= GUIDANCE_DROP))
    device = coder.encoder.device
    images = torch.from_numpy(np.stack(targets)).to(device).permute(0, 3, 1, 2).float() / 127.5 - 1
    weight = F.avg_pool2d(torch.from_numpy(np.stack(weights)).to(device)[:, None], autoencoder.PATCH)
    return Batch(
        coder.encode(images),
        torch.from_numpy(np.stack(guides)).to(device),
        weight,
        torch.tensor(ids, device=device),
        torch.tensor(keeps, device=device),
    )


def random_timesteps(count: int, random: np.random.RandomState) -> torch.Tensor:
    """One per sample, spread evenly and leaning towards much noise."""
    even = (np.arange(count) + random.rand(count)) / count
    return torch.from_numpy((TRAIN_STEPS * (1 - even**1.5)).astype(np.int64)).clamp(0, TRAIN_STEPS - 1)


def loss_of(predicted: torch.Tensor, batch: Batch) -> torch.Tensor:
    difference = predicted - batch.latents
    channels = CHANNEL_WEIGHTS.to(predicted.device).view(1, -1, 1, 1)
    error = difference.square() + 0.25 * (difference.square() + 1e-3).sqrt()
    return (error * batch.weight * channels).mean()


def learning_rate(peak: float, step: int, progress: float, flat: float) -> float:
    """Warm-up by steps, then by progress (0..1): flat, then a cosine to a fiftieth."""
    warm = min(1.0, (step + 1) / 40)
    if progress <= flat:
        return peak * warm
    return peak * warm * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * (progress - flat) / (1 - flat))))


def prompt_distance(model: EmbeddedModel, tokenizer: Tokenizer, device: str) -> float:
    """Distance between two prompts' pooled embeddings; it collapses when the text stops mattering."""
    ids = torch.tensor([tokenizer.encode("a red car"), tokenizer.encode("a blue car")], device=device)
    with torch.no_grad():
        pooled = model.text_encoder(ids)[1]
    return float((pooled[0] - pooled[1]).norm())


def build(tokenizer: Tokenizer) -> EmbeddedModel:
    return EmbeddedModel(len(tokenizer.vocabulary), LENGTH, tokenizer.start, tokenizer.end)


def known_words(captions: list[str], least: int = 3) -> list[str]:
    """Words that occur often enough to learn; invented ones are too rare to qualify."""
    counts: dict[str, int] = {}
    for caption in captions:
        for word in set(caption.split()):
            counts[word] = counts.get(word, 0) + 1
    return [word for word, count in counts.items() if count >= least and word.isalpha()]


class Trainer:
    """One worker: its own optimiser and random numbers, weights shared with the others. Worker 0 averages and saves."""

    def __init__(self, arguments: argparse.Namespace):
        self.arguments = arguments
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.shards = ShardSet(arguments.shards)
        print("pairs:", self.shards.refresh(), flush=True)
        state = checkpoints.read(arguments.resume, self.device) if arguments.resume else None
        if state and not state["optimiser"]:
            state = checkpoints.with_words(state, known_words(self.shards.captions(), least=_LEAST_FOR_NEW))
        if state is None:
            self.tokenizer = Tokenizer.for_words(known_words(self.shards.captions()))
            drawn = self.shards.draw(np.random.RandomState(0), 600)
            images = torch.from_numpy(np.stack([item["target"] for item in drawn])).permute(0, 3, 1, 2)
            self.scale = autoencoder.scale_for(images.float() / 127.5 - 1)
        else:
            self.tokenizer, self.scale = Tokenizer(state["merges"]), state["scale"].cpu()
        self.coder = autoencoder.Autoencoder(self.scale).to(self.device)
        self.model = build(self.tokenizer)
        if state is None:
            light = torch.from_numpy(np.stack([item["source"] for item in drawn]))[:, None].float() / 255
            open_lightness_path(self.model, deviations(light), self.scale)
        self.model = self.model.to(self.device)
        if state is not None:
            self.model.load_state_dict(state["model"])
        self.average = copy.deepcopy(self.model)
        if state is not None:
            self.average.load_state_dict(state["average"])
        self.step = state["step"] if state else 0
        self.seen = state["seen"] if state else 0
        self.saved_optimiser = state["optimiser"] if state else None
        count = sum(weight.numel() for weight in self.model.parameters())
        print(f"{len(self.tokenizer.vocabulary)} tokens, {count / 1e6:.2f} M weights, {self.device}", flush=True)

    def save(self, optimiser: torch.optim.Optimizer) -> None:
        checkpoint = {
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": optimiser.state_dict(),
            "merges": self.tokenizer.merges,
            "scale": self.scale,
            "step": self.step,
            "seen": self.seen,
        }
        torch.save(checkpoint, self.arguments.out / "checkpoint.tmp")
        (self.arguments.out / "checkpoint.tmp").replace(self.arguments.out / "checkpoint.pt")

    def run(self, worker: int, begun: float, counts: multiprocessing.Array) -> None:
        """Trains until the budget is spent; `counts` holds every worker's steps and samples."""
        arguments, device = self.arguments, self.device
        if worker:
            os.setsid()  # Linux shares processors among sessions: each worker is to get a share of its own
        torch.set_num_threads(1 if arguments.workers > 1 else arguments.threads)
        cv2.setNumThreads(1)
        torch.manual_seed(arguments.seed + 1000 * worker + self.step)
        random = np.random.RandomState(arguments.seed + 1000 * worker + self.step)
        optimiser = torch.optim.AdamW(self.model.parameters(), arguments.rate, betas=(0.9, 0.98), weight_decay=0.01)
        if self.saved_optimiser:
            optimiser.load_state_dict(self.saved_optimiser)
        shares = cumulative_alphas().to(device)
        weights, averaged = list(self.model.parameters()), list(self.average.parameters())
        first_step, first_seen, own = self.step, self.seen, 0
        losses: list[float] = []
        saved = time.time()
        while (progress := (time.time() - begun) / (60 * arguments.minutes)) < 1:
            side = 64 if progress < arguments.small else 128
            count = arguments.batch * (2 if side == 64 else 1)
            rate = learning_rate(arguments.rate, own, progress, arguments.flat)
            for group in optimiser.param_groups:
                group["lr"] = rate
            batch = make_batch(self.shards.draw(random, count), side, random, self.coder, self.tokenizer)
            timesteps = random_timesteps(count, random).to(device)
            noised = add_noise(batch.latents, torch.randn_like(batch.latents), shares[timesteps])
            loss = loss_of(self.model(noised, timesteps, batch.ids, batch.guidance, batch.keep), batch)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(weights, 1.0)
            optimiser.step()
            own += 1
            counts[2 * worker] += 1
            counts[2 * worker + 1] += count
            losses.append(loss.item())
            if own % 25 == 0:
                self.shards.refresh()
            if worker:
                continue
            self.step = first_step + sum(counts[::2])
            self.seen = first_seen + sum(counts[1::2])
            decay = min(arguments.average, (1 + own) / (15 + own))
            with torch.no_grad():
                torch._foreach_mul_(averaged, decay)
                torch._foreach_add_(averaged, weights, alpha=1 - decay)
            if own % 25 == 0:
                distance = prompt_distance(self.average, self.tokenizer, device)
                print(
                    f"{time.time() - begun:6.0f} s  step {self.step}  seen {self.seen}  side {side}  "
                    f"loss {np.mean(losses[-50:]):.4f}  rate {rate:.5f}  red-blue {distance:.1f}",
                    flush=True,
                )
            if time.time() - saved > arguments.save_every:
                saved = time.time()
                self.save(optimiser)
        if worker == 0:
            self.save(optimiser)
            print(f"done: {self.step} steps, {self.seen} samples, {(time.time() - begun) / 60:.1f} minutes", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shards", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=90)
    parser.add_argument("--batch", type=int, default=16, help="samples a step at full resolution")
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--flat", type=float, default=0.3, help="share of the budget at the full learning rate")
    parser.add_argument("--small", type=float, default=0.35, help="share of the budget at half resolution")
    parser.add_argument("--average", type=float, default=0.995, help="decay of the averaged weights")
    parser.add_argument("--workers", type=int, default=1, help="processes that share the weights (CPU only)")
    parser.add_argument("--threads", type=int, default=2, help="threads of a single worker")
    parser.add_argument("--save-every", type=float, default=180, help="seconds")
    parser.add_argument("--resume", type=Path, help="checkpoint or model folder to go on from; the budget starts anew")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    trainer = Trainer(arguments)
    counts = multiprocessing.Array("q", 2 * arguments.workers)
    begun = time.time()
    if arguments.workers > 1:
        trainer.model.share_memory()
    fork = multiprocessing.get_context("fork")
    helpers = [fork.Process(target=trainer.run, args=(n, begun, counts)) for n in range(1, arguments.workers)]
    for helper in helpers:
        helper.start()
    try:
        trainer.run(0, begun, counts)
    finally:
        for helper in helpers:
            helper.join(60)
            helper.kill()


if __name__ == "__main__":
    main()
