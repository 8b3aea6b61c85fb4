"""What the evaluator measures in pictures: colour words, settings, texture, edges."""

from __future__ import annotations

import cv2
import numpy as np

from guidance import luminance


def lab(image: np.ndarray) -> np.ndarray:
    """CIE Lab [H, W, 3] of an sRGB picture in 0..1."""
    return cv2.cvtColor(np.clip(image, 0, 1).astype(np.float32), cv2.COLOR_RGB2LAB)


def body_colour(image: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Mean Lab [3] of an object without its darkest third (windows, tyres, shadows)."""
    pixels = image[inside]
    light = luminance(pixels)
    return lab(pixels[light >= np.percentile(light, 35)].mean(0)[None, None])[0, 0]


class NearestWord:
    """Names a body colour by the nearest prototype; lightness counts less than hue and chroma."""

    _WEIGHTS = np.array([0.5, 1.0, 1.0])

    def __init__(self, samples: dict[str, list[np.ndarray]]):
        self.prototypes = {word: np.mean(values, axis=0) for word, values in samples.items()}

    def distance(self, colour: np.ndarray, word: str) -> float:
        return float(np.linalg.norm((colour - self.prototypes[word]) * self._WEIGHTS))

    def __call__(self, colour: np.ndarray) -> str:
        return min(self.prototypes, key=lambda word: self.distance(colour, word))


def setting_features(image: np.ndarray) -> np.ndarray:
    """Mean and deviation of Lab in three horizontal bands [18]."""
    bands = np.array_split(lab(image), 3, axis=0)
    parts = [np.concatenate([band.mean((0, 1)), band.std((0, 1))]) for band in bands]
    return np.concatenate(parts)


class LinearDiscriminant:
    """Nearest class mean after whitening with the pooled covariance."""

    def __init__(self, samples: dict[str, list[np.ndarray]]):
        self.words = list(samples)
        self.means = np.array([np.mean(samples[word], axis=0) for word in self.words])
        centred = np.concatenate([np.array(samples[w]) - m for w, m in zip(self.words, self.means)])
        covariance = centred.T @ centred / len(centred)
        covariance += np.eye(len(covariance)) * 0.05 * np.trace(covariance) / len(covariance)
        self.inverse = np.linalg.inv(covariance)

    def __call__(self, features: np.ndarray) -> str:
        differences = self.means - features
        distances = np.einsum("wi,ij,wj->w", differences, self.inverse, differences)
        return self.words[int(distances.argmin())]


def texture_features(image: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Colour, contrast and fine and coarse detail inside an object, each roughly of unit scale [8]."""
    colours = lab(image)
    light = colours[..., 0]
    fine = light - cv2.GaussianBlur(light, (0, 0), 1)
    coarse = cv2.GaussianBlur(light, (0, 0), 1) - cv2.GaussianBlur(light, (0, 0), 4)
    pixels = colours[inside]
    spread = [fine[inside].std() / 3, coarse[inside].std() / 6]
    return np.concatenate([pixels.mean(0) / 20, pixels.std(0) / 12, spread])


def _edges(light: np.ndarray, low: float, high: float) -> np.ndarray:
    return cv2.Canny(np.clip(light * 255, 0, 255).astype(np.uint8), low, high) > 0


def _near(edges: np.ndarray) -> np.ndarray:
    return cv2.dilate(edges.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0


def edge_scores(source: np.ndarray, output: np.ndarray, inside: np.ndarray) -> tuple[float, float]:
    """Recall and precision of edges of a lightness image [H, W] against the source's, within two pixels.

    Recall: strong source edges (Canny 60/132) that have at least a weak edge (25/60) in the output; precision the other
    way round. The output's lightness is first stretched to the range of the source's, since a night is darker.
    """
    low, high = np.percentile(output[inside], [1, 99])
    first, last = np.percentile(source[inside], [1, 99])
    output = (output - low) / max(high - low, 1e-3) * (last - first) + first
    kept = cv2.erode(inside.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    source_strong, output_strong = _edges(source, 60, 132) & kept, _edges(output, 60, 132) & kept
    recall = (source_strong & _near(_edges(output, 25, 60))).sum() / max(1, source_strong.sum())
    precision = (output_strong & _near(_edges(source, 25, 60))).sum() / max(1, output_strong.sum())
    return float(recall), float(precision)


def psnr(first: np.ndarray, second: np.ndarray) -> float:
    return float(-10 * np.log10(np.mean((first - second) ** 2)))
